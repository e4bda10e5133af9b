/** What the words of a kind of line look like. */
export interface Words {
  /** A whole word. */
  readonly whole: RegExp;
  /** The beginning of one: the last of a line that is broken or cut. */
  readonly begun: RegExp;
}

/**
 * What stood where a line was broken, by the words that come of it: a blank, nothing, or null where `next` is not the
 * rest of the line. A pager's mark at the end (`>`) ends a word that is cut.
 */
export function jointByWords({ whole, begun }: Words, soFar: string, next: string): "" | " " | null {
  const last = /\S*$/.exec(soFar.trimEnd())?.[0] ?? "";
  for (const between of [" ", ""] as const) {
    const words = `${last}${between}${next.trim()}`.split(/\s+/);
    const end = words.pop() ?? "";
    if (words.every((word) => whole.test(word)) && (whole.test(end) || begun.test(end.replace(/>$/, ""))))
      return between;
  }
  return null;
}
