import type { SemanticTokens, SemanticTokensDelta, TextDocumentIdentifier } from "vscode-languageserver";
import { TOKEN_MODIFIERS, TOKEN_TYPES } from "../../service/semantic-tokens.ts";
import type { Feature } from "../feature.ts";
import type { Step } from "../../service/steps.ts";
import { guarded } from "../guard.ts";
import { longWork, UNTOLD } from "../long-work.ts";
import { joined, packRuns, tokensEdit, type PackedTokens } from "../packed-tokens.ts";
import type { KnownDocument, Session } from "../session.ts";

/** So many declarations are looked at between two steps. */
const AT_ONCE = 64;

export const semanticTokens: Feature = {
  capability: () => ({
    semanticTokensProvider: {
      legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
      full: { delta: true },
      range: true,
    },
  }),
  register(server) {
    const { connection, session, log } = server;
    const { files } = session;
    const { semanticTokens: requests } = connection.languages;
    const sent = new SentTokens(session);

    const runsOf = ({ key, workspace, kind }: KnownDocument, start: number, end: number): PackedTokens["runs"] =>
      kind.answers.tokens?.(workspace, key, start, end) ?? [];
    const allOf = (uri: string): { readonly key: string; readonly data: PackedTokens } => {
      const known = session.document(uri);
      const { key, document } = known;
      const runs = runsOf(known, 0, document.text.length);
      return { key, data: packRuns(runs, files.lines(document), sent.last(key)?.data) };
    };

    /** Makes in steps what has never been asked for. */
    const prepared = async ({ uri }: TextDocumentIdentifier, step: Step): Promise<void> => {
      if (sent.last(session.document(uri).key) !== null) return;
      for (let from = 0, count = 1; from < count; from += AT_ONCE) {
        // Each time as it is now: it may have changed while others had their turn.
        const known = session.document(uri);
        const { key, workspace, document, kind } = known;
        const { starts } = kind.answers.stretches?.(workspace, key) ?? { starts: [] };
        count = starts.length;
        const [start, end] = [starts[from] ?? 0, starts[from + AT_ONCE] ?? document.text.length];
        if (from < count) packRuns(runsOf(known, start, end), files.lines(document));
        await step(from, count);
      }
    };

    requests.on(
      guarded(log, "textDocument/semanticTokens/full", async ({ textDocument }, token): Promise<SemanticTokens> => {
        await longWork(server, "Colours", UNTOLD, token, (step) => prepared(textDocument, step));
        const { key, data } = allOf(textDocument.uri);
        return { resultId: sent.remember(key, data), data: joined(data.numbers) };
      }),
    );
    const delta = "textDocument/semanticTokens/full/delta";
    requests.onDelta(
      guarded(log, delta, ({ textDocument, previousResultId }): SemanticTokens | SemanticTokensDelta => {
        const { key, data } = allOf(textDocument.uri);
        const previous = sent.last(key);
        const resultId = sent.remember(key, data);
        if (previous?.resultId !== previousResultId) return { resultId, data: joined(data.numbers) };
        const edit = tokensEdit(previous.data.numbers, data.numbers);
        return { resultId, edits: edit === null ? [] : [edit] };
      }),
    );
    requests.onRange(
      guarded(log, "textDocument/semanticTokens/range", ({ textDocument, range }): SemanticTokens => {
        const known = session.document(textDocument.uri);
        const { document } = known;
        const runs = runsOf(known, files.offset(document, range.start), files.offset(document, range.end));
        return { data: joined(packRuns(runs, files.lines(document)).numbers) };
      }),
    );
  },
};

interface Sent {
  readonly resultId: string;
  readonly data: PackedTokens;
}

/** The tokens last sent for each open document: what the next delta starts from. */
class SentTokens {
  readonly #session: Session;
  readonly #sent = new Map<string, Sent>();
  #results = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  last(key: string): Sent | null {
    return this.#sent.get(key) ?? null;
  }

  /** @returns the id of the result */
  remember(key: string, data: PackedTokens): string {
    this.#results += 1;
    const resultId = String(this.#results);
    for (const known of this.#sent.keys()) if (!this.#session.isOpen(known)) this.#sent.delete(known);
    this.#sent.set(key, { resultId, data });
    return resultId;
  }
}
