/**
 * What the analysis costs: `npm run bench analysis`. For files of several lengths the CPU time of the first check, and
 * of one keystroke (the edit, the unit that follows, the findings) at places spread over the file; medians.
 */
import { editFile, parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";

const URI = "file:///bench.allocpolicy";
const LINES = [1_000, 10_000, 50_000];
const EDITS = 200;
const MASKS = [
  "GFP_KERNEL",
  "GFP_ATOMIC | __GFP_NOWARN",
  "RING",
  "GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
  "GFP_NOFS | __GFP_ZERO",
];

/** A file as people write them: a header, some names, and requests of five lines. */
export function policyText(lines: number, kernel: string): string {
  const parts = [
    `kernel ${kernel}`,
    "context rx { in softirq }",
    "context probe { in process }",
    "flags RING = GFP_KERNEL | __GFP_NOWARN",
    "",
  ];
  for (let line = parts.length, i = 0; line + 5 <= lines; line += 5, i++) {
    const mask = MASKS[i % MASKS.length] ?? "GFP_KERNEL";
    const context = mask.startsWith("GFP_ATOMIC") ? "rx" : "probe";
    parts.push(
      `request r${i} {`,
      `  api kmalloc  size ${64 * (1 + (i % 60))} B`,
      `  flags ${mask}`,
      `  context ${context}  handles null`,
      "}",
    );
  }
  return `${parts.join("\n")}\n`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function milliseconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

interface Row {
  readonly first: number;
  readonly parse: number;
  readonly check: number;
  readonly worst: number;
}

function measure(text: string, typed: string): Row {
  let file: SourceFile = parseFile(text);
  let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, file);
  const first = milliseconds(() => check(workspace, URI));
  const places = [...text.matchAll(/flags (?=GFP_KERNEL\n)/g)].map(
    (match) => match.index + match[0].length + "GFP_KERNEL".length,
  );
  const parses: number[] = [];
  const checks: number[] = [];
  for (let i = 0; i < EDITS; i++) {
    const at = places[Math.floor((i * places.length) / EDITS)] ?? 0;
    for (const edit of [
      { start: at, end: at, text: typed },
      { start: at, end: at + typed.length, text: "" },
    ]) {
      const startParse = performance.now();
      file = editFile(file, edit);
      const startCheck = performance.now();
      workspace = withDocument(workspace, URI, file);
      check(workspace, URI);
      const end = performance.now();
      parses.push(startCheck - startParse);
      checks.push(end - startCheck);
    }
  }
  return { first, parse: median(parses), check: median(checks), worst: Math.max(...checks.slice(20)) };
}

const rows: Record<string, Record<string, string>> = {};
for (const kernel of ["6.12", "6.1 .. 6.12"]) {
  for (const lines of LINES) {
    for (const [what, typed] of [
      ["a letter in a flag", "X"],
      ["another mask", " | __GFP_ZERO"],
    ] as const) {
      const row = measure(policyText(lines, kernel), typed);
      rows[`${kernel}, ${lines} lines, ${what}`] = {
        "first check ms": row.first.toFixed(1),
        "parse ms": row.parse.toFixed(3),
        "check ms": row.check.toFixed(3),
        "slowest check ms": row.worst.toFixed(3),
      };
    }
  }
}
console.table(rows);
