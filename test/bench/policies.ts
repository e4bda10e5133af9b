/**
 * What the analysis of a policy over all masks costs: `npm run bench policies`. For policies with a growing number of
 * rules, each mentioning every flag and with ten modes: the CPU time of the full analysis (nothing known of the policy
 * or of its sizes, the text parsed) and of one keystroke at several places (edit, unit, findings). Medians.
 */
import { editFile, parseFile } from "../../grammar/index.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";

const URI = "file:///bench.allocpolicy";
const RULES = [10, 20, 40, 50, 80];
const ROUNDS = 15;

const FLAGS = [
  "__GFP_DMA",
  "__GFP_HIGHMEM",
  "__GFP_DMA32",
  "__GFP_MOVABLE",
  "__GFP_RECLAIMABLE",
  "__GFP_HIGH",
  "__GFP_IO",
  "__GFP_FS",
  "__GFP_ZERO",
  "__GFP_DIRECT_RECLAIM",
  "__GFP_KSWAPD_RECLAIM",
  "__GFP_WRITE",
  "__GFP_NOWARN",
  "__GFP_RETRY_MAYFAIL",
  "__GFP_NOFAIL",
  "__GFP_NORETRY",
  "__GFP_MEMALLOC",
  "__GFP_COMP",
  "__GFP_NOMEMALLOC",
  "__GFP_HARDWALL",
  "__GFP_THISNODE",
  "__GFP_ACCOUNT",
  "__GFP_ZEROTAGS",
  "__GFP_NOLOCKDEP",
  "__GFP_NO_OBJ_EXT",
];

/** The shapes of rules that policies have, each with other flags. */
const SHAPES: readonly ((at: (offset: number) => string, bytes: number) => string)[] = [
  (at) => `forbid has ${at(0)} | ${at(7)}`,
  (at) => `forbid has ${at(0)} and lacks ${at(3)} and order > 3`,
  (at) => `warn any ${at(0)} | ${at(5)} and not in softirq`,
  (at) => `require has ${at(0)} when has ${at(2)} | ${at(9)}`,
  (at, bytes) => `forbid has ${at(0)} and (size > ${bytes} B or any ${at(4)} | ${at(11)}) and has ${at(6)}`,
  (at) => `require lacks ${at(0)} | ${at(1)} when in atomic and has ${at(8)}`,
  (at) => `warn sleeps and has ${at(0)} | ${at(10)}`,
];

/**
 * A policy with so many rules: one of them allows every flag, each rule speaks of others. A size that is new makes all
 * of it new.
 */
function policyOf(rules: number, bytes: number): string {
  const flag = (index: number): string => FLAGS[index % FLAGS.length] ?? "__GFP_ZERO";
  const clauses = Array.from(
    { length: rules - 1 },
    (_, i) => `  ${SHAPES[i % SHAPES.length]?.((offset) => flag(i * 3 + offset), bytes) ?? ""} because "rule ${i}"`,
  );
  const modes = [
    "  mode atomic when lacks __GFP_DIRECT_RECLAIM and has __GFP_HIGH { sleeps never, reclaim kswapd }",
    "  mode nowait when lacks __GFP_DIRECT_RECLAIM and lacks __GFP_HIGH { sleeps never, oom never }",
    "  mode noretry when has __GFP_DIRECT_RECLAIM | __GFP_NORETRY and lacks __GFP_NOFAIL { oom never, fails often }",
    "  mode hard when has __GFP_DIRECT_RECLAIM | __GFP_RETRY_MAYFAIL and lacks __GFP_NORETRY | __GFP_NOFAIL { oom never }",
    "  mode nofail when has __GFP_DIRECT_RECLAIM | __GFP_NOFAIL and lacks __GFP_NORETRY { fails never }",
    "  mode noio when has __GFP_DIRECT_RECLAIM and lacks __GFP_IO | __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOFAIL { reclaim direct }",
    "  mode nofs when has __GFP_DIRECT_RECLAIM | __GFP_IO and lacks __GFP_FS | __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOFAIL { oom never }",
    "  mode zeroed when has __GFP_DIRECT_RECLAIM | __GFP_IO | __GFP_FS | __GFP_ZERO and lacks __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOFAIL { zeroed always }",
    "  mode local when has __GFP_DIRECT_RECLAIM | __GFP_IO | __GFP_FS | __GFP_THISNODE and lacks __GFP_ZERO | __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOFAIL { compaction may }",
    "  mode normal otherwise { sleeps may, oom may, fails may }",
  ];
  const stages = [
    `  stage entry honours ${FLAGS.slice(0, 20).join(", ")}`,
    `  stage slow honours ${FLAGS.slice(20).join(", ")}`,
  ];
  return [
    "kernel 6.12",
    "",
    "policy every_flag for alloc_pages {",
    `  allow only ${FLAGS.join(" | ")}`,
    ...clauses,
    ...modes,
    ...stages,
    "}",
    "",
  ].join("\n");
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

function fullAnalysis(text: string): number {
  const file = parseFile(text);
  return milliseconds(() => check(withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, file), URI));
}

/** Types and takes back `typed` behind the first match of `after`; the CPU time of each keystroke. */
function keystrokes(text: string, after: string, typed: string): readonly number[] {
  const at = text.indexOf(after) + after.length;
  let file = parseFile(text);
  let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, file);
  check(workspace, URI);
  return Array.from({ length: ROUNDS }, () => [
    { start: at, end: at, text: typed },
    { start: at, end: at + typed.length, text: "" },
  ])
    .flat()
    .map((edit) =>
      milliseconds(() => {
        file = editFile(file, edit);
        workspace = withDocument(workspace, URI, file);
        check(workspace, URI);
      }),
    );
}

let bytes = 2 ** 21;

const rows: Record<string, Record<string, string>> = {};
for (let i = 0; i < ROUNDS; i++) fullAnalysis(policyOf(10, bytes++));
for (const rules of RULES) {
  const text = policyOf(rules, bytes++);
  const figures = {
    "full analysis": median(Array.from({ length: ROUNDS }, () => fullAnalysis(policyOf(rules, bytes++)))),
    "a flag added to a rule": median(keystrokes(text, "forbid has __GFP_DMA | __GFP_FS", " | __GFP_COMP")),
    "a flag added to `allow`": median(keystrokes(text, "allow only __GFP_DMA", " | __GFP_HIGHMEM")),
    "a flag added to a mode": median(
      keystrokes(text, "mode atomic when lacks __GFP_DIRECT_RECLAIM and has __GFP_HIGH", " | __GFP_NOWARN"),
    ),
    "a letter in a reason": median(keystrokes(text, 'because "rule 1', "x")),
    "a letter in a flag": median(keystrokes(text, "allow only __GFP_DMA", "X")),
  };
  rows[`${rules} rules, 10 modes`] = Object.fromEntries(
    Object.entries(figures).map(([name, ms]) => [name, `${ms.toFixed(1)} ms`]),
  );
}
console.table(rows);
