import type { Confidence } from "../evidence.ts";
import type { Held } from "./state.ts";

/**
 * A function that stands for one that the model knows: a call of it is judged as the call that it makes. Declared in a
 * policy file, or read in C.
 */
export interface Allocator {
  readonly parameters: readonly string[];
  /** The function that it calls, by the model's name. */
  readonly callee: string;
  /** What it gives that function, in C, by the names of its parameters. */
  readonly arguments: readonly string[];
  /** Its mask is the same whatever it is given: what is wrong with that alone is said where it stands. */
  readonly isFixed: boolean;
  /** What it holds where it makes the call. */
  readonly held: readonly Held[];
  /** It returns what that function does. */
  readonly isResult: boolean;
  /** How sure it is that it makes this call. */
  readonly sure: Confidence;
  /** Where that is said, for the proof: `allocator own_alloc of net.allocpolicy says so`. */
  readonly because: string;
}

const NAME = /[A-Za-z_]\w*/g;
const MOST_CHARACTERS = 500;

/** An argument of the call that is made, with what its function is given in place of the parameters. */
export function handedOn(argument: string, parameters: readonly string[], given: readonly string[]): string {
  const text = argument.trim();
  const whole = given[parameters.indexOf(text)];
  if (whole !== undefined) return whole;
  // What a member or a field is called is no parameter.
  const made = text.replace(NAME, (name: string, at: number) => {
    const before = text.slice(0, at).trimEnd();
    const value = before.endsWith("->") || before.endsWith(".") ? undefined : given[parameters.indexOf(name)];
    return value === undefined ? name : /^\w+$/.test(value) ? value : `(${value})`;
  });
  return made.length > MOST_CHARACTERS ? "…" : made;
}

/** The first of the parameters that an argument names; -1: none. */
export function parameterIn(argument: string, parameters: readonly string[]): number {
  for (const [name] of argument.matchAll(NAME)) {
    const index = parameters.indexOf(name);
    if (index !== -1) return index;
  }
  return -1;
}
