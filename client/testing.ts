// The expectations of policy files in VS Code's Test Explorer: file, declaration, expectation.
import {
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
  type TestItem,
  type TestItemCollection,
  type TestRunRequest,
} from "vscode";
import { State, type BaseLanguageClient } from "vscode-languageclient";
import { isPolicy } from "./language.ts";
import { expectations, type Expectation } from "./protocol.ts";

/** After the last keystroke, before the server is asked again. */
const PAUSE_MS = 300;
/** Files of the workspace that are looked at. */
const MOST_FILES = 2000;
const FILES = "**/*.allocpolicy";
const NOT_FILES = "**/node_modules/**";
/** For the output of a run. */
const SAID: Readonly<Record<Expectation["state"], string>> = {
  passed: "holds",
  failed: "does not hold",
  "not-decided": "not decided",
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

export function registerExpectations(client: BaseLanguageClient): ExpectationTests {
  const controller = tests.createTestController("allocpolicy.expectations", "AllocPolicy expectations");
  const states = new WeakMap<TestItem, Expectation["state"]>();
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const continuous = new Set<TestRunRequest>();

  const range = ({ start, end }: Expectation["range"]): Range =>
    new Range(start.line, start.character, end.line, end.character);
  const askFor = async (uri: Uri, fresh: boolean): Promise<readonly Expectation[]> => {
    if (client.state !== State.Running) return [];
    return (
      (await client.sendRequest(expectations, { uri: client.code2ProtocolConverter.asUri(uri), fresh }))?.items ?? []
    );
  };

  // The tree -------------------------------------------------------------------------------------------------------------

  /** Brings the tree of a file up to date; items that are still there stay the same objects, with their results. */
  async function discover(uri: Uri): Promise<void> {
    const items = await askFor(uri, false);
    if (items.length === 0) {
      controller.items.delete(uri.toString());
      return;
    }
    const file = kept(controller.items, uri.toString(), workspace.asRelativePath(uri), uri);
    const declarations = new Map<string, readonly Expectation[]>();
    for (const item of items) declarations.set(item.declaration, [...(declarations.get(item.declaration) ?? []), item]);
    file.children.replace(
      [...declarations].map(([name, own]) => {
        const declaration = kept(file.children, name, name, uri);
        const at = own[0]?.declarationRange ?? own[0]?.range;
        if (at !== undefined) declaration.range = range(at);
        declaration.children.replace(
          own.map((item) => {
            const leaf = kept(declaration.children, item.id, item.label, uri);
            leaf.range = range(item.range);
            return leaf;
          }),
        );
        return declaration;
      }),
    );
  }

  function kept(siblings: TestItemCollection, id: string, label: string, uri: Uri): TestItem {
    const known = siblings.get(id);
    if (known !== undefined) return known;
    const made = controller.createTestItem(id, label, uri);
    siblings.add(made);
    return made;
  }

  async function discoverAll(): Promise<void> {
    const found = await workspace.findFiles(FILES, NOT_FILES, MOST_FILES);
    const open = workspace.textDocuments.filter(isPolicy).map(({ uri }) => uri);
    const uris = new Map([...found, ...open].map((uri) => [uri.toString(), uri]));
    for (const uri of uris.values()) await discover(uri);
  }

  function discoverSoon(uri: Uri): void {
    const key = uri.toString();
    clearTimeout(waiting.get(key));
    waiting.set(
      key,
      setTimeout(() => {
        waiting.delete(key);
        void discover(uri).then(async () => {
          for (const request of continuous) await run(request, uri);
        });
      }, PAUSE_MS),
    );
  }

  controller.resolveHandler = async (item) => {
    if (item === undefined) await discoverAll();
  };
  controller.refreshHandler = discoverAll;

  // A run ----------------------------------------------------------------------------------------------------------------

  async function run(request: TestRunRequest, only?: Uri, token?: CancellationToken): Promise<void> {
    const excluded = new Set(request.exclude);
    const leaves = (request.include ?? listed(controller.items)).flatMap((item) => leavesOf(item, excluded));
    const byFile = new Map<string, { readonly uri: Uri; readonly items: TestItem[] }>();
    for (const leaf of new Set(leaves)) {
      if (leaf.uri === undefined || (only !== undefined && leaf.uri.toString() !== only.toString())) continue;
      const entry = byFile.get(leaf.uri.toString()) ?? { uri: leaf.uri, items: [] };
      entry.items.push(leaf);
      byFile.set(leaf.uri.toString(), entry);
    }
    if (byFile.size === 0) return;
    const testRun = controller.createTestRun(request);
    for (const { items } of byFile.values()) for (const item of items) testRun.enqueued(item);
    for (const { uri, items } of byFile.values()) {
      if (token?.isCancellationRequested === true) break;
      for (const item of items) testRun.started(item);
      const answers = new Map((await askFor(uri, true)).map((answer) => [answer.id, answer]));
      for (const item of items) {
        const answer = answers.get(item.id);
        if (answer === undefined) {
          testRun.skipped(item);
          continue;
        }
        states.set(item, answer.state);
        const at = new Location(uri, range(answer.range));
        const message = answer.message ?? "";
        const line = `${SAID[answer.state]}: ${answer.declaration}: ${answer.label}${message === "" ? "" : `: ${message.replaceAll("\n", " ")}`}`;
        // At the line only what the gutter's mark does not say.
        testRun.appendOutput(`${line}\r\n`, answer.state === "not-decided" ? at : undefined, item);
        switch (answer.state) {
          case "passed":
            testRun.passed(item, answer.durationMs);
            break;
          case "failed": {
            const failure = new TestMessage(new MarkdownString(message));
            failure.location = at;
            testRun.failed(item, failure, answer.durationMs);
            break;
          }
          case "not-decided":
            testRun.skipped(item);
            break;
        }
      }
    }
    testRun.end();
  }

  function leavesOf(item: TestItem, excluded: ReadonlySet<TestItem>): readonly TestItem[] {
    if (excluded.has(item)) return [];
    return item.children.size === 0 ? [item] : listed(item.children).flatMap((child) => leavesOf(child, excluded));
  }

  const profile = controller.createRunProfile(
    "Run",
    TestRunProfileKind.Run,
    async (request, token) => {
      if (request.continuous === true) {
        continuous.add(request);
        token.onCancellationRequested(() => continuous.delete(request));
      }
      await run(request, undefined, token);
    },
    true,
    undefined,
    true,
  );

  // What changes ---------------------------------------------------------------------------------------------------------

  const watcher = workspace.createFileSystemWatcher(FILES);
  const forget = (uri: Uri): void => {
    if (!workspace.textDocuments.some((document) => document.uri.toString() === uri.toString()))
      controller.items.delete(uri.toString());
  };
  const parts: Disposable[] = [
    controller,
    profile,
    watcher,
    watcher.onDidCreate(discoverSoon),
    watcher.onDidChange(discoverSoon),
    watcher.onDidDelete(forget),
    workspace.onDidOpenTextDocument((document) => {
      if (isPolicy(document)) discoverSoon(document.uri);
    }),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (!isPolicy(document) || contentChanges.length === 0) return;
      // What an earlier run found is shown as outdated from here on.
      const file = controller.items.get(document.uri.toString());
      if (file !== undefined) controller.invalidateTestResults(file);
      discoverSoon(document.uri);
    }),
    workspace.onDidCloseTextDocument((document) => {
      if (document.isUntitled) controller.items.delete(document.uri.toString());
    }),
    languages.onDidChangeDiagnostics(({ uris }) => {
      for (const uri of uris) if (controller.items.get(uri.toString()) !== undefined) discoverSoon(uri);
    }),
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) void discoverAll();
    }),
  ];
  return {
    shown: () =>
      listed(controller.items).flatMap((file) =>
        listed(file.children).flatMap((declaration) =>
          listed(declaration.children).map((leaf) => ({
            file: file.label,
            declaration: declaration.label,
            label: leaf.label,
            state: states.get(leaf) ?? null,
          })),
        ),
      ),
    dispose() {
      for (const timer of waiting.values()) clearTimeout(timer);
      for (const part of parts) part.dispose();
    },
  };
}

function listed(items: TestItemCollection): readonly TestItem[] {
  return [...items].map(([, item]) => item);
}
