import { EMPTY, mask, type Mask } from "./mask.ts";

/** A function from mask to mask that works bit by bit: f(x) = (x & ones) | (~x & zero). */
export interface Bitwise {
  readonly zero: Mask;
  readonly ones: Mask;
}

/** Where the mask that `test` gives is not 0 it is `yes`, else `no`. */
export interface Choice {
  readonly test: Bitwise;
  readonly yes: MaskFunction;
  readonly no: MaskFunction;
}

export type MaskFunction = Bitwise | Choice;

/** The mask as it comes in. */
export const PASSED_ON: Bitwise = { zero: EMPTY, ones: mask(0xffffffff) };

export const constant = (value: Mask): Bitwise => ({ zero: value, ones: value });

export const NOTHING: Bitwise = constant(EMPTY);
export const ONE: Bitwise = constant(mask(1));

/** Cases that are told apart: no real helper has a tenth of them. */
const MOST_CASES = 256;

/** There are more cases than are told apart. */
export class TooManyCases extends Error {}

/** What a function makes of a mask. */
export function applied(fn: MaskFunction, argument: Mask): Mask {
  let at = fn;
  while ("test" in at) at = applied(at.test, argument) === 0 ? at.no : at.yes;
  return mask((argument & at.ones) | (~argument & at.zero));
}

/** An operator that works bit by bit, in every case of both. @throws TooManyCases */
export function both(one: MaskFunction, other: MaskFunction, operator: (a: number, b: number) => number): MaskFunction {
  return capped(inEachCase(one, other, operator));
}

function inEachCase(one: MaskFunction, other: MaskFunction, operator: (a: number, b: number) => number): MaskFunction {
  if ("test" in one)
    return { ...one, yes: inEachCase(one.yes, other, operator), no: inEachCase(one.no, other, operator) };
  if ("test" in other)
    return { ...other, yes: inEachCase(one, other.yes, operator), no: inEachCase(one, other.no, operator) };
  return { zero: mask(operator(one.zero, other.zero)), ones: mask(operator(one.ones, other.ones)) };
}

/** `yes` where the condition is not 0, `no` where it is. @throws TooManyCases */
export function chosen(condition: MaskFunction, yes: MaskFunction, no: MaskFunction): MaskFunction {
  return capped(chosenIn(condition, yes, no));
}

function chosenIn(condition: MaskFunction, yes: MaskFunction, no: MaskFunction): MaskFunction {
  if ("test" in condition)
    return { test: condition.test, yes: chosenIn(condition.yes, yes, no), no: chosenIn(condition.no, yes, no) };
  // A bit that is always set decides, and so does none that ever is.
  if ((condition.zero & condition.ones) !== 0) return yes;
  return condition.zero === 0 && condition.ones === 0 ? no : { test: condition, yes, no };
}

/** What `outer` makes of what `inner` gives. @throws TooManyCases */
export function after(outer: MaskFunction, inner: MaskFunction): MaskFunction {
  if ("test" in outer) return chosen(after(outer.test, inner), after(outer.yes, inner), after(outer.no, inner));
  return both(inner, NOTHING, (a) => (a & outer.ones) | (~a & outer.zero));
}

function capped(fn: MaskFunction): MaskFunction {
  let cases = 0;
  const stack = [fn];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if ("test" in at) stack.push(at.yes, at.no);
    else cases++;
    if (cases > MOST_CASES) throw new TooManyCases();
  }
  return fn;
}
