// What changes from one kernel to another, or from one policy to another: virtual documents that the editor shows.
import {
  commands,
  EventEmitter,
  l10n,
  Uri,
  window,
  workspace,
  type Disposable,
  type QuickPickItem,
  type TextDocument,
} from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import type { NamedPolicy } from "../protocol/requests.ts";
import { ask } from "./ask.ts";
import type { Documents } from "./documents.ts";
import { pickInTurn, type Question } from "./questions.ts";

/**
 * Documents of this scheme are asked from the server; package.json has VS Code's Markdown preview show the pages among
 * them.
 */
const DIFF_SCHEME = "allocpolicy-diff";
const PAUSE_MS = 300;
const MOST_FILES = 500;

interface KernelSide {
  readonly kind: "kernels";
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly side: "left" | "right";
}

interface PolicyPage {
  readonly kind: "policies";
  readonly first: NamedPolicy;
  readonly second: NamedPolicy;
}

const virtual = (path: string, about: KernelSide | PolicyPage): Uri =>
  Uri.from({ scheme: DIFF_SCHEME, path: `/${path}`, query: JSON.stringify(about) });
const fileName = (uri: Uri): string => uri.path.slice(uri.path.lastIndexOf("/") + 1);

export function registerDiff(client: BaseLanguageClient, policies: Documents): Disposable[] {
  return [
    ...provideVirtualDocuments(client, policies),
    commands.registerCommand("allocpolicy.diffKernels", (from: unknown, to: unknown) =>
      diffKernels(client, policies, from, to),
    ),
    commands.registerCommand("allocpolicy.diffPolicies", (first: unknown, second: unknown) =>
      diffPolicies(client, policies, first, second),
    ),
  ];
}

/** The virtual documents, which follow every change of a policy file after a pause. */
function provideVirtualDocuments(client: BaseLanguageClient, policies: Documents): Disposable[] {
  const changed = new EventEmitter<Uri>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return [
    changed,
    workspace.registerTextDocumentContentProvider(DIFF_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => textOf(client, uri),
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (!policies.has(document)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const { uri } of workspace.textDocuments) if (uri.scheme === DIFF_SCHEME) changed.fire(uri);
      }, PAUSE_MS);
    }),
    { dispose: () => clearTimeout(timer) },
  ];
}

async function textOf(client: BaseLanguageClient, { query }: Uri): Promise<string> {
  const about: KernelSide | PolicyPage = JSON.parse(query);
  if (about.kind === "policies") {
    const page = await ask(client, "allocpolicy/diffPolicies", { first: about.first, second: about.second });
    return page?.markdown ?? `${l10n.t("One of the policies is not there any more.")}\n`;
  }
  const { uri, from, to } = about;
  const sides = await ask(client, "allocpolicy/diffKernels", { uri, from, to });
  return sides?.[about.side] ?? `${l10n.t("The file is not there any more.")}\n`;
}

// Two kernels
// ------------------------------------------------------------------------------------------------------------

/** `from` and `to`: the kernels; what is not given is asked of the user. */
async function diffKernels(client: BaseLanguageClient, policies: Documents, from: unknown, to: unknown): Promise<void> {
  const document = policies.activeEditor()?.document;
  if (document === undefined)
    return void window.showInformationMessage(l10n.t("Open an AllocPolicy file to compare it under two kernels."));
  if (typeof from === "string" && typeof to === "string") return showKernels(client, document, from, to);
  const names = await ask(client, "allocpolicy/kernels", {});
  const own = await ownKernels(client, document, names);
  const picked = await pickInTurn<QuickPickItem>([
    () => kernelQuestion(own, names, l10n.t("Compare under Two Kernels: from")),
    // The other end of the file's own range, or else the newest.
    ([first]) =>
      kernelQuestion(
        [...own].reverse().filter((name) => name !== first?.label),
        names.filter((name) => name !== first?.label),
        l10n.t("Compare under Two Kernels: from {0} to", first?.label ?? ""),
      ),
  ]);
  const [first, second] = picked ?? [];
  if (first !== undefined && second !== undefined) await showKernels(client, document, first.label, second.label);
}

/** The kernels that a file itself names, first and last. */
async function ownKernels(
  client: BaseLanguageClient,
  document: TextDocument,
  names: readonly string[],
): Promise<readonly string[]> {
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  const inForce = await ask(client, "allocpolicy/kernelInForce", { uri });
  const written = inForce?.kernels.split(/\s*(?:\.\.|,)\s*/) ?? [];
  return written.filter((name) => names.includes(name));
}

/** The file's own kernels stand first, and the first of all is chosen by Enter. */
function kernelQuestion(own: readonly string[], names: readonly string[], title: string): Question<QuickPickItem> {
  const first = new Set(own);
  const items = [
    ...own.map((label) => ({ label, description: l10n.t("in this file") })),
    ...names.filter((name) => !first.has(name)).map((label) => ({ label, description: "" })),
  ];
  return { title, placeholder: l10n.t("A kernel that the model knows"), items };
}

async function showKernels(
  client: BaseLanguageClient,
  document: TextDocument,
  from: string,
  to: string,
): Promise<void> {
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  const name = fileName(document.uri);
  const answer = await ask(client, "allocpolicy/diffKernels", { uri, from, to });
  if (answer === null) return void window.showWarningMessage(l10n.t("The model does not know {0} or {1}.", from, to));
  const side = (which: "left" | "right", version: string): Uri =>
    virtual(`${version}/${name}.txt`, { kind: "kernels", uri, from, to, side: which });
  await commands.executeCommand(
    "vscode.diff",
    side("left", from),
    side("right", to),
    l10n.t("{0}: {1} ↔ {2} (requests that change: {3}, flags: {4})", name, from, to, answer.requests, answer.flags),
  );
}

// Two policies
// -----------------------------------------------------------------------------------------------------------

interface PolicyItem extends QuickPickItem {
  readonly policy: NamedPolicy;
}

/** `first` and `second`: names of policies; what is not given is asked of the user. */
async function diffPolicies(
  client: BaseLanguageClient,
  policies: Documents,
  first: unknown,
  second: unknown,
): Promise<void> {
  const items = await allPolicies(client, policies);
  const named = (given: unknown): PolicyItem | undefined => items.find(({ label }) => label === given);
  const question = (title: string, asked: readonly PolicyItem[]): Question<PolicyItem> => ({
    title,
    matchOnDescription: true,
    items: asked,
  });
  const [one, other] = [named(first), named(second)];
  const picked = await pickInTurn<PolicyItem>([
    ...(one === undefined ? [() => question(l10n.t("Compare Policies: the first"), items)] : []),
    ...(other === undefined
      ? [
          ([before = one]: readonly PolicyItem[]) =>
            question(
              l10n.t("Compare Policies: {0} with", before?.label ?? ""),
              items.filter((item) => item !== before),
            ),
        ]
      : []),
  ]);
  if (picked === undefined) return;
  const [left, right] = [one, ...picked, other].filter((item) => item !== undefined);
  if (left === undefined || right === undefined) return;
  const page: PolicyPage = { kind: "policies", first: left.policy, second: right.policy };
  await commands.executeCommand("vscode.open", virtual(`${l10n.t("{0} and {1}", left.label, right.label)}.md`, page), {
    preview: true,
  });
}

/** The policies of all files that are known, those of the file in front first. */
async function allPolicies(client: BaseLanguageClient, policies: Documents): Promise<readonly PolicyItem[]> {
  const front = policies.activeEditor()?.document.uri;
  const found = await policies.find(MOST_FILES);
  const isFront = (uri: Uri): boolean => uri.toString() === front?.toString();
  const uris = [...found.filter(isFront), ...found.filter((uri) => !isFront(uri))];
  const items = await Promise.all(
    uris.map(async (uri) => {
      const asked = client.code2ProtocolConverter.asUri(uri);
      const names = await ask(client, "allocpolicy/policies", { uri: asked });
      return names.map(
        ({ name }): PolicyItem => ({
          label: name,
          description: workspace.asRelativePath(uri),
          policy: { uri: asked, policy: name },
        }),
      );
    }),
  );
  return items.flat();
}
