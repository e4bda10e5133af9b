/**
 * What many edits leave behind: `npm run bench soak`. First random edits of a small file with a library that it
 * imports: findings, hints and colours are compared with those of a workspace that never saw another text.
 * Then edits of long files in the server of dist/ (`npm run build`), with the memory that it holds. By variables:
 * SOAK_EDITS (2000; 100000 takes half an hour), SOAK_SEED, SOAK_LINES (10000), SOAK_HELD (10000 edits of these),
 * SOAK_FILES (requests,mixed), SOAK_SERVER (dist/server.js).
 */
import { inRoot } from "../../scripts/paths.ts";
import { EditedWorkspace } from "../fuzz/_edited-workspace.ts";
import { Random } from "../fuzz/_random.ts";
import { Client, cpuOf, residentMib, type Position } from "./_client.ts";
import { mixed, requests } from "./_files.ts";

/** A fresh start costs as much as ten edits: one of so many is compared. */
const COMPARED = 10;

const EDITS = Number(process.env.SOAK_EDITS ?? 2000);
const SEED = Number(process.env.SOAK_SEED ?? 20261128);
const LINES = Number(process.env.SOAK_LINES ?? 10_000);
const HELD_EDITS = Number(process.env.SOAK_HELD ?? 10_000);
const FILES = (process.env.SOAK_FILES ?? "requests,mixed").split(",");
const SERVER = process.env.SOAK_SERVER ?? inRoot("dist/server.js");
const MAIN = "file:///soak/main.allocpolicy";
const PIECES = ["x", " ", "{", "}", "|", "\n", "GFP_KERNEL", "size 8 B", "// ", '"', "1"];
const SAID_AFTER = [50, 1000, 2500, 5000, 10_000];

/** What a server of dist/ holds: nine edits of ten are taken back, and now and then it is asked what an editor asks. */
async function hold(name: string, text: string): Promise<void> {
  const random = new Random(SEED);
  const client = new Client([process.execPath, SERVER, "--stdio"]);
  const lines = text.split("\n");
  await client.start();
  client.open(MAIN, text);
  await client.diagnostics(MAIN);
  const before = cpuOf(client.pid);
  const said = (edits: number): void =>
    console.log(
      `  ${name.padEnd(8)} ${String(edits).padStart(6)} edits  ${residentMib(client.pid).toFixed(0).padStart(4)} MiB  ${((cpuOf(client.pid) - before) / edits).toFixed(1).padStart(6)} ms CPU an edit`,
    );
  for (let edit = 1; edit <= HELD_EDITS; edit += 1) {
    const line = random.below(lines.length);
    const old = lines[line] ?? "";
    const at = { line, character: random.below(old.length + 1) };
    const piece = random.of(PIECES) ?? "";
    client.change(MAIN, [{ range: { start: at, end: at }, text: piece }]);
    await client.diagnostics(MAIN);
    if (edit % 10 === 0) await askAll(client, at);
    if (random.below(10) === 0) {
      lines.splice(line, 1, ...(old.slice(0, at.character) + piece + old.slice(at.character)).split("\n"));
    } else {
      const end = piece === "\n" ? { line: line + 1, character: 0 } : { line, character: at.character + piece.length };
      client.change(MAIN, [{ range: { start: at, end }, text: "" }]);
      await client.diagnostics(MAIN);
    }
    if (SAID_AFTER.includes(edit)) said(edit);
  }
  client.stop();
}

/** What an editor asks after a key, beside the findings. */
async function askAll(client: Client, position: Position): Promise<void> {
  const textDocument = { uri: MAIN };
  const range = { start: position, end: { line: position.line + 50, character: 0 } };
  const asked: Readonly<Record<string, object>> = {
    hover: { position },
    completion: { position },
    inlayHint: { range },
    documentSymbol: {},
    foldingRange: {},
    codeLens: {},
    documentLink: {},
    "semanticTokens/full": {},
    codeAction: { range: { start: position, end: position }, context: { diagnostics: [] } },
  };
  await Promise.all(
    Object.entries(asked).map(([name, params]) => client.request(`textDocument/${name}`, { textDocument, ...params })),
  );
}

const before = performance.now();
const seconds = (): string => ((performance.now() - before) / 1000).toFixed(0);
const edited = new EditedWorkspace(SEED);
const differing: string[] = [];
for (let edit = 1; edit <= EDITS; edit += 1) {
  const difference = edited.edit(edit % COMPARED === 0);
  if (difference !== null && differing.push(difference) <= 5) console.log(`edit ${edit}: ${difference}`);
  if (edit % 10_000 === 0) console.log(`  ${edit} edits, ${differing.length} differ, ${seconds()} s`);
}
console.log(
  `${EDITS} random edits, each ${COMPARED}th compared: ${differing.length} differ from a fresh start, ${seconds()} s`,
);
if (differing.length > 0) process.exitCode = 1;
console.log(`files of ${LINES} lines in the built server, edited`);
for (const [name, generate] of Object.entries({ requests, mixed })) {
  if (FILES.includes(name)) await hold(name, generate(LINES));
}
