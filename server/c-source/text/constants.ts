import type { Kernel } from "../../model/kernels/kernel.ts";
import { orderOfBytes } from "../../model/sizes.ts";

/** The names of numbers that the kernel has everywhere. include/linux/sizes.h, asm-generic/page.h */
function kernelNumber(name: string, kernel: Kernel): number | null {
  if (name === "PAGE_SIZE") return kernel.options.pageBytes;
  if (name === "PAGE_SHIFT") return Math.log2(kernel.options.pageBytes);
  const size = /^SZ_(\d+)([KMG]?)$/.exec(name);
  if (size === null) return null;
  const unit = size[2] === "K" ? 2 ** 10 : size[2] === "M" ? 2 ** 20 : size[2] === "G" ? 2 ** 30 : 1;
  return Number(size[1]) * unit;
}

const TOKEN = /\s*(?:(0[xX][0-9a-fA-F]+|\d+)[uUlL]*|([A-Za-z_]\w*)|(<<|>>|[-+*/()]))/y;

type Part = number | string;

/** The numbers and operators of a constant, its names looked up; null: something else stands there. */
function partsOf(text: string, lookup: (name: string) => number | null): Part[] | null {
  const parts: Part[] = [];
  const length = text.trimEnd().length;
  for (let at = 0; at < length; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return null;
    // The look-up of a name reads other texts by the same expression.
    at = TOKEN.lastIndex;
    const [, digits, name, operator] = match;
    if (digits !== undefined) {
      // Octal is not for sizes.
      if (/^0\d/.test(digits)) return null;
      parts.push(Number(digits));
    } else if (name !== undefined) {
      const value = lookup(name);
      if (value === null) return null;
      parts.push(value);
    } else parts.push(operator ?? "");
  }
  return parts;
}

/** The operators, those that bind least first. */
const LEVELS: readonly Readonly<Record<string, (left: number, right: number) => number>>[] = [
  { "<<": (left, right) => left * 2 ** right, ">>": (left, right) => Math.floor(left / 2 ** right) },
  { "+": (left, right) => left + right, "-": (left, right) => left - right },
  { "*": (left, right) => left * right, "/": (left, right) => (right === 0 ? Number.NaN : Math.trunc(left / right)) },
];

interface Reading {
  readonly parts: readonly Part[];
  at: number;
  depth: number;
}

/** NaN: it is none. */
function level(reading: Reading, index: number): number {
  const operators = LEVELS[index];
  if (operators === undefined) return operand(reading);
  let left = level(reading, index + 1);
  for (;;) {
    const compute = operators[reading.parts[reading.at] ?? ""];
    if (compute === undefined) return left;
    reading.at++;
    left = compute(left, level(reading, index + 1));
  }
}

function operand(reading: Reading): number {
  const part = reading.parts[reading.at++];
  if (typeof part === "number") return part;
  if (part !== "(" || reading.depth > 40) return Number.NaN;
  reading.depth++;
  const inner = level(reading, 0);
  reading.depth--;
  return reading.parts[reading.at++] === ")" ? inner : Number.NaN;
}

/** What `sizeof` gives on 64 bits; of a structure it is not known. */
const SIZES: readonly (readonly [bytes: number, types: RegExp])[] = [
  [1, /^(?:(?:un)?signed )?char$|^(?:__)?[us]8$|^u?int8_t$|^bool$/],
  [2, /^(?:unsigned )?short$|^(?:__)?[us]16$|^u?int16_t$|^__[lb]e16$/],
  [4, /^(?:unsigned )?int$|^unsigned$|^(?:__)?[us]32$|^u?int32_t$|^__[lb]e32$/],
  [8, /^(?:unsigned )?long(?: long)?$|^(?:__)?[us]64$|^u?int64_t$|^__[lb]e64$|^s?size_t$|\*$/],
];
const SIZEOF = /\bsizeof\s*\(\s*([A-Za-z_][\w ]*(?:\s*\*)*)\s*\)/g;
const GET_ORDER = /^\s*get_order\s*\((.*)\)\s*$/s;

/** With the sizes of types that are known written as numbers. */
const withSizes = (text: string): string =>
  text.includes("sizeof")
    ? text.replace(SIZEOF, (whole, type: string) => {
        const name = type.trim().replace(/\s+/g, " ");
        return String(SIZES.find(([, types]) => types.test(name))?.[0] ?? whole);
      })
    : text;

/**
 * The value of a constant of C: numbers, names of numbers, `sizeof` of plain types, `get_order()` of all of it,
 * `+ - * / << >>` and parentheses. Null: it is not known, or no whole number from 0 to 2^53.
 * @param macros the bodies of the file's own names of numbers
 */
export function constantOf(text: string, kernel: Kernel, macros: Readonly<Record<string, string>>): number | null {
  const open = new Set<string>();
  const numberIn = (source: string): number | null => {
    if (source.length > 200) return null;
    const sized = GET_ORDER.exec(source);
    if (sized !== null) return orderOf(numberIn(sized[1] ?? ""));
    const parts = partsOf(withSizes(source), (name) => {
      const known = kernelNumber(name, kernel);
      if (known !== null) return known;
      const body = Object.hasOwn(macros, name) ? macros[name] : undefined;
      if (body === undefined || open.has(name) || open.size > 20) return null;
      open.add(name);
      const value = numberIn(body);
      open.delete(name);
      return value;
    });
    if (parts === null) return null;
    const reading: Reading = { parts, at: 0, depth: 0 };
    const value = level(reading, 0);
    return reading.at === parts.length && !Number.isNaN(value) ? value : null;
  };
  const orderOf = (bytes: number | null): number | null =>
    bytes === null || bytes <= 0 ? null : orderOfBytes(kernel, bytes);
  const value = numberIn(text);
  return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
