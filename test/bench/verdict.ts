// Prints how many static verdicts a second one core gives, over APIs, masks, sizes and versions.
// usage: npm run bench verdict
import { performance } from "node:perf_hooks";
import { contextOf } from "../../server/model/contexts.ts";
import { kernelOf } from "../../server/model/kernels/kernels.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { AllocationRequest } from "../../server/model/request.ts";
import { verdict } from "../../server/model/verdict.ts";

const APIS = [
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

let state = 0x2545f491;
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

const pick = <Value>(values: readonly Value[]): Value => {
  const value = values[random() % values.length];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};

const requests: readonly AllocationRequest[] = Array.from({ length: 4096 }, () => ({
  api: pick(APIS),
  mask: mask(random() & 0xffffff),
  order: null,
  sizeBytes: 1 << (random() % 23),
  pages: null,
  count: null,
  context: pick(contexts),
  node: null,
  cache: null,
  poolEmpty: false,
}));

const ROUNDS = 200;
let rate = 0;
let refused = 0;
for (let run = 0; run < 3; run++) {
  refused = 0;
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    const kernel = kernels[round % kernels.length];
    if (kernel === undefined) continue;
    for (const request of requests) if (verdict(kernel, request).fails === "always") refused++;
  }
  rate = Math.max(rate, (ROUNDS * requests.length) / ((performance.now() - start) / 1000));
}
console.log(
  `${Math.round(rate).toLocaleString("en")} static verdicts a second (best of 3; ${refused} of ${ROUNDS * requests.length} refused)`,
);
