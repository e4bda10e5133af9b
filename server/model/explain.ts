import type { Plan } from "./apis/_plan.ts";
import { COSTLY_ORDER, kmallocMaxCacheBytes } from "./limits.ts";
import { bytesOf, orderOf } from "./sizes.ts";
import type { Api } from "./apis/api.ts";
import { apiNamed } from "./apis.ts";
import { forbidsEvenNonBlocking, hasPfMemalloc, isAtomic, LOCK, SCOPE, TASK, type Context } from "./contexts.ts";
import type { Kernel } from "./kernels/kernel.ts";
import { EMPTY, hex, mask, type FlagName, type Mask } from "./masks/mask.ts";
import { pfmemallocFlags } from "./masks/alloc-flags.ts";
import { flagsIn, maskText } from "./masks/names.ts";
import { applyScopes } from "./masks/properties.ts";
import { isLowZone } from "./masks/zone.ts";
import type { AllocationRequest, Reason, Verdict } from "./request.ts";
import { CAN, chargeCan, pagesCan, verdict } from "./verdict.ts";

const SLOWPATH = "mm/page_alloc.c:__alloc_pages_slowpath";
const MAY_OOM = "mm/page_alloc.c:__alloc_pages_may_oom";
const ALLOC_FLAGS = "mm/page_alloc.c:gfp_to_alloc_flags";

/** The flags of a mask by name, in the order of the bits, joined with ` | `; `0` for none, undefined bits in hexadecimal. */
export function flagList(kernel: Kernel, value: Mask): string {
  const names: { readonly bit: number; readonly text: string }[] = [];
  let rest: number = value;
  for (const name of Object.keys(kernel.bits) as readonly FlagName[]) {
    const bit = kernel.bits[name];
    if (bit === 0 || (value & bit) === 0) continue;
    names.push({ bit, text: `__GFP_${name}` });
    rest &= ~bit;
  }
  names.sort((left, right) => left.bit - right.bit);
  const texts = names.map(({ text }) => text);
  if (rest !== 0) texts.push(hex(rest));
  return texts.length === 0 ? "0" : texts.join(" | ");
}

/**
 * Why the verdict is what it is, for people: one sentence for each thing that the kernel does with the request, with the
 * function that does it. Slower than the verdict.
 */
export function explain(kernel: Kernel, request: AllocationRequest): readonly Reason[] {
  const api = apiNamed(request.api);
  const answer = verdict(kernel, request);
  if (api === null || answer.unknown !== null) {
    return [
      { about: "refused", text: answer.unknown ?? `The model does not know ${request.api}.`, evidence: kernel.source },
    ];
  }
  const plan = api.plan(kernel, request);
  const reasons: Reason[] = [];
  const say = (about: Reason["about"], text: string, evidence: string): void => {
    reasons.push({ about, text, evidence });
  };
  explainMask(kernel, api, request, plan, answer, say);
  explainTries(kernel, request, plan, say);
  if (answer.fails === "always") explainRefusal(kernel, api, request, say);
  explainContext(kernel, request, plan, answer, say);
  if (plan.order >= 0) {
    if (api.family === "contig" || api.family === "cma") explainRange(kernel, plan, say);
    else explainPages(kernel, request, plan, answer, say);
  }
  if (plan.sideMask !== 0 && api.family !== "skb") {
    const what = api.family === "dma-pool" ? "A new page's descriptor is" : "Page tables are";
    const side = applyScopes(kernel, plan.sideMask, request.context.scopes);
    const evidence = api.family === "dma-pool" ? "mm/dmapool.c:pool_alloc_page" : "mm/vmalloc.c:__vmalloc_area_node";
    say("reclaim", `${what} asked for with ${maskText(kernel, side)}.`, evidence);
    if ((pagesCan(kernel, side, 0, request.context) & CAN.kill) !== 0)
      say("oom", "For those the OOM killer may be called, whatever the mask.", evidence);
  }
  explainCharge(kernel, request, plan, say);
  for (const note of api.treatment(kernel).notes) say("mask", note.text, note.evidence);
  return reasons;
}

type Say = (about: Reason["about"], text: string, evidence: string) => void;

function treatmentEvidence(kernel: Kernel, request: AllocationRequest): string {
  const { api: name } = request;
  // A large kmalloc makes no slab.
  if (apiNamed(name)?.family === "slab" && bytesOf(kernel, request) > kmallocMaxCacheBytes(kernel))
    return "mm/slub.c:___kmalloc_large_node";
  return apiNamed(name)?.treatment(kernel).notes[0]?.evidence ?? "mm/page_alloc.c:__alloc_pages";
}

/** The note of an API that speaks of one of these flags, or its first; its kernel function proves what is said. */
function evidenceOf(api: Api, kernel: Kernel, flags: Mask): string {
  const { notes } = api.treatment(kernel);
  const names = flagsIn(kernel, flags).map((flag) => `__GFP_${flag}`);
  const note = notes.find(({ text }) => names.some((name) => text.includes(name))) ?? notes[0];
  return note?.evidence ?? "mm/page_alloc.c:__alloc_pages";
}

/** Why the call fails at once: a flag, or the size. */
function explainRefusal(kernel: Kernel, api: Api, request: AllocationRequest, say: Say): void {
  const flags = mask(request.mask & api.treatment(kernel).refused);
  if (flags !== 0) {
    say(
      "refused",
      `${request.api} does not take ${maskText(kernel, flags)}: it fails at once, before it touches memory.`,
      evidenceOf(api, kernel, flags),
    );
    return;
  }
  const order = orderOf(kernel, request);
  if (order > kernel.maxOrder && api.family !== "contig" && api.family !== "cma") {
    say(
      "refused",
      `The page allocator has nothing above order ${kernel.maxOrder}, and this is order ${order}: NULL at once.`,
      "mm/page_alloc.c:__alloc_pages",
    );
    return;
  }
  say("refused", `${request.api} fails before it looks at memory: its notes say why.`, evidenceOf(api, kernel, EMPTY));
}

/** What the call does with each flag that the caller passes. */
function explainFlags(kernel: Kernel, api: Api, request: AllocationRequest, say: Say): void {
  if (!api.takesMask) {
    if (request.mask !== 0)
      say(
        "mask",
        `${request.api} takes no mask: ${maskText(kernel, request.mask)} is not what it is given.`,
        evidenceOf(api, kernel, EMPTY),
      );
    return;
  }
  const { refused, clearedWithWarning, cleared, ignored, forced } = api.treatment(kernel);
  const given = request.mask;
  const tell = (about: Reason["about"], flags: number, what: string): void => {
    const value = mask(flags & ~refused);
    if (value !== 0)
      say(about, `${request.api} ${what.replace("%", maskText(kernel, value))}.`, evidenceOf(api, kernel, value));
  };
  tell("warns", given & clearedWithWarning, "takes % out, with a warning in the kernel log");
  tell("mask", given & cleared & ~clearedWithWarning, "takes % out silently");
  tell("mask", given & ignored & ~cleared & ~clearedWithWarning, "accepts %, without any effect");
  tell("mask", given & forced & ~ignored & ~cleared & ~clearedWithWarning, "sets % in any case");
}

function explainMask(
  kernel: Kernel,
  api: Api,
  request: AllocationRequest,
  plan: Plan,
  answer: Verdict,
  say: Say,
): void {
  const { mask: given, context } = request;
  explainFlags(kernel, api, request, say);
  if (answer.undefinedBits !== 0) {
    say(
      "mask",
      `The bits ${hex(answer.undefinedBits)} have no meaning in ${kernel.name}.`,
      "include/linux/gfp_types.h",
    );
  }
  if (plan.refused !== "always") {
    const added = mask(plan.mask & ~given);
    const { refused, clearedWithWarning, cleared, ignored } = api.treatment(kernel);
    // What is said of single flags already is not said again; what slab chooses its cache by and what clears is not lost.
    const dropped = api.takesMask
      ? mask(
          given &
            ~plan.mask &
            kernel.namedBits &
            ~(refused | clearedWithWarning | cleared | ignored | kernel.bits.ZERO | kernel.bits.ACCOUNT),
        )
      : EMPTY;
    const evidence = treatmentEvidence(kernel, request);
    if (added !== 0) say("mask", `${request.api} adds ${maskText(kernel, added)} for the page allocator.`, evidence);
    if (dropped !== 0)
      say("mask", `${request.api} does not pass ${maskText(kernel, dropped)} to the page allocator.`, evidence);
  }
  const scoped = applyScopes(kernel, plan.mask, context.scopes);
  if (scoped !== plan.mask) {
    say(
      "mask",
      `The scope takes ${maskText(kernel, mask(plan.mask & ~scoped))} away.`,
      "include/linux/sched/mm.h:current_gfp_context",
    );
  } else if ((context.scopes & (SCOPE.nofs | SCOPE.noio)) !== 0) {
    say(
      "mask",
      "The scope changes nothing: the mask has none of the bits that it takes away.",
      "include/linux/sched/mm.h:current_gfp_context",
    );
  }
  if (!answer.zoneValid) {
    say(
      "zone",
      `The zone bits contradict each other: a BUG with DEBUG_VM, and without it the lowest zone, ${answer.zone}, silently.`,
      "include/linux/gfp.h:gfp_zone",
    );
  } else {
    say(
      "zone",
      `The highest zone allowed is ${answer.zone}${answer.zonelist === 1 ? ", of one node only" : ""}.`,
      "include/linux/gfp.h:gfp_zone",
    );
  }
  if (answer.migratetype === 3) {
    say(
      "zone",
      "__GFP_MOVABLE with __GFP_RECLAIMABLE gives migratetype 3, which is that of the HIGHATOMIC reserve.",
      "include/linux/gfp.h:gfp_migratetype",
    );
  }
}

function explainTries(kernel: Kernel, request: AllocationRequest, plan: Plan, say: Say): void {
  if (plan.refused === "always") return;
  const evidence = treatmentEvidence(kernel, request);
  if (plan.firstOrder >= 0) {
    const refused = plan.firstOrder > kernel.maxOrder ? ", which is refused for its order" : "";
    say("size", `First try: order ${plan.firstOrder} with ${maskText(kernel, plan.firstMask)}${refused}.`, evidence);
    if (plan.order >= 0) say("size", `Last try: order ${plan.order} with ${maskText(kernel, plan.mask)}.`, evidence);
  } else if (plan.order > 0 && request.order === null) {
    say("size", `The page allocator is asked for order ${plan.order}.`, evidence);
  }
  if (plan.order < 0) say("size", "No page is asked for.", evidence);
}

function explainContext(kernel: Kernel, request: AllocationRequest, plan: Plan, answer: Verdict, say: Say): void {
  const { context } = request;
  const forbidden = plan.nmiSafe ? null : forbidsEvenNonBlocking(kernel, context);
  if (forbidden !== null) {
    say("sleeps", `No mask is right here: ${forbidden.text}.`, "Documentation/core-api/real-time/differences.rst");
  }
  if (plan.bugs === "always") {
    say("warns", "BUG_ON(in_interrupt()): the kernel stops here.", "mm/vmalloc.c:__get_vm_area_node");
  } else if (plan.bugs === "may") {
    say(
      "warns",
      "When the first try fails the call reaches BUG_ON(in_interrupt()).",
      "mm/vmalloc.c:__get_vm_area_node",
    );
  }
  if (answer.sleeps === "may" && isAtomic(kernel, context)) {
    say(
      "sleeps",
      'The call may sleep where sleeping is not allowed: "sleeping function called from invalid context" with DEBUG_ATOMIC_SLEEP, and without it a schedule in atomic context when memory is short.',
      "include/linux/sched/mm.h:might_alloc",
    );
  }
  if (answer.sleeps === "may" && (context.locks & LOCK.fs_lock) !== 0 && (answer.effective & kernel.bits.FS) !== 0) {
    say("reclaim", "Reclaim may enter the filesystem whose lock is held.", "mm/page_alloc.c:__need_reclaim");
  }
  if (answer.sleeps === "may" && (context.locks & LOCK.io_lock) !== 0 && (answer.effective & kernel.bits.IO) !== 0) {
    say("reclaim", "Reclaim may start I/O on the device whose lock is held.", "mm/vmscan.c:shrink_folio_list");
  }
}

/** A range: its own work looks at no mask; the pages that it asks for are those that its contents move to. */
function explainRange(kernel: Kernel, plan: Plan, say: Say): void {
  const evidence = "mm/page_alloc.c:__alloc_contig_migrate_range";
  say("sleeps", "Isolation, draining and migration sleep, whatever the mask.", "mm/page_alloc.c:alloc_contig_range");
  const blocking = (plan.mask & kernel.bits.DIRECT_RECLAIM) !== 0;
  say(
    "reclaim",
    `Pages in use are moved to pages asked for with ${maskText(kernel, plan.mask)}: ${blocking ? "they may be reclaimed for" : "nothing is reclaimed for them"}.`,
    evidence,
  );
  const gentle =
    (plan.mask & kernel.bits.RETRY_MAYFAIL) !== 0 ? "__GFP_RETRY_MAYFAIL is forced on" : "__GFP_NORETRY stays with";
  say("oom", `Nobody is killed for a range: ${gentle} the pages that its contents move to.`, MAY_OOM);
  say(
    "fails",
    "A pinned or unmovable page in the range: -EBUSY; no page to move to: -ENOMEM; a fatal signal: -EINTR.",
    evidence,
  );
}

/** What decides the last try, in the order of the slow path. */
function explainPages(kernel: Kernel, request: AllocationRequest, plan: Plan, answer: Verdict, say: Say): void {
  const { bits, features } = kernel;
  const { context } = request;
  const value = applyScopes(kernel, plan.mask, context.scopes);
  const has = (bit: Mask): boolean => (value & bit) !== 0;
  const costly = plan.order > COSTLY_ORDER;
  const can = plan.fastOnly ? CAN.fail : pagesCan(kernel, value, plan.order, context);

  if (plan.fastOnly) {
    say(
      "fails",
      "The free lists are tried once, without waiting for a lock and without a slow path: NULL is ordinary.",
      "mm/page_alloc.c:alloc_pages_nolock",
    );
    return;
  }
  explainReserves(kernel, value, context, answer, say);
  if (!has(bits.DIRECT_RECLAIM)) {
    say(
      "sleeps",
      plan.sleeps
        ? "The pages are asked for without __GFP_DIRECT_RECLAIM, but the call sleeps on its own account."
        : "Without __GFP_DIRECT_RECLAIM the call does not sleep: no reclaim, no compaction, no OOM killer, NULL after two tries.",
      SLOWPATH,
    );
    say(
      "kswapd",
      has(bits.KSWAPD_RECLAIM)
        ? "kswapd is woken below the low watermark."
        : "kswapd is not woken either: nobody reclaims for this request.",
      SLOWPATH,
    );
    if (has(bits.NOFAIL)) say("fails", nofailWithoutReclaim(kernel, has(bits.NOWARN)), SLOWPATH);
    if (!has(bits.NOFAIL) && (has(bits.NORETRY) || has(bits.RETRY_MAYFAIL))) {
      say("fails", "The retry flags have no effect: the call gives up before they are looked at.", SLOWPATH);
    }
  } else if (hasPfMemalloc(context)) {
    say(
      "reclaim",
      "The task has PF_MEMALLOC: it is let into all reserves and does not reclaim, it gives up at once.",
      SLOWPATH,
    );
    say(
      "fails",
      has(bits.NOFAIL)
        ? "__GFP_NOFAIL cannot give up here and spins until others free memory."
        : "Even GFP_KERNEL of order 0 can fail here.",
      SLOWPATH,
    );
  } else {
    say("sleeps", "__GFP_DIRECT_RECLAIM: the call may sleep, reclaim and wait.", SLOWPATH);
    if ((can & CAN.reclaim) === 0) say("reclaim", "This combination gives up without direct reclaim.", SLOWPATH);
    if (plan.order > 0 && !has(bits.IO))
      say(
        "compaction",
        "Without __GFP_IO there is no compaction, so fragmentation cannot be mended.",
        "mm/compaction.c:try_to_compact_pages",
      );
    explainOom(kernel, value, plan, can, say);
    explainFailure(kernel, value, plan, can, context.task, say);
  }
  if (plan.endless && (can & CAN.fail) !== 0) {
    say(
      "loops",
      "A failed try is repeated after a wait, until an element or the memory comes: the call does not return NULL, and may not return.",
      treatmentEvidence(kernel, request),
    );
  }
  if (plan.fails)
    say(
      "fails",
      "The call can fail for reasons of its own even when every page is there.",
      treatmentEvidence(kernel, request),
    );
  if (plan.order > 1 && has(bits.NOFAIL)) {
    switch (features.nofailHighOrderWarns) {
      case "rmqueue":
        say(
          "warns",
          "__GFP_NOFAIL with an order above 1: WARN_ON_ONCE when the page comes from the buddy lists, even on success.",
          "mm/page_alloc.c:rmqueue",
        );
        break;
      case "on-slowpath-entry":
        say(
          "warns",
          "__GFP_NOFAIL with an order above 1: WARN_ON_ONCE as soon as the slow path is entered; __GFP_NOWARN does not silence it.",
          SLOWPATH,
        );
        break;
      case "nowhere":
        say(
          "warns",
          "__GFP_NOFAIL with an order above 1 is documented as unsupported, but this version does not warn.",
          "include/linux/gfp_types.h",
        );
        break;
    }
  }
  if (features.warnsAtomicWithDirectReclaim && has(bits.ATOMIC) && has(bits.DIRECT_RECLAIM)) {
    say(
      "warns",
      "__GFP_ATOMIC with __GFP_DIRECT_RECLAIM: WARN_ON_ONCE in the slow path, and __GFP_ATOMIC is dropped.",
      SLOWPATH,
    );
  }
  if (costly && has(bits.NOFAIL) && has(bits.DIRECT_RECLAIM)) {
    say(
      "loops",
      "An order above 3 is never retried and never brings the OOM killer; __GFP_NOFAIL starts it again and again.",
      SLOWPATH,
    );
  }
  if ((can & CAN.fail) !== 0 && !plan.endless) {
    say(
      "warns",
      has(bits.NOWARN)
        ? "__GFP_NOWARN: a failure is not reported."
        : 'A failure is reported ("page allocation failure", at most once in 10 seconds).',
      "mm/page_alloc.c:warn_alloc",
    );
  }
}

function nofailWithoutReclaim(kernel: Kernel, nowarn: boolean): string {
  switch (kernel.features.nofailWarns) {
    case "when-failing":
      return "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM: WARN_ON_ONCE when it fails, and it returns NULL.";
    case "when-failing-unless-nowarn":
      return nowarn
        ? "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM returns NULL; __GFP_NOWARN hides the WARN."
        : "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM: WARN_ON_ONCE when it fails, and it returns NULL.";
    case "on-slowpath-entry":
      return "__GFP_NOFAIL without __GFP_DIRECT_RECLAIM: WARN_ON_ONCE as soon as the slow path is entered, __GFP_NOWARN or not, and it returns NULL.";
  }
}

function explainReserves(kernel: Kernel, value: Mask, context: Context, answer: Verdict, say: Say): void {
  const { bits, features } = kernel;
  const { task } = context;
  const guarded = (value & bits.NOMEMALLOC) !== 0;
  if (guarded && (value & bits.MEMALLOC) !== 0) {
    say(
      "reserves",
      "__GFP_NOMEMALLOC wins over __GFP_MEMALLOC: no access to the reserves by either.",
      "mm/page_alloc.c:__gfp_pfmemalloc_flags",
    );
  }
  switch (answer.reserves) {
    case "all":
      if (pfmemallocFlags(kernel, value, context) === 0)
        say("reserves", "After the OOM killer was called, __GFP_NOFAIL tries without any watermark.", MAY_OOM);
      else
        say(
          "reserves",
          "No watermark holds: the request may take the last page.",
          "mm/page_alloc.c:__gfp_pfmemalloc_flags",
        );
      break;
    case "atomic":
      say(
        "reserves",
        "__GFP_HIGH without __GFP_DIRECT_RECLAIM: the request may go down to 0.375 of the min watermark, and outside of the cpuset.",
        ALLOC_FLAGS,
      );
      break;
    case "high":
      if ((value & bits.NOFAIL) !== 0 && (value & bits.HIGH) === 0) {
        say(
          "reserves",
          `When nothing helps, __GFP_NOFAIL may go down to ${features.nofailLastResort === "harder" ? "0.75" : "0.5"} of the min watermark.`,
          SLOWPATH,
        );
      } else if ((task & TASK.oom_victim) !== 0 && !guarded && (value & bits.HIGH) === 0) {
        say(
          "reserves",
          "A victim of the OOM killer may go down to half of the min watermark.",
          "mm/page_alloc.c:__gfp_pfmemalloc_flags",
        );
      } else {
        const high = (value & bits.HIGH) !== 0;
        const whose = high ? "__GFP_HIGH" : (task & TASK.rt_task) !== 0 ? "A realtime task" : "__GFP_ATOMIC";
        say(
          "reserves",
          `${whose} may go down to ${high || features.reserveScheme === "min-reserve" ? "half" : "three quarters"} of the min watermark.`,
          ALLOC_FLAGS,
        );
      }
      break;
    case "none":
      say("reserves", "The request stops at the min watermark.", ALLOC_FLAGS);
      break;
  }
}

function explainOom(kernel: Kernel, value: Mask, plan: Plan, can: number, say: Say): void {
  const { bits } = kernel;
  if ((can & CAN.kill) !== 0) {
    say("oom", "When reclaim makes no progress the OOM killer is called.", MAY_OOM);
    return;
  }
  const because =
    (value & bits.NORETRY) !== 0
      ? "__GFP_NORETRY gives up before it"
      : (value & bits.RETRY_MAYFAIL) !== 0
        ? "__GFP_RETRY_MAYFAIL"
        : plan.order > COSTLY_ORDER
          ? "the order is above 3"
          : (value & bits.THISNODE) !== 0
            ? "__GFP_THISNODE: other nodes may have memory"
            : isLowZone(kernel, value)
              ? "the request is for a zone below Normal"
              : "without __GFP_FS out_of_memory() kills nobody and reports progress";
  say(
    "oom",
    `The OOM killer kills nobody for ${plan.sideMask === 0 ? "this request" : "these pages"}: ${because}.`,
    MAY_OOM,
  );
}

function explainFailure(kernel: Kernel, value: Mask, plan: Plan, can: number, task: number, say: Say): void {
  const { bits } = kernel;
  const noretry = (value & bits.NORETRY) !== 0;
  if ((value & bits.NOFAIL) !== 0) {
    say("fails", "__GFP_NOFAIL that may reclaim never returns NULL.", SLOWPATH);
    if ((can & CAN.kill) !== 0)
      say("loops", "The call loops until memory comes; the OOM killer can make some.", SLOWPATH);
    else if (noretry)
      say(
        "loops",
        "__GFP_NORETRY gives up after one round and __GFP_NOFAIL begins again: a loop that never reaches the OOM killer.",
        SLOWPATH,
      );
    else say("loops", "The call loops until memory comes, and the OOM killer cannot end it.", SLOWPATH);
    return;
  }
  if (noretry) {
    say("fails", "__GFP_NORETRY: one round of reclaim and compaction, then NULL.", SLOWPATH);
    if ((value & bits.RETRY_MAYFAIL) !== 0)
      say("fails", "__GFP_RETRY_MAYFAIL has no effect beside __GFP_NORETRY, which is looked at first.", SLOWPATH);
  } else if ((can & CAN.loop) !== 0 && plan.order > 0 && (value & bits.RETRY_MAYFAIL) !== 0) {
    say(
      "loops",
      "Without __GFP_IO compaction is skipped, which this version takes as a reason to reclaim first: as long as reclaim frees anything, the call goes on.",
      "mm/page_alloc.c:should_compact_retry",
    );
  } else if ((value & bits.RETRY_MAYFAIL) !== 0) {
    say(
      "fails",
      "__GFP_RETRY_MAYFAIL: up to 16 rounds without progress, then NULL.",
      "mm/page_alloc.c:should_reclaim_retry",
    );
  } else if (plan.order > COSTLY_ORDER) {
    say("fails", "An order above 3 gets one round of compaction and reclaim, then NULL.", SLOWPATH);
  } else if ((value & bits.THISNODE) !== 0 || isLowZone(kernel, value)) {
    say(
      "fails",
      "The node or the zone is not given up and nobody is killed for it: NULL when it is exhausted.",
      MAY_OOM,
    );
  } else if ((can & CAN.loop) !== 0) {
    say(
      "loops",
      "Small orders are retried for ever, and without __GFP_FS nobody is killed to end it: the call depends on the progress of others.",
      "mm/oom_kill.c:out_of_memory",
    );
    say(
      "fails",
      "NULL comes only to victims of the OOM killer, to a failed charge, and from fault injection.",
      SLOWPATH,
    );
  } else {
    const victim = (task & TASK.oom_victim) !== 0 ? " The task is such a victim." : "";
    say(
      "fails",
      `Orders up to 3 are retried until the OOM killer has made room: NULL comes only to its victims, in a core dump, with the killer disabled, to a failed charge, and from fault injection.${victim}`,
      SLOWPATH,
    );
  }
}

function explainCharge(kernel: Kernel, request: AllocationRequest, plan: Plan, say: Say): void {
  if (!plan.charged || plan.refused === "always") return;
  const value = applyScopes(kernel, plan.chargeMask, request.context.scopes);
  const can = chargeCan(kernel, value, Math.max(0, plan.order), request.context);
  const evidence = "mm/memcontrol.c:try_charge_memcg";
  if ((can & CAN.fail) === 0)
    say("fails", "At the limit of the memory cgroup the charge goes over it rather than fail.", evidence);
  else say("fails", "At the limit of the memory cgroup the charge can fail, and the page is given back.", evidence);
  if ((can & CAN.kill) !== 0)
    say("oom", "At the limit of the memory cgroup its own OOM killer may be called, __GFP_FS or not.", evidence);
}
