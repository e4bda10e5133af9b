// The task that checks all policy files of the workspace and prints what is found, as `allocpolicy check` does.
import {
  CustomExecution,
  EventEmitter,
  l10n,
  Task,
  tasks,
  TaskScope,
  Uri,
  workspace,
  type Disposable,
  type Pseudoterminal,
} from "vscode";
import {
  DiagnosticSeverity,
  DocumentDiagnosticReportKind,
  WorkspaceDiagnosticRequest,
  type BaseLanguageClient,
  type Diagnostic,
} from "vscode-languageclient";
import type { Documents } from "./documents.ts";

const TYPE = "allocpolicy";
const MOST_FILES = 2000;

const LEVELS: Readonly<Record<DiagnosticSeverity, string>> = {
  [DiagnosticSeverity.Error]: "error",
  [DiagnosticSeverity.Warning]: "warning",
  [DiagnosticSeverity.Information]: "information",
  [DiagnosticSeverity.Hint]: "hint",
};

export function registerTasks(client: BaseLanguageClient, policies: Documents): Disposable {
  const check = (): Task => {
    const task = new Task(
      { type: TYPE, task: "check" },
      TaskScope.Workspace,
      l10n.t("check policies"),
      "AllocPolicy",
      new CustomExecution(() => Promise.resolve(checkTerminal(client, policies))),
      // What it prints is in the list of problems already: nobody is asked whether to read it from there.
      [],
    );
    task.detail = l10n.t("Checks every policy file of the workspace and prints what is found");
    return task;
  };
  return tasks.registerTaskProvider(TYPE, {
    provideTasks: () => [check()],
    resolveTask: ({ definition }) => (definition.task === "check" ? check() : undefined),
  });
}

function checkTerminal(client: BaseLanguageClient, policies: Documents): Pseudoterminal {
  const write = new EventEmitter<string>();
  const close = new EventEmitter<number>();
  return {
    onDidWrite: write.event,
    onDidClose: close.event,
    open: () => {
      void linesOf(client, policies)
        .catch((error: unknown) => ({ lines: [String(error)], errors: 1 }))
        .then(({ lines, errors }) => {
          for (const line of lines) write.fire(`${line}\r\n`);
          close.fire(errors > 0 ? 1 : 0);
        });
    },
    close: () => undefined,
  };
}

interface Printed {
  readonly lines: readonly string[];
  readonly errors: number;
}

/** What the server says of all files now: the list of problems may not have been told yet. */
async function linesOf(client: BaseLanguageClient, policies: Documents): Promise<Printed> {
  const [files, { items }] = await Promise.all([
    policies.find(MOST_FILES),
    client.sendRequest(WorkspaceDiagnosticRequest.type, { previousResultIds: [] }),
  ]);
  const found = new Map(
    items.map((report) => [
      Uri.parse(report.uri).toString(),
      report.kind === DocumentDiagnosticReportKind.Full ? report.items : [],
    ]),
  );
  const checked = files.filter((uri) => found.has(uri.toString()));
  const all = checked.flatMap((uri) => (found.get(uri.toString()) ?? []).map((finding) => ({ uri, finding })));
  const lines = all.map(({ uri, finding }) => lineOf(uri, finding));
  const errors = all.filter(({ finding }) => finding.severity === DiagnosticSeverity.Error).length;
  const sum = l10n.t("{0} files checked: {1} findings, {2} errors", checked.length, lines.length, errors);
  return { lines: [...lines, sum], errors };
}

function lineOf(uri: Uri, { range: { start }, severity, message, code }: Diagnostic): string {
  const place = `${workspace.asRelativePath(uri)}:${start.line + 1}:${start.character + 1}`;
  const words = typeof message === "string" ? message : message.value;
  return `${place}: ${LEVELS[severity ?? DiagnosticSeverity.Error]}: ${words.replace(/\s+/g, " ")} [${code ?? ""}]`;
}
