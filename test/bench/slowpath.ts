/**
 * How many slow paths the model walks in a second, on one core:
 *
 *   npm run bench slowpath
 *
 * Each walk is a fresh machine of two nodes and one call that misses the fast path; the first thousands are left out,
 * in which the code is compiled. Prints the rate of each and of all together, and fails below 20,000 a second.
 */
import { contextOf } from "../../server/model/contexts.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf } from "../../server/model/kernels/kernels.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { MemoryState, ZoneState } from "../../server/model/memory/state.ts";
import { allocPages } from "../../server/model/slowpath/allocate.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";

const LEAST_PER_SECOND = 20_000;
const MILLISECONDS_EACH = 300;
const WALKS_TO_WARM_UP = 5000;

const known = kernelOf("6.12.117");
if ("unknown" in known) throw new Error(known.unknown);
const kernel: Kernel = known;

function zone(name: ZoneState["name"], managed: number, free: readonly number[], min: number): ZoneState {
  return {
    name,
    managed,
    free,
    min,
    low: Math.ceil(min * 1.25),
    high: Math.ceil(min * 1.5),
    lowmemReserve: [],
    reclaimable: 0,
    movable: 0,
    pinned: 0,
    cma: 0,
    highatomic: 0,
  };
}

/** Node 0 holds what is given in its Normal zone; everything else is empty. */
function machine(free: readonly number[]): MemoryState {
  return {
    nodes: [
      { id: 0, zones: [zone("DMA", 3840, [], 35), zone("DMA32", 9603, [], 89), zone("Normal", 31176, free, 291)] },
      { id: 1, zones: [zone("Normal", 64768, [], 606)] },
    ],
    oomKillable: true,
    watermarkBoost: false,
  };
}

const { gfp, bits } = kernel;
const CASES: readonly {
  readonly name: string;
  readonly mask: number;
  readonly order: number;
  readonly free: readonly number[];
}[] = [
  { name: "GFP_ATOMIC, nothing free", mask: gfp.ATOMIC, order: 0, free: [] },
  { name: "GFP_KERNEL at the min watermark, 16 retries and a kill", mask: gfp.KERNEL, order: 0, free: [291] },
  { name: "GFP_KERNEL order 3, fragmented", mask: gfp.KERNEL, order: 3, free: [8000] },
  {
    name: "GFP_KERNEL|__GFP_RETRY_MAYFAIL order 9, fragmented",
    mask: gfp.KERNEL | bits.RETRY_MAYFAIL,
    order: 9,
    free: [8000],
  },
  { name: "GFP_NOFS, nothing free: a loop", mask: gfp.NOFS, order: 0, free: [] },
  {
    name: "GFP_KERNEL|__GFP_NOFAIL|__GFP_NORETRY: a loop",
    mask: gfp.KERNEL | bits.NOFAIL | bits.NORETRY,
    order: 0,
    free: [100],
  },
];

let walks = 0;
let seconds = 0;
for (const example of CASES) {
  const memory = machine(example.free);
  const context = contextOf("process");
  const value = mask(example.mask);
  for (let turn = 0; turn < WALKS_TO_WARM_UP; turn++)
    allocPages(simulationOf(kernel, context, memory), value, example.order, null);
  let done = 0;
  const start = performance.now();
  let now = start;
  while (now - start < MILLISECONDS_EACH) {
    for (let turn = 0; turn < 100; turn++)
      allocPages(simulationOf(kernel, context, memory), value, example.order, null);
    done += 100;
    now = performance.now();
  }
  const taken = (now - start) / 1000;
  walks += done;
  seconds += taken;
  console.log(
    `${Math.round(done / taken)
      .toLocaleString("en")
      .padStart(9)} a second  ${example.name}`,
  );
}
// The mean of the cases weighs each by its time, so that the slow ones count.
const rate = walks / seconds;
console.log(`${Math.round(rate).toLocaleString("en").padStart(9)} a second  all together`);
if (rate < LEAST_PER_SECOND) {
  console.error(`Below ${LEAST_PER_SECOND.toLocaleString("en")} slow paths a second.`);
  process.exitCode = 1;
}
