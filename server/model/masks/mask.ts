export { COMPOSITE_NAMES, FLAG_NAMES, type CompositeName, type FlagName } from "./flags.ts";

/** A gfp_t value: an unsigned integer below 2^32. */
export type Mask = number & { readonly __gfp: never };

/** Takes any number as a mask: the low 32 bits. */
export function mask(value: number): Mask {
  return (value >>> 0) as Mask;
}

export const EMPTY: Mask = mask(0);

/** The mask in hexadecimal, `0xcc0`. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
