import { kvmallocFallsBack } from "../model/apis/kvmalloc.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { INT_MAX, kmallocMaxBytes } from "../model/limits.ts";
import { bytesOf } from "../model/sizes.ts";
import {
  blocks,
  drop,
  example,
  found,
  has,
  inInterrupt,
  listed,
  NOTHING,
  setAmong,
  setFlags,
  verb,
} from "./_predicates.ts";
import type { Match, Rule, Subject } from "./rule.ts";

/** Larger than a page: only then does kvmalloc have a second try. */
const aboveOnePage = (subject: Subject): boolean =>
  bytesOf(subject.kernel, subject.request) > subject.kernel.options.pageBytes;

/** kvmalloc() and kvrealloc(), which ends in it. */
const isKvmalloc = (subject: Subject): boolean => subject.api.family === "kvmalloc" || subject.api.name === "kvrealloc";

const maskedVmalloc = (subject: Subject): boolean => subject.api.family === "vmalloc" && subject.api.takesMask;

/** The context may be entered from softirq, hardirq, NMI, or with bottom halves off. */
const rxPoll = "context rx_poll { in softirq }";

/** All flags that a mask may have beside the ones that vmalloc supports; the zones have a rule of their own. */
const STRIPPED: readonly FlagName[] = [
  "MOVABLE",
  "RECLAIMABLE",
  "WRITE",
  "NOWARN",
  "RETRY_MAYFAIL",
  "MEMALLOC",
  "COMP",
  "NOMEMALLOC",
  "THISNODE",
  "ZEROTAGS",
  "SKIP_ZERO",
  "SKIP_KASAN",
  "NO_OBJ_EXT",
];

/** What __vmalloc() warns about and strips in this kernel, but the zone bits. */
const strippedFlags = (subject: Subject): readonly FlagName[] =>
  setAmong(subject, STRIPPED, subject.api.treatment(subject.kernel).clearedWithWarning);

const ZONES = ["DMA", "DMA32", "HIGHMEM"] as const;

function kvmallocTooLarge(subject: Subject): readonly Match[] {
  if (
    !isKvmalloc(subject) ||
    !subject.kernel.features.kvmallocRefusesAboveIntMax ||
    bytesOf(subject.kernel, subject.request) <= INT_MAX
  )
    return NOTHING;
  return found(
    { kind: "size" },
    `${subject.api.name}() returns NULL for more than INT_MAX bytes${subject.verdict.warns === "never" ? "" : ", with a warning"}: ask vmalloc() for it, or bound the size.`,
  );
}

/** kvmalloc() and the vmalloc family: the second try, non-blocking masks, interrupts, and the flags that do not reach. */
export const vmalloc: readonly Rule[] = [
  {
    id: "kvmalloc-nonblocking",
    title: "Non-blocking kvmalloc() before 6.19",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.12", until: "6.18" },
    explanation:
      "vmalloc() could not work with a mask that may not block, so kvmalloc() skipped that try: above one page the call was a kmalloc() that gives up early, and NULL came back as soon as no contiguous block was free. From 6.19 on the second try is made. From 5.17 to 5.19 it was made too, by mistake (commit 30c19366636f took it back): there vmalloc-nonblocking and kvmalloc-in-interrupt speak. Up to one page there is only one try in any version, and the rule is quiet.",
    evidence: "mm/slub.c:__kvmalloc_node_noprof; mm/util.c:kvmalloc_node (to 6.10)",
    advice: "Allocate earlier, where the call may sleep; or say kmalloc() and handle NULL, which is what happens.",
    examples: {
      bad: example("6.12", ["api   kvmalloc", "size  96 KiB", "flags GFP_NOWAIT"]),
      good: example("6.12", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      isKvmalloc(subject) &&
      !blocks(subject) &&
      !kvmallocFallsBack(subject.kernel, subject.mask) &&
      aboveOnePage(subject)
        ? found(
            { kind: "mask" },
            `Without __GFP_DIRECT_RECLAIM ${subject.api.name}() never tries vmalloc and returns NULL when no contiguous block is free: allocate where the call may sleep, or use kmalloc().`,
          )
        : NOTHING,
  },
  {
    id: "kvmalloc-in-interrupt",
    title: "Non-blocking kvmalloc() or __vmalloc() that reaches vmalloc in interrupt",
    severity: "error",
    class: "bug",
    versions: { since: "5.17", until: null },
    explanation:
      "From 5.17 to 5.19 by mistake, and from 6.19 on by design, a non-blocking kvmalloc() goes on to vmalloc when its kmalloc part misses, and vmalloc still begins with BUG_ON(in_interrupt()). That is true in hard and soft interrupt and wherever bottom halves are off, spin_lock_bh() included. The crash comes only when memory is fragmented; up to 5.16 and from 6.0 to 6.18 the call returned NULL there. That it begins again with 6.19 is inferred from the release of the commit that allowed these masks.",
    evidence: "mm/vmalloc.c:__get_vm_area_node; mm/slub.c:__kvmalloc_node_noprof",
    advice: "Use kmalloc() there, and handle NULL.",
    examples: {
      bad: example("6.19", ["api     kvmalloc", "size    96 KiB", "flags   GFP_NOWAIT", "context rx_poll"], [rxPoll]),
      good: example("6.19", ["api     kvmalloc", "size    96 KiB", "flags   GFP_NOWAIT"]),
    },
    check: (subject) => {
      if (blocks(subject) || !inInterrupt(subject)) return NOTHING;
      const reaches =
        (isKvmalloc(subject) && kvmallocFallsBack(subject.kernel, subject.mask) && aboveOnePage(subject)) ||
        (maskedVmalloc(subject) && subject.kernel.features.vmallocNonBlocking);
      if (!reaches) return NOTHING;
      // kvzalloc becomes kzalloc, kvrealloc krealloc: whoever counted on cleared or kept contents still has them.
      const api = isKvmalloc(subject) ? subject.api.name.replace(/^kv/, "k") : "kmalloc";
      const fits = bytesOf(subject.kernel, subject.request) <= kmallocMaxBytes(subject.kernel);
      return found(
        { kind: "api" },
        `${subject.api.name}() reaches BUG_ON(in_interrupt()) in vmalloc from this context${isKvmalloc(subject) ? " when its kmalloc part finds no block" : ""}: ${fits ? `use ${api}() here` : "allocate in process context"}.`,
        ...(fits ? [{ kind: "replace-api", api, title: `Use ${api}()` } as const] : []),
      );
    },
  },
  {
    id: "kvmalloc-nofs-no-fallback",
    title: "kvmalloc() with GFP_NOFS or GFP_NOIO before 5.17",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.12", until: "5.16" },
    explanation:
      "Page tables of vmalloc were allocated with GFP_KERNEL, so kvmalloc() refused the second try to any mask that is not a superset of GFP_KERNEL: above one page the call was a plain kmalloc(). Since 5.17 vmalloc wraps its page tables in the matching scope and such masks fall back.",
    evidence: "mm/util.c:kvmalloc_node (5.4 to 5.15)",
    advice: "Open a memalloc_nofs_save() or memalloc_noio_save() scope and pass GFP_KERNEL.",
    examples: {
      bad: example("5.15", ["api   kvmalloc", "size  96 KiB", "flags GFP_NOFS"]),
      good: example("5.15", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      isKvmalloc(subject) &&
      blocks(subject) &&
      !kvmallocFallsBack(subject.kernel, subject.mask) &&
      aboveOnePage(subject)
        ? found(
            { kind: "mask" },
            `${subject.api.name}() falls back to vmalloc only for masks that contain GFP_KERNEL, so this one is a plain kmalloc: open a nofs or noio scope and pass GFP_KERNEL.`,
          )
        : NOTHING,
  },
  {
    id: "kvmalloc-contiguity-effort",
    title: "kvmalloc() that counts on effort of its kmalloc part, 6.16 and later",
    severity: "information",
    class: "suspicious",
    versions: { since: "6.16", until: null },
    explanation:
      "Until 6.15 the kmalloc part of a kvmalloc() above one page made one round of reclaim (__GFP_NORETRY). Since 6.16 it makes none: __GFP_DIRECT_RECLAIM is taken out unless the mask has __GFP_RETRY_MAYFAIL. Whether contiguity matters for speed cannot be read from a request, so the rule speaks only where the mask itself asks for that one round: __GFP_NORETRY in a blocking mask.",
    evidence: "mm/slub.c:kmalloc_gfp_adjust",
    advice:
      "Where contiguous memory is worth a wait, write __GFP_RETRY_MAYFAIL; where it is not, plain GFP_KERNEL says so.",
    examples: {
      bad: example("6.16", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NORETRY"]),
      good: example("6.16", ["api   kvmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      isKvmalloc(subject) &&
      subject.kernel.features.kvmallocFirstTry === "no-direct-reclaim" &&
      blocks(subject) &&
      has(subject, "NORETRY") &&
      !has(subject, "RETRY_MAYFAIL") &&
      aboveOnePage(subject)
        ? found(
            { kind: "flag", flag: "NORETRY" },
            `The kmalloc part of ${subject.api.name}() does not reclaim at all here, so __GFP_NORETRY buys no round for contiguous memory: write __GFP_RETRY_MAYFAIL if it is worth a wait.`,
            drop("NORETRY"),
          )
        : NOTHING,
  },
  {
    id: "kvmalloc-too-large",
    title: "kvmalloc() above INT_MAX",
    severity: "error",
    class: "bug",
    versions: { since: "5.15", until: null },
    explanation:
      "Sizes above INT_MAX (2 GiB less one byte) return NULL: they have always been overflows. A WARN_ON_ONCE tells; since 5.19 __GFP_NOWARN silences it. The stable branch of 5.10 has the limit too.",
    evidence: "mm/slub.c:__kvmalloc_node_noprof; mm/util.c:kvmalloc_node (to 6.10)",
    advice: "Bound the size, or use vmalloc() where so much is meant.",
    examples: {
      bad: example("6.12", ["api   kvmalloc", "size  2 GiB", "flags GFP_KERNEL"]),
      good: example("6.12", ["api   kvmalloc", "size  1 GiB", "flags GFP_KERNEL"]),
    },
    check: kvmallocTooLarge,
  },
  {
    id: "vmalloc-nonblocking",
    title: "vmalloc with a non-blocking mask before 6.19",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: "6.18" },
    explanation:
      "Finding address space, purging lazily freed areas and allocating page tables may all sleep, whatever the mask says: __vmalloc() never supported GFP_ATOMIC or GFP_NOWAIT before 6.19. The mask reached the data pages only. From 5.17 to 5.19 kvmalloc() above one page went on to vmalloc with such masks as well (mended by commit 30c19366636f in 6.0).",
    evidence: "mm/vmalloc.c:__vmalloc_node_range, alloc_vmap_area, __vmalloc_area_node",
    advice: "Use kmalloc() or alloc_pages(), or allocate where the call may sleep.",
    examples: {
      bad: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_NOWAIT"]),
      good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      if (blocks(subject) || subject.kernel.features.vmallocNonBlocking) return NOTHING;
      if (maskedVmalloc(subject)) {
        return found(
          { kind: "mask" },
          `${subject.api.name}() sleeps on its own locks and page tables whatever the mask, and supports no mask without __GFP_DIRECT_RECLAIM here: use kmalloc(), or allocate where the call may sleep.`,
        );
      }
      return isKvmalloc(subject) && kvmallocFallsBack(subject.kernel, subject.mask) && aboveOnePage(subject)
        ? found(
            { kind: "mask" },
            `${subject.api.name}() goes on to vmalloc here, which sleeps on its own locks and page tables whatever the mask: use kmalloc(), or allocate where the call may sleep.`,
          )
        : NOTHING;
    },
  },
  {
    id: "vmalloc-unsupported-flags",
    title: "__vmalloc() with flags that it strips, 6.19 and later",
    severity: "warning",
    class: "warn",
    versions: { since: "6.19", until: null },
    explanation:
      "Since 6.19 __vmalloc() compares the mask with the list of what it supports (the composites GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT, GFP_NOFS, GFP_NOIO, GFP_USER, GFP_KERNEL_ACCOUNT, and NOFAIL, ZERO, NORETRY, NOLOCKDEP), warns about the rest and takes it out. __GFP_RETRY_MAYFAIL was missing from the first list and was added later. __vmalloc_node(), kvmalloc() and vrealloc() are not filtered.",
    evidence: "mm/vmalloc.c:vmalloc_fix_flags",
    advice: "Drop what the list does not have.",
    examples: {
      bad: example("6.19", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_COMP"]),
      good: example("6.19", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_ZERO"]),
    },
    check: (subject) => {
      if (!maskedVmalloc(subject)) return NOTHING;
      const stripped = strippedFlags(subject);
      return stripped.length === 0
        ? NOTHING
        : found(
            { kind: "flags", flags: stripped },
            `${subject.api.name}() warns about ${listed(stripped)} and takes ${verb(stripped, "it", "them")} out of the mask: drop ${verb(stripped, "it", "them")}.`,
            drop(...stripped),
          );
    },
  },
  {
    id: "vmalloc-retry-flags",
    title: "vmalloc with __GFP_NORETRY or __GFP_RETRY_MAYFAIL",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "The flag reaches the array and the data pages. The page tables are allocated with GFP_KERNEL, which may bring the OOM killer after all. The newest trees allocate them under memalloc_noreclaim instead, where they can fail early: there too the flag says something else than it seems.",
    evidence:
      "mm/vmalloc.c:__vmalloc_area_node, memalloc_apply_gfp_scope; arch pte_alloc_one_kernel (GFP_PGTABLE_KERNEL)",
    advice:
      "Drop the flag where a large mapping may be created, or keep it and know that it covers the data pages only.",
    examples: {
      bad: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_NORETRY"]),
      good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      const stripped = strippedFlags(subject);
      const flags = setFlags(subject, ["NORETRY", "RETRY_MAYFAIL"]).filter((flag) => !stripped.includes(flag));
      if (!maskedVmalloc(subject) || flags.length === 0 || !blocks(subject)) return NOTHING;
      return found(
        { kind: "flags", flags },
        `${listed(flags)} ${verb(flags, "reaches", "reach")} only the data pages of ${subject.api.name}(); its page tables may bring the OOM killer all the same or, in the newest kernels, fail early: drop ${verb(flags, "it", "them")} unless that is meant.`,
        drop(...flags),
      );
    },
  },
  {
    id: "vmalloc-zone-flags",
    title: "Zone bits to __vmalloc()",
    severity: "warning",
    class: "ineffective",
    versions: { since: "2.6.x", until: null },
    explanation:
      "__vmalloc() adds __GFP_HIGHMEM by itself unless the mask names a DMA zone, so passing it says nothing. Zone bits are documented as unsupported; since 6.19 they are stripped with a warning.",
    evidence: "mm/vmalloc.c:__vmalloc_area_node, vmalloc_fix_flags",
    advice: "Drop the zone bit; vmalloc_32() gives memory below 4 GiB.",
    examples: {
      bad: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL | __GFP_HIGHMEM"]),
      good: example("6.12", ["api   __vmalloc", "size  96 KiB", "flags GFP_KERNEL"]),
    },
    check: (subject) => {
      const zones = setFlags(subject, ZONES);
      if (!maskedVmalloc(subject) || zones.length === 0) return NOTHING;
      const warned = setAmong(subject, ZONES, subject.api.treatment(subject.kernel).clearedWithWarning);
      const strips =
        warned.length === 0 ? "" : `, warns about ${listed(warned)} and takes ${verb(warned, "it", "them")} out`;
      const message = zones.every((zone) => zone === "HIGHMEM")
        ? `${subject.api.name}() adds __GFP_HIGHMEM by itself${strips}: drop it.`
        : `${subject.api.name}() supports no zone bits${strips}: use vmalloc_32() for memory below 4 GiB.`;
      return found({ kind: "flags", flags: zones }, message, drop(...zones));
    },
  },
  {
    id: "vmalloc-in-interrupt",
    title: "vmalloc family in interrupt",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "Reserving address space begins with BUG_ON(in_interrupt()): hard interrupt, softirq, NMI, and any section with bottom halves disabled stop the machine, whatever the mask. vfree() is deferred in interrupt and a BUG in NMI.",
    evidence: "mm/vmalloc.c:__get_vm_area_node",
    advice: "Allocate in process context; in interrupt use kmalloc() with a non-blocking mask.",
    examples: {
      bad: example("6.12", ["api     vmalloc", "size    96 KiB", "context rx_poll"], [rxPoll]),
      good: example("6.12", ["api     vmalloc", "size    96 KiB", "context process"]),
    },
    check: (subject) =>
      // From 6.19 on kvmalloc-in-interrupt says it of masks that may not block.
      subject.api.family === "vmalloc" &&
      inInterrupt(subject) &&
      !(maskedVmalloc(subject) && !blocks(subject) && subject.kernel.features.vmallocNonBlocking)
        ? found(
            { kind: "api" },
            `${subject.api.name}() stops at BUG_ON(in_interrupt()) in this context: allocate in process context.`,
          )
        : NOTHING,
  },
  {
    id: "nofail-fatal-signal",
    title: "A fatal signal ends a vmalloc with __GFP_NOFAIL",
    severity: "error",
    class: "bug",
    versions: { since: "6.0", until: "6.9" },
    explanation:
      "In these kernels the loop that collects the pages stopped at a fatal signal of the task and did not exempt __GFP_NOFAIL, so a call that promises memory returned NULL. Later kernels, and the stable branch of 6.1, exempt it; 5.15 did not look at signals there. For kvmalloc() it takes a size above one page, where the second try is vmalloc.",
    evidence: "mm/vmalloc.c:vm_area_alloc_pages (6.5-rc1, 6.8)",
    advice: "Keep a NULL check for these kernels.",
    examples: {
      bad: example("6.6", ["api     kvmalloc", "size    96 KiB", "flags   GFP_KERNEL | __GFP_NOFAIL"]),
      good: example("6.12", ["api     kvmalloc", "size    96 KiB", "flags   GFP_KERNEL | __GFP_NOFAIL"]),
    },
    check: (subject) => {
      const reaches = maskedVmalloc(subject) || (isKvmalloc(subject) && aboveOnePage(subject));
      return reaches &&
        has(subject, "NOFAIL") &&
        blocks(subject) &&
        subject.kernel.features.vmallocFatalSignal === "aborts"
        ? found(
            { kind: "flag", flag: "NOFAIL" },
            `A fatal signal makes ${subject.api.name}() return NULL here in spite of __GFP_NOFAIL: keep a NULL check.`,
          )
        : NOTHING;
    },
  },
];
