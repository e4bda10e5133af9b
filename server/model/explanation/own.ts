import { forbiddenPlace } from "../apis/_plan.ts";
import { isAtomic, LOCK } from "../contexts.ts";
import { EMPTY, mask } from "../masks/mask.ts";
import { maskText } from "../masks/names.ts";
import { applyScopes, crashesMigratetype, fastPathMask, MIGRATE, migratetype } from "../masks/properties.ts";
import { gfpZoneValid } from "../masks/zone.ts";
import { orderOf } from "../sizes.ts";
import { evidenceOf, treatmentEvidence } from "./evidence.ts";
import { because, note, type Explained } from "./reasons.ts";

const ALLOC_PAGES = "mm/page_alloc.c:__alloc_pages";

/** Why the call fails at once, or is refused by one of those that it asks: a flag, or the size. */
export function explainRefusal(to: Explained): void {
  const { kernel, api, request, plan } = to;
  if (plan.refused === "never") return;
  const flags = mask(request.mask & api.treatment(kernel).refused);
  const [text, evidence] =
    flags !== 0
      ? [
          `${request.api} does not take ${maskText(kernel, flags)}: it fails at once, before it touches memory.`,
          evidenceOf(api, kernel, flags),
        ]
      : sizeRefusal(to);
  note(to, "refused", text, evidence);
  because(to, ["fails", "always"], "What is refused fails whatever the state of memory.", evidence);
}

function sizeRefusal({ kernel, api, request, plan }: Explained): readonly [text: string, evidence: string] {
  const order = orderOf(kernel, request);
  const above = `The page allocator has nothing above order ${kernel.maxOrder}, and this is order ${order}`;
  const isPages = api.family !== "contig" && api.family !== "cma";
  if (order > kernel.maxOrder && isPages && plan.refused === "may")
    return [
      `${above}: only ${plan.area ? "a contiguous memory area" : "what is there already"} can serve it.`,
      ALLOC_PAGES,
    ];
  if (order > kernel.maxOrder && isPages) return [`${above}: NULL at once.`, ALLOC_PAGES];
  return plan.refused === "may"
    ? [`${request.api} may refuse it before it looks at memory: its notes say why.`, evidenceOf(api, kernel, EMPTY)]
    : [`${request.api} fails before it looks at memory: its notes say why.`, evidenceOf(api, kernel, EMPTY)];
}

/** What the call does on its own account, beside what it asks the page allocator for. */
export function explainOwn(to: Explained): void {
  const { kernel, request, plan } = to;
  const evidence = treatmentEvidence(kernel, request);
  if (plan.fastOnly)
    because(
      to,
      ["fails", "may"],
      "The free lists are tried once, without waiting for a lock and without a slow path: NULL is ordinary.",
      "mm/page_alloc.c:alloc_pages_nolock",
    );
  if (plan.endless) {
    because(
      to,
      ["fails", "never"],
      "A failed try is repeated after a wait, until an element or the memory comes: the call does not return NULL.",
      evidence,
    );
    because(to, ["loops", "may"], "The call waits until an element or the memory comes, and may not return.", evidence);
  }
  const works = isRange(to) && plan.order >= 0;
  if (plan.fails && !works)
    because(to, ["fails", "may"], "The call can fail for reasons of its own even when every page is there.", evidence);
  if (plan.refused === "may") because(to, ["fails", "may"], "What may be refused may fail.", evidence);
  if (plan.sleeps && !works)
    because(
      to,
      ["sleeps", "may"],
      "The call sleeps on its own account, whatever its pages are asked for with.",
      evidence,
    );
  explainComplaint(to, evidence);
}

function explainComplaint(to: Explained, evidence: string): void {
  const { kernel, plan } = to;
  const { complaint } = plan;
  if (plan.warns !== "never") {
    const text = complaint?.text ?? `${to.request.api} itself may warn: its notes say when.`;
    because(to, ["warns", plan.warns], text, complaint?.evidence ?? evidence);
  }
  if (!kernel.options.DEBUG_VM || plan.order < 0) return;
  const seen = fastPathMask(kernel, plan.mask, to.request.context.scopes);
  for (const certainty of ["may", "always"] as const) {
    if (migratetype(kernel, seen) === MIGRATE.INVALID)
      because(
        to,
        ["warns", certainty],
        "With DEBUG_VM both mobility flags together are a WARN.",
        "include/linux/gfp.h:gfp_migratetype",
      );
    if (!gfpZoneValid(seen))
      because(
        to,
        ["warns", certainty],
        "With DEBUG_VM zone flags that contradict each other are a BUG.",
        "include/linux/gfp.h:gfp_zone",
      );
  }
}

const isRange = ({ api }: Explained): boolean => api.family === "contig" || api.family === "cma";

/** A range: its own work looks at no mask; the pages that it asks for are those that its contents move to. */
export function explainRange(to: Explained): void {
  const { kernel, plan } = to;
  if (!isRange(to) || plan.order < 0) return;
  const evidence = "mm/page_alloc.c:__alloc_contig_migrate_range";
  because(
    to,
    ["sleeps", "may"],
    "Isolation, draining and migration sleep, whatever the mask.",
    "mm/page_alloc.c:alloc_contig_range",
  );
  note(to, "size", `Pages in use are moved to pages asked for with ${maskText(kernel, plan.mask)}.`, evidence);
  because(
    to,
    ["fails", "may"],
    "A pinned or unmovable page in the range: -EBUSY; no page to move to: -ENOMEM; a fatal signal: -EINTR.",
    evidence,
  );
  if ((applyScopes(kernel, plan.rangeMask, to.request.context.scopes) & kernel.bits.FS) === 0)
    because(
      to,
      ["fails", "may"],
      "Without __GFP_FS pages with a mapping (page cache, shared memory) stay where they are: a range that holds one is -EBUSY.",
      "mm/compaction.c:isolate_migratepages_block",
    );
}

/** What the place of the call has to say to it: contexts that forbid it, and locks that reclaim may come back to. */
export function explainPlace(to: Explained): void {
  const { kernel, plan, request, verdict } = to;
  const { context } = request;
  const forbidden = forbiddenPlace(kernel, plan, context);
  if (forbidden !== null) {
    const evidence = "Documentation/core-api/real-time/differences.rst";
    because(to, ["loops", "may"], `No mask is right here: ${forbidden.text}.`, evidence);
    for (const certainty of ["may", "always"] as const)
      because(to, ["warns", certainty], "The kernel complains where its locks may not be taken.", evidence);
  }
  if (verdict.sleeps !== "may") return;
  if (isAtomic(kernel, context)) {
    for (const certainty of ["may", "always"] as const)
      because(
        to,
        ["warns", certainty],
        'The call may sleep where sleeping is not allowed: "sleeping function called from invalid context" with DEBUG_ATOMIC_SLEEP, and without it a schedule in atomic context when memory is short.',
        "include/linux/sched/mm.h:might_alloc",
      );
  }
  if (verdict.reclaim !== "direct") return;
  if ((context.locks & LOCK.fs_lock) !== 0 && (verdict.effective & kernel.bits.FS) !== 0)
    because(
      to,
      ["reclaim", "direct"],
      "Reclaim may enter the filesystem whose lock is held.",
      "mm/page_alloc.c:__need_reclaim",
    );
  if ((context.locks & LOCK.io_lock) !== 0 && (verdict.effective & kernel.bits.IO) !== 0)
    because(
      to,
      ["reclaim", "direct"],
      "Reclaim may start I/O on the device whose lock is held.",
      "mm/vmscan.c:shrink_folio_list",
    );
}

/** Where the kernel may stop. */
export function explainDeath(to: Explained): void {
  const { kernel, plan } = to;
  if (plan.bug !== null) {
    const { text, evidence } = plan.bug;
    because(to, ["dies", "always"], text, evidence);
    because(to, ["dies", "may"], text, evidence);
    because(to, ["warns", plan.bugs], text, evidence);
  }
  if (plan.namesNode) {
    const text = "A node that the machine does not have is a page fault in the kernel.";
    because(to, ["dies", "may"], text, "include/linux/gfp.h:alloc_pages_node");
    if (kernel.options.DEBUG_VM)
      because(
        to,
        ["warns", "may"],
        "A node number that no machine has is a VM_BUG_ON.",
        "include/linux/gfp.h:__alloc_pages_node",
      );
  }
  if (plan.order < 0 || plan.fastOnly) return;
  const seen = fastPathMask(kernel, plan.mask, to.request.context.scopes);
  if (crashesMigratetype(kernel, plan.order) && migratetype(kernel, seen) === MIGRATE.INVALID)
    because(
      to,
      ["dies", "may"],
      "Migratetype 3 is no row of the free lists' tables: a page fault in the kernel.",
      "mm/page_alloc.c:rmqueue",
    );
  if (kernel.options.DEBUG_VM && !gfpZoneValid(seen))
    because(
      to,
      ["dies", "may"],
      "With DEBUG_VM zone flags that contradict each other are a BUG.",
      "include/linux/gfp.h:gfp_zone",
    );
}
