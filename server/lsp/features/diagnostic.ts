import type { CancellationToken, DocumentDiagnosticParams, WorkspaceDiagnosticParams } from "vscode-languageserver";
import type { Step } from "../../service/steps.ts";
import { makeAllFindings, makeFindings, type Report } from "../diagnostics.ts";
import { documentNamed } from "../custom-request.ts";
import type { Feature, Server } from "../feature.ts";
import { cancelled } from "../guard.ts";
import { longWork, tokenIn } from "../long-work.ts";
import type { KnownDocument } from "../session.ts";
import { onWritten } from "../written-request.ts";
import { piecesOf, Written, type Part } from "../written.ts";

/** Diagnostics that the client pulls; to clients that don't, `Publisher` pushes them. */
export const diagnostic: Feature = {
  capability: ({ pullsDiagnostics }) =>
    pullsDiagnostics
      ? { diagnosticProvider: { identifier: "allocpolicy", interFileDependencies: true, workspaceDiagnostics: true } }
      : {},
  register(server) {
    const { session, reports, abilities } = server;
    onWritten<DocumentDiagnosticParams>(
      server,
      "textDocument/diagnostic",
      async ({ textDocument, previousResultId }, token) => {
        // Of a tab whose file was renamed or deleted an editor asks once more: there is nothing to mark any more.
        const asked = await documentNamed(server, textDocument.uri);
        if (asked === null) return new Written(...reportPieces(NOTHING, previousResultId, {}));
        // What it refers to decides which names exist. What else is being read is waited for by nobody.
        const { key, document } = asked;
        await session.referencesSettled(key);
        const isSoon = document.text.length > LARGE && abilities().refreshesDiagnostics;
        if (!isSoon) await makeAllFindings(key, session, () => token.isCancellationRequested);
        if (token.isCancellationRequested) throw cancelled();
        const known = session.document(textDocument.uri);
        const report = isSoon ? answerSoon(server, known) : reports.whole(known);
        return new Written(...reportPieces(report, previousResultId, {}));
      },
    );
    onWritten<WorkspaceDiagnosticParams>(server, "workspace/diagnostic", (params, token) =>
      longWork(server, "Judging policies", { workDoneToken: tokenIn(params), mayCreate: true }, token, (step) =>
        workspaceReport(server, params, token, step),
      ),
    );
  },
};

const NOTHING: Pick<Report, "parts" | "resultId"> = { parts: [], resultId: "" };

/** A report as the protocol has it, with more of its fields. */
function reportPieces(
  { parts, resultId }: Pick<Report, "parts" | "resultId">,
  previous: unknown,
  more: object,
): readonly (string | Part)[] {
  if (previous === resultId) return [JSON.stringify({ kind: "unchanged", resultId, ...more })];
  return piecesOf(`${JSON.stringify({ kind: "full", resultId, ...more }).slice(0, -1)},"items":[`, parts, "]}");
}

/** A document of more text, about a thousand lines, is answered with what there is soon. */
const LARGE = 30_000;

/** How soon, from the opening and from an edit on; the rest is there when the client asks again. */
const FIRST_MS = 10;
const NEXT_MS = 100;

function answerSoon({ session, reports, finisher }: Server, known: KnownDocument): Report {
  const isAllMade = makeFindings(known, session, session.lastEdit(known.key) === null ? FIRST_MS : NEXT_MS);
  const report = reports.soFar(known);
  if (report.isPart || !isAllMade) finisher.finish(known.key);
  return report;
}

async function workspaceReport(
  { session, reports }: Server,
  { previousResultIds }: WorkspaceDiagnosticParams,
  token: CancellationToken,
  step: Step,
): Promise<Written> {
  await session.scanFolders(step);
  const { files } = session;
  const previous = new Map(previousResultIds.map(({ uri, value }) => [files.key(uri), value]));
  const items: (readonly (string | Part)[])[] = [];
  const seen = new Set<string>();
  const all = [...session.all()];
  for (const [index, known] of all.entries()) {
    const { key, kind } = known;
    // A guest's documents are asked for one by one: with these as well each mark would stand twice.
    if (seen.has(key) || kind.guest !== null) continue;
    await makeAllFindings(key, session, () => token.isCancellationRequested);
    const now = session.find(key);
    // It may have been deleted meanwhile.
    if (now === null) continue;
    seen.add(key);
    const document = { uri: files.clientUri(key), version: session.versionOf(key) };
    items.push(reportPieces(reports.whole(now), previous.get(key), document));
    await step(index + 1, all.length);
  }
  for (const key of previous.keys()) {
    const gone = { uri: files.clientUri(key), version: null };
    if (!seen.has(key)) items.push(reportPieces(NOTHING, undefined, gone));
  }
  return new Written('{"items":[', ...items.flatMap((pieces, i) => (i === 0 ? pieces : [",", ...pieces])), "]}");
}
