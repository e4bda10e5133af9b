import { mask, type Mask } from "./mask.ts";

/** A stretch of the text that an expression stands in: UTF-16 offsets, relative to whatever that text counts from. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * A mask as an expression of C's operators, whoever wrote it: a policy file, a call in C, a command line, a kernel log.
 * `call` is a macro or transform with one argument; `missing` stands where an operand is not there. `choice` is `?:`,
 * with condition and branches; `equal` (`==`, `!=`) and `zero` (`!`) are conditions, 1 or 0.
 */
export type MaskExpression =
  | (Stretch & { readonly kind: "name"; readonly text: string })
  | (Stretch & {
      readonly kind: "call";
      readonly callee: Stretch & { readonly text: string };
      readonly argument: MaskExpression;
    })
  | (Stretch & { readonly kind: "number"; readonly numeral: Literal })
  | (Stretch & { readonly kind: "or"; readonly operands: readonly MaskExpression[] })
  | (Stretch & { readonly kind: "and"; readonly operands: readonly MaskExpression[] })
  | (Stretch & { readonly kind: "not"; readonly operand: MaskExpression })
  | (Stretch & {
      readonly kind: "choice";
      readonly operands: readonly [MaskExpression, MaskExpression, MaskExpression];
    })
  | (Stretch & {
      readonly kind: "equal";
      readonly isEqual: boolean;
      readonly operands: readonly [MaskExpression, MaskExpression];
    })
  | (Stretch & { readonly kind: "zero"; readonly operand: MaskExpression })
  | (Stretch & { readonly kind: "paren"; readonly inner: MaskExpression })
  | (Stretch & { readonly kind: "missing" });

/** A number as written, C's suffixes included. `value` is exact up to 2^53, `Infinity` far above. */
export interface Literal {
  readonly text: string;
  readonly value: number;
}

/** The low 32 bits of a literal, and whether it has more. */
export function literalBits(literal: Literal): { readonly bits: Mask; readonly fits: boolean } {
  if (literal.value < 2 ** 32) return { bits: mask(literal.value), fits: true };
  const digits = literal.text.replace(/[ul]+$/i, "");
  const value = /^(?:0x[0-9a-f]+|\d+)$/i.test(digits) ? BigInt(digits) : 0n;
  return { bits: mask(Number(value & 0xffffffffn)), fits: false };
}
