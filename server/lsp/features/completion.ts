import type { CompletionItem, CompletionParams } from "vscode-languageserver";
import { CompletionTexts } from "../completion-texts.ts";
import type { Feature, Server } from "../feature.ts";
import { guarded } from "../guard.ts";
import { markup } from "../markup.ts";
import { onWritten } from "../written-request.ts";
import { Written } from "../written.ts";

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
    let texts = new CompletionTexts(abilities());
    onWritten<CompletionParams>(server, "textDocument/completion", ({ textDocument, position, context }) => {
      const { key, workspace, document, kind } = session.document(textDocument.uri);
      const trigger = context?.triggerCharacter ?? null;
      const list = kind.answers.completion?.at(workspace, key, files.offset(document, position), trigger);
      if (list === undefined) return new Written("null");
      if (!texts.areFor(abilities())) texts = new CompletionTexts(abilities());
      return texts.written(list, files.rangeIn(document, list.start, list.end), key);
    });
    connection.onCompletionResolve(
      guarded(log, "completionItem/resolve", (item): CompletionItem => {
        const documentation = documentationOf(server, item.data);
        return documentation === null ? item : { ...item, documentation: markup(documentation, abilities()) };
      }),
    );
  },
};

/** `data` comes back from the client as it was sent, or changed. */
function documentationOf({ session }: Server, data: unknown): string | null {
  if (typeof data !== "object" || data === null || !("key" in data) || !("topic" in data)) return null;
  const { key, topic } = data;
  if (typeof key !== "string" || typeof topic !== "string") return null;
  const known = session.find(key);
  return known?.kind.answers.completion?.documentation(known.workspace, key, topic) ?? null;
}
