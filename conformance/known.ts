import type { KnownClass, RecordedKernel } from "./kernels/recorded-kernel.ts";
import type { Row } from "./row.ts";
import { textOf } from "./row.ts";

const always = (): boolean => true;

/**
 * What every recording has, because it comes from the recorder or from what the model leaves out. In the order in which
 * they are asked.
 */
const KNOWN: readonly KnownClass[] = [
  {
    kind: "pressure_frag_movable",
    fields: [
      "attempts",
      "oom",
      "compaction",
      "drain",
      "directReclaim",
      "kswapd",
      "warn",
      "pfmemalloc",
      "result",
      "node",
      "zone",
      "report",
    ],
    applies: always,
    reason:
      "kcompactd runs on the other CPU and moves the same pages: whether a round of direct compaction finds its block differs from run to run.",
  },
  {
    kind: "realoom",
    fields: [
      "attempts",
      "killed",
      "result",
      "node",
      "zone",
      "warn",
      "pfmemalloc",
      "oom",
      "report",
      "directReclaim",
      "compaction",
      "kswapd",
    ],
    applies: always,
    reason:
      "Memory came back from a process that an earlier row had killed, or a killed one exited sooner or later than the model's, which gives back its memory in the next round of reclaim.",
  },
  {
    kind: "pressure_api",
    fields: ["attempts"],
    applies: (row) => /^(__vmalloc|kvmalloc)/.test(textOf(row, "api")),
    reason:
      "The vmalloc area happened to need a new page table, or a slab for its bookkeeping: one try more, with GFP_KERNEL | __GFP_ZERO for a page table. Which areas of the address space have page tables is not recorded.",
  },
  {
    kind: "pressure_api",
    fields: ["attempts"],
    applies: (row) => textOf(row, "loop") !== "",
    reason:
      "The recorder released memory after 4 seconds, so that the next turn of the loop succeeded; the model leaves a loop where it finds it.",
  },
  {
    kind: "plenty",
    fields: ["node"],
    applies: (row) => textOf(row, "api").startsWith("mempool_alloc(kmalloc"),
    reason:
      "The object was free in a slab of node 1. The page that was asked for, with __GFP_THISNODE, holds that slab's pointers to memory cgroups (alloc_slab_obj_exts), which the model does not follow.",
  },
  {
    kind: "deadly_pressure",
    fields: ["report"],
    applies: always,
    reason:
      "The row printed eight sleep splats with their stacks, and its failure report is not among the lines that the recorder kept, although warn_alloc() was entered without __GFP_NOWARN.",
  },
  {
    kind: "deadly",
    fields: ["sleep"],
    applies: (row) => textOf(row, "out") === "died",
    reason: "The splat is of the page fault handler of the kernel that died.",
  },
  {
    kind: "depth",
    fields: ["end", "oom", "attempts", "free_at_null", "free_at_mayoom"],
    applies: (row) => /NOFAIL/.test(textOf(row, "n")) && /RETRY_MAYFAIL|THISNODE/.test(textOf(row, "n")),
    reason: "The recorder ends such a row when the OOM path is entered, the model where it comes to the OOM killer.",
  },
];

/** The reason of a disagreement: the first that applies, of the kernel's own and then of all; null: not known. */
export function reasonOf(kernel: RecordedKernel, kind: string, field: string, row: Row): string | null {
  const classes = [...kernel.known, ...KNOWN];
  return (
    classes.find((known) => known.kind === kind && known.fields.includes(field) && known.applies(row))?.reason ?? null
  );
}
