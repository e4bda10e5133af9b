import type { Region } from "../../../grammar/source-file.ts";

/** More text than this is not compared: masks may be nested as deep as they are long. */
const MOST_TEXT = 1_500;

/** Where something stands, and what is said about it, means nothing to who uses the declaration. */
const PLACES: ReadonlySet<string> = new Set(["start", "end", "doc", "keyword"]);
/** What a lock is called, and why a rule is there, is shown and decides nothing. */
const WORDS: ReadonlySet<string> = new Set(["label", "because"]);

/**
 * Whether two declarations without damage say the same, whatever their spelling, their comments, the names of their
 * locks and the reasons of their rules.
 */
export function saySame(one: Region, other: Region): boolean {
  const [before, after] = [meaningOf(one), meaningOf(other)];
  return before !== null && before === after;
}

function meaningOf({ item, problems, text }: Region): string | null {
  if (item === null || problems.length > 0 || text.length > MOST_TEXT) return null;
  if (item.kind !== "context" && item.kind !== "flags" && item.kind !== "policy") return null;
  // A number is told by its text and by its value.
  return JSON.stringify(item, (key, value: unknown) => (PLACES.has(key) || WORDS.has(key) ? undefined : value));
}
