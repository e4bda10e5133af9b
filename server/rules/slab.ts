import type { FlagName } from "../model/masks/mask.ts";
import { kmallocMaxBytes, kmallocMaxCacheBytes } from "../model/limits.ts";
import { bytesOf, orderOf } from "../model/sizes.ts";
import { drop, example, found, has, listed, named, NOTHING, verb } from "./_predicates.ts";
import { isReserveObject, kvmallocInstead } from "./_allocators.ts";
import type { Rule, Subject } from "./rule.ts";

const isObject = (subject: Subject): boolean => subject.api.family === "slab" || subject.api.family === "slab-cache";

/** KMALLOC_MAX_SIZE: the largest block of the page allocator (include/linux/slab.h). */
const largestBytes = (subject: Subject): number => kmallocMaxBytes(subject.kernel);

/** `4 MiB`, `512 KiB`. */
const inUnits = (bytes: number): string => (bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 10} KiB`);

const warning = (subject: Subject): string => (subject.verdict.warns === "never" ? "" : " and warns");

/** What a page may carry and an object of a slab may not, but __GFP_WRITE, which write-no-effect reports; a composite that has one of the KASAN bits does not count. */
function droppedBySlab(subject: Subject): readonly FlagName[] {
  const carried = (["COMP", "ZEROTAGS"] as const).filter(
    (flag) => subject.kernel.exists[flag] && (has(subject, flag) || named(subject, flag)),
  );
  const kasan = (["SKIP_ZERO", "SKIP_KASAN", "SKIP_KASAN_UNPOISON", "SKIP_KASAN_POISON"] as const).filter(
    (flag) => subject.kernel.exists[flag] && named(subject, flag),
  );
  return [...carried, ...kasan];
}

/** Limits of kmalloc and the page allocator, zeroing, and what a slab does not pass on. */
export const slab: readonly Rule[] = [
  {
    id: "kmalloc-too-large",
    title: "kmalloc() above KMALLOC_MAX_SIZE",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "The largest block is PAGE_SIZE << MAX_PAGE_ORDER: 4 MiB with 4 KiB pages. Above that get_order() exceeds what the page allocator serves and NULL comes back, with a WARN_ON_ONCE unless __GFP_NOWARN is set. The build option `page` moves the limit.",
    evidence: "mm/page_alloc.c:__alloc_pages; include/linux/slab.h:KMALLOC_MAX_SIZE",
    advice: "Use kvmalloc(), or bound the size.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  8 MiB", "flags GFP_KERNEL"]),
      good: example("6.12", ["api   kvmalloc", "size  8 MiB", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      const isKmalloc =
        subject.api.family === "slab" || (subject.api.family === "krealloc" && subject.api.name !== "kvrealloc");
      if (!isKmalloc || bytesOf(subject.kernel, subject.request) <= largestBytes(subject)) return NOTHING;
      const fixes = kvmallocInstead(subject);
      return found(
        { kind: "size" },
        `${subject.api.name}() returns NULL${warning(subject)} above ${inUnits(largestBytes(subject))}: ${fixes.length === 0 ? "" : "use kvmalloc(), or "}bound the size.`,
        ...fixes,
      );
    },
  },
  {
    id: "order-too-large",
    title: "Order above the maximum",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "The page allocator keeps blocks up to MAX_PAGE_ORDER, 10 with 4 KiB pages. (The name was MAX_ORDER before 6.8, and meant one more, 11, before 6.4.) A larger order returns NULL with a WARN_ON_ONCE unless __GFP_NOWARN is set. alloc_pages_exact() rounds its size up to an order first.",
    evidence: "mm/page_alloc.c:__alloc_pages",
    advice: "Use alloc_contig_pages() or CMA for more, or vmalloc() where the memory need not be contiguous.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 11", "flags GFP_KERNEL"]),
      good: example("6.12", ["api   alloc_pages", "order 10", "flags GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY"]),
    },
    check: (subject) =>
      (subject.api.family === "pages" || subject.api.family === "pages-exact") &&
      orderOf(subject.kernel, subject.request) > subject.kernel.maxOrder
        ? found(
            { kind: "size" },
            `The page allocator serves orders up to ${subject.kernel.maxOrder} and returns NULL${warning(subject)} for order ${orderOf(subject.kernel, subject.request)}: use ${subject.kernel.features.hasContigPages ? "alloc_contig_pages(), " : ""}CMA or vmalloc().`,
          )
        : NOTHING,
  },
  {
    id: "zero-with-constructor",
    title: "__GFP_ZERO on a cache with a constructor",
    severity: "error",
    class: "bug",
    versions: { since: "4.18", until: null },
    explanation:
      "A constructor runs once, when a slab is made; the caller relies on the state that it leaves. __GFP_ZERO asks to wipe it: the object is cleared on every allocation and the constructor's work is lost, unless init_on_alloc is in force (5.3+), where a cache with a constructor is left alone and nothing is zeroed. A WARN_ON_ONCE tells, but only when a new slab is needed.",
    evidence: "mm/slub.c:new_slab; mm/slab.h:slab_want_init_on_alloc",
    advice: "Drop __GFP_ZERO, or drop the constructor.",
    examples: {
      bad: example("6.12", ["api   kmem_cache_alloc", "cache { size 256  ctor }", "flags GFP_KERNEL | __GFP_ZERO"]),
      good: example("6.12", ["api   kmem_cache_alloc", "cache { size 256  ctor }", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (subject.api.family !== "slab-cache" || subject.request.cache?.ctor !== true) return NOTHING;
      const forced = (subject.api.treatment(subject.kernel).forced & subject.kernel.bits.ZERO) !== 0;
      if (!forced && !has(subject, "ZERO")) return NOTHING;
      const message =
        "Zeroing an object of a cache with a constructor destroys what the constructor left, or is not done at all with init_on_alloc; a new slab warns";
      if (!forced)
        return found({ kind: "flag", flag: "ZERO" }, `${message}: drop __GFP_ZERO or the constructor.`, drop("ZERO"));
      // With the flag in the mask as well the other call alone would mend nothing.
      const fixes = has(subject, "ZERO")
        ? []
        : [{ kind: "replace-api", api: "kmem_cache_alloc", title: "Use kmem_cache_alloc()" } as const];
      return found({ kind: "api" }, `${message}: use kmem_cache_alloc() or drop the constructor.`, ...fixes);
    },
  },
  {
    id: "redundant-zero",
    title: "__GFP_ZERO where the call adds it",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "kzalloc(), kcalloc(), kvzalloc(), get_zeroed_page() and their kin add __GFP_ZERO to every mask. Passing it has no effect.",
    evidence: "include/linux/slab.h:kzalloc; mm/page_alloc.c:get_zeroed_page",
    advice: "Drop __GFP_ZERO.",
    examples: {
      bad: example("6.12", ["api   kzalloc", "size  512 B", "flags GFP_KERNEL | __GFP_ZERO"]),
      good: example("6.12", ["api   kzalloc", "size  512 B", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (!has(subject, "ZERO")) return NOTHING;
      switch (subject.api.family) {
        case "pages":
        case "slab":
        case "slab-cache":
        case "kvmalloc":
        case "vmalloc":
          return (subject.api.treatment(subject.kernel).forced & subject.kernel.bits.ZERO) !== 0
            ? found(
                { kind: "flag", flag: "ZERO" },
                `${subject.api.name}() adds __GFP_ZERO by itself: drop it.`,
                drop("ZERO"),
              )
            : NOTHING;
        default:
          // dma-redundant-zero, percpu-ignored-flags and nolock-flags say it for the others.
          return NOTHING;
      }
    },
  },
  {
    id: "krealloc-zero",
    title: "krealloc() with __GFP_ZERO",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "When the object grows inside the block that it already has, the new bytes are zero only if every call for this object, the first allocation included, passed __GFP_ZERO, and a shrink in between can break even that. A request does not say how the object was made first, so the rule speaks of every krealloc() with the flag: where all calls pass it, waive the rule and say so.",
    evidence: "mm/slub.c:__do_krealloc, krealloc (mm/slab_common.c to 6.11); mm/vmalloc.c:vrealloc",
    advice: "Pass __GFP_ZERO to the first allocation and to every call after it, or clear the new tail with memset().",
    examples: {
      bad: example("6.12", ["api   krealloc", "size  512 B", "flags GFP_KERNEL | __GFP_ZERO"]),
      good: example("6.12", ["api   krealloc", "size  512 B", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      has(subject, "ZERO") && (subject.api.family === "krealloc" || subject.api.name.startsWith("vrealloc"))
        ? found(
            { kind: "flag", flag: "ZERO" },
            `${subject.api.name}() clears what the object grows by only if the first allocation and every call since passed __GFP_ZERO: clear the new tail with memset(), or waive this where all of them do.`,
            drop("ZERO"),
          )
        : NOTHING,
  },
  {
    id: "slab-dropped-flags",
    title: "Flags that a slab does not pass on",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "A new slab takes from the caller's mask only what steers reclaim, warnings, reserves and nodes (GFP_RECLAIM_MASK and GFP_CONSTRAINT_MASK); __GFP_COMP, the zone and the mobility come from the cache. __GFP_COMP, __GFP_ZEROTAGS and the SKIP flags are lost. (So is __GFP_WRITE, which write-no-effect reports.) kmalloc() of more than two pages goes to the page allocator itself and is not meant here.",
    evidence: "mm/slub.c:new_slab; mm/internal.h:GFP_RECLAIM_MASK, GFP_CONSTRAINT_MASK",
    advice: "Drop the flag.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL | __GFP_COMP"]),
      good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (!isObject(subject)) return NOTHING;
      if (
        subject.api.family === "slab" &&
        bytesOf(subject.kernel, subject.request) > kmallocMaxCacheBytes(subject.kernel)
      )
        return NOTHING;
      const dropped = droppedBySlab(subject);
      return dropped.length === 0
        ? NOTHING
        : found(
            { kind: "flags", flags: dropped },
            `A slab does not pass ${listed(dropped)} on to its pages, so ${verb(dropped, "it has", "they have")} no effect in ${subject.api.name}(): drop ${verb(dropped, "it", "them")}.`,
            drop(...dropped),
          );
    },
  },
  {
    id: "pfmemalloc-slab",
    title: "__GFP_MEMALLOC for slab objects",
    severity: "information",
    class: "suspicious",
    versions: { since: "3.x", until: null },
    explanation:
      "A slab whose pages came out of the reserves is marked, and its free objects go only to callers that may use the reserves themselves. A request with __GFP_MEMALLOC may take such an object; one without is sent for a new slab. So the flag neither guarantees an object from a partly filled slab nor lets others have what it left over.",
    evidence: "mm/slub.c:pfmemalloc_match",
    advice: "Guarantee progress with a mempool.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_ATOMIC | __GFP_MEMALLOC"]),
      good: example("6.12", ["api   mempool_alloc", "flags GFP_NOIO"]),
    },
    check: (subject) =>
      isReserveObject(subject)
        ? found(
            { kind: "flag", flag: "MEMALLOC" },
            "__GFP_MEMALLOC takes pages below every watermark, a whole slab for one object, and the rest of that slab is kept for requests that may use the reserves too: use a mempool for guaranteed progress.",
            drop("MEMALLOC"),
          )
        : NOTHING,
  },
];
