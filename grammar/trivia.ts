/** White space and comments between two tokens: where a region ends in them, and what they document. */

/** The end of a comment that begins at `at`, or `at` if none does. Block comments here are known to have an end. */
export function commentEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== 47) return at;
  const second = text.charCodeAt(at + 1);
  if (second === 47) {
    const newline = text.indexOf("\n", at);
    return newline < 0 ? text.length : newline;
  }
  if (second === 42) {
    const close = text.indexOf("*/", at + 2);
    return close < 0 ? text.length : close + 2;
  }
  return at;
}

/**
 * Where the region ends whose last token ends at `from` and whose next token begins at `to`: behind the line, so that
 * comments beside the last token stay with it; but right behind the token if the next one is on the same line.
 */
export function regionEnd(text: string, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const end = commentEnd(text, at);
    if (end > at) at = end;
    else if (text.charCodeAt(at) === 10) return at + 1;
    else at++;
  }
  return to >= text.length ? text.length : from;
}

/** The text of the last block of `///` lines between `from` and `to`, without the slashes; null if there is none. */
export function docBetween(text: string, from: number, to: number): string | null {
  if (to - from < 3) return null;
  let lines: string[] = [];
  let blank = false;
  let first = from === 0 || text.charCodeAt(from - 1) === 10;
  let at = from;
  while (at < to) {
    const code = text.charCodeAt(at);
    if (code === 10) {
      if (first) blank = true;
      first = true;
      at++;
      continue;
    }
    const end = commentEnd(text, at);
    if (end === at) {
      at++;
      continue;
    }
    if (first && text.startsWith("///", at)) {
      if (blank) lines = [];
      lines.push(
        text
          .slice(at, end)
          .replace(/^\/{3,} ?/, "")
          .trimEnd(),
      );
      blank = false;
    }
    first = false;
    at = end;
  }
  return lines.length === 0 ? null : lines.join("\n");
}
