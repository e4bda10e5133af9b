import { writableBits } from "../kernels/designed.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { mask, type Mask } from "../masks/mask.ts";
import type { AllocationRequest } from "../request.ts";
import type { Simulation } from "../slowpath/simulation.ts";
import { warnOnce } from "../slowpath/simulation.ts";
import type { RunResult } from "./_run.ts";
import type { MaskTreatment, Note, OwnApi } from "./api.ts";
import type { Plan } from "./_plan.ts";
import { bytesOf, runBytesOf } from "../sizes.ts";
import { bitsOf, treatmentOf } from "./_treatment.ts";
import { planHugeFirst, planVmalloc, runVmalloc } from "./vmalloc.ts";

/** GFP_VMALLOC_SUPPORTED (mm/vmalloc.c, 6.19+): what __vmalloc() does not strip. All bits before. */
function vmallocSupported(kernel: Kernel): Mask {
  if (!kernel.features.vmallocFiltersFlags) return mask(0xffffffff);
  const { bits, gfp } = kernel;
  const retry = kernel.features.vmallocSupportsRetryMayfail ? bits.RETRY_MAYFAIL | bits.SKIP_KASAN : 0;
  return mask(
    gfp.KERNEL |
      gfp.ATOMIC |
      gfp.NOWAIT |
      gfp.USER |
      gfp.KERNEL_ACCOUNT |
      bits.NOFAIL |
      bits.ZERO |
      bits.NORETRY |
      bits.NOLOCKDEP |
      retry,
  );
}

function notes(kernel: Kernel): readonly Note[] {
  const { features } = kernel;
  return [
    {
      text: features.vmallocNonBlocking
        ? "Blocking and non-blocking masks are taken."
        : "A mask without __GFP_DIRECT_RECLAIM is not supported: locks and page tables can sleep whatever it says.",
      evidence: "mm/vmalloc.c:__vmalloc_node_range",
    },
    {
      text: features.vmallocNofail
        ? "__GFP_NOFAIL is honoured for the area, the array, the pages and the page tables."
        : "__GFP_NOFAIL reaches the pages only: the area, the array and the page tables can still fail.",
      evidence: "mm/vmalloc.c:__vmalloc_area_node",
    },
    {
      text: "__GFP_NORETRY and __GFP_RETRY_MAYFAIL do not reach the page tables.",
      evidence: "mm/vmalloc.c:__vmalloc_area_node",
    },
    {
      text: "Pages are asked for with __GFP_NOWARN, and with __GFP_HIGHMEM unless a DMA zone is named; size 0, and more than all of memory, give NULL.",
      evidence: "mm/vmalloc.c:__vmalloc_area_node",
    },
  ];
}

function treatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({
    forced: bitsOf(kernel, "HIGHMEM"),
    clearedWithWarning: mask(writableBits(kernel) & ~vmallocSupported(kernel)),
    notes: notes(kernel),
  });
}

function unfilteredTreatment(kernel: Kernel): MaskTreatment {
  return treatmentOf({ forced: bitsOf(kernel, "HIGHMEM"), notes: notes(kernel) });
}

function plan(kernel: Kernel, request: AllocationRequest): Plan {
  const supported = vmallocSupported(kernel);
  const planned = planVmalloc(kernel, mask(request.mask & supported), bytesOf(kernel, request), request);
  if ((request.mask & ~supported) !== 0) planned.warns = "always";
  return planned;
}

function planHuge(kernel: Kernel, request: AllocationRequest): Plan {
  const planned = plan(kernel, request);
  planHugeFirst(kernel, planned, bytesOf(kernel, request));
  return planned;
}

function planUnfiltered(kernel: Kernel, request: AllocationRequest): Plan {
  return planVmalloc(kernel, request.mask, bytesOf(kernel, request), request);
}

function runFiltered(sim: Simulation, request: AllocationRequest, mayBeHuge: boolean): RunResult {
  const supported = vmallocSupported(sim.kernel);
  if ((request.mask & ~supported) !== 0) warnOnce(sim, "vmalloc_fix_flags: unsupported flags");
  return runVmalloc(sim, mask(request.mask & supported), runBytesOf(sim.kernel, request), {
    node: request.node,
    mayBeHuge,
  });
}

function run(sim: Simulation, request: AllocationRequest): RunResult {
  return runFiltered(sim, request, false);
}

function runHuge(sim: Simulation, request: AllocationRequest): RunResult {
  return runFiltered(sim, request, true);
}

function runUnfiltered(sim: Simulation, request: AllocationRequest): RunResult {
  return runVmalloc(sim, request.mask, runBytesOf(sim.kernel, request), { node: request.node, mayBeHuge: false });
}

const common = {
  family: "vmalloc" as const,
  size: "bytes" as const,
  alsoTakes: ["pages", "order"] as const,
  takesMask: true,
};

/** vmalloc with a mask (`__vmalloc`, mm/vmalloc.c). */
export const vmallocWithMask: readonly OwnApi[] = [
  {
    ...common,
    treatment,
    plan,
    run,
    name: "__vmalloc",
    signature: "void *__vmalloc(unsigned long size, gfp_t gfp_mask)",
  },
  {
    ...common,
    exists: (kernel) => kernel.features.kvmallocHugePages,
    treatment,
    plan: planHuge,
    run: runHuge,
    name: "vmalloc_huge",
    signature: "void *vmalloc_huge(unsigned long size, gfp_t gfp_mask)",
  },
  {
    ...common,
    treatment: unfilteredTreatment,
    plan: planUnfiltered,
    run: runUnfiltered,
    name: "__vmalloc_node",
    signature:
      "void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp_mask, int node, const void *caller)",
  },
  {
    ...common,
    treatment: unfilteredTreatment,
    plan: planUnfiltered,
    run: runUnfiltered,
    name: "vrealloc",
    signature: "void *vrealloc(const void *p, size_t size, gfp_t flags)",
  },
];
