/**
 * What steers a terminal or turns the direction of what follows: control characters but newline and tab, marks and
 * isolates of direction, separators of lines that are none in a file, invisible tags.
 */
const STEERING = new RegExp(
  [
    String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f]`,
    String.raw`[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]`,
    String.raw`\udb40[\udc00-\udc7f]`,
  ].join("|"),
  "g",
);

/**
 * Text of files and arguments as it may be shown: what would steer a terminal stands as its number, `<U+001B>`.
 * Newlines and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(STEERING, (found) => `<U+${hexOf(found)}>`);
}

/** The same in one line: for a name, which may hold a newline. */
export function visibleName(text: string): string {
  return visible(text).replace(/[\n\t]/g, (found) => `<U+${hexOf(found)}>`);
}

const BEYOND_ASCII = /[\u007f-\uffff]/;

/** JSON that means the same, in which no character steers a terminal: those are escaped. */
export function jsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent);
  // JSON escapes what steers below the space by itself.
  if (!BEYOND_ASCII.test(text)) return text;
  return text.replace(STEERING, (found) =>
    [...Array(found.length).keys()].map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
