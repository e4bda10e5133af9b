import type { Mask, Problem, Size } from "./ast.ts";
import { lex } from "./lexer.ts";
import { parser } from "./parser.ts";

/** A mask as the command line takes one: `GFP_KERNEL | __GFP_ZERO`, `0xdc0`. Offsets are those of `text`. */
export function parseMask(text: string): { readonly mask: Mask; readonly problems: readonly Problem[] } {
  const { node, problems } = parser().readMask(lex(text).tokens);
  return { mask: node, problems };
}

/** A size as the command line takes one: `4 KiB`, `128M`, `4096`. `size` is null if the text holds none. */
export function parseSize(text: string): { readonly size: Size | null; readonly problems: readonly Problem[] } {
  const { node, problems } = parser().readSize(lex(text).tokens);
  return { size: node, problems };
}
