// What changes from one kernel to another, or from one policy to another: virtual documents that the editor shows.
import {
  commands,
  EventEmitter,
  Uri,
  window,
  workspace,
  type Disposable,
  type QuickPickItem,
  type TextDocument,
} from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { activePolicyEditor, isPolicy } from "./language.ts";
import { diffOfKernels, diffOfPolicies, kernels, policies } from "./protocol.ts";

/** Documents of this scheme are asked from the server; package.json has VS Code's Markdown preview show the pages among them. */
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
  readonly first: { readonly uri: string; readonly policy: string };
  readonly second: { readonly uri: string; readonly policy: string };
}

const virtual = (path: string, about: KernelSide | PolicyPage): Uri =>
  Uri.from({ scheme: DIFF_SCHEME, path: `/${path}`, query: JSON.stringify(about) });
const fileName = (uri: Uri): string => uri.path.slice(uri.path.lastIndexOf("/") + 1);

interface PolicyItem extends QuickPickItem {
  readonly policy: PolicyPage["first"];
}

export function registerDiff(client: BaseLanguageClient): Disposable[] {
  const changed = new EventEmitter<Uri>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const asUri = (uri: Uri): string => client.code2ProtocolConverter.asUri(uri);

  async function textOf({ query }: Uri): Promise<string> {
    const about: KernelSide | PolicyPage = JSON.parse(query);
    if (about.kind === "policies")
      return (
        (await client.sendRequest(diffOfPolicies, about))?.markdown ?? "One of the policies is not there any more.\n"
      );
    return (await client.sendRequest(diffOfKernels, about))?.[about.side] ?? "The file is not there any more.\n";
  }

  async function pickKernel(
    names: readonly string[],
    title: string,
    first: string | undefined,
  ): Promise<string | undefined> {
    const ordered =
      first === undefined || !names.includes(first) ? names : [first, ...names.filter((name) => name !== first)];
    return window.showQuickPick([...ordered], { title, placeHolder: "A kernel that the model knows" });
  }

  async function showKernels(document: TextDocument, from: string, to: string): Promise<void> {
    const uri = asUri(document.uri);
    const name = fileName(document.uri);
    const answer = await client.sendRequest(diffOfKernels, { uri, from, to });
    if (answer === null) return void window.showWarningMessage(`The model does not know ${from} or ${to}.`);
    const count = (number: number, noun: string): string =>
      `${number} ${noun}${number === 1 ? " changes" : "s change"}`;
    const sideUri = (side: "left" | "right", version: string): Uri =>
      virtual(`${version}/${name}.txt`, { kind: "kernels", uri, from, to, side });
    await commands.executeCommand(
      "vscode.diff",
      sideUri("left", from),
      sideUri("right", to),
      `${name}: ${from} ↔ ${to} (${count(answer.requests, "request")}, ${count(answer.flags, "flag")})`,
    );
  }

  /** The policies of all files that are known, those of the file in front first. */
  async function allPolicies(): Promise<readonly PolicyItem[]> {
    const found = await workspace.findFiles("**/*.allocpolicy", "**/node_modules/**", MOST_FILES);
    const front = activePolicyEditor()?.document.uri;
    const open = workspace.textDocuments.filter(isPolicy).map(({ uri }) => uri);
    const uris = new Map(
      [...(front === undefined ? [] : [front]), ...open, ...found].map((uri) => [uri.toString(), uri]),
    );
    const items = await Promise.all(
      [...uris.values()].map(async (uri) => {
        const names = await client.sendRequest(policies, { uri: asUri(uri) });
        return names.map(
          ({ name }): PolicyItem => ({
            label: name,
            description: workspace.asRelativePath(uri),
            policy: { uri: asUri(uri), policy: name },
          }),
        );
      }),
    );
    return items.flat();
  }

  return [
    changed,
    workspace.registerTextDocumentContentProvider(DIFF_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: textOf,
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (!isPolicy(document)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const { uri } of workspace.textDocuments) if (uri.scheme === DIFF_SCHEME) changed.fire(uri);
      }, PAUSE_MS);
    }),
    { dispose: () => clearTimeout(timer) },
    commands.registerCommand("allocpolicy.diffKernels", async (givenFrom: unknown, givenTo: unknown) => {
      const document = activePolicyEditor()?.document;
      if (document === undefined)
        return void window.showInformationMessage("Open an AllocPolicy file to compare it under two kernels.");
      if (typeof givenFrom === "string" && typeof givenTo === "string")
        return showKernels(document, givenFrom, givenTo);
      const names = await client.sendRequest(kernels, {});
      const from = await pickKernel(names, "Compare under Two Kernels: from", undefined);
      if (from === undefined) return undefined;
      const to = await pickKernel(
        names.filter((name) => name !== from),
        `Compare under Two Kernels: from ${from} to`,
        names[0],
      );
      return to === undefined ? undefined : showKernels(document, from, to);
    }),
    commands.registerCommand("allocpolicy.diffPolicies", async (givenFirst: unknown, givenSecond: unknown) => {
      const items = await allPolicies();
      const named = (given: unknown): PolicyItem | undefined => items.find(({ label }) => label === given);
      const first =
        named(givenFirst) ??
        (await window.showQuickPick(items, { title: "Compare Policies: the first", matchOnDescription: true }));
      if (first === undefined) return;
      const second =
        named(givenSecond) ??
        (await window.showQuickPick(
          items.filter((item) => item !== first),
          { title: `Compare Policies: ${first.label} with`, matchOnDescription: true },
        ));
      if (second === undefined) return;
      await commands.executeCommand(
        "vscode.open",
        virtual(`${first.label} and ${second.label}.md`, {
          kind: "policies",
          first: first.policy,
          second: second.policy,
        }),
        { preview: true },
      );
    }),
  ];
}
