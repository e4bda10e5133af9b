import type { Item, Problem } from "./ast.ts";

/**
 * A stretch of a file that holds one header or one declaration, with the comments before it. Its content does not
 * depend on where it stands: after an edit elsewhere the same object serves again, and whatever is computed from a
 * region can be cached by the object itself.
 */
export interface Region {
  readonly text: string;
  /** What kind of item it holds, known without its tree; null where `item` is. */
  readonly kind: Item["kind"] | null;
  /** The name behind the keyword, known without the tree; null where there is none. */
  readonly name: string | null;
  /**
   * Its tree, made when it is first asked for: who goes over all regions of a file asks for `kind` and `name` first.
   * `null`: only comments, or text that begins no declaration.
   */
  readonly item: Item | null;
  readonly problems: readonly Problem[];
}

/** A region that holds no item. */
export function bareRegion(text: string): Region {
  return { text, kind: null, name: null, item: null, problems: [] };
}

/** Longer than any text can be; and a small integer, of which V8 keeps lists without an object for each number. */
export const TO_THE_END = 2 ** 30 - 1;

/** A file as its regions, in order; their texts joined are the text of the file. */
export interface SourceFile {
  /** Tells it from documents of other kinds. */
  readonly kind: "allocpolicy";
  readonly text: string;
  readonly regions: readonly Region[];
  /** The offset in `text` where each region starts; as long as `regions`. */
  readonly starts: readonly number[];
  /**
   * How much text from its start on decides where each region ends: its own and the first words of what follows, or all
   * (`TO_THE_END`) if the end of the file matters. An edit beyond leaves the region as it is; only `editFile` asks.
   */
  readonly reaches: readonly number[];
  /** Indexes of the regions that may lead to other files: imports, and states of memory, which are read from logs. */
  readonly leading: readonly number[];
}

/** Whether a region may lead to another file. */
export function mayLead({ kind }: Region): boolean {
  return kind === "import" || kind === "memory";
}

/** Replace [start, end) by `text`; offsets in UTF-16 units of the text before the edit. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
