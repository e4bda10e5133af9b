import { argumentsBetween, type Items } from "../text/items.ts";
import { tokensOf } from "../text/lexer.ts";
import { maskCases, type MaskCase } from "./masks.ts";
import { ASSIGN, NAME, textBetween, textOf, type Define, type Tokens } from "../text/tokens.ts";

/** `struct TYPE NAME = { .member = value }`; offsets of the file. An element of an array has no member. */
export interface Table {
  readonly type: string;
  readonly name: string;
  readonly members: readonly { readonly member: string; readonly value: string; readonly at: number }[];
}

/** A macro used as a declaration, `DEFINE_TIMER(poll, poll_fn);`; offset of the file. */
export interface Declared {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly at: number;
}

/** `#define NAME mask`: what it can be. */
export interface MaskMacro {
  readonly name: string;
  readonly parameter: string | null;
  readonly cases: readonly MaskCase[];
}

/** The tables of a file; of arrays those elements that are functions of it. */
export function tablesOf(tokens: Tokens, { initializers, functions }: Items): readonly Table[] {
  const names = new Set(functions.map(({ name }) => name));
  return initializers.map(({ type, name, members }) => ({
    type,
    name,
    members: members
      .filter(({ member, value }) => member !== "" || names.has(value))
      .map(({ member, value, token }) => ({ member, value, at: tokens.starts[token] ?? 0 })),
  }));
}

export function declaredAt(tokens: Tokens, token: number): Declared {
  const close = tokens.partners[token + 1] ?? token + 1;
  return {
    name: textOf(tokens, token),
    arguments: argumentsBetween(tokens, token + 2, close).map(({ from, to }) => textBetween(tokens, from, to)),
    at: tokens.starts[token] ?? 0,
  };
}

const MASK_WORD = /\b(?:__)?GFP_[A-Z]/;
const NUMBER_BODY =
  /^[\s()]*(?:0x[0-9a-fA-F]+|\d+|[A-Z][A-Z0-9_]*)[\s()uUlL]*(?:(?:<<|\*|\+|-|\/)[\s()]*(?:0x[0-9a-fA-F]+|\d+|[A-Z][A-Z0-9_]*)[\s()uUlL]*)*$/;

/** The macros of a file that have no parameters but a mask's. */
export interface NamedValues {
  readonly maskMacros: readonly MaskMacro[];
  /** Macros of a number: their bodies; constants of enumerations likewise. */
  readonly numberMacros: Readonly<Record<string, string>>;
}

export function namedValues(tokens: Tokens, { enumerations }: Items): NamedValues {
  const maskMacros: MaskMacro[] = [];
  const numberMacros: Record<string, string> = {};
  for (const open of enumerations) addConstants(tokens, open, numberMacros);
  for (const define of tokens.defines) {
    const body = tokens.text.slice(define.start, define.end);
    if (MASK_WORD.test(body)) {
      const macro = maskMacro(define, body);
      if (macro !== null) maskMacros.push(macro);
    } else if (define.parameters === null && body.length < 100) {
      const bare = body.replace(/\/\*.*?\*\/|\/\/.*|\\\r?\n/gs, " ").trim();
      if (NUMBER_BODY.test(bare)) numberMacros[define.name] = bare;
    }
  }
  return { maskMacros, numberMacros };
}

/** Whether two texts have the same macros. */
export function defineTheSame(one: Pick<Tokens, "text" | "defines">, other: Pick<Tokens, "text" | "defines">): boolean {
  return (
    one.defines.length === other.defines.length &&
    one.defines.every(({ name, parameters, start, end }, index) => {
      const also = other.defines[index];
      return (
        also?.name === name &&
        String(also.parameters) === String(parameters) &&
        one.text.slice(start, end) === other.text.slice(also.start, also.end)
      );
    })
  );
}

/** Longer ones are lists of registers. */
const MOST_CONSTANTS = 64;
const LONGEST_VALUE = 100;

/** The constants of an enumeration: each is one more than the one before, where it is given no value. */
function addConstants(tokens: Tokens, open: number, into: Record<string, string>): void {
  const slices = argumentsBetween(tokens, open + 1, tokens.partners[open] ?? open + 1);
  if (slices.length > MOST_CONSTANTS) return;
  let [base, more] = ["0", 0];
  for (const { from, to } of slices) {
    if (tokens.kinds[from] !== NAME) return;
    if (tokens.kinds[from + 1] === ASSIGN) [base, more] = [textBetween(tokens, from + 2, to), 0];
    else if (from + 1 !== to) return;
    if (base.length < LONGEST_VALUE) into[textOf(tokens, from)] = more === 0 ? base : `(${base}) + ${more}`;
    more++;
  }
}

function maskMacro({ name, parameters }: Define, body: string): MaskMacro | null {
  if (parameters !== null && parameters.length !== 1) return null;
  const tokens = tokensOf(body, { options: null });
  const cases = maskCases(tokens, 0, tokens.count, 0);
  tokens.giveBack();
  return cases === null ? null : { name, parameter: parameters?.[0] ?? null, cases };
}
