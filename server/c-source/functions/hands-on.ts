import type { Allocator } from "./allocators.ts";
import type { Call } from "./call.ts";
import { argumentsBetween, type FunctionItem, type Parameter, type Slice } from "../text/items.ts";
import { isMemberAt } from "../text/paths.ts";
import { kinds, valueEnd } from "../text/levels.ts";
import type { Held } from "./state.ts";
import { nameId } from "../text/names.ts";
import { signatureNamed } from "../text/signatures.ts";
import {
  AMPERSAND,
  AND_ASSIGN,
  ASSIGN,
  NAME,
  OR_ASSIGN,
  OTHER_ASSIGN,
  STEP,
  textBetween,
  type Tokens,
} from "../text/tokens.ts";
import type { Walked } from "./walk.ts";

/** An allocation that a function makes, whatever it is given: in C, by the names of its parameters. */
export interface HandsOn {
  /** Which of its calls it is. */
  readonly call: number;
  readonly callee: string;
  /** `…`: what nobody can tell from the arguments. */
  readonly arguments: readonly string[];
  /** The mask hangs on the parameters. */
  readonly isOpen: boolean;
  /** What it holds there by itself, and gives back before it returns. */
  readonly held: readonly Held[];
  /** It returns what the allocation does. */
  readonly isResult: boolean;
}

/** What a function that makes one allocation stands for. */
export const standingFor = (
  {
    handsOn,
    parameters,
  }: { readonly handsOn: HandsOn | null; readonly parameters: readonly Pick<Parameter, "name">[] },
  sure: Allocator["sure"],
  because: string,
): Allocator | null =>
  handsOn === null
    ? null
    : { ...handsOn, parameters: parameters.map(({ name }) => name), isFixed: !handsOn.isOpen, sure, because };

const RETURN = nameId("return");
/** Names of constants, and what stands with types: the same wherever they are read. */
const CONSTANT = /^(?:_*[A-Z][A-Z0-9_]*|sizeof|struct|unsigned|size_t|int|long|char|u8|u16|u32|u64)$/;
const UNKNOWN = "…";
/** What only prepares for an allocation says nothing of one. */
const PREPARES = /_preload$/;
const MOST_ARGUMENTS = 16;
/** Allocations of a function that are looked at. */
const MOST_TRIED = 8;
const MOST_CHARACTERS = 200;

/**
 * What a function asks for where its caller's mask goes, and of several the one that it makes under a lock of its own,
 * or the first.
 * @param isMacro it is a macro: what is wrong in it is told where it is used
 * @returns null: the function makes no allocation that is known, several with masks of their own, or only where a test
 * of its own allows it
 */
export function handsOnOf(
  tokens: Tokens,
  item: FunctionItem,
  walked: Pick<Walked, "calls" | "gives">,
  calls: readonly Call[],
  isMacro: boolean,
): HandsOn | null {
  let first: HandsOn | null = null;
  let times = 0;
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index];
    if (call?.allocation == null || (calls.length > 1 && PREPARES.test(call.name))) continue;
    if (times++ === MOST_TRIED) break;
    if (first !== null && (!first.isOpen || call.state.held.length === 0)) continue;
    const one = handedOnAt(tokens, item, walked, call, index, isMacro);
    if (one !== null && (first === null || (one.isOpen && first.held.length === 0))) first = one;
  }
  return times === 1 || first?.isOpen === true ? first : null;
}

function handedOnAt(
  tokens: Tokens,
  item: FunctionItem,
  { calls: walked, gives }: Pick<Walked, "calls" | "gives">,
  call: Call,
  index: number,
  isMacro: boolean,
): HandsOn | null {
  const place = walked[index];
  const callee = call.allocation?.api ?? null;
  if (place === undefined || callee === null) return null;
  const { guards, isCut, held, released, sleptAt } = call.state;
  if (isCut || sleptAt >= 0 || guards.length + released.length > 0) return null;
  if (held.some(({ block, family, when }) => when !== null || (block === 0 && !gives.includes(family)))) return null;
  if (call.arguments.length > MOST_ARGUMENTS || item.parameters.length > MOST_ARGUMENTS) return null;
  const slices = argumentsBetween(tokens, place.open + 1, place.close);
  const through = call.allocation?.through ?? null;
  const mask = signatureNamed(callee)?.mask ?? -1;
  const own = new Set(item.parameters.map(({ name }) => name));
  const texts =
    through === null
      ? slices.map((slice, index) => told(tokens, item, own, slice, index === mask))
      : through.arguments.map((text) => (isTold(text, own) && isKept(tokens, item, text, own) ? text : UNKNOWN));
  if (texts[mask] === UNKNOWN) return null;
  const isOpen = mask !== -1 && namesIn(texts[mask] ?? "").some((name) => own.has(name));
  // What is wrong under a lock of its own with a mask of its own is told where it stands.
  if (held.length > 0 && !isOpen && !isMacro) return null;
  return {
    call: index,
    callee,
    arguments: texts,
    isOpen,
    held: [...held, ...(through?.held ?? [])].map((one) => ({ ...one, at: 0 })),
    isResult: tokens.names[place.statement] === RETURN && place.name === place.statement + 1,
  };
}

const namesIn = (text: string): readonly string[] => text.match(/[A-Za-z_]\w*/g) ?? [];

/** Nothing but parameters and constants stands in it. */
const isTold = (text: string, own: ReadonlySet<string>): boolean =>
  text.length <= MOST_CHARACTERS &&
  namesIn(text).every((name) => own.has(name) || CONSTANT.test(name)) &&
  !/->|\.|"|'/.test(text);

/** None of the parameters in it is changed in the function. */
const isKept = (tokens: Tokens, item: FunctionItem, text: string, own: ReadonlySet<string>): boolean =>
  namesIn(text).every((name) => !own.has(name) || writesOf(tokens, item, name).length === 0);

function told(tokens: Tokens, item: FunctionItem, own: ReadonlySet<string>, slice: Slice, isMask: boolean): string {
  const text = textBetween(tokens, slice.from, slice.to);
  if (isTold(text, own)) return isKept(tokens, item, text, own) ? text : UNKNOWN;
  // `gfp_t flags = gfp | __GFP_NOWARN;`, written once.
  if (!isMask || slice.to !== slice.from + 1) return UNKNOWN;
  const [write, ...more] = writesOf(tokens, item, text);
  if (write === undefined || more.length > 0 || tokens.kinds[write + 1] !== ASSIGN) return UNKNOWN;
  const value = textBetween(tokens, write + 2, valueEnd(tokens, write + 2, item.close));
  return isTold(value, own) && isKept(tokens, item, value, own) ? `(${value})` : UNKNOWN;
}

/** The tokens of a name where the function changes it, or hands its address on. */
function writesOf(tokens: Tokens, item: FunctionItem, name: string): readonly number[] {
  const found: number[] = [];
  for (let at = item.open + 1; at < item.close; at++) {
    if (tokens.kinds[at] !== NAME || tokens.nameOf(tokens.names[at] ?? 0) !== name) continue;
    if (isMemberAt(tokens, at)) continue;
    const before = tokens.kinds[at - 1];
    const isWritten = WRITES[tokens.kinds[at + 1] ?? 0] === 1 || before === STEP;
    if (isWritten || (before === AMPERSAND && isOperator(tokens, at - 2))) found.push(at);
  }
  return found;
}

const WRITES = kinds(ASSIGN, OR_ASSIGN, AND_ASSIGN, OTHER_ASSIGN, STEP);

/** What stands before an `&` that takes an address. */
const isOperator = (tokens: Tokens, at: number): boolean => {
  const kind = tokens.kinds[at] ?? 0;
  return kind !== NAME && kind !== 41 && kind !== 93;
};
