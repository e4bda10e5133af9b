/**
 * What a verdict costs: `npm run bench verdict`. Static verdicts of the model, over APIs, masks, sizes, versions; and
 * lines of `allocpolicy verdict`, with findings, releases and JSON: a few questions again and again, and lines of which
 * hardly two are alike, with one finding in many and with several in each. CPU time of one core.
 */
import { LineAnswers } from "../../server/cli/verdict/line-answers.ts";
import { contextOf } from "../../server/model/contexts.ts";
import { kernelOf } from "../../server/model/kernels/kernels.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { AllocationRequest } from "../../server/model/request.ts";
import { verdict } from "../../server/model/verdict.ts";

let state = 0x2545f491;
function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

const pick = <Value>(values: readonly Value[]): Value => {
  const value = values[random(values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};

/** How many a second of CPU. */
function rateOf(count: number, run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return Math.round(count / ((user + system) / 1e6));
}

// Static verdicts -----------------------------------------------------------------------------------------------------

const MODEL_APIS = [
  "alloc_pages",
  "kmalloc",
  "kvmalloc",
  "kmem_cache_alloc",
  "__get_free_pages",
  "alloc_contig_range",
  "dma_alloc_coherent",
  "mempool_alloc",
];
const contexts = [contextOf("process"), contextOf("softirq"), contextOf("hardirq")];

function kernelNamed(name: string): Kernel {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

const kernels = ["5.10", "6.1", "6.6", "6.12", "7.0"].map(kernelNamed);

const requests: readonly AllocationRequest[] = Array.from({ length: 4096 }, () => ({
  api: pick(MODEL_APIS),
  mask: mask(random(1 << 24)),
  order: null,
  sizeBytes: 1 << random(23),
  pages: null,
  count: null,
  context: pick(contexts),
  node: null,
  cache: null,
  poolEmpty: false,
}));

const ROUNDS = 200;
let refused = 0;
const rates = Array.from({ length: 3 }, () =>
  rateOf(ROUNDS * requests.length, () => {
    refused = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const kernel = kernels[round % kernels.length];
      if (kernel === undefined) continue;
      for (const request of requests) if (verdict(kernel, request).fails === "always") refused++;
    }
  }),
);
console.log(
  `${Math.max(...rates).toLocaleString("en")} static verdicts a second (best of 3; ${refused} of ${ROUNDS * requests.length} refused)`,
);

// Lines ---------------------------------------------------------------------------------------------------------------

const KERNELS = ["4.19", "5.4", "5.10", "5.15", "6.1", "6.1.192", "6.6", "6.12", "6.12.117", "6.18", "7.0", "7.3"];
const IN_BYTES = ["kmalloc", "kzalloc", "kvmalloc", "krealloc", "__vmalloc", "devm_kmalloc", "kmalloc_node"];
const IN_ORDERS = ["alloc_pages", "__get_free_pages", "folio_alloc"];
const COMPOSITES = ["GFP_KERNEL", "GFP_ATOMIC", "GFP_NOWAIT", "GFP_NOFS", "GFP_NOIO", "GFP_USER", "GFP_KERNEL_ACCOUNT"];
const FLAGS = [
  "__GFP_ZERO",
  "__GFP_NOWARN",
  "__GFP_NORETRY",
  "__GFP_RETRY_MAYFAIL",
  "__GFP_NOFAIL",
  "__GFP_DMA",
  "__GFP_DMA32",
  "__GFP_COMP",
  "__GFP_ACCOUNT",
  "__GFP_THISNODE",
  "__GFP_MEMALLOC",
  "__GFP_NOMEMALLOC",
  "__GFP_HIGH",
  "__GFP_HIGHMEM",
  "__GFP_MOVABLE",
  "__GFP_RECLAIMABLE",
];

type Line = Readonly<Record<string, unknown>>;

const sized = (): Line =>
  random(3) === 0
    ? { api: pick(IN_ORDERS), order: random(4), node: random(1024) }
    : { api: pick(IN_BYTES), size: 1 + random(random(4) === 0 ? 3_000_000 : 8192) };

const namesOf = (more: number): string =>
  [...new Set([pick(COMPOSITES), ...Array.from({ length: random(more + 1) }, () => pick(FLAGS))])].join(" | ");

const context = (): string => pick(["process", "process", "process", "softirq", "hardirq"]);

const KINDS: Readonly<Record<string, () => Line>> = {
  "few questions": () => ({
    kernel: pick(["6.1", "6.12"]),
    api: "kmalloc",
    size: 64 << random(4),
    flags: "GFP_KERNEL",
  }),
  "any size": () => ({ kernel: pick(KERNELS), ...sized(), flags: "GFP_KERNEL" }),
  "any size, a flag more": () => ({ kernel: pick(KERNELS), ...sized(), flags: namesOf(1), context: context() }),
  "any size, up to three more": () => ({ kernel: pick(KERNELS), ...sized(), flags: namesOf(3), context: context() }),
  "any number": () => ({
    kernel: pick(KERNELS),
    ...sized(),
    flags: `0x${random(1 << 25).toString(16)}`,
    context: context(),
  }),
};

const LINES = 40_000;

const rows: Record<string, Record<string, number>> = {};
for (const [name, made] of Object.entries(KINDS)) {
  const lines = Array.from({ length: LINES }, (_, id) => JSON.stringify({ id, ...made() }));
  const answers = new LineAnswers();
  let findings = 0;
  const rate = rateOf(LINES, () => {
    for (const line of lines) findings += answers.answer(line).split('"rule":').length - 1;
  });
  const distinct = new Set(lines.map((line) => line.replace(/"id":\d+/, ""))).size;
  rows[name] = { distinct, "findings a line": Number((findings / LINES).toFixed(2)), "lines a second": rate };
}
console.table(rows);
