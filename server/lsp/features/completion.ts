import type { CompletionItem, CompletionItemKind, CompletionList, Range } from "vscode-languageserver";
import type {
  CompletionItem as Completion,
  CompletionItemKind as CompletionItemKindName,
} from "../../service/document-kind.ts";
import type { Abilities } from "../abilities.ts";
import type { Feature, Server } from "../feature.ts";
import { guarded } from "../guard.ts";
import { markup } from "../markup.ts";

export const completion: Feature = {
  capability: (_, kinds) => ({
    completionProvider: {
      triggerCharacters: [...new Set(kinds.flatMap(({ answers }) => answers.completion?.triggers ?? []))],
      resolveProvider: true,
    },
  }),
  register(server) {
    const { connection, session, log, abilities } = server;
    const { files } = session;
    connection.onCompletion(
      guarded(log, "textDocument/completion", ({ textDocument, position, context }): CompletionList | null => {
        const { key, workspace, document, kind } = session.document(textDocument.uri);
        const trigger = context?.triggerCharacter ?? null;
        const list = kind.answers.completion?.at(workspace, key, files.offset(document, position), trigger);
        if (list === undefined) return null;
        const range = files.rangeIn(document, list.start, list.end);
        return {
          isIncomplete: list.incomplete,
          items: list.items.map((item, index) => completionItem(item, index, range, key, abilities())),
        };
      }),
    );
    connection.onCompletionResolve(
      guarded(log, "completionItem/resolve", (item): CompletionItem => {
        const documentation = documentationOf(server, item.data);
        return documentation === null ? item : { ...item, documentation: markup(documentation, abilities()) };
      }),
    );
  },
};

/** Matches nothing that is typed, so that the item goes with the first character. */
const NOT_TYPED = "\u2026";

function completionItem(
  completion: Completion,
  index: number,
  range: Range,
  key: string,
  abilities: Abilities,
): CompletionItem {
  const snippet = completion.snippet !== null && abilities.snippets;
  const labelDetails =
    completion.detail === null || !abilities.labelDetails ? {} : { labelDetails: { description: completion.detail } };
  return {
    label: completion.label,
    kind: ITEM_KIND[completion.kind],
    sortText: `${completion.useless === null ? 0 : 1}${String(index).padStart(4, "0")}`,
    textEdit: { range, newText: snippet ? (completion.snippet ?? completion.label) : completion.insert },
    ...(snippet ? { insertTextFormat: 2 } : {}),
    ...(completion.detail === null ? {} : { detail: completion.detail }),
    ...labelDetails,
    ...(completion.topic === null ? {} : { data: { key, topic: completion.topic } }),
    ...(completion.useless !== null && abilities.deprecatedTagInCompletion ? { tags: [1 as const] } : {}),
    ...(completion.example ? { filterText: NOT_TYPED } : {}),
  };
}

/** `data` comes back from the client as it was sent, or changed. */
function documentationOf({ session }: Server, data: unknown): string | null {
  if (typeof data !== "object" || data === null || !("key" in data) || !("topic" in data)) return null;
  const { key, topic } = data;
  if (typeof key !== "string" || typeof topic !== "string") return null;
  const known = session.find(key);
  return known?.kind.answers.completion?.documentation(known.workspace, key, topic) ?? null;
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
