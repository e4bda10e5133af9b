import type { CodeAction, CodeActionContext, Range } from "vscode-languageserver";
import type { Action } from "../../service/actions.ts";
import type { Refactoring } from "../../service/refactorings/at.ts";
import { diagnosticOf } from "../diagnostics.ts";
import { workspaceEdit } from "../edits.ts";
import type { Feature, Server } from "../feature.ts";
import { guarded } from "../guard.ts";
import type { KnownDocument } from "../session.ts";

const QUICK_FIX = "quickfix";
const FIX_ALL = "source.fixAll.allocpolicy";

export const codeAction: Feature = {
  capability: () => ({
    codeActionProvider: { codeActionKinds: [QUICK_FIX, FIX_ALL, ...Object.values(REFACTOR)] },
  }),
  register(server) {
    const { connection, session, log } = server;
    connection.onCodeAction(
      guarded(log, "textDocument/codeAction", ({ textDocument, range, context }): CodeAction[] => {
        const known = session.document(textDocument.uri);
        return [
          ...actionsFor(server, known, range, context).map((action) => codeActionOf(server, known, action)),
          ...refactoringsFor(server, known, range, context),
        ];
      }),
    );
  },
};

/** The protocol's kinds of refactorings. */
const REFACTOR: Readonly<Record<Refactoring["kind"], string>> = {
  extract: "refactor.extract",
  inline: "refactor.inline",
  rewrite: "refactor.rewrite",
};

function refactoringsFor(
  server: Server,
  { key, workspace, document, kind }: KnownDocument,
  range: Range,
  { only }: CodeActionContext,
): CodeAction[] {
  const { files } = server.session;
  const wanted = (name: string): boolean =>
    only === undefined || only.some((one) => name === one || name.startsWith(`${one}.`));
  if (!Object.values(REFACTOR).some(wanted)) return [];
  const [start, end] = [files.offset(document, range.start), files.offset(document, range.end)];
  return (kind.answers.refactorings?.(workspace, key, start, end) ?? [])
    .filter((made) => wanted(REFACTOR[made.kind]))
    .map((made) => ({
      title: made.title,
      kind: REFACTOR[made.kind],
      edit: workspaceEdit(server, workspace, new Map([[key, made.changes]])),
    }));
}

function actionsFor({ session }: Server, known: KnownDocument, range: Range, context: CodeActionContext): Action[] {
  const { key, workspace, document, kind } = known;
  const wanted = (name: string): boolean =>
    context.only === undefined || context.only.some((only) => name === only || name.startsWith(`${only}.`));
  const actions: Action[] = [];
  if (wanted(QUICK_FIX)) {
    const [start, end] = [session.files.offset(document, range.start), session.files.offset(document, range.end)];
    actions.push(...(kind.answers.actions?.(workspace, key, start, end) ?? []));
  }
  // An editor that asks for everything at the cursor gets "fix all" where there is something to fix at the cursor.
  if (wanted(FIX_ALL) && (context.only !== undefined || actions.length > 0)) {
    const all = kind.answers.fixAll?.(workspace, key) ?? null;
    if (all !== null) actions.push(all);
  }
  return actions;
}

function codeActionOf(server: Server, known: KnownDocument, action: Action): CodeAction {
  const abilities = server.abilities();
  const isFixAll = action.kind === "fix-all";
  return {
    title: action.title,
    kind: isFixAll ? FIX_ALL : QUICK_FIX,
    ...(isFixAll
      ? {}
      : {
          diagnostics: action.findings.map((placed) =>
            diagnosticOf(placed, known, server.session.files, abilities.diagnostics),
          ),
        }),
    ...(action.preferred && abilities.preferredActions ? { isPreferred: true } : {}),
    edit: workspaceEdit(server, known.workspace, new Map([[known.key, action.changes]])),
  };
}
