import type { CompletionItem, CompletionItemKind, Range } from "vscode-languageserver";
import type {
  CompletionItem as Completion,
  CompletionItemKind as CompletionItemKindName,
  CompletionList,
} from "../service/document-kind.ts";
import type { Abilities } from "./abilities.ts";
import { Written } from "./written.ts";

/** Matches nothing that is typed, so that the item goes with the first character. */
const NOT_TYPED = "\u2026";

/** What of an item is the same wherever it is offered, in JSON. */
interface ItemText {
  /** Up to the digits by which it is sorted. */
  readonly before: string;
  readonly newText: string;
  /** Null: there is nothing more to be said of it. */
  readonly topic: string | null;
}

/** Lists of items in JSON for a client: an item that is offered again is not made into text again. */
export class CompletionTexts {
  readonly #abilities: Abilities;
  readonly #texts = new WeakMap<Completion, ItemText>();

  constructor(abilities: Abilities) {
    this.#abilities = abilities;
  }

  areFor(abilities: Abilities): boolean {
    return this.#abilities === abilities;
  }

  written({ incomplete, items }: CompletionList, range: Range, key: string): Written {
    const place = JSON.stringify(range);
    const document = JSON.stringify(key);
    let text = `{"isIncomplete":${incomplete},"items":[`;
    for (const [index, item] of items.entries()) {
      const { before, newText, topic } = this.#textOf(item);
      const data = topic === null ? "" : `,"data":{"key":${document},"topic":${topic}}`;
      const digits = String(index).padStart(4, "0");
      text += `${index === 0 ? "" : ","}${before}${digits}","textEdit":{"range":${place},"newText":${newText}}${data}}`;
    }
    return new Written(`${text}]}`);
  }

  #textOf(completion: Completion): ItemText {
    const known = this.#texts.get(completion);
    if (known !== undefined) return known;
    const { label, detail, useless, example, insert, topic } = completion;
    const abilities = this.#abilities;
    const snippet = abilities.snippets ? completion.snippet : null;
    const item: CompletionItem = {
      label,
      kind: ITEM_KIND[completion.kind],
      ...(snippet === null ? {} : { insertTextFormat: 2 }),
      ...(detail === null ? {} : { detail }),
      ...(detail === null || !abilities.labelDetails ? {} : { labelDetails: { description: detail } }),
      ...(useless !== null && abilities.deprecatedTagInCompletion ? { tags: [1 as const] } : {}),
      ...(example ? { filterText: NOT_TYPED } : {}),
    };
    const text = {
      before: `${JSON.stringify(item).slice(0, -1)},"sortText":"${useless === null ? 0 : 1}`,
      newText: JSON.stringify(snippet ?? insert),
      topic: topic === null ? null : JSON.stringify(topic),
    };
    this.#texts.set(completion, text);
    return text;
  }
}

/** The protocol's number of a kind of completions. */
const ITEM_KIND: Readonly<Record<CompletionItemKindName, CompletionItemKind>> = {
  text: 1,
  method: 2,
  function: 3,
  constructor: 4,
  field: 5,
  variable: 6,
  class: 7,
  interface: 8,
  module: 9,
  property: 10,
  unit: 11,
  value: 12,
  enum: 13,
  keyword: 14,
  snippet: 15,
  color: 16,
  file: 17,
  reference: 18,
  folder: 19,
  enumMember: 20,
  constant: 21,
  struct: 22,
  event: 23,
  operator: 24,
  typeParameter: 25,
};
