import { inTask } from "../model/contexts.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { maskText, meaningOf, undefinedBits } from "../model/masks/names.ts";
import { COSTLY_ORDER } from "../model/limits.ts";
import { orderOf } from "../model/sizes.ts";
import { add, blocks, drop, example, found, has, holds, NOTHING, wrote } from "./_predicates.ts";
import { isReserveObject, isUncheckedInReclaim, opensAllReserves, planOf } from "./_allocators.ts";
import type { Match, Rule, Subject } from "./rule.ts";

/** The flags of mm itself, but __GFP_NOLOCKDEP, which nolockdep reports wherever it is written. */
const INTERNAL: readonly FlagName[] = [
  "NO_OBJ_EXT",
  "ZEROTAGS",
  "SKIP_ZERO",
  "SKIP_KASAN",
  "SKIP_KASAN_UNPOISON",
  "SKIP_KASAN_POISON",
  "MEMALLOC",
];

/** memalloc-outside-mm, pfmemalloc-slab and memalloc-with-nomemalloc say more of __GFP_MEMALLOC. */
function isReported(subject: Subject, flag: FlagName): boolean {
  if (flag !== "MEMALLOC") return false;
  // So do mempool-forced-flags and range-unsupported-flag.
  const isTakenOut =
    subject.api.family === "mempool" ||
    (subject.api.treatment(subject.kernel).refused & subject.kernel.bits.MEMALLOC) !== 0;
  return isTakenOut || opensAllReserves(subject) || isReserveObject(subject) || has(subject, "NOMEMALLOC");
}

/** What to write instead; nothing where the mask has it already, or where the old flag did nothing beside direct reclaim. */
function replacementOf(subject: Subject, name: string, replacement: string | null): string | null {
  if (replacement === null || wrote(subject, replacement)) return null;
  return name === "__GFP_ATOMIC" && (blocks(subject) || wrote(subject, "GFP_ATOMIC")) ? null : replacement;
}

function removedNames(subject: Subject): readonly Match[] {
  const written = subject.written;
  if (written === null) return NOTHING;
  return [...new Set([...written.names, ...written.cleared])].flatMap((name): readonly Match[] => {
    const meaning = meaningOf(subject.kernel, name);
    if (meaning.kind !== "removed") return NOTHING;
    const { removedIn, change } = meaning.removed;
    const replacement = replacementOf(subject, name, meaning.removed.replacement);
    const title = replacement === null ? `Drop ${name}` : `Write ${replacement}`;
    return found(
      { kind: "written", name },
      `${name} is gone since ${removedIn} (${change}): ${replacement === null ? "drop it" : `write ${replacement}`}.`,
      replacement === null
        ? { kind: "remove-name", name, title }
        : { kind: "replace-name", name, by: replacement, title },
    );
  });
}

function numericMask(subject: Subject): readonly Match[] {
  const { written, mask, kernel } = subject;
  if (written === null || !written.hasLiteral || (mask === 0 && written.names.length === 0)) return NOTHING;
  const text = maskText(kernel, mask);
  const message =
    "The value of a flag changes from release to release and, since 6.10, with the build options: write the names.";
  return undefinedBits(kernel, mask) === 0
    ? found({ kind: "literal" }, message, { kind: "replace-mask", text, title: `Write ${text}` })
    : found({ kind: "literal" }, message);
}

/** Written by name; of a mask that is only a number, the bit. */
function namedInternals(subject: Subject): readonly FlagName[] {
  const onlyNumbers = subject.written?.names.length === 0;
  return INTERNAL.filter(
    (flag) => (subject.kernel.exists[flag] && wrote(subject, `__GFP_${flag}`)) || (onlyNumbers && has(subject, flag)),
  ).filter((flag) => !isReported(subject, flag));
}

function noKswapd(subject: Subject): readonly Match[] {
  const cleared = subject.written?.cleared ?? [];
  const name = (["__GFP_KSWAPD_RECLAIM", "__GFP_RECLAIM"] as const).find((one) => cleared.includes(one));
  if (name === undefined || !subject.api.takesMask || has(subject, "KSWAPD_RECLAIM")) return NOTHING;
  // Huge pages that are only welcome, and callers under the scheduler's own locks, have reason not to wake it.
  if (wrote(subject, "GFP_TRANSHUGE") || wrote(subject, "GFP_TRANSHUGE_LIGHT") || holds(subject, "raw_spinlock"))
    return NOTHING;
  return found(
    { kind: "mask" },
    `Without __GFP_KSWAPD_RECLAIM this request takes memory and wakes nobody to free more, so the next caller pays for it: ${name === "__GFP_RECLAIM" ? "clear only __GFP_DIRECT_RECLAIM" : "keep the flag"}.`,
    name === "__GFP_RECLAIM"
      ? { kind: "replace-name", name, by: "__GFP_DIRECT_RECLAIM", title: "Clear only __GFP_DIRECT_RECLAIM" }
      : add("KSWAPD_RECLAIM"),
  );
}

function uncheckedResult(subject: Subject): readonly Match[] {
  if (subject.result !== "unchecked" || subject.verdict.fails === "never" || has(subject, "NOFAIL")) return NOTHING;
  // mempool-unchecked, bulk-unchecked and noreclaim-scope-unchecked say it for theirs.
  if (isUncheckedInReclaim(subject)) return NOTHING;
  if (subject.api.family === "mempool" || subject.api.family === "bulk") return NOTHING;
  const { kernel, request, api } = subject;
  const seldom =
    (api.family === "pages" || api.family === "slab" || api.family === "slab-cache") &&
    blocks(subject) &&
    orderOf(kernel, request) <= COSTLY_ORDER &&
    !has(subject, "NORETRY") &&
    !has(subject, "RETRY_MAYFAIL") &&
    !has(subject, "THISNODE") &&
    subject.verdict.fails === "may";
  const whom = planOf(subject).charged
    ? "an OOM victim, a PF_MEMALLOC task or a memcg at its limit does get NULL"
    : "an OOM victim or a PF_MEMALLOC task does get NULL";
  const why = seldom
    ? `seldom fails, but ${whom}`
    : `${subject.verdict.fails === "always" ? "always fails" : "may fail"} here`;
  return found({ kind: "result-check" }, `${api.name}() ${why}, and the result is not checked: check it.`, {
    kind: "add-result-check",
    title: "Check for NULL",
  });
}

/** Accounting, names and numbers, and what every API shares. */
export const misc: readonly Rule[] = [
  {
    id: "account-no-effect",
    title: "__GFP_ACCOUNT on a cache that accounts by itself",
    severity: "warning",
    class: "ineffective",
    versions: { since: "4.5", until: null },
    explanation:
      "Objects of a SLAB_ACCOUNT cache are charged whatever the mask. (In a kernel thread without set_active_memcg() the flag has no effect either, because there is nobody to charge; a request does not say that, so the rule speaks of the cache only: `cache { account }`.)",
    evidence: "mm/slub.c:memcg_slab_post_alloc_hook; mm/memcontrol.c:current_obj_cgroup",
    advice: "Drop __GFP_ACCOUNT.",
    examples: {
      bad: example("6.12", ["api   kmem_cache_alloc", "cache { size 256  account }", "flags GFP_KERNEL_ACCOUNT"]),
      good: example("6.12", ["api   kmem_cache_alloc", "cache { size 256  account }", "flags GFP_KERNEL"]),
    },
    check: (subject) =>
      has(subject, "ACCOUNT") &&
      subject.kernel.options.MEMCG &&
      subject.api.family === "slab-cache" &&
      subject.request.cache?.account === true
        ? found(
            { kind: "flag", flag: "ACCOUNT" },
            "The cache charges all its objects (SLAB_ACCOUNT), so __GFP_ACCOUNT has no effect: drop it.",
            drop("ACCOUNT"),
          )
        : NOTHING,
  },
  {
    id: "fallback-without-nowarn",
    title: "A fallback, and no __GFP_NOWARN",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "A request with a fallback expects to fail now and then, and each failure prints a report with a stack and the state of memory (ratelimited). The rule speaks where the caller has a fallback, the model says that the request can fail with a report, and __GFP_NOWARN would silence it.",
    evidence: "mm/page_alloc.c:warn_alloc",
    advice: "Add __GFP_NOWARN to the try that may fail, and leave it out of the last one.",
    examples: {
      bad: example(
        "6.12",
        ["api      alloc_pages", "order    4", "flags    GFP_KERNEL | __GFP_NORETRY", "fallback single"],
        ["request single {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL\n}"],
      ),
      good: example(
        "6.12",
        ["api      alloc_pages", "order    4", "flags    GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN", "fallback single"],
        ["request single {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL\n}"],
      ),
    },
    check: (subject) => {
      if (
        !subject.hasFallback ||
        !subject.api.takesMask ||
        has(subject, "NOWARN") ||
        subject.verdict.fails === "never" ||
        subject.verdict.warns === "never"
      )
        return NOTHING;
      const treatment = subject.api.treatment(subject.kernel);
      if (((treatment.ignored | treatment.forced) & subject.kernel.bits.NOWARN) !== 0) return NOTHING;
      return found(
        { kind: "mask" },
        "This request has a fallback, and every failure of it prints a report: add __GFP_NOWARN.",
        add("NOWARN"),
      );
    },
  },
  {
    id: "removed-flag",
    title: "A flag that the kernel no longer has",
    severity: "error",
    class: "bug",
    versions: { since: "4.4", until: null },
    explanation:
      "The name does not compile on this kernel. __GFP_WAIT went in 4.4, __GFP_NOACCOUNT in 4.5, __GFP_OTHER_NODE in 4.11, __GFP_REPEAT in 4.13, GFP_TEMPORARY in 4.14, __GFP_COLD and __GFP_NOTRACK in 4.15, __GFP_ATOMIC in 6.3, __GFP_SKIP_KASAN_POISON and __GFP_SKIP_KASAN_UNPOISON in 6.4. Some were renamed, some have no successor.",
    evidence: "include/linux/gfp.h, include/linux/gfp_types.h",
    advice: "Write the successor, or drop the name.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_REPEAT"]),
      good: example("6.12", ["api   kmalloc", "size  64 KiB", "flags GFP_KERNEL | __GFP_RETRY_MAYFAIL"]),
    },
    check: removedNames,
  },
  {
    id: "numeric-mask",
    title: "A number for a mask",
    severity: "error",
    class: "bug",
    versions: { since: "2.6.x", until: null },
    explanation:
      "The bits were renumbered between 4.19 and 5.4 (GFP_KERNEL went from 0x6000c0 to 0xcc0), and since 6.10 the flags from bit 24 up move with CONFIG_KASAN_HW_TAGS, CONFIG_LOCKDEP and CONFIG_SLAB_OBJ_EXT. A number means another mask elsewhere. Zero is zero everywhere and is not meant.",
    evidence: "include/linux/gfp.h (4.19, 5.4); include/linux/gfp_types.h (6.12)",
    advice: "Write the names.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  512 B", "flags 0xcc0"]),
      good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_KERNEL"]),
    },
    check: numericMask,
  },
  {
    id: "internal-flag",
    title: "A flag of the memory management itself",
    severity: "information",
    class: "suspicious",
    versions: { since: "3.6", until: null },
    explanation:
      "__GFP_NO_OBJ_EXT, __GFP_ZEROTAGS, __GFP_SKIP_ZERO and __GFP_SKIP_KASAN (5.14 and later, under changing names) are contracts between the allocator, KASAN and memory tagging; __GFP_MEMALLOC is for reclaim, and memalloc-outside-mm reports it where it takes effect; __GFP_NOLOCKDEP is reported as nolockdep. They change without notice. A composite that carries one of them is not meant, only the name itself.",
    evidence: "include/linux/gfp_types.h",
    advice: "Drop the flag outside of mm and its architecture hooks.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL | __GFP_ZEROTAGS"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_HIGHUSER_MOVABLE"]),
    },
    check: (subject) =>
      namedInternals(subject).flatMap((flag) =>
        found(
          { kind: "flag", flag },
          `__GFP_${flag} is a contract inside the memory management and may change with any release: drop it outside of mm.`,
          drop(flag),
        ),
      ),
  },
  {
    id: "no-kswapd",
    title: "__GFP_KSWAPD_RECLAIM cleared",
    severity: "information",
    class: "suspicious",
    versions: { since: "4.4", until: null },
    explanation:
      "Without the flag the request takes memory below the low watermark and does not wake kswapd; the next request meets the min watermark and reclaims for both. Clearing both reclaim bits is documented as something to use with care. Quiet for GFP_TRANSHUGE and GFP_TRANSHUGE_LIGHT, made that way, and under a raw spinlock, where the wakeup itself can deadlock.",
    evidence: "Documentation/core-api/memory-allocation.rst; mm/page_alloc.c:__alloc_pages_slowpath",
    advice: "Clear only __GFP_DIRECT_RECLAIM, or write GFP_NOWAIT.",
    examples: {
      bad: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL & ~__GFP_RECLAIM"]),
      good: example("6.12", ["api   alloc_pages", "order 0", "flags GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"]),
    },
    check: noKswapd,
  },
  {
    id: "unchecked-result",
    title: "Result not checked",
    severity: "information",
    class: "suspicious",
    versions: { since: "2.6.x", until: null },
    explanation:
      "The caller does not check the result, and the model says that the request can fail. Small blocking requests practically never do (too small to fail), but a task that the OOM killer has chosen, a PF_MEMALLOC task, a memory cgroup at its limit (where the request is charged), a node or zone asked for alone, a dumping task and fault injection get NULL. Larger and non-blocking requests fail in earnest. A caller of whom it is not known is not meant.",
    evidence: "mm/page_alloc.c:__alloc_pages_slowpath, __alloc_pages_may_oom",
    advice: "Check for NULL; where there is no way out, say __GFP_NOFAIL.",
    examples: {
      bad: example("6.12", ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "handles nothing"]),
      good: example("6.12", ["api     kmalloc", "size    512 B", "flags   GFP_KERNEL", "handles null"]),
    },
    check: uncheckedResult,
  },
  {
    id: "atomic-overcharge",
    title: "A charged atomic request that is let above the limit",
    severity: "information",
    class: "suspicious",
    versions: { since: "5.4", until: null },
    explanation:
      "A non-blocking charge cannot reclaim in its memory cgroup. In interrupt nothing is charged, so the rule speaks of task context. With __GFP_HIGH (the release of the change from __GFP_ATOMIC, which did it up to 5.15, lies before 6.1) it is let above the limit instead of failing; __GFP_NOFAIL is too. GFP_NOWAIT fails at the limit.",
    evidence: "mm/memcontrol.c:try_charge_memcg (5.15, 6.1)",
    advice: "Pass GFP_NOWAIT | __GFP_ACCOUNT where the limit must hold.",
    examples: {
      bad: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_ATOMIC | __GFP_ACCOUNT"]),
      good: example("6.12", ["api   kmalloc", "size  512 B", "flags GFP_NOWAIT | __GFP_ACCOUNT"]),
    },
    check: (subject) => {
      const { kernel, api, request } = subject;
      const { memcgOvershootFor } = kernel.features;
      if (memcgOvershootFor === "none" || !inTask(request.context)) return NOTHING;
      const decides: FlagName = memcgOvershootFor === "high" ? "HIGH" : "ATOMIC";
      return has(subject, "ACCOUNT") && has(subject, decides) && !blocks(subject) && api.plan(kernel, request).charged
        ? found(
            { kind: "flag", flag: "ACCOUNT" },
            "An atomic charge is let above the memory cgroup's limit instead of failing: write GFP_NOWAIT | __GFP_ACCOUNT where the limit must hold.",
          )
        : NOTHING;
    },
  },
];
