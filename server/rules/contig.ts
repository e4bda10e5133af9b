import type { FlagName } from "../model/masks/mask.ts";
import { orderOf, pagesOf } from "../model/sizes.ts";
import {
  blocks,
  drop,
  example,
  found,
  has,
  listed,
  mayNotSleep,
  named,
  NOTHING,
  setAmong,
  verb,
} from "./_predicates.ts";
import { refusal } from "./_allocators.ts";
import type { Match, Rule, Subject } from "./rule.ts";

const isRange = (subject: Subject): boolean => subject.api.family === "contig";

/** The range is given by page frame numbers, so there is nothing to place. */
const isGivenRange = (subject: Subject): boolean =>
  subject.api.name === "alloc_contig_range" || subject.api.name === "alloc_contig_frozen_range";

/** The calls that take over the bool `no_warn` where a mask seems to fit. */
const takesBool = (subject: Subject): boolean =>
  !subject.api.takesMask && (subject.api.family === "cma" || subject.api.name === "dma_alloc_from_contiguous");

const reachesCma = (subject: Subject): boolean =>
  subject.api.family === "cma" ||
  subject.api.name === "dma_alloc_contiguous" ||
  subject.api.name === "dma_alloc_from_contiguous";

/** What says where pages lie. Of __GFP_WRITE write-no-effect speaks. */
const PLACEMENT: readonly FlagName[] = ["DMA", "DMA32", "HIGHMEM", "MOVABLE", "RECLAIMABLE", "HARDWALL", "THISNODE"];

const REFUSABLE: readonly FlagName[] = [
  "NOFAIL",
  "NORETRY",
  "HIGH",
  "ATOMIC",
  "MEMALLOC",
  "NOMEMALLOC",
  "ACCOUNT",
  "NOLOCKDEP",
  "NO_OBJ_EXT",
];

const xmit = "context xmit { in process  holds spinlock }";

function unsupported(subject: Subject): readonly Match[] {
  if (!isRange(subject)) return NOTHING;
  // nofail-with-range and range-noretry say it of theirs.
  const flags = setAmong(subject, REFUSABLE, subject.api.treatment(subject.kernel).refused).filter(
    (flag) => flag !== "NOFAIL" && flag !== "NORETRY",
  );
  if (flags.length === 0) return NOTHING;
  return found(
    { kind: "flags", flags },
    `${subject.api.name}() refuses a mask with ${listed(flags)} before it looks at memory (${refusal(subject)}): write GFP_KERNEL, with __GFP_NOWARN where a failure is expected.`,
    drop(...flags),
  );
}

function comp(subject: Subject): readonly Match[] {
  if (!isRange(subject) || !has(subject, "COMP")) return NOTHING;
  if ((subject.api.treatment(subject.kernel).refused & subject.kernel.bits.COMP) !== 0) {
    return found(
      { kind: "flag", flag: "COMP" },
      `${subject.api.name}() hands out counted pages and refuses __GFP_COMP with a warning: use folio_alloc_gigantic() or a frozen call, or drop the flag.`,
      drop("COMP"),
    );
  }
  const count = pagesOf(subject.kernel, subject.request, 1);
  if (
    subject.kernel.features.contigComp === "supported" &&
    subject.api.name !== "folio_alloc_gigantic" &&
    !Number.isInteger(Math.log2(count))
  ) {
    return found(
      { kind: "flag", flag: "COMP" },
      `${subject.api.name}() makes a compound page only of a power of two of pages; for ${count} it warns and fails (${refusal(subject)}): drop __GFP_COMP or round the size.`,
      drop("COMP"),
    );
  }
  return NOTHING;
}

function ignoredPlacement(subject: Subject): readonly Match[] {
  if (!isGivenRange(subject)) return NOTHING;
  const treatment = subject.api.treatment(subject.kernel);
  // A composite like GFP_USER carries HARDWALL without meaning a placement.
  const flags = setAmong(subject, PLACEMENT, treatment.ignored | treatment.forced).filter(
    (flag) => flag !== "HARDWALL" || named(subject, flag),
  );
  return flags.length === 0
    ? NOTHING
    : found(
        { kind: "flags", flags },
        `The page frames of ${subject.api.name}() are given, so ${listed(flags)} ${verb(flags, "has", "have")} no effect: drop ${verb(flags, "it", "them")}.`,
        drop(...flags),
      );
}

/** Ranges of page frames and the contiguous memory allocator. */
export const contig: readonly Rule[] = [
  {
    id: "range-unsupported-flag",
    title: "A flag that alloc_contig_*() refuses",
    severity: "error",
    class: "bug",
    versions: { since: "6.14", until: null },
    explanation:
      "Since 6.14 the mask is checked before memory is touched. Placement bits are put aside; of the rest only IO, FS, the reclaim bits, COMP, RETRY_MAYFAIL, NOWARN, ZERO and the tag and KASAN bits may remain. __GFP_NOFAIL, __GFP_NORETRY, __GFP_HIGH, __GFP_MEMALLOC, __GFP_NOMEMALLOC, __GFP_ACCOUNT, __GFP_NOLOCKDEP and __GFP_NO_OBJ_EXT give -EINVAL (NULL from the calls that return pages). The stable branch of 6.12 checks too; before, these flags were accepted without effect.",
    evidence: "mm/page_alloc.c:__alloc_contig_verify_gfp_mask",
    advice: "Write GFP_KERNEL, with __GFP_NOWARN where a failure is expected.",
    examples: {
      bad: example("6.14", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_ACCOUNT"]),
      good: example("6.14", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_NOWARN"]),
    },
    check: unsupported,
  },
  {
    id: "range-ignored-placement",
    title: "Placement flags to alloc_contig_range()",
    severity: "warning",
    class: "ineffective",
    versions: { since: "3.4", until: null },
    explanation:
      "The caller gives the page frames, so there is no zone, node or mobility left to choose. alloc_contig_pages() searches: it does use the zone bits and __GFP_THISNODE, and is not meant here. __GFP_HARDWALL counts only where it is named by itself, not as a part of GFP_USER.",
    evidence: "mm/page_alloc.c:__alloc_contig_verify_gfp_mask, alloc_contig_range",
    advice: "Drop the flag; choose the range, or use alloc_contig_pages().",
    examples: {
      bad: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL | __GFP_DMA32"]),
      good: example("6.12", ["api   alloc_contig_range", "pages 512", "flags GFP_KERNEL"]),
    },
    check: ignoredPlacement,
  },
  {
    id: "range-noretry",
    title: "__GFP_NORETRY as a fast mode of alloc_contig_*()",
    severity: "error",
    class: "bug",
    versions: { since: "3.4", until: null },
    explanation:
      "A fast mode was proposed for it in December 2020 and never merged. Before 6.14 mainline ignored the flag: five migration tries, as without it. Since 6.14 (and in the stable branch of 6.12) the mask is refused. Only the Android common kernels implement it: one asynchronous try, and the end at the first busy page; the rule is quiet there.",
    evidence: "mm/page_alloc.c:__alloc_contig_migrate_range, __alloc_contig_verify_gfp_mask",
    advice: "Mainline has no fast mode: write GFP_KERNEL, and bound the work by asking for smaller ranges.",
    examples: {
      bad: example("6.12", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_NORETRY"]),
      good: example("android-6.18", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_NORETRY"]),
    },
    check: (subject) => {
      if (!isRange(subject) || !has(subject, "NORETRY") || subject.kernel.features.contigNoretryFastMode)
        return NOTHING;
      const refused = (subject.api.treatment(subject.kernel).refused & subject.kernel.bits.NORETRY) !== 0;
      return found(
        { kind: "flag", flag: "NORETRY" },
        `__GFP_NORETRY is no fast mode of ${subject.api.name}() in mainline, which ${refused ? `refuses the mask (${refusal(subject)})` : "ignores it"}: drop it.`,
        drop("NORETRY"),
      );
    },
  },
  {
    id: "range-nonblocking",
    title: "A non-blocking mask, or an atomic context, with alloc_contig_*()",
    severity: "error",
    class: "bug",
    versions: { since: "3.4", until: null },
    explanation:
      "The call drains the per-cpu lists under a mutex, disables the LRU caches and migrates synchronously: it sleeps whatever the mask. GFP_NOWAIT passes the mask check and only weakens the allocation of the migration targets. For cma_alloc() in atomic context cma-in-atomic says the same.",
    evidence: "mm/page_alloc.c:alloc_contig_range, drain_all_pages; mm/cma.c:cma_alloc",
    advice: "Call it in process context, with GFP_KERNEL.",
    examples: {
      bad: example("6.12", ["api   alloc_contig_pages", "pages 512", "flags GFP_NOWAIT"]),
      good: example("6.12", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      const masked = isRange(subject) || (subject.api.family === "cma" && subject.api.takesMask);
      if (masked && !blocks(subject)) {
        return found(
          { kind: "mask" },
          `${subject.api.name}() sleeps whatever the mask; without __GFP_DIRECT_RECLAIM only its migration targets are harder to get: write GFP_KERNEL, in process context.`,
        );
      }
      return isRange(subject) && mayNotSleep(subject)
        ? found(
            { kind: "api" },
            `${subject.api.name}() sleeps (mutexes, list drains, synchronous migration), and this context may not: call it in process context.`,
          )
        : NOTHING;
    },
  },
  {
    id: "range-comp",
    title: "__GFP_COMP with a counted range",
    severity: "error",
    class: "bug",
    versions: { since: "6.12", until: null },
    explanation:
      "Since 7.0 (recalled; read in the development tree of 2026) alloc_contig_range() and alloc_contig_pages() hand out counted single pages only and refuse __GFP_COMP with a warning. From 6.12 to 6.19 the flag is supported for a range that is a power of two and one aligned block; another count warns and gives -EINVAL. Before 6.12 it was ignored and the pages came split.",
    evidence: "mm/page_alloc.c:alloc_contig_range_noprof",
    advice:
      "Use folio_alloc_gigantic(), or a frozen call (alloc_contig_frozen_pages, cma_alloc_frozen_compound), or drop the flag.",
    examples: {
      bad: example("7.0", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_COMP"]),
      good: example("6.12", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_COMP"]),
    },
    check: comp,
  },
  {
    id: "gigantic-without-comp",
    title: "folio_alloc_gigantic() without __GFP_COMP, or of order 0",
    severity: "error",
    class: "bug",
    versions: { since: "6.12", until: null },
    explanation:
      "A gigantic folio is one compound page: without __GFP_COMP, or for order 0, the call warns and returns NULL.",
    evidence: "include/linux/gfp.h:folio_alloc_gigantic_noprof",
    advice: "Add __GFP_COMP and ask for an order above 0.",
    examples: {
      bad: example("6.12", ["api   folio_alloc_gigantic", "order 18", "flags GFP_KERNEL"]),
      good: example("6.12", ["api   folio_alloc_gigantic", "order 18", "flags GFP_KERNEL | __GFP_COMP"]),
    },
    check: (subject) => {
      if (subject.api.name !== "folio_alloc_gigantic") return NOTHING;
      if (!has(subject, "COMP")) {
        return found({ kind: "mask" }, "folio_alloc_gigantic() warns and returns NULL without __GFP_COMP: add it.", {
          kind: "add-flags",
          flags: ["COMP"],
          title: "Add __GFP_COMP",
        });
      }
      const sized =
        subject.request.order !== null || subject.request.pages !== null || subject.request.sizeBytes !== null;
      return sized && orderOf(subject.kernel, subject.request) === 0
        ? found(
            { kind: "size" },
            "folio_alloc_gigantic() warns and returns NULL for order 0: use folio_alloc() for a single page.",
          )
        : NOTHING;
    },
  },
  {
    id: "range-retry-mayfail",
    title: "__GFP_RETRY_MAYFAIL to alloc_contig_*()",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.13", until: null },
    explanation:
      "Migration targets are always allocated with __GFP_RETRY_MAYFAIL, so passing it changes nothing: it is not a mode that tries harder. The number of migration tries is fixed at five.",
    evidence: "mm/page_alloc.c:__alloc_contig_migrate_range, __alloc_contig_verify_gfp_mask",
    advice: "Drop it; who wants to try harder calls again.",
    examples: {
      bad: example("6.12", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
      good: example("6.12", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (!isRange(subject) || !has(subject, "RETRY_MAYFAIL")) return NOTHING;
      const forced =
        (subject.api.treatment(subject.kernel).forced & subject.kernel.bits.RETRY_MAYFAIL) !== 0 ||
        (subject.kernel.features.contigNoretryFastMode && !has(subject, "NORETRY"));
      return forced
        ? found(
            { kind: "flag", flag: "RETRY_MAYFAIL" },
            `${subject.api.name}() gives __GFP_RETRY_MAYFAIL to its migration targets in any case, and tries no harder with it: drop it, and call again to try harder.`,
            drop("RETRY_MAYFAIL"),
          )
        : NOTHING;
    },
  },
  {
    id: "range-nofs-ignored",
    title: "GFP_NOFS or GFP_NOIO to alloc_contig_*() before 6.14",
    severity: "warning",
    class: "ineffective",
    versions: { since: "3.4", until: "6.13" },
    explanation:
      "Migration targets were allocated with a mask of the call's own (GFP_USER with __GFP_MOVABLE and __GFP_RETRY_MAYFAIL): their reclaim may enter filesystems and start I/O whatever the caller passes. Since 6.14, and in the stable branch of 6.12, the caller's bits reach them. A nofs or noio scope holds in every version, because it works in the page allocator.",
    evidence: "mm/page_alloc.c:__alloc_contig_migrate_range (5.10 to 6.5)",
    advice: "Open a memalloc_nofs_save() or memalloc_noio_save() scope and pass GFP_KERNEL.",
    examples: {
      bad: example("6.6", ["api   alloc_contig_pages", "pages 512", "flags GFP_NOIO"]),
      good: example("6.14", ["api   alloc_contig_pages", "pages 512", "flags GFP_NOIO"]),
    },
    check: (subject) =>
      isRange(subject) &&
      subject.kernel.features.contigTargetMask !== "from-caller" &&
      blocks(subject) &&
      !(has(subject, "FS") && has(subject, "IO"))
        ? found(
            { kind: "mask" },
            `${subject.api.name}() allocates its migration targets with GFP_USER here, so reclaim may still ${has(subject, "IO") ? "enter filesystems" : "start I/O and enter filesystems"}: open a memalloc_${has(subject, "IO") ? "nofs" : "noio"}_save() scope instead.`,
          )
        : NOTHING,
  },
  {
    id: "range-zero-dropped",
    title: "__GFP_ZERO to alloc_contig_*() that does not zero",
    severity: "error",
    class: "bug",
    versions: { since: "3.4", until: "6.13" },
    explanation:
      "The pages of the range were finished with a hard-coded mask, so __GFP_ZERO was dropped without a word and the pages came with their old contents, unless init_on_alloc clears everything. Since 6.14, and in the stable branch of 6.12, the flag is honoured.",
    evidence: "mm/compaction.c:split_map_pages (5.10 to 6.8); mm/page_alloc.c:split_free_pages (6.12.117)",
    advice: "Clear the pages after the call.",
    examples: {
      bad: example("6.6", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_ZERO"]),
      good: example("6.14", ["api   alloc_contig_pages", "pages 512", "flags GFP_KERNEL | __GFP_ZERO"]),
    },
    check: (subject) =>
      isRange(subject) && has(subject, "ZERO") && !subject.kernel.features.contigHonoursZero
        ? found(
            { kind: "flag", flag: "ZERO" },
            `${subject.api.name}() drops __GFP_ZERO here and hands out the old contents: clear the pages after the call.`,
            drop("ZERO"),
          )
        : NOTHING,
  },
  {
    id: "cma-mask-as-bool",
    title: "A mask where cma_alloc() takes a bool",
    severity: "error",
    class: "bug",
    versions: { since: "4.18", until: null },
    explanation:
      "The last argument is `bool no_warn`; GFP_KERNEL is built in. Any mask that is not zero becomes true: the report is silenced, and nothing else of the mask counts. (Kernels before 4.18 took a mask there.) Zero and __GFP_NOWARN alone come out as meant.",
    evidence: "include/linux/cma.h; mm/cma.c:cma_alloc",
    advice: "Drop the mask; the call takes `no_warn`, for example `gfp & __GFP_NOWARN`.",
    examples: {
      bad: example("6.12", ["api   cma_alloc", "pages 512", "flags GFP_KERNEL"]),
      good: example("6.12", ["api   cma_alloc", "pages 512"]),
    },
    check: (subject) =>
      takesBool(subject) && (subject.mask & ~subject.kernel.bits.NOWARN) !== 0
        ? found(
            { kind: "mask" },
            `The last argument of ${subject.api.name}() is a bool, so this mask only silences the report and GFP_KERNEL is used in any case: drop it.`,
            { kind: "remove-argument", argument: "mask", title: "Drop the mask" },
          )
        : NOTHING,
  },
  {
    id: "cma-in-atomic",
    title: "cma_alloc() where the caller may not sleep",
    severity: "error",
    class: "bug",
    versions: { since: "3.4", until: null },
    explanation:
      "The call takes mutexes and migrates pages synchronously, so it sleeps in any state of memory. dma_alloc_contiguous() looks at the mask first and returns NULL without __GFP_DIRECT_RECLAIM; it is meant here only with a blocking mask.",
    evidence: "mm/cma.c:cma_alloc; kernel/dma/contiguous.c:dma_alloc_contiguous",
    advice: "Allocate at probe time, in process context.",
    examples: {
      bad: example("6.12", ["api     cma_alloc", "pages   512", "context xmit"], [xmit]),
      good: example("6.12", ["api     cma_alloc", "pages   512", "context process"]),
    },
    check: (subject) =>
      reachesCma(subject) && mayNotSleep(subject) && subject.verdict.sleeps !== "never"
        ? found(
            { kind: "api" },
            `${subject.api.name}() takes mutexes and migrates pages, and this context may not sleep: allocate in process context, for example at probe time.`,
          )
        : NOTHING,
  },
];
