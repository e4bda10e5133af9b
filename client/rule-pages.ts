// A rule's page, opened inside the editor: from the link of a finding's code, and by command.
import {
  commands,
  l10n,
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

/** Asks for the rule, of all that there are: those at the cursor first, then those found in the file. */
async function pickRule(client: BaseLanguageClient, documents: Documents): Promise<string | undefined> {
  const editor = documents.activeEditor();
  const found = editor === undefined ? [] : languages.getDiagnostics(editor.document.uri);
  const atCursor = found.filter(({ range }) => editor?.selection.intersection(range) !== undefined);
  const here = new Set([...atCursor, ...found].map(ruleOfDiagnostic).filter((rule) => rule !== undefined));
  const all = await ask(client, "allocpolicy/rules", {});
  const items = all.map(({ id, title, severity }) => ({
    label: id,
    description: here.has(id) ? l10n.t("{0}, found in this file", severity) : severity,
    detail: title,
  }));
  const rank = [...here];
  const picked = await window.showQuickPick(
    [
      ...rank.flatMap((rule) => items.filter(({ label }) => label === rule)),
      ...items.filter(({ label }) => !here.has(label)),
    ],
    {
      title: l10n.t("Show a Rule's Page"),
      placeHolder: l10n.t("A rule's name, or a word of its title"),
      matchOnDetail: true,
    },
  );
  return picked?.label;
}

export function registerRulePages(client: BaseLanguageClient, documents: Documents): Disposable[] {
  return [
    workspace.registerTextDocumentContentProvider(RULE_SCHEME, {
      async provideTextDocumentContent(uri: Uri, token: CancellationToken) {
        const rule = ruleOf(uri);
        const page = await ask(client, "allocpolicy/rulePage", { rule }, token);
        return page?.markdown ?? `# ${rule}\n\n${l10n.t("There is no rule of this name.")}\n`;
      },
    }),
    commands.registerCommand("allocpolicy.showRule", async (given: unknown) => {
      const rule = typeof given === "string" ? given : await pickRule(client, documents);
      if (rule !== undefined && rule !== "")
        await commands.executeCommand("vscode.open", pageUri(rule), { preview: true });
    }),
  ];
}
