// What a user does and sees in VS Code, as the suites say it.
import assert from "node:assert/strict";
import {
  commands,
  type CodeAction,
  type Diagnostic,
  DiagnosticSeverity,
  type Hover,
  languages,
  MarkdownString,
  type Position,
  Range,
  Selection,
  Uri,
  window,
  workspace,
  type TextDocument,
  type TextEditor,
} from "vscode";

/** A busy machine is no failure: what never comes is waited for this long. */
const PATIENCE_MS = 60_000;
const POLL_MS = 25;
/** Fixes of one finding that are asked for their changes, and not only for their titles. */
const MOST_FIXES = 10;

/** The folder that the workbench was opened on: a copy of test/editor/workspace. */
export function inWorkspace(name: string): Uri {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder, "the workbench has a folder open");
  return Uri.joinPath(folder.uri, name);
}

/** Waits until `look` sees something. @throws with the last thing that `describe` told when patience is at its end */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  describe?: () => unknown,
): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end)
      throw new Error(`never saw ${what}${describe === undefined ? "" : `; saw ${JSON.stringify(describe())}`}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Writes a file into the workspace. A `$0` in its text is taken out. */
export async function writeFile(name: string, text: string): Promise<Uri> {
  const uri = inWorkspace(name);
  await workspace.fs.writeFile(uri, new TextEncoder().encode(text.replace("$0", "")));
  return uri;
}

/** Writes a file into the workspace and opens it; the cursor stands where the text has `$0`, or at the start. */
export async function openFile(name: string, text: string): Promise<TextEditor> {
  const document = await workspace.openTextDocument(await writeFile(name, text));
  const editor = await window.showTextDocument(document);
  placeCursor(editor, Math.max(0, text.indexOf("$0")));
  return editor;
}

/** Closes all editors, without saving. */
export async function closeAll(): Promise<void> {
  for (const document of workspace.textDocuments) {
    if (!document.isDirty) continue;
    await window.showTextDocument(document);
    await commands.executeCommand("workbench.action.files.revert");
  }
  await commands.executeCommand("workbench.action.closeAllEditors");
}

export function placeCursor(editor: TextEditor, offset: number): void {
  const at = editor.document.positionAt(offset);
  editor.selection = new Selection(at, at);
}

/** The first place of a text in a document. */
export function rangeOf(document: TextDocument, text: string): Range {
  const start = document.getText().indexOf(text);
  assert.notEqual(start, -1, `'${text}' stands in the file`);
  return new Range(document.positionAt(start), document.positionAt(start + text.length));
}

/** A position inside of the first place of a text. */
export const inside = (document: TextDocument, text: string): Position => rangeOf(document, text).start.translate(0, 1);

/** Selects the first place of a text. */
export function select(editor: TextEditor, text: string): void {
  const { start, end } = rangeOf(editor.document, text);
  editor.selection = new Selection(start, end);
}

/** Types at the cursor, over what is selected. */
export async function type(text: string): Promise<void> {
  await commands.executeCommand("type", { text });
}

/** A finding as the user sees it: the rule, the text that is marked, the message. */
export interface Seen {
  readonly rule: string;
  readonly marked: string;
  readonly message: string;
  readonly severity: DiagnosticSeverity;
}

export function diagnosticsOf(document: TextDocument): readonly Diagnostic[] {
  return languages.getDiagnostics(document.uri);
}

export const ruleOf = ({ code }: Diagnostic): string => String(typeof code === "object" ? code.value : code);

export function findings(document: TextDocument): readonly Seen[] {
  return diagnosticsOf(document).map((diagnostic) => ({
    rule: ruleOf(diagnostic),
    marked: document.getText(diagnostic.range),
    message: diagnostic.message,
    severity: diagnostic.severity,
  }));
}

/** Waits until a text is marked by a rule. */
export function seesFinding(document: TextDocument, rule: string, marked: string): Promise<Diagnostic> {
  return until(
    `'${rule}' on '${marked}'`,
    () => diagnosticsOf(document).find((one) => ruleOf(one) === rule && document.getText(one.range) === marked),
    () => findings(document),
  );
}

/** Waits until a rule marks nothing any more. */
export async function seesNoFinding(document: TextDocument, rule: string): Promise<void> {
  await until(
    `an end of '${rule}'`,
    () => findings(document).every((one) => one.rule !== rule) || undefined,
    () => [document.getText(), findings(document)],
  );
}

/** Waits until nothing is marked as an error or a warning. */
export async function seesNothingWrong(document: TextDocument): Promise<void> {
  await until(
    "a file without errors and warnings",
    () => findings(document).every(({ severity }) => severity > DiagnosticSeverity.Warning) || undefined,
    () => findings(document),
  );
}

/** What the hover at a place says, as Markdown; waits for it. */
export function readHover(document: TextDocument, at: Position): Promise<string> {
  return until(`a hover over '${document.lineAt(at.line).text.trim()}'`, async () => {
    const hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", document.uri, at);
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((part) => (part instanceof MarkdownString ? part.value : typeof part === "string" ? part : part.value))
      .join("\n");
    return text === "" ? undefined : text;
  });
}

/** The quick fixes that the light bulb offers where a finding is, in its order. */
export const quickFixes = (document: TextDocument, { range }: Diagnostic): Promise<readonly CodeAction[]> =>
  offeredAt(document, range, "quickfix");

/** What the editor offers of a kind for a place, with the changes that it would make. */
export async function offeredAt(document: TextDocument, range: Range, kind: string): Promise<readonly CodeAction[]> {
  return commands.executeCommand<CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    range,
    kind,
    MOST_FIXES,
  );
}
