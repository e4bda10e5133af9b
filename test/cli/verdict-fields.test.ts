// What a line of `verdict` may say besides mask and size: each counts in the answer, and is refused where it is none.
import { describe, expect, test } from "vitest";
import { run } from "./_run.ts";

async function answer(line: object): Promise<Record<string, unknown>> {
  const { out } = await run(["verdict"], { input: [`${JSON.stringify({ kernel: "6.12", ...line })}\n`] });
  return JSON.parse(out);
}

const ERODED = {
  nodes: [{ id: 0, zones: [{ name: "Normal", managed: 10_000, free: [0], min: 100, low: 200, high: 300 }] }],
};
const OBJECT = { api: "kmem_cache_alloc", flags: "GFP_KERNEL|__GFP_ZERO" };
const PAGE = { api: "alloc_pages", flags: "GFP_KERNEL", order: 0 };
const FRAGMENT = { api: "page_frag_alloc_align", flags: "GFP_ATOMIC", size: 64, context: "softirq" };
const ELEMENT = { api: "mempool_alloc", flags: "GFP_NOWAIT", memory: ERODED };

const rules = ({ findings }: Record<string, unknown>): readonly unknown[] =>
  Array.isArray(findings) ? findings.map(({ rule }) => rule) : [];

describe("a line of verdict", () => {
  test("says what the cache is", async () => {
    const [dma, reclaimable, normal] = [
      await answer({ ...OBJECT, cache: { size: 64, dma: true } }),
      await answer({ ...OBJECT, cache: { size: 64, reclaimable: true } }),
      await answer({ ...OBJECT, cache: { size: 64 } }),
    ];
    expect([dma.zone, normal.zone]).toEqual(["DMA", "Normal"]);
    expect([reclaimable.migratetype, normal.migratetype]).toEqual([2, 0]);
    const [plain, constructed] = [{ size: 64 }, { size: 64, ctor: true }];
    expect(rules(await answer({ ...OBJECT, cache: plain }))).not.toContain("zero-with-constructor");
    expect(rules(await answer({ ...OBJECT, cache: constructed }))).toContain("zero-with-constructor");
  });

  test("says whether the pool is empty", async () => {
    expect(await answer({ ...ELEMENT, pool: { empty: true } })).toMatchObject({ outcome: { result: "null" } });
    for (const pool of [{ empty: false }, {}, null, undefined])
      expect(await answer({ ...ELEMENT, pool })).toMatchObject({ outcome: { result: "ok" } });
  });

  test("says the numbers that the function takes", async () => {
    expect(rules(await answer({ ...FRAGMENT, numbers: { align: 64 } }))).not.toContain("page-frag-align");
    expect(rules(await answer({ ...FRAGMENT, numbers: { align: 48 } }))).toContain("page-frag-align");
  });

  test("says what the task is, and in which scopes it stands", async () => {
    const [plain, victim, scoped] = [
      await answer(PAGE),
      await answer({ ...PAGE, task: ["oom_victim"] }),
      await answer({ ...PAGE, scopes: ["nofs", "pin"] }),
    ];
    expect([plain.reserves, victim.reserves]).toEqual(["none", "high"]);
    expect([plain.oom, scoped.oom, plain.effective, scoped.effective]).toEqual(["may", "never", 0xcc0, 0xc40]);
  });

  test("says options of the build, by a word, a number or a switch", async () => {
    const masks = async (values: readonly unknown[]): Promise<ReadonlySet<unknown>> => {
      const said = values.map((LOCKDEP) => answer({ ...PAGE, flags: "__GFP_NO_OBJ_EXT", config: { LOCKDEP } }));
      return new Set((await Promise.all(said)).map(({ mask }) => mask));
    };
    const [on, off] = [await masks([true, "on", "y", 1]), await masks([false, "off", "n", 0])];
    expect([on.size, off.size, [...on][0] === [...off][0]]).toEqual([1, 1, false]);
  });

  test.each([
    [{ ...OBJECT, cache: { shiny: true } }, "'cache' has no field 'shiny'"],
    [{ ...OBJECT, cache: { ctor: 1 } }, "'ctor' is neither true nor false"],
    [{ ...OBJECT, cache: [] }, "'cache' is no JSON object"],
    [{ ...ELEMENT, pool: { full: false } }, "'pool' has no field 'full'"],
    [{ ...FRAGMENT, numbers: { align: "x" } }, "'align' is no whole number from 0 on"],
    [{ ...PAGE, numbers: { align: 64 } }, "'numbers' of alloc_pages has no field 'align'"],
    [{ ...PAGE, task: ["happy"] }, "'task' takes reclaim, oom_victim, rt_task and sigkill_pending"],
    [{ ...PAGE, task: "oom_victim" }, "'task' is no list"],
    [{ ...PAGE, scopes: ["no"] }, "'scopes' takes nofs, noio, noreclaim, memalloc and pin"],
    [{ ...PAGE, context: "nowhere" }, "there is no context 'nowhere'"],
    [{ ...PAGE, config: { NUMA: null } }, "the option NUMA is no switch"],
    [{ ...PAGE, config: { page: 3 } }, "page is 4 KiB, 8 KiB, 16 KiB, 32 KiB or 64 KiB, not '3'"],
    [{ ...PAGE, config: [] }, "'config' is no JSON object"],
  ])("%j is refused", async (line, error) => {
    expect(await answer(line)).toEqual({ error });
  });
});
