import type { FunctionItem } from "../text/items.ts";
import { NAME, OPEN, type Tokens } from "../text/tokens.ts";

/** A call of it is written in the body, or another use. */
export const CALLED = 1;
export const USED = 2;

/**
 * The names in the bodies of functions, each once for each body, and the other way round the bodies of each name.
 * Lists that the next file has again: what is read of one is read before the next is asked for.
 */
export interface BodyNames {
  /** Where the names of a function begin in the lists of places, and behind the last function where they end. */
  readonly from: Int32Array;
  /** By place, the number of the name, how it is used, and the number of the function. */
  readonly names: Int32Array;
  readonly uses: Uint8Array;
  readonly functions: Int32Array;
  /** Where the places of a name begin in `places`, and behind the last name where they end. */
  readonly placesFrom: Int32Array;
  readonly places: Int32Array;
}

type Lists = { -readonly [List in keyof BodyNames]: BodyNames[List] };

const lists: Lists = {
  from: new Int32Array(0),
  names: new Int32Array(0),
  uses: new Uint8Array(0),
  functions: new Int32Array(0),
  placesFrom: new Int32Array(0),
  places: new Int32Array(0),
};
let placeOf = new Int32Array(0);

function makeRoom(functions: number, names: number, places: number): void {
  if (lists.from.length <= functions) lists.from = new Int32Array(2 * functions + 2);
  if (lists.placesFrom.length <= names + 1) lists.placesFrom = new Int32Array(2 * names + 4);
  if (placeOf.length <= names) placeOf = new Int32Array(2 * names + 2);
  if (lists.names.length >= places) return;
  lists.names = new Int32Array(2 * places);
  lists.uses = new Uint8Array(2 * places);
  lists.functions = new Int32Array(2 * places);
  lists.places = new Int32Array(2 * places);
}

/** Reads the names of the bodies of functions. Linear in the tokens. */
export function bodyNames(tokens: Tokens, items: readonly FunctionItem[]): BodyNames {
  const { kinds, names: ids, nameCount } = tokens;
  makeRoom(items.length, nameCount, tokens.count);
  const { from, names, uses, functions, placesFrom, places } = lists;
  placeOf.fill(-1, 0, nameCount);
  placesFrom.fill(0, 0, nameCount + 2);
  let count = 0;
  for (let index = 0; index < items.length; index++) {
    const first = count;
    from[index] = first;
    const { open, close } = items[index] ?? NOWHERE;
    for (let at = open + 1; at < close; at++) {
      if (kinds[at] !== NAME) continue;
      const id = ids[at] ?? 0;
      const use = kinds[at + 1] === OPEN ? CALLED : USED;
      const known = placeOf[id] ?? -1;
      if (known >= first) {
        uses[known] = (uses[known] ?? 0) | use;
        continue;
      }
      placeOf[id] = count;
      names[count] = id;
      uses[count] = use;
      functions[count] = index;
      // Counted two behind, so that they begin one behind when they are summed, and at their own when they are filled.
      placesFrom[id + 2] = (placesFrom[id + 2] ?? 0) + 1;
      count++;
    }
  }
  from[items.length] = count;
  for (let id = 2; id <= nameCount + 1; id++) placesFrom[id] = (placesFrom[id] ?? 0) + (placesFrom[id - 1] ?? 0);
  for (let place = 0; place < count; place++) {
    const id = (names[place] ?? 0) + 1;
    const at = placesFrom[id] ?? 0;
    places[at] = place;
    placesFrom[id] = at + 1;
  }
  return lists;
}

const NOWHERE = { open: 0, close: 0 };
