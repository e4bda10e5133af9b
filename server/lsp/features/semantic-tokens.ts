import type { SemanticTokens, SemanticTokensDelta } from "vscode-languageserver";
import { TOKEN_MODIFIERS, TOKEN_TYPES } from "../../service/semantic-tokens.ts";
import type { Feature } from "../feature.ts";
import { guarded } from "../guard.ts";
import { joined, packRuns, tokensEdit } from "../packed-tokens.ts";
import type { KnownDocument, Session } from "../session.ts";

export const semanticTokens: Feature = {
  capability: () => ({
    semanticTokensProvider: {
      legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
      full: { delta: true },
      range: true,
    },
  }),
  register({ connection, session, log }) {
    const { files } = session;
    const { semanticTokens: requests } = connection.languages;
    const sent = new SentTokens(session);

    const packed = ({ key, workspace, document, kind }: KnownDocument, start: number, end: number): Packed =>
      packRuns(kind.answers.tokens?.(workspace, key, start, end) ?? [], files.lines(document));
    const allOf = (uri: string): { readonly key: string; readonly data: Packed } => {
      const known = session.document(uri);
      return { key: known.key, data: packed(known, 0, known.document.text.length) };
    };

    requests.on(
      guarded(log, "textDocument/semanticTokens/full", ({ textDocument }): SemanticTokens => {
        const { key, data } = allOf(textDocument.uri);
        return { resultId: sent.remember(key, data), data: joined(data) };
      }),
    );
    const delta = "textDocument/semanticTokens/full/delta";
    requests.onDelta(
      guarded(log, delta, ({ textDocument, previousResultId }): SemanticTokens | SemanticTokensDelta => {
        const { key, data } = allOf(textDocument.uri);
        const previous = sent.last(key, previousResultId);
        const resultId = sent.remember(key, data);
        if (previous === null) return { resultId, data: joined(data) };
        const edit = tokensEdit(previous, data);
        return { resultId, edits: edit === null ? [] : [edit] };
      }),
    );
    requests.onRange(
      guarded(log, "textDocument/semanticTokens/range", ({ textDocument, range }): SemanticTokens => {
        const known = session.document(textDocument.uri);
        const { document } = known;
        const data = packed(known, files.offset(document, range.start), files.offset(document, range.end));
        return { data: joined(data) };
      }),
    );
  },
};

type Packed = ReturnType<typeof packRuns>;

/** The tokens last sent for each open document: what the next delta starts from. */
class SentTokens {
  readonly #session: Session;
  readonly #sent = new Map<string, { readonly resultId: string; readonly data: Packed }>();
  #results = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Null when the client's last ones are not these. */
  last(key: string, resultId: string): Packed | null {
    const last = this.#sent.get(key);
    return last?.resultId === resultId ? last.data : null;
  }

  /** @returns the id of the result */
  remember(key: string, data: Packed): string {
    this.#results += 1;
    const resultId = String(this.#results);
    for (const known of this.#sent.keys()) if (this.#session.versionOf(known) === null) this.#sent.delete(known);
    this.#sent.set(key, { resultId, data });
    return resultId;
  }
}
