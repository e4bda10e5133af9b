import { describe, expect, test } from "vitest";
import { EDITS } from "../../recordings/record/edits.ts";
import { instrument, misfitText } from "../../recordings/record/instrument.ts";

const PAGE_ALLOC = [
  "static struct page *\nget_page_from_freelist(gfp_t g)",
  "static inline struct page *\n__alloc_pages_slowpath(gfp_t g)",
  "static inline unsigned int\ngfp_to_alloc_flags(gfp_t g)",
  "static inline int __gfp_pfmemalloc_flags(gfp_t g)",
  ..."__alloc_pages_direct_reclaim __alloc_pages_direct_compact __alloc_pages_may_oom __alloc_pages_cpuset_fallback"
    .split(" ")
    .map((name) => `static inline struct page *${name}(void)`),
  ..."should_reclaim_retry should_compact_retry unreserve_highatomic_pageblock"
    .split(" ")
    .map((name) => `static bool ${name}(void)`),
  "static void wake_all_kswapds(void)",
  "static void reserve_highatomic_pageblock(void)",
  "int __alloc_contig_migrate_range(void)",
  "static DEFINE_RATELIMIT_STATE(nopage_rs, 10*HZ, 1);",
]
  .map((text) => `${text}\n{\n}\n`)
  .join("");

const TREE: Readonly<Record<string, string>> = {
  "mm/page_alloc.c": PAGE_ALLOC,
  "mm/slub.c": "static struct slab *new_slab(void)\n",
  "mm/Makefile": "obj-y := page_alloc.o\n",
  "kernel/sched/core.c": "if (time_before(jiffies, prev_jiffy + HZ))\n",
};
const reading =
  (tree: Readonly<Record<string, string | undefined>>) =>
  (file: string): string | null =>
    tree[file] ?? null;

describe("the edits", () => {
  test("fit a tree that has every place, and change only what they say", () => {
    const { files, misfits } = instrument(reading(TREE));
    expect(misfits.map(misfitText)).toEqual([]);
    expect([...files.keys()]).toEqual(["mm/page_alloc.c", "kernel/sched/core.c", "mm/Makefile"]);
    const text = files.get("mm/page_alloc.c") ?? "";
    expect(text).toContain("static noinline struct page *\nget_page_from_freelist(");
    expect(text).toContain("static noinline unsigned int\ngfp_to_alloc_flags(");
    expect(text).toContain("\nint __alloc_contig_migrate_range(");
    expect(text).toContain("DEFINE_RATELIMIT_STATE(nopage_rs, 0, 1)");
    expect(text.endsWith('\n#include "gfp_oracle_hooks.inc"\n')).toBe(true);
    expect(files.get("mm/Makefile")).toMatch(/^obj-y := page_alloc\.o\nobj-y \+= gfp_oracle\.o\n/);
  });

  test.each(EDITS.map((edit) => [edit.purpose, edit] as const))("say when they find no place: %s", (_, edit) => {
    const [form] = edit.forms;
    const damaged = edit.forms.reduce((text, { find }) => text.replace(find, "gone("), TREE[edit.file] ?? "");
    const { misfits } = instrument(reading({ ...TREE, [edit.file]: damaged }));
    expect(misfits.map((misfit) => misfit.edit)).toEqual([edit]);
    expect(misfits.map(misfitText).join("")).toContain(`looked for /${form?.find.source}/`);
  });

  test("say when a file is gone, once for each edit", () => {
    const { misfits } = instrument(reading({ ...TREE, "kernel/sched/core.c": undefined }));
    expect(misfits.map(({ why }) => why)).toEqual(["the tree has no such file"]);
  });

  test("take the slow path's flags under their later name too", () => {
    const later = PAGE_ALLOC.replace("gfp_to_alloc_flags", "alloc_flags_slowpath");
    const { files, misfits } = instrument(reading({ ...TREE, "mm/page_alloc.c": later }));
    expect(misfits).toEqual([]);
    expect(files.get("mm/page_alloc.c")).toContain("static noinline unsigned int\nalloc_flags_slowpath(");
  });

  test.each([
    [
      "7.x",
      "#define SLAB_ALLOC_DEFAULT 0\nstatic struct slab *new_slab(\nstatic struct slab *allocate_slab(\n",
      "slab",
    ],
    ["5.10", "static struct page *new_slab(\nstatic struct page *allocate_slab(\n", "page"],
  ])("keep slab's functions where %s would dissolve them", (_, slub, type) => {
    const { files, misfits } = instrument(reading({ ...TREE, "mm/slub.c": slub }));
    expect(misfits).toEqual([]);
    expect(files.get("mm/slub.c")).toContain(`static noinline struct ${type} *allocate_slab(`);
    expect(files.get("mm/Makefile")).toContain("CFLAGS_slub.o");
  });
});
