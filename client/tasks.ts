// The task that checks all policy files of the workspace and prints what is found, as `allocpolicy check` does.
import {
  CustomExecution,
  DiagnosticSeverity,
  EventEmitter,
  l10n,
  languages,
  Task,
  tasks,
  TaskScope,
  workspace,
  type Disposable,
  type Pseudoterminal,
} from "vscode";
import type { Documents } from "./documents.ts";

const TYPE = "allocpolicy";
const MOST_FILES = 2000;

const LEVELS: Readonly<Record<DiagnosticSeverity, string>> = {
  [DiagnosticSeverity.Error]: "error",
  [DiagnosticSeverity.Warning]: "warning",
  [DiagnosticSeverity.Information]: "information",
  [DiagnosticSeverity.Hint]: "hint",
};

export function registerTasks(policies: Documents): Disposable {
  const check = (): Task => {
    const task = new Task(
      { type: TYPE, task: "check" },
      TaskScope.Workspace,
      l10n.t("check policies"),
      "AllocPolicy",
      new CustomExecution(() => Promise.resolve(checkTerminal(policies))),
    );
    task.detail = l10n.t("Checks every policy file of the workspace and prints what is found");
    return task;
  };
  return tasks.registerTaskProvider(TYPE, {
    provideTasks: () => [check()],
    resolveTask: ({ definition }) => (definition.task === "check" ? check() : undefined),
  });
}

function checkTerminal(policies: Documents): Pseudoterminal {
  const write = new EventEmitter<string>();
  const close = new EventEmitter<number>();
  return {
    onDidWrite: write.event,
    onDidClose: close.event,
    open: () => {
      void linesOf(policies).then(({ lines, errors }) => {
        for (const line of lines) write.fire(`${line}\r\n`);
        close.fire(errors > 0 ? 1 : 0);
      });
    },
    close: () => undefined,
  };
}

async function linesOf(policies: Documents): Promise<{ readonly lines: readonly string[]; readonly errors: number }> {
  const files = await policies.find(MOST_FILES);
  let errors = 0;
  const lines = files.flatMap((uri) =>
    languages.getDiagnostics(uri).map(({ range: { start }, severity, message, code }) => {
      if (severity === DiagnosticSeverity.Error) errors += 1;
      const rule = String(typeof code === "object" ? code.value : code);
      return `${workspace.asRelativePath(uri)}:${start.line + 1}:${start.character + 1}: ${LEVELS[severity]}: ${message} [${rule}]`;
    }),
  );
  const sum = l10n.t("{0} files checked: {1} findings, {2} errors", files.length, lines.length, errors);
  return { lines: [...lines, sum], errors };
}
