/** One way to make an edit; trees differ. */
export interface Form {
  readonly find: RegExp;
  readonly put: string;
}

/** A change to one file of the copied tree, made so that the recorder sees more. None changes what the allocator does. */
export interface Edit {
  readonly file: string;
  /** What it is for. */
  readonly purpose: string;
  /** The first form that is found is applied, wherever it is found. */
  readonly forms: readonly Form[];
  /**
   * What a recording lacks when no form fits: `ev.rretry`. Null: nothing can be recorded without the edit, or what was
   * recorded would be wrong.
   */
  readonly loses: string | null;
}

/** Lines at the end of a file of the copied tree. */
export interface Addition {
  readonly file: string;
  readonly purpose: string;
  readonly text: string;
}

const RESULT = "(?:struct (?:page|slab) \\*\\s*|(?:bool|int|unsigned int|void)\\s+)";

/** A static function is kept out of line, so that a kprobe finds it; one that other files call stands out of line anyway. */
function outOfLine(file: string, names: readonly string[], loses: string | null): Edit {
  return {
    file,
    purpose: `keep ${names.join("() or ")}() out of line`,
    forms: [
      ...names.map((name) => ({
        find: new RegExp(`^static (?:inline |noinline )?(${RESULT})${name}\\(`, "gm"),
        put: `static noinline $1${name}(`,
      })),
      ...names.map((name) => ({ find: new RegExp(`^${RESULT}${name}\\(`, "gm"), put: "$&" })),
    ],
    loses,
  };
}

const PAGE_ALLOC = "mm/page_alloc.c";
const SLUB = "mm/slub.c";

export const EDITS: readonly Edit[] = [
  outOfLine(PAGE_ALLOC, ["get_page_from_freelist"], null),
  outOfLine(PAGE_ALLOC, ["__alloc_pages_slowpath"], null),
  // The hooks ask these two directly.
  outOfLine(PAGE_ALLOC, ["gfp_to_alloc_flags", "alloc_flags_slowpath"], null),
  outOfLine(PAGE_ALLOC, ["__gfp_pfmemalloc_flags"], null),
  outOfLine(PAGE_ALLOC, ["__alloc_pages_direct_reclaim"], "ev.dreclaim"),
  outOfLine(PAGE_ALLOC, ["__alloc_pages_direct_compact"], "ev.dcompact"),
  outOfLine(PAGE_ALLOC, ["__alloc_pages_may_oom"], "ev.mayoom"),
  outOfLine(PAGE_ALLOC, ["should_reclaim_retry"], "ev.rretry"),
  outOfLine(PAGE_ALLOC, ["should_compact_retry"], "ev.cretry"),
  outOfLine(PAGE_ALLOC, ["__alloc_pages_cpuset_fallback"], "ev.cpuset_fb"),
  outOfLine(PAGE_ALLOC, ["wake_all_kswapds"], "the tries beside ev.wake"),
  outOfLine(PAGE_ALLOC, ["reserve_highatomic_pageblock"], "ev.hires"),
  outOfLine(PAGE_ALLOC, ["unreserve_highatomic_pageblock"], "ev.hiunres"),
  outOfLine(PAGE_ALLOC, ["__alloc_contig_migrate_range"], "ev.migrange"),
  {
    file: PAGE_ALLOC,
    purpose: "let every row print its own page allocation failure",
    forms: [
      {
        find: /DEFINE_RATELIMIT_STATE\(nopage_rs, 10\*HZ, 1\)/g,
        put: "DEFINE_RATELIMIT_STATE(nopage_rs, 0, 1)",
      },
    ],
    loses: "failmsg in most rows",
  },
  {
    file: "kernel/sched/core.c",
    purpose: 'let every row print its own "sleeping function called from invalid context"',
    forms: [{ find: /time_before\(jiffies, prev_jiffy \+ HZ\)/g, put: "time_before(jiffies, prev_jiffy)" }],
    loses: "sleep in most rows",
  },
];

/** What has to be kept out of line where slab lost the word for its flags (SLAB_ALLOC_DEFAULT, 7.x) or a slab is a page (5.10). */
export const SLAB_EDITS: readonly Edit[] = [
  outOfLine(SLUB, ["new_slab"], "ev.newslab"),
  outOfLine(SLUB, ["allocate_slab"], "ev.newslab"),
];

/** True for a tree whose new_slab() and allocate_slab() the compiler would dissolve in their callers. */
export const slabNeedsEdits = (slub: string): boolean =>
  slub.includes("SLAB_ALLOC_DEFAULT") || /^static struct page \*new_slab\(/m.test(slub);

const WHOLE = "-fno-ipa-sra -fno-ipa-cp";

export const ADDITIONS: readonly Addition[] = [
  { file: PAGE_ALLOC, purpose: "wrappers around static functions", text: '\n#include "gfp_oracle_hooks.inc"\n' },
  {
    file: "mm/Makefile",
    purpose: "build the recorder, and keep functions where kprobes find them under their own names",
    text:
      "obj-y += gfp_oracle.o\n" +
      `CFLAGS_page_alloc.o += ${WHOLE} -fno-inline-functions-called-once -fno-partial-inlining\n` +
      `CFLAGS_vmscan.o += ${WHOLE} -fno-inline-functions-called-once\n`,
  },
];

export const SLAB_ADDITION: Addition = {
  file: "mm/Makefile",
  purpose: "keep the functions of slab under their own names",
  text: `CFLAGS_slub.o += ${WHOLE} -fno-partial-inlining\n`,
};
