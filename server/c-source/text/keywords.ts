import { words } from "./words.ts";

/** Names that are followed by a parenthesis and call nothing. */
export const KEYWORDS: ReadonlySet<string> = words(
  "if else for while do switch case default return goto break continue sizeof typeof __typeof__ offsetof",
  "defined __attribute__ asm __asm__ volatile __volatile__ _Alignof __alignof__",
);
