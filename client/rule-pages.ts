// A rule's page, opened inside the editor: from the link of a finding's code, and by command.
import {
  commands,
  languages,
  Uri,
  window,
  workspace,
  type CancellationToken,
  type Diagnostic,
  type Disposable,
} from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { ask } from "./ask.ts";
import type { Documents } from "./documents.ts";

/** Documents of this scheme are pages; package.json has VS Code's Markdown preview show them. */
const RULE_SCHEME = "allocpolicy-rule";

const pageUri = (rule: string): Uri => Uri.from({ scheme: RULE_SCHEME, path: `/${rule}.md` });
const ruleOf = (uri: Uri): string => uri.path.replace(/^\//, "").replace(/\.md$/, "");

/** The rule that a finding came from, by its code. */
function ruleOfDiagnostic({ code }: Diagnostic): string | undefined {
  const value = typeof code === "object" ? code.value : code;
  return value === undefined ? undefined : String(value);
}

/** Turns the web addresses behind the codes of findings into pages inside the editor. Changes the findings in place. */
export function linkToPages(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    if (typeof diagnostic.code === "object")
      diagnostic.code = { value: diagnostic.code.value, target: pageUri(String(diagnostic.code.value)) };
  }
}

/**
 * Asks for the rule: those found in the file come first, where the cursor stands before the rest; any other can be
 * typed.
 */
async function pickRule(documents: Documents): Promise<string | undefined> {
  const editor = documents.activeEditor();
  const found = editor === undefined ? [] : languages.getDiagnostics(editor.document.uri);
  const atCursor = found.filter(({ range }) => editor?.selection.intersection(range) !== undefined);
  const rules = new Set([...atCursor, ...found].map(ruleOfDiagnostic).filter((rule) => rule !== undefined));
  if (rules.size === 0)
    return window.showInputBox({
      title: "Show Rule Page",
      prompt: "The rule's name",
      placeHolder: "nofail-without-reclaim",
    });
  const other = "Another rule…";
  const picked = await window.showQuickPick([...rules, other], {
    title: "Show Rule Page",
    placeHolder: "Rules found in this file",
  });
  return picked === other ? window.showInputBox({ title: "Show Rule Page", prompt: "The rule's name" }) : picked;
}

export function registerRulePages(client: BaseLanguageClient, documents: Documents): Disposable[] {
  return [
    workspace.registerTextDocumentContentProvider(RULE_SCHEME, {
      async provideTextDocumentContent(uri: Uri, token: CancellationToken) {
        const rule = ruleOf(uri);
        const page = await ask(client, "allocpolicy/rulePage", { rule }, token);
        return page?.markdown ?? `# ${rule}\n\nThere is no rule of this name.\n`;
      },
    }),
    commands.registerCommand("allocpolicy.showRule", async (given: unknown) => {
      const rule = typeof given === "string" ? given : await pickRule(documents);
      if (rule !== undefined && rule !== "")
        await commands.executeCommand("vscode.open", pageUri(rule), { preview: true });
    }),
  ];
}
