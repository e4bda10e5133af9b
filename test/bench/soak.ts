/**
 * What many edits leave behind: `npm run bench soak`. First random edits of a small file with a library that it
 * imports: after each, findings, hints and colours are compared with those of a workspace that never saw another text.
 * Then edits of a long file, typed and taken back, with the memory that is held. By variables: SOAK_EDITS (2000;
 * 100000 takes half an hour), SOAK_SEED, SOAK_LINES (10000).
 */
import { editFile, parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, type Workspace } from "../../server/documents/workspace.ts";
import { policyFile } from "../../server/policy-language/analysis/policy-files.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { inlayHintsOf } from "../../server/service/inlay-hints.ts";
import { semanticTokensOf } from "../../server/service/semantic-tokens.ts";
import { Random } from "../fuzz/_random.ts";
import { corpusOf } from "../fuzz/_corpus.ts";
import { TARGETS } from "../fuzz/_targets.ts";

const EDITS = Number(process.env.SOAK_EDITS ?? 2000);
const SEED = Number(process.env.SOAK_SEED ?? 20261128);
const LINES = Number(process.env.SOAK_LINES ?? 10_000);
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

function longText(lines: number): string {
  const masks = ["GFP_KERNEL", "GFP_ATOMIC | __GFP_NOWARN", "RING", "GFP_NOFS | __GFP_ZERO"];
  const request = (at: number): string =>
    `request r${at} {\n  api kmalloc  size ${64 * (1 + (at % 60))} B\n  flags ${masks[at % masks.length]}\n  context probe  handles null\n}\n`;
  const head = "kernel 6.12\ncontext probe { in process }\nflags RING = GFP_KERNEL | __GFP_NOWARN\n";
  return head + Array.from({ length: Math.floor((lines - 3) / 5) }, (_, at) => request(at)).join("");
}

function hold(): void {
  const random = new Random(SEED);
  let file = parseFile(longText(LINES));
  let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, file);
  check(workspace, MAIN);
  const said = (edits: number): void =>
    console.log(`  ${String(edits).padStart(6)} edits  ${(process.memoryUsage.rss() / 1024 / 1024).toFixed(0)} MiB`);
  console.log(`a file of ${LINES} lines, edited`);
  said(0);
  for (let edit = 1; edit <= 10_000; edit += 1) {
    const start = random.below(file.text.length);
    for (const change of [
      { start, end: start, text: "x" },
      { start, end: start + 1, text: "" },
    ]) {
      file = editFile(file, change);
      workspace = withDocument(workspace, MAIN, file);
      check(workspace, MAIN);
    }
    if ([1000, 2500, 5000, 10_000].includes(edit)) said(edit);
  }
}

compare();
hold();
