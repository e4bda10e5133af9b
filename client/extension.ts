// The extension, whichever host it runs in: starts the language server and adds what VS Code alone can show.
import { commands, l10n, workspace, type Diagnostic, type ExtensionContext } from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import { registerCallers } from "./callers.ts";
import { registerDecode } from "./decode.ts";
import { registerDiff } from "./diff.ts";
import { showKernelStatus } from "./kernel-status.ts";
import { documentsOf } from "./documents.ts";
import { inOwnWords, OWN_ABILITIES, registerLenses } from "./lenses.ts";
import { noteLensRequests, remindOfLenses } from "./lens-requests.ts";
import { inLines } from "./lines.ts";
import { registerMatrix } from "./matrix.ts";
import { linkToPages, registerRulePages } from "./rule-pages.ts";
import { registerNewFile } from "./new-file.ts";
import { patiently } from "./patience.ts";
import { registerTasks } from "./tasks.ts";
import { registerTools } from "./tools.ts";
import { registerExplainCall } from "./explain-call.ts";
import { registerExplainLog } from "./explain-log.ts";
import { registerExpectations, type ShownExpectation } from "./testing.ts";
import { registerTrace } from "./trace.ts";
import type { Shown, ShownTrace } from "./view/data.ts";

/** The server's id: the client reads the trace level from the setting `allocpolicy.trace.server`. */
export const CLIENT_ID = "allocpolicy";
export const CLIENT_NAME = "AllocPolicy";

/** What other extensions, and the tests, may ask of this one. */
export interface AllocPolicyExtension {
  /** The text of the status item; undefined while no policy file is in front. */
  readonly kernelInForce: () => string | undefined;
  /** What the test explorer lists, with the results of the last run. */
  readonly expectations: () => readonly ShownExpectation[];
  /** What the matrix panel shows; undefined while it is closed or empty. */
  readonly matrix: () => Shown | undefined;
  /** What the trace panel shows; undefined while it is closed or empty. */
  readonly trace: () => ShownTrace | undefined;
}

export function clientOptions(context: ExtensionContext): LanguageClientOptions {
  return {
    documentSelector: [...documentsOf(context).all.selector],
    // The server asks for the settings of each folder; until it has them its answers come from these.
    initializationOptions: () => ({ settings: settingsNow() }),
    middleware: {
      handleDiagnostics(uri, diagnostics, next) {
        fitted(diagnostics);
        next(uri, diagnostics);
      },
      async provideDiagnostics(document, previousResultId, token, next) {
        const report = await patiently(
          l10n.t("AllocPolicy: checking…"),
          Promise.resolve(next(document, previousResultId, token)),
        );
        if (report !== undefined && report !== null && "items" in report) fitted(report.items);
        return report;
      },
      provideWorkspaceDiagnostics: (resultIds, token, report, next) =>
        next(resultIds, token, (chunk) => {
          for (const found of chunk?.items ?? []) if ("items" in found) fitted(found.items);
          report(chunk);
        }),
      provideCodeLenses: noteLensRequests,
      async resolveCodeLens(lens, token, next) {
        const resolved = await next(lens, token);
        return resolved === undefined || resolved === null ? resolved : inOwnWords(resolved);
      },
      async provideCodeActions(document, range, given, token, next) {
        const actions = await next(document, range, given, token);
        for (const action of actions ?? []) if ("diagnostics" in action) fitted(action.diagnostics ?? []);
        return actions;
      },
    },
  };
}

/** As plain data: the editor's own object has functions, too. */
function settingsNow(): unknown {
  const folder = workspace.workspaceFolders?.[0]?.uri ?? null;
  return JSON.parse(JSON.stringify(workspace.getConfiguration("allocpolicy", folder)));
}

/** Fits findings to this editor, in place: their codes lead to pages inside it, their messages into its peek. */
function fitted(diagnostics: readonly Diagnostic[]): void {
  linkToPages(diagnostics);
  for (const diagnostic of diagnostics) diagnostic.message = inLines(diagnostic.message);
}

/** Starts everything; the parts end with the extension, the client by its own `stop`. */
export async function start(context: ExtensionContext, client: BaseLanguageClient): Promise<AllocPolicyExtension> {
  const { all, policies, judged } = documentsOf(context);
  const status = showKernelStatus(client, judged);
  const matrix = registerMatrix(context, client, policies);
  const trace = registerTrace(context, client, policies);
  const expectations = registerExpectations(client, policies);
  context.subscriptions.push(
    status,
    matrix,
    trace,
    expectations,
    ...registerDiff(client, policies),
    registerDecode(client, () => status.shown()?.kernels),
    ...registerRulePages(client, all),
    ...registerLenses(client),
    remindOfLenses(client),
    ...registerNewFile(),
    registerTasks(client, policies),
    ...registerTools(client),
    ...registerExplainCall(client),
    ...registerExplainLog(client),
    ...registerCallers(client, policies),
    commands.registerCommand("allocpolicy.restartServer", async () => {
      await client.stop();
      await client.start();
    }),
  );
  client.registerFeature(OWN_ABILITIES);
  await client.start();
  return {
    kernelInForce: () => status.shown()?.text,
    expectations: expectations.shown,
    matrix: matrix.shown,
    trace: trace.shown,
  };
}
