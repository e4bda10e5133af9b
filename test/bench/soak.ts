/**
 * What many edits leave behind: `npm run bench soak`. First random edits of a small file with a library that it
 * imports: after each, findings, hints and colours are compared with those of a workspace that never saw another text.
 * Then edits of long files in the server of dist/ (`npm run build`), with the memory that it holds. By variables:
 * SOAK_EDITS (2000; 100000 takes half an hour), SOAK_SEED, SOAK_LINES (10000), SOAK_HELD (10000 edits of these).
 */
import { editFile, parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, type Workspace } from "../../server/documents/workspace.ts";
import { policyFile } from "../../server/policy-language/analysis/policy-files.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { inlayHintsOf } from "../../server/service/inlay-hints.ts";
import { semanticTokensOf } from "../../server/service/semantic-tokens.ts";
import { inRoot } from "../../scripts/paths.ts";
import { Random } from "../fuzz/_random.ts";
import { corpusOf } from "../fuzz/_corpus.ts";
import { TARGETS } from "../fuzz/_targets.ts";
import { Client, cpuOf, residentMib, type Position } from "./_client.ts";
import { mixed, requests } from "./_files.ts";

const EDITS = Number(process.env.SOAK_EDITS ?? 2000);
const SEED = Number(process.env.SOAK_SEED ?? 20261128);
const LINES = Number(process.env.SOAK_LINES ?? 10_000);
const HELD_EDITS = Number(process.env.SOAK_HELD ?? 10_000);
const MAIN = "file:///soak/main.allocpolicy";
const LIBRARY = "file:///soak/library.allocpolicy";

/** No file grows beyond this, in UTF-16 units: it begins anew. */
const LONGEST = 3000;

const LIBRARY_TEXT = `flags SHARED = GFP_KERNEL | __GFP_NOWARN
context shared { in softirq }
policy quiet for kmalloc { forbid has __GFP_NOFAIL because "it must come back" }
`;
const MAIN_TEXT = `kernel 6.12
import "library.allocpolicy"
flags RING = SHARED | __GFP_ZERO
context rx { in shared  holds spinlock "ring" }
request a { api kmalloc  size 64 B  flags RING  context rx }
request b { api alloc_pages  order 3  flags GFP_ATOMIC | __GFP_NOFAIL }
transform t(m) = m & ~__GFP_FS
memory low { zone Normal { managed 1 GiB  free 4 MiB  min 8 MiB } }
expect a { sleeps never, oom never }
policy own for alloc_pages { mode m { when has __GFP_ZERO }  forbid any __GFP_NOFAIL | __GFP_NORETRY }
`;

function shown(workspace: Workspace): string {
  const { documents } = workspace;
  return [MAIN, LIBRARY]
    .flatMap((uri) => {
      const text = documents.get(uri)?.text ?? "";
      const file = parseFile(text);
      const findings = check(workspace, uri).regions.flatMap((list, region) =>
        list.map(
          ({ rule, message, span }) => `${rule} ${(file.starts[region] ?? 0) + span.start} ${span.end} ${message}`,
        ),
      );
      return [
        ...findings,
        JSON.stringify(inlayHintsOf(workspace, uri, 0, text.length, 500)),
        JSON.stringify(semanticTokensOf(workspace, uri, 0, text.length)),
      ];
    })
    .join("\n");
}

const opened = (main: SourceFile, library: SourceFile): Workspace =>
  withDocument(withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, main), LIBRARY, library);

function compare(): void {
  const random = new Random(SEED);
  const words = TARGETS.find(({ name }) => name === "policy")?.words ?? [];
  const pieces = [...words, "", "x", "\n", "{", "}", "/*", '"', ...corpusOf("policy").slice(0, 40)];
  let workspace = opened(parseFile(MAIN_TEXT), parseFile(LIBRARY_TEXT));
  let differing = 0;
  const before = performance.now();
  for (let edit = 1; edit <= EDITS; edit += 1) {
    const uri = random.below(4) === 0 ? LIBRARY : MAIN;
    const file = policyFile(workspace, uri) ?? parseFile("");
    const start = random.below(file.text.length + 1);
    const change = {
      start,
      end: Math.min(file.text.length, start + random.below(random.below(3) === 0 ? 40 : 4)),
      text: random.of(pieces) ?? "",
    };
    const isTooLong = file.text.length > LONGEST;
    const next = isTooLong ? parseFile(uri === MAIN ? MAIN_TEXT : LIBRARY_TEXT) : editFile(file, change);
    workspace = withDocument(workspace, uri, next);
    const textOf = (one: string): SourceFile => parseFile(policyFile(workspace, one)?.text ?? "");
    const now = shown(workspace);
    const fresh = shown(opened(textOf(MAIN), textOf(LIBRARY)));
    if (now !== fresh) {
      differing += 1;
      if (differing <= 5)
        console.log(`edit ${edit} of ${uri}: ${JSON.stringify(change)} in ${JSON.stringify(file.text)}`);
    }
    if (edit % 10_000 === 0)
      console.log(`  ${edit} edits, ${differing} differ, ${((performance.now() - before) / 1000).toFixed(0)} s`);
  }
  console.log(
    `${EDITS} random edits: ${differing} differ from a fresh start, ${((performance.now() - before) / 1000).toFixed(0)} s`,
  );
  if (differing > 0) process.exitCode = 1;
}

const PIECES = ["x", " ", "{", "}", "|", "\n", "GFP_KERNEL", "size 8 B", "// ", '"', "1"];
const SAID_AFTER = [50, 1000, 2500, 5000, 10_000];

/** What a server of dist/ holds: nine edits of ten are taken back, and now and then it is asked what an editor asks. */
async function hold(name: string, text: string): Promise<void> {
  const random = new Random(SEED);
  const client = new Client([process.execPath, inRoot("dist/server.js"), "--stdio"]);
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

compare();
console.log(`files of ${LINES} lines in the built server, edited`);
await hold("requests", requests(LINES));
await hold("mixed", mixed(LINES));
