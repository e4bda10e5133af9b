/**
 * What an editor waits for in C, measured on the built server over its streams: `npm run bench c-editor` (after
 * `npm run build`). A tree that looks like a kernel's, with a file of 5,300 lines. CPU time of the server's process in
 * milliseconds, medians. Builds that are named lie side by side, in turns (ROUNDS=3); FILE=PATH: this C file in place
 * of one that is made up.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client, cpuOf, residentMib, type Position } from "./_client.ts";
import { driverText } from "./_files.ts";

const LINES = 5_300;
const ROUNDS = Number(process.env.ROUNDS ?? 3);
/** Each kind of key is typed and taken back so often. */
const TIMES = 12;
const QUIET_MS = 600;

const given = process.argv.slice(2);
const servers = given.length > 0 ? given : ["dist/server.js"];
for (const server of servers) if (!existsSync(server)) throw new Error(`${server} is not there: npm run build`);
const text = process.env.FILE === undefined ? driverText(LINES) : readFileSync(process.env.FILE, "utf8");

type Figures = Map<string, number[]>;
type Add = (name: string, value: number) => void;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};
const median = (values: readonly number[]): number => percentile(values, 0.5);

/** A folder with what the server asks a tree for. */
function makeTree(): string {
  const root = mkdtempSync(join(tmpdir(), "allocpolicy-tree-"));
  mkdirSync(join(root, "drivers/net"), { recursive: true });
  writeFileSync(join(root, "Makefile"), "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\nEXTRAVERSION =\n");
  writeFileSync(join(root, "Kbuild"), "");
  writeFileSync(join(root, ".config"), "CONFIG_MMU=y\nCONFIG_SMP=y\nCONFIG_NUMA=y\nCONFIG_NET=y\n");
  return root;
}

function positionIn(of: string, offset: number): Position {
  const before = of.slice(0, offset);
  return { line: before.split("\n").length - 1, character: offset - (before.lastIndexOf("\n") + 1) };
}

/** A file that is open in a server of its own. */
class Editor {
  readonly client: Client;
  readonly root: string;
  uri: string;
  resultId: string | undefined;
  count = 0;

  constructor(server: string, root: string) {
    this.client = new Client([process.execPath, server, "--stdio"]);
    this.root = root;
    this.uri = pathToFileURL(join(root, "drivers/net/first.c")).href;
  }

  cpu(): number {
    return cpuOf(this.client.pid);
  }

  async measured(run: () => Promise<unknown>): Promise<number> {
    const before = this.cpu();
    await run();
    return this.cpu() - before;
  }

  start(): Promise<void> {
    return this.client.start(pathToFileURL(this.root).href);
  }

  open(name: string, opened: string): Promise<number> {
    this.uri = pathToFileURL(join(this.root, "drivers/net", name)).href;
    return this.measured(async () => {
      this.client.open(this.uri, opened, "c");
      await this.#diagnostics();
    });
  }

  async #diagnostics(): Promise<void> {
    const answer = await this.client.diagnostics(this.uri, this.resultId);
    this.resultId = answer.resultId ?? this.resultId;
    if (answer.items !== undefined) this.count = answer.items.length;
  }

  /** Replaces `length` characters at a position; the findings of the new text are waited for. */
  replace(at: Position, length: number, by: string): Promise<number> {
    const end = { line: at.line, character: at.character + length };
    return this.measured(async () => {
      this.client.change(this.uri, [{ range: { start: at, end }, text: by }]);
      await this.#diagnostics();
    });
  }

  /** What VS Code asks for once a key is typed. */
  async asked(at: Position, note: Add): Promise<void> {
    const textDocument = { uri: this.uri };
    const range = {
      start: { line: Math.max(0, at.line - 30), character: 0 },
      end: { line: at.line + 30, character: 0 },
    };
    const here = { start: at, end: at };
    const questions: readonly [string, object][] = [
      ["inlayHint", { range }],
      ["codeAction", { range: here, context: { diagnostics: [], triggerKind: 2 } }],
      ["hover", { position: at }],
    ];
    for (const [name, more] of questions)
      note(
        `  ${name}`,
        await this.measured(() => this.client.request(`textDocument/${name}`, { textDocument, ...more })),
      );
  }
}

/** The kinds of keys: where, which characters are replaced, and by what. */
function keyKinds(of: string): readonly (readonly [name: string, at: Position, length: number, by: string])[] {
  const middle = of.indexOf("\n}\n", of.length / 2) + 3;
  const find = (wanted: RegExp): RegExpExecArray => {
    const from = wanted.exec(of.slice(middle)) ?? wanted.exec(of);
    if (from === null) throw new Error(`${String(wanted)} is not in the file`);
    if (!of.startsWith(from[0], from.index)) from.index += middle;
    return from;
  };
  const behind = (wanted: RegExp): Position => {
    const { index, 0: all } = find(wanted);
    return positionIn(of, index + all.length);
  };
  const mask = find(/GFP_(?:KERNEL|ATOMIC|NOWAIT)/);
  return [
    ["in a body", behind(/\n\{\n\t[^\n]*/), 0, " "],
    ["a name in a body", behind(/\n\{\n\t\w+/), 0, "x"],
    ["a mask", positionIn(of, mask.index), mask[0].length, "GFP_NOIO"],
    ["a space between functions", positionIn(of, middle), 0, " "],
    ["a comment begins", positionIn(of, middle), 0, "/*"],
    ["a line comment", positionIn(of, middle), 0, "// x"],
    ["a declaration", positionIn(of, middle), 0, "static int x;"],
    ["a struct", positionIn(of, middle), 0, "struct x { int y; };"],
    ["a brace opens", behind(/\n\{\n\t[^\n]*/), 0, "{"],
    ["a brace closes", behind(/\n\{\n\t[^\n]*/), 0, "}"],
    ["a quote", behind(/\n\{\n\t[^\n]*/), 0, '"'],
    ["a brace between functions", positionIn(of, middle), 0, "{"],
    ["#if between functions", positionIn(of, middle), 0, "#if X"],
    ["#if in a body", behind(/\n\{\n\t[^\n]*\n/), 0, "#if X"],
    ["a macro", positionIn(of, middle), 0, "#define X GFP_KERNEL"],
    ["a lock is taken", behind(/\n\{\n\t[^\n]*;/), 0, " spin_lock(&l);"],
    ["the first line", { line: 0, character: 0 }, 0, "/"],
  ];
}

async function measure(server: string, root: string, add: Add): Promise<void> {
  const early = new Editor(server, root);
  await early.start();
  await early.open("first.c", text);
  add("spawn to the marks of the file", early.cpu());
  early.client.stop();

  const editor = new Editor(server, root);
  await editor.start();
  await editor.client.request("workspace/symbol", { query: "" });
  await sleep(QUIET_MS);
  add("start, without a file", editor.cpu());
  add("opened, the first", await editor.open("first.c", text));
  for (let i = 0; i < 5; i++)
    add("opened, others", await editor.open(`other${i}.c`, text.replaceAll("nic", `nic${i}`)));
  await sleep(QUIET_MS);
  await editor.open("typed.c", text);
  const all: number[] = [];
  const seen = new Map<string, number[]>();
  for (const [name, at, length, by] of keyKinds(text)) {
    const before = (text.split("\n")[at.line] ?? "").slice(at.character, at.character + length);
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const typed = by + " ".repeat(i);
      times.push(await editor.replace(at, length, typed));
      await editor.asked(at, (what, ms) => seen.set(what, [...(seen.get(what) ?? []), ms]));
      times.push(await editor.replace(at, typed.length, before));
      await sleep(3);
    }
    add(`key: ${name}`, median(times));
    add(`  worst: ${name}`, Math.max(...times));
    all.push(...times);
  }
  add("a key of any kind", median(all));
  add("p95 of all keys", percentile(all, 0.95));
  add("the worst of all keys", Math.max(...all));
  for (const [name, times] of seen) {
    add(`${name}, after a key`, median(times));
    add(`${name}, worst`, Math.max(...times));
  }
  add("MiB", residentMib(editor.client.pid));
  editor.client.stop();
}

const tables = new Map<string, Figures>(servers.map((server) => [server, new Map()]));
const root = makeTree();
for (let round = 0; round < ROUNDS; round++)
  for (const server of servers) {
    const table = tables.get(server) ?? new Map<string, number[]>();
    await measure(server, root, (name, value) => table.set(name, [...(table.get(name) ?? []), value]));
  }
rmSync(root, { recursive: true });
const names = [...new Set([...tables.values()].flatMap((table) => [...table.keys()]))];
for (const name of names) {
  const row = servers.map((server) =>
    median(tables.get(server)?.get(name) ?? [])
      .toFixed(1)
      .padStart(8),
  );
  console.log(`${name.padEnd(36)}${row.join("")}`);
}
