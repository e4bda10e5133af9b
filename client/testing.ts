// The expectations of policy files in VS Code's Test Explorer: file, declaration, expectation.
import {
  l10n,
  languages,
  Location,
  MarkdownString,
  Range,
  TestMessage,
  TestRunProfileKind,
  tests,
  type Uri,
  workspace,
  type CancellationToken,
  type Disposable,
  type TestController,
  type TestItem,
  type TestItemCollection,
  type TestRun,
  type TestRunRequest,
} from "vscode";
import { State, type BaseLanguageClient } from "vscode-languageclient";
import type { Expectation as ExpectationOver } from "../protocol/expectation.ts";
import type { Range as ProtocolRange } from "../protocol/places.ts";
import { ask } from "./ask.ts";
import type { Documents } from "./documents.ts";

/** After the last keystroke, before the server is asked again. */
const PAUSE_MS = 300;
/** Files of the workspace that are looked at. */
const MOST_FILES = 2000;

type Expectation = ExpectationOver<ProtocolRange>;

/** For the output of a run. */
const SAID: Readonly<Record<Expectation["state"], () => string>> = {
  passed: () => l10n.t("holds"),
  failed: () => l10n.t("does not hold"),
  "not-decided": () => l10n.t("not decided"),
};

/** An expectation as the explorer shows it. */
export interface ShownExpectation {
  readonly file: string;
  readonly declaration: string;
  readonly label: string;
  /** Of the last run; null before the first. */
  readonly state: Expectation["state"] | null;
}

export interface ExpectationTests extends Disposable {
  readonly shown: () => readonly ShownExpectation[];
}

export function registerExpectations(client: BaseLanguageClient, policies: Documents): ExpectationTests {
  const explorer = new Explorer(client, policies);
  const parts = [...followFiles(explorer, policies), ...followDocuments(explorer, policies, client)];
  return {
    shown: () => explorer.shown(),
    dispose() {
      explorer.dispose();
      for (const part of parts) part.dispose();
    },
  };
}

// What changes
// ---------------------------------------------------------------------------------------------------------

function followFiles(explorer: Explorer, policies: Documents): readonly Disposable[] {
  const watcher = workspace.createFileSystemWatcher(policies.files);
  return [
    watcher,
    watcher.onDidCreate((uri) => explorer.discoverSoon(uri)),
    watcher.onDidChange((uri) => explorer.discoverSoon(uri)),
    watcher.onDidDelete((uri) => {
      if (!workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) explorer.forget(uri);
    }),
  ];
}

function followDocuments(explorer: Explorer, policies: Documents, client: BaseLanguageClient): readonly Disposable[] {
  return [
    workspace.onDidOpenTextDocument((document) => {
      if (policies.has(document)) explorer.discoverSoon(document.uri);
    }),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (!policies.has(document) || contentChanges.length === 0) return;
      explorer.outdate(document.uri);
      explorer.discoverSoon(document.uri);
    }),
    workspace.onDidCloseTextDocument((document) => {
      if (document.isUntitled) explorer.forget(document.uri);
    }),
    languages.onDidChangeDiagnostics(({ uris }) => {
      for (const uri of uris) if (explorer.has(uri)) explorer.discoverSoon(uri);
    }),
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) void explorer.discoverAll();
    }),
  ];
}

class Explorer {
  readonly #client: BaseLanguageClient;
  readonly #policies: Documents;
  readonly #controller: TestController;
  readonly #states = new WeakMap<TestItem, Expectation["state"]>();
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #continuous = new Set<TestRunRequest>();

  constructor(client: BaseLanguageClient, policies: Documents) {
    this.#client = client;
    this.#policies = policies;
    this.#controller = tests.createTestController("allocpolicy.expectations", l10n.t("AllocPolicy expectations"));
    this.#controller.resolveHandler = async (item) => {
      if (item === undefined) await this.discoverAll();
    };
    this.#controller.refreshHandler = () => this.discoverAll();
    const start = (request: TestRunRequest, token: CancellationToken): Promise<void> => this.#start(request, token);
    this.#controller.createRunProfile(l10n.t("Run"), TestRunProfileKind.Run, start, true, undefined, true);
  }

  shown(): readonly ShownExpectation[] {
    return listed(this.#controller.items).flatMap((file) =>
      listed(file.children).flatMap((declaration) =>
        listed(declaration.children).map((leaf) => ({
          file: file.label,
          declaration: declaration.label,
          label: leaf.label,
          state: this.#states.get(leaf) ?? null,
        })),
      ),
    );
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#controller.dispose();
  }

  // The tree
  // -----------------------------------------------------------------------------------------------------------

  has(uri: Uri): boolean {
    return this.#controller.items.get(uri.toString()) !== undefined;
  }

  forget(uri: Uri): void {
    this.#controller.items.delete(uri.toString());
  }

  /** What an earlier run found in the file is shown as outdated from here on. */
  outdate(uri: Uri): void {
    const file = this.#controller.items.get(uri.toString());
    if (file !== undefined) this.#controller.invalidateTestResults(file);
  }

  async discoverAll(): Promise<void> {
    for (const uri of await this.#policies.find(MOST_FILES)) await this.#discover(uri);
  }

  /** After a pause; tests that are run on every change are run then. */
  discoverSoon(uri: Uri): void {
    const key = uri.toString();
    clearTimeout(this.#waiting.get(key));
    const discover = async (): Promise<void> => {
      this.#waiting.delete(key);
      await this.#discover(uri);
      for (const request of this.#continuous) await this.#run(request, uri);
    };
    this.#waiting.set(
      key,
      setTimeout(() => void discover(), PAUSE_MS),
    );
  }

  /** Brings the tree of a file up to date; items that are still there stay the same objects, with their results. */
  async #discover(uri: Uri): Promise<void> {
    const items = await this.#askFor(uri, false);
    if (items.length === 0) return this.forget(uri);
    const file = this.#kept(this.#controller.items, uri.toString(), workspace.asRelativePath(uri), uri);
    const declarations = new Map<string, readonly Expectation[]>();
    for (const item of items) declarations.set(item.declaration, [...(declarations.get(item.declaration) ?? []), item]);
    file.children.replace(
      [...declarations].map(([name, own]) => {
        const declaration = this.#kept(file.children, name, name, uri);
        const at = own[0]?.declarationRange ?? own[0]?.range;
        if (at !== undefined) declaration.range = range(at);
        declaration.children.replace(
          own.map((item) => {
            const leaf = this.#kept(declaration.children, item.id, item.label, uri);
            leaf.range = range(item.range);
            return leaf;
          }),
        );
        return declaration;
      }),
    );
  }

  #kept(siblings: TestItemCollection, id: string, label: string, uri: Uri): TestItem {
    const known = siblings.get(id);
    if (known !== undefined) return known;
    const made = this.#controller.createTestItem(id, label, uri);
    siblings.add(made);
    return made;
  }

  async #askFor(uri: Uri, fresh: boolean): Promise<readonly Expectation[]> {
    if (this.#client.state !== State.Running) return [];
    const asked = this.#client.code2ProtocolConverter.asUri(uri);
    const answer = await ask(this.#client, "allocpolicy/expectations", { uri: asked, fresh });
    return answer?.items ?? [];
  }

  // A run
  // --------------------------------------------------------------------------------------------------------------

  async #start(request: TestRunRequest, token: CancellationToken): Promise<void> {
    if (request.continuous === true) {
      this.#continuous.add(request);
      token.onCancellationRequested(() => this.#continuous.delete(request));
    }
    await this.#run(request, undefined, token);
  }

  /** `only`: of the tests that are asked for, those of one file. */
  async #run(request: TestRunRequest, only?: Uri, token?: CancellationToken): Promise<void> {
    const files = this.#filesOf(request, only);
    if (files.length === 0) return;
    const run = this.#controller.createTestRun(request);
    for (const { items } of files) for (const item of items) run.enqueued(item);
    for (const { uri, items } of files) {
      if (token?.isCancellationRequested === true) break;
      for (const item of items) run.started(item);
      const answers = new Map((await this.#askFor(uri, true)).map((answer) => [answer.id, answer]));
      for (const item of items) {
        const answer = answers.get(item.id);
        if (answer === undefined) run.skipped(item);
        else this.#report(run, item, uri, answer);
      }
    }
    run.end();
  }

  /** The tests that a request asks for, by file. */
  #filesOf(
    request: TestRunRequest,
    only: Uri | undefined,
  ): readonly { readonly uri: Uri; readonly items: TestItem[] }[] {
    const excluded = new Set(request.exclude);
    const leaves = (request.include ?? listed(this.#controller.items)).flatMap((item) => leavesOf(item, excluded));
    const byFile = new Map<string, { readonly uri: Uri; readonly items: TestItem[] }>();
    for (const leaf of new Set(leaves)) {
      if (leaf.uri === undefined || (only !== undefined && leaf.uri.toString() !== only.toString())) continue;
      const file = byFile.get(leaf.uri.toString()) ?? { uri: leaf.uri, items: [] };
      file.items.push(leaf);
      byFile.set(leaf.uri.toString(), file);
    }
    return [...byFile.values()];
  }

  #report(run: TestRun, item: TestItem, uri: Uri, answer: Expectation): void {
    this.#states.set(item, answer.state);
    const at = new Location(uri, range(answer.range));
    const message = answer.message ?? "";
    const why = message === "" ? "" : `: ${message.replaceAll("\n", " ")}`;
    const line = `${SAID[answer.state]()}: ${answer.declaration}: ${answer.label}${why}\r\n`;
    // At the line only what the gutter's mark does not say.
    run.appendOutput(line, answer.state === "not-decided" ? at : undefined, item);
    switch (answer.state) {
      case "passed":
        run.passed(item, answer.durationMs);
        break;
      case "failed": {
        const failure = new TestMessage(new MarkdownString(message));
        failure.location = at;
        run.failed(item, failure, answer.durationMs);
        break;
      }
      case "not-decided":
        run.skipped(item);
        break;
    }
  }
}

function range({ start, end }: ProtocolRange): Range {
  return new Range(start.line, start.character, end.line, end.character);
}

function leavesOf(item: TestItem, excluded: ReadonlySet<TestItem>): readonly TestItem[] {
  if (excluded.has(item)) return [];
  return item.children.size === 0 ? [item] : listed(item.children).flatMap((child) => leavesOf(child, excluded));
}

function listed(items: TestItemCollection): readonly TestItem[] {
  return [...items].map(([, item]) => item);
}
