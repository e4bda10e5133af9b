import type { Step } from "../memory/state.ts";

/** Steps that repeat each other: those of the first round, how often they came, and those of the last. */
export interface FoldedSteps {
  readonly first: readonly Step[];
  readonly times: number;
  readonly last: readonly Step[];
}

/** Rounds of more steps than this are not looked for: no loop of the allocator has so many. */
const LONGEST_ROUND = 32;

/**
 * Steps with what repeats itself told once. Two rounds are alike where they differ in numbers and amounts alone, so
 * that 32,768 pages taken one by one are one line. Takes time in proportion to the steps.
 */
export function foldSteps(steps: readonly Step[]): readonly FoldedSteps[] {
  // Most steps of a long trace say what one before them said.
  const known = new Map<string, string>();
  const keys = steps.map((step) => {
    const said = `${step.at} ${step.text}`;
    let key = known.get(said);
    if (key === undefined) {
      key = withoutNumbers(said);
      known.set(said, key);
    }
    return key;
  });
  const folded: FoldedSteps[] = [];
  for (let at = 0; at < steps.length; ) {
    const { length, times } = roundAt(keys, at);
    const end = at + length * times;
    folded.push({ first: steps.slice(at, at + length), times, last: steps.slice(end - length, end) });
    at = end;
  }
  return folded;
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+(?:\.\d+)?(?: (?:pages?|[KMG]iB|B)\b)?/g, "#");
}

/** The round that begins here and covers most by repeating itself, the shortest of those. */
function roundAt(keys: readonly string[], at: number): { readonly length: number; readonly times: number } {
  let best = { length: 1, times: 1 };
  for (let length = 1; length <= LONGEST_ROUND && at + length <= keys.length; length++) {
    const times = timesOf(keys, at, length);
    if (times > 1 && length * times > best.length * best.times) best = { length, times };
  }
  return best;
}

function timesOf(keys: readonly string[], at: number, length: number): number {
  let same = at + length;
  while (same < keys.length && keys[same] === keys[same - length]) same++;
  return Math.floor((same - at) / length);
}
