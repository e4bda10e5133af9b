import type { Valued } from "../descriptions/words.ts";

/** What it is, for the picture beside it. */
export type CompletionKind =
  | "keyword"
  | "property"
  | "flag"
  | "composite"
  | "mask"
  | "function"
  | "context"
  | "value"
  | "unit"
  | "kernel"
  | "rule"
  | "name"
  | "file"
  | "snippet";

/** One thing that can be written. */
export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /**
   * What is written: mostly the label and nothing else, so that a key that accepts a word which is whole already
   * changes nothing. `snippet`, where there is one, has `$1`-style stops for editors that know them.
   */
  readonly insert: string;
  readonly snippet: string | null;
  /** A few words beside the label. */
  readonly detail: string | null;
  /** Why it is of no use here; such items come last. */
  readonly useless: string | null;
  /** What `resolveCompletion` is asked for the documentation. */
  readonly topic: string | null;
  /** What is typed is the user's own, such as a number: it is offered only as long as nothing is. */
  readonly example: boolean;
  /**
   * It is said already, is what is being written, or means nothing here: it is offered only when it is what is typed.
   * In a list without it, Enter would take its neighbour then.
   */
  readonly held: boolean;
}

/** What can be written at a place. */
export interface CompletionList {
  /** The text that a completion replaces. */
  readonly start: number;
  readonly end: number;
  /** More typing may bring other items. */
  readonly incomplete: boolean;
  readonly items: readonly Completion[];
}

interface Extra {
  readonly insert?: string;
  readonly snippet?: string;
  readonly detail?: string;
  readonly useless?: string | null;
  readonly topic?: string;
  readonly example?: true;
  readonly held?: boolean;
}

/** An item with its label; `extra` is what is not plain. */
export function item(label: string, kind: CompletionKind, extra: Extra = {}): Completion {
  const useless = extra.useless ?? null;
  const detail = [extra.detail, useless]
    .filter((part) => part !== undefined && part !== null && part !== "")
    .join(" · ");
  return {
    label,
    kind,
    insert: extra.insert ?? label,
    snippet: extra.snippet ?? null,
    detail: detail === "" ? null : detail,
    useless,
    topic: extra.topic ?? null,
    example: extra.example ?? false,
    held: extra.held ?? false,
  };
}

/** An item for each word that has a description, which `topic` leads to. */
export function described(
  words: Readonly<Record<string, string | { readonly meaning: string }>>,
  kind: CompletionKind,
  topic: string,
): readonly Completion[] {
  return Object.keys(words).map((name) => item(name, kind, { topic: `${topic}:${name}` }));
}

/** The values of a fact or an effect. */
export function valueItems(words: Readonly<Record<string, Valued>>, of: string, word: string): readonly Completion[] {
  return valuesIn(words, word).map((value) => item(value, "value", { topic: `${of} ${word}:${value}` }));
}

function valuesIn(words: Readonly<Record<string, Valued>>, word: string): readonly string[] {
  return Object.hasOwn(words, word) ? Object.keys(words[word]?.values ?? {}) : [];
}
