/**
 * What an editor waits for, measured on the built server: `npm run bench editor` (after `npm run build`). CPU time of
 * the server's process, milliseconds, medians (p95 where it says so); a wall clock says little on a busy machine.
 *
 *   npm run bench editor -- SERVER.js…    lays several builds side by side, in turns
 */
import { existsSync } from "node:fs";
import { Client, cpuOf, residentMib, type Change } from "./_client.ts";
import { mixed, requests, tidy } from "./_files.ts";

const URI = "file:///bench/main.allocpolicy";
const { ROUNDS: rounds = "1", SIZES: sizes = "1000,10000,50000", ONLY: wanted, PARTS: withParts } = process.env;
const ROUNDS = Number(rounds);
const SIZES = sizes.split(",").map(Number);

const given = process.argv.slice(2);
const servers = given.length > 0 ? given : ["dist/server.js"];
for (const server of servers) if (!existsSync(server)) throw new Error(`${server} is not there: npm run build`);

type Figures = Map<string, number[]>;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
const median = (values: readonly number[]): number => percentile(values, 0.5);

function position(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length - 1;
  return { line, character: offset - (before.lastIndexOf("\n") + 1) };
}

function edit(text: string, start: number, end: number, inserted: string): { change: Change; text: string } {
  return {
    change: { range: { start: position(text, start), end: position(text, end) }, text: inserted },
    text: text.slice(0, start) + inserted + text.slice(end),
  };
}

/** A document in a server of its own. */
class Bench {
  readonly client: Client;
  text = "";
  resultId: string | undefined;
  /** Findings of the last full answer. */
  count = 0;

  constructor(server: string) {
    this.client = new Client([process.execPath, server, "--stdio"]);
  }

  cpu(): number {
    return cpuOf(this.client.pid);
  }

  async measured(run: () => Promise<unknown>): Promise<number> {
    const before = this.cpu();
    await run();
    return this.cpu() - before;
  }

  async diagnostics(): Promise<void> {
    let refreshes = this.client.refreshes;
    for (;;) {
      const refreshed = this.client.refresh();
      const answer = await this.client.diagnostics(URI, this.resultId);
      this.resultId = answer.resultId ?? this.resultId;
      if (answer.items !== undefined) this.count = answer.items.length;
      if (answer.resultId?.startsWith("part") !== true) return;
      if (this.client.refreshes === refreshes) await refreshed;
      refreshes = this.client.refreshes;
    }
  }

  /** What the server does while nobody waits is done, however busy the machine is. */
  async atRest(): Promise<void> {
    for (let before = -1, now = this.cpu(); now - before >= 1; now = this.cpu()) {
      before = now;
      await sleep(250);
    }
  }

  async open(text: string): Promise<{ first: number; whole: number }> {
    await this.client.start();
    // It is answered by the server that is loaded, and not by the door that answers `initialize`.
    await this.client.request("workspace/symbol", { query: "" });
    await this.atRest();
    this.text = text;
    const before = this.cpu();
    this.client.open(URI, text);
    const answer = await this.client.diagnostics(URI);
    const first = this.cpu() - before;
    this.resultId = answer.resultId;
    this.count = answer.items?.length ?? 0;
    if (answer.resultId?.startsWith("part") === true) await this.diagnostics();
    return { first, whole: this.cpu() - before };
  }

  /** Replaces a stretch and waits for the findings of the new text. */
  replace(start: number, end: number, inserted: string): Promise<number> {
    const { change, text } = edit(this.text, start, end, inserted);
    this.text = text;
    return this.measured(async () => {
      this.client.change(URI, [change]);
      await this.diagnostics();
    });
  }

  /** Types and takes back, something else each time: what stood there before is known. */
  async thereAndBack(at: number, length: number, inserted: string, times: number): Promise<[number, number]> {
    const before = this.text.slice(at, at + length);
    const there: number[] = [];
    const back: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const typed = inserted + (inserted.includes("GFP") ? " ".repeat(i) : "abcdefgh".slice(0, i));
      there.push(await this.replace(at, at + length, typed));
      await sleep(5);
      back.push(await this.replace(at, at + typed.length, before));
      await sleep(5);
    }
    return [median(there), median(back)];
  }

  /**
   * Types one letter after the other, each of which makes a text that was never there, and takes all back; what each
   * letter costs.
   */
  async typed(at: number, letters: string): Promise<number[]> {
    const times: number[] = [];
    for (const [i, letter] of [...letters].entries()) {
      times.push(await this.replace(at + i, at + i, letter));
      await sleep(5);
    }
    await this.replace(at, at + letters.length, "");
    return times;
  }

  stop(): void {
    this.client.stop();
  }
}

const TYPED = "abcdefghijklmnopqrstuvwxyz";

const CONTEXT = 'context probe { in process holds mutex "dev->lock" }';
const FLAGS = "flags RING = GFP_KERNEL | __GFP_ZERO";
const FOR_POLICY = 'policy pages for alloc_pages { forbid has __GFP_NOFAIL because "a driver can report -ENOMEM" }';

async function start(server: string, add: (name: string, ms: number) => void): Promise<void> {
  for (let i = 0; i < 5; i += 1) {
    const bench = new Bench(server);
    await bench.client.start();
    add("spawn to initialize", bench.cpu());
    bench.client.open(URI, requests(25));
    await bench.client.diagnostics(URI);
    add("spawn to the marks of 25 lines", bench.cpu());
    bench.stop();
  }
}

async function keys(server: string, add: (name: string, ms: number) => void): Promise<void> {
  const files = { requests, tidy, mixed };
  for (const [kind, generate] of Object.entries(files)) {
    for (const lines of SIZES) {
      const bench = new Bench(server);
      const opened = await bench.open(generate(lines));
      const label = `${kind} ${lines}`;
      add(`open, first marks: ${label}`, opened.first);
      add(`open, all findings: ${label}`, opened.whole);
      const at = bench.text.indexOf("  order ", bench.text.length / 2) + "  order ".length;
      const times: number[] = [];
      for (let i = 0; i < 25; i += 1) {
        const there = await bench.replace(at, at, "x");
        await sleep(5);
        const back = await bench.replace(at, at + 1, "");
        await sleep(5);
        if (i > 1) times.push(there, back);
      }
      add(`key: ${label}`, median(times));
      add(`key p95: ${label}`, percentile(times, 0.95));
      add(`key, a new text: ${label}`, median(await bench.typed(at, TYPED)));
      const name = bench.text.lastIndexOf("request ", at) + "request ".length;
      add(`key in a name, a new text: ${label}`, median(await bench.typed(name, TYPED)));
      if (lines === 10_000) add(`MiB after 50 edits: ${label}`, residentMib(bench.client.pid));
      await asked(bench, label, at, add);
      bench.stop();
    }
  }
}

/** Hover, completion, what VS Code asks after a key, and formatting. */
async function asked(bench: Bench, label: string, at: number, add: (name: string, ms: number) => void): Promise<void> {
  const { client } = bench;
  const textDocument = { uri: URI };
  const place = position(bench.text, bench.text.indexOf("GFP_", at) + 2);
  const hover: number[] = [];
  const completion: number[] = [];
  for (let i = 0; i < 30; i += 1) {
    hover.push(await bench.measured(() => client.request("textDocument/hover", { textDocument, position: place })));
    completion.push(
      await bench.measured(() =>
        client.request("textDocument/completion", { textDocument, position: place, context: { triggerKind: 1 } }),
      ),
    );
    await sleep(3);
  }
  add(`hover p95: ${label}`, percentile(hover.slice(1), 0.95));
  add(`completion p95: ${label}`, percentile(completion.slice(1), 0.95));
  if (label.endsWith("1000")) return;
  const full = (await client.request("textDocument/semanticTokens/full", { textDocument })) as { resultId: string };
  let tokens = full.resultId;
  const each = new Map<string, number[]>();
  const note = (name: string, ms: number): void => void each.set(name, [...(each.get(name) ?? []), ms]);
  const all: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    let sum = await bench.replace(at, at + (i % 2), i % 2 === 0 ? "x" : "");
    note("diagnostics", sum);
    const range = { start: { line: place.line - 20, character: 0 }, end: { line: place.line + 40, character: 0 } };
    const questions: readonly [string, object][] = [
      ["semanticTokens/full/delta", { previousResultId: tokens }],
      ["semanticTokens/range", { range }],
      ["inlayHint", { range }],
      ["documentSymbol", {}],
      ["foldingRange", {}],
      ["documentLink", {}],
      ["codeAction", { range: { start: place, end: place }, context: { diagnostics: [], triggerKind: 2 } }],
    ];
    for (const [name, more] of questions) {
      const ms = await bench.measured(async () => {
        const answer = await client.request(`textDocument/${name}`, { textDocument, ...more });
        if (name.endsWith("delta")) tokens = (answer as { resultId: string }).resultId;
      });
      note(name, ms);
      sum += ms;
    }
    if (i > 1) all.push(sum);
    await sleep(5);
  }
  add(`all after one key: ${label}`, median(all));
  if (withParts !== undefined) for (const [name, times] of each) add(`  ${name}: ${label}`, median(times.slice(2)));
  const format: number[] = [];
  for (let i = 0; i < 5; i += 1)
    format.push(
      await bench.measured(() =>
        client.request("textDocument/formatting", { textDocument, options: { tabSize: 2, insertSpaces: true } }),
      ),
    );
  add(`format, the first: ${label}`, format[0] ?? 0);
  add(`format: ${label}`, median(format));
}

async function leaning(server: string, add: (name: string, ms: number) => void): Promise<void> {
  const cases: readonly [name: string, file: string, at: string, insert: string][] = [
    ["name of the lock (no effect)", requests(10_000, [CONTEXT], "probe"), "dev->lo", "x"],
    ["a letter in its context", requests(10_000, [CONTEXT], "probe"), "in pro", "x"],
    ["an alias: a flag added", requests(10_000, [FLAGS], "process", "RING"), "GFP_KERNEL", " | __GFP_NOWARN"],
    ["an alias: a letter", requests(10_000, [FLAGS], "process", "RING"), "GFP_KERN", "x"],
    ["because (no effect)", requests(10_000, [FOR_POLICY]), "a driver", "x"],
    ["a rule that finds nothing more", requests(10_000, [FOR_POLICY]), "has __GFP_NOFAIL", " | __GFP_COMP"],
    ["a rule that forbids all of them", requests(10_000, [FOR_POLICY]), "__GFP_NOFAIL", "\n  forbid has __GFP_ZERO"],
  ];
  for (const [name, file, needle, insert] of cases) {
    const bench = new Bench(server);
    await bench.open(file);
    const at = bench.text.indexOf(needle) + needle.length;
    const [there, back] = await bench.thereAndBack(at, 0, insert, 5);
    add(`2,000 lean on it: ${name}`, there);
    add(`2,000 lean on it: ${name}, back`, back);
    bench.stop();
  }
}

async function wholeFile(server: string, add: (name: string, ms: number) => void): Promise<void> {
  for (const [kind, text] of [
    ["requests", requests(10_000)],
    ["mixed", mixed(10_000)],
  ] as const) {
    const run = async (name: string, ask: (bench: Bench) => Promise<[number, number]>): Promise<void> => {
      const bench = new Bench(server);
      await bench.open(text);
      await bench.thereAndBack(text.indexOf("  order ") + 8, 0, "x", 3);
      const [there, back] = await ask(bench);
      add(`${name}: ${kind}`, there);
      add(`${name}, back: ${kind}`, back);
      bench.stop();
    };
    const header = text.indexOf("6.1");
    const end = text.indexOf("\n");
    await run("kernel header", (bench) =>
      bench.thereAndBack(header, end - header, kind === "mixed" ? "6.6 .. 6.12" : "6.6", 1),
    );
    await run("/* at the top", (bench) => bench.thereAndBack(end + 1, 0, "/*", 1));
    await run('" at the top', (bench) => bench.thereAndBack(end + 1, 0, '"', 1));
    const from = text.indexOf("request", text.length / 3);
    const to = text.indexOf("request", text.length * 0.55);
    await run("2,000 lines cut", (bench) => bench.thereAndBack(from, to - from, "", 1));
  }
  const bench = new Bench(server);
  await bench.open(requests(10_000, [FLAGS], "process", "RING"));
  const changes: Change[] = [];
  for (const { index: place } of [...bench.text.matchAll(/RING/g)].toReversed())
    changes.push({
      range: { start: position(bench.text, place), end: position(bench.text, place + 4) },
      text: "RINGS",
    });
  add(
    "2,001 edits at once (with findings)",
    await bench.measured(async () => {
      bench.client.change(URI, changes);
      await bench.diagnostics();
    }),
  );
  bench.stop();
}

const parts: Readonly<Record<string, typeof start>> = { start, keys, leaning, wholeFile };
const tables = new Map<string, Figures>(servers.map((server) => [server, new Map()]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, part] of Object.entries(parts)) {
    if (wanted !== undefined && !wanted.split(",").includes(name)) continue;
    for (const server of servers) {
      await part(server, (figure, ms) => {
        const figures = tables.get(server);
        figures?.set(figure, [...(figures.get(figure) ?? []), ms]);
      });
    }
  }
}
const rows: Record<string, Record<string, string>> = {};
for (const [server, figures] of tables)
  for (const [name, values] of figures) rows[name] = { ...rows[name], [server]: median(values).toFixed(1) };
console.table(rows);
