import { describe, expect, test } from "vitest";
import { run } from "./_run.ts";

async function answers(...lines: readonly (object | string)[]): Promise<readonly Record<string, unknown>[]> {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  // Chunks that cut lines in two, as a pipe does.
  const chunks = text.match(/[\s\S]{1,37}/g) ?? [];
  const { out, status } = await run(["verdict"], { input: chunks });
  expect(status).toBe(0);
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const NORMAL = { name: "Normal", managed: 1_000_000, min: 11_520, low: 14_400, high: 17_280 };

describe("verdict", () => {
  test("answers each line with the id that came in", async () => {
    const rows = await answers(
      { id: 1, kernel: "6.12", api: "alloc_pages", flags: "GFP_KERNEL", order: 0 },
      { id: "b", kernel: "6.12", api: "alloc_pages", flags: "0x820", order: 0, context: "softirq" },
    );
    expect(rows[0]).toMatchObject({
      id: 1,
      mask: 0xcc0,
      names: ["GFP_KERNEL"],
      sleeps: "may",
      reclaim: "direct",
      oom: "may",
      zone: "Normal",
      alloc_flags: { fast: 2305, slow: 2112 },
      findings: [],
    });
    expect(rows[1]).toMatchObject({ id: "b", sleeps: "never", reclaim: "kswapd", reserves: "atomic", blocking: false });
  });

  test("findings carry rule, severity, flags and versions", async () => {
    const [row] = await answers({
      kernel: "6.12",
      api: "kmalloc",
      flags: "GFP_KERNEL|__GFP_NOFAIL|__GFP_NORETRY",
      size: 100,
    });
    expect(row?.findings).toContainEqual(
      expect.objectContaining({
        rule: "nofail-with-noretry",
        severity: "error",
        flags: expect.arrayContaining(["__GFP_NOFAIL", "__GFP_NORETRY"]),
      }),
    );
  });

  test("takes a kernel in the words of a log, and says what that was taken as", async () => {
    const [printed, plain] = await answers(
      { kernel: "5.15.0-91-generic", api: "kmalloc", flags: "GFP_KERNEL", size: 64 },
      { kernel: "5.15", api: "kmalloc", flags: "GFP_KERNEL", size: 64 },
    );
    expect(printed).toMatchObject({ ...plain, assumed: expect.stringMatching(/^taken as 5\.15: /) });
    expect(plain).not.toHaveProperty("assumed");
  });

  test("a range is what is said to lie in it: pages with a mapping stay without __GFP_FS", async () => {
    const memory = {
      nodes: [
        {
          id: 0,
          kswapd_pages_per_round: 64,
          zones: [{ name: "Normal", managed: 100_000, free: [50_000], unmovable: 0 }],
        },
      ],
      range: { node: 0, zone: "Normal", movable: 20, mapping: 3 },
    };
    const request = { kernel: "6.12", api: "alloc_contig_range", pages: 512, memory };
    const [moved, stays, wrong] = await answers(
      { ...request, flags: "GFP_KERNEL" },
      { ...request, flags: "GFP_NOFS" },
      { ...request, flags: "GFP_KERNEL", memory: { ...memory, range: { zone: "Nromal" } } },
    );
    expect(moved).toMatchObject({ outcome: { result: "ok" } });
    expect(stays).toMatchObject({ outcome: { result: "EBUSY" } });
    expect(wrong).toMatchObject({ error: expect.stringContaining("'range' lies in one of DMA") });
  });

  test("with a memory state the outcome is simulated, try by try", async () => {
    const shattered = { nodes: [{ id: 0, zones: [{ ...NORMAL, free: [51_200] }] }] };
    const roomy = { nodes: [{ id: 0, zones: [{ ...NORMAL, free: [1000, 0, 0, 0, 800, 0, 0, 0, 0, 0, 200] }] }] };
    const request = { kernel: "6.12", api: "alloc_pages", flags: "GFP_KERNEL", order: 4 };
    const [fails, succeeds] = await answers({ ...request, memory: shattered }, { ...request, memory: roomy });
    expect(fails?.outcome).toMatchObject({
      result: "null",
      oom_invoked: false,
      direct_reclaim: true,
      failure_report: true,
    });
    expect(succeeds?.outcome).toMatchObject({ result: "ok", zone: "Normal", direct_reclaim: false });
  });

  test("a wrong line is an error on that line, and the others go on", async () => {
    const good = { id: 3, kernel: "6.12", api: "kmalloc", flags: "GFP_KERNEL", size: 64 };
    const rows = await answers(
      "{ this is no JSON",
      { id: 1, api: "kmalloc", flags: "GFP_KERNEL", sise: 64 },
      { id: 2, api: "malloc", flags: "0" },
      good,
    );
    expect(rows.map(({ id, error }) => ({ id, error }))).toEqual([
      { id: undefined, error: "the line is no JSON" },
      { id: 1, error: "there is no field 'sise'" },
      { id: 2, error: "the model does not know the API 'malloc'" },
      { id: 3, error: undefined },
    ]);
  });

  test.each([
    [{ api: "kmalloc", size: 1 }, "'flags' is missing"],
    [{ flags: "0" }, "'api' is missing"],
    [{ api: "kmalloc", flags: "GFP_WRONG" }, "has no flag GFP_WRONG"],
    [{ api: "kmalloc", flags: "0", kernel: "2.6" }, "2.6"],
    [{ api: "kmalloc", flags: "0", context: "attic" }, "there is no context 'attic'"],
    [{ api: "kmalloc", flags: "0", size: -1 }, "'size' is no whole number"],
    [{ api: "kmalloc", flags: "0", scopes: ["nofx"] }, "'scopes' takes"],
    [{ api: "kmalloc", flags: "0", memory: { nodes: [] } }, "'memory' has no nodes"],
    [
      {
        api: "kmalloc",
        flags: "0",
        memory: { nodes: [{ id: 0, zones: [{ name: "Normal", managed: 1, free: [2] }] }] },
      },
      "2 free pages of 1",
    ],
    [[1, 2], "no JSON object"],
  ])("%j: %s", async (line, message) => {
    const [row] = await answers(line);
    expect(row?.error).toContain(message);
  });

  test("a line is answered when it is there: who waits before asking again gets its answer", async () => {
    const line = `${JSON.stringify({ id: 1, kernel: "6.12", api: "kmalloc", flags: "GFP_KERNEL", size: 64 })}\n`;
    let written = "";
    const before: string[] = [];
    async function* lines(): AsyncGenerator<string> {
      for (const chunk of [line, line.slice(0, 20), line.slice(20), line + line.trimEnd()]) {
        yield chunk;
        before.push(written.replace(/[^\n]/g, ""));
      }
    }
    await run(["verdict"], {
      input: lines(),
      write: async (text) => {
        written += text;
      },
    });
    expect(before.map(({ length }) => length)).toEqual([1, 1, 2, 3]);
    expect(written.trimEnd().split("\n")).toHaveLength(4);
  });

  test("a line that does not end is refused once, nothing of it is held, and the lines behind it are answered", async () => {
    const [endless, known] = [
      "x".repeat(1 << 20),
      '{"kernel":"6.12","api":"kmalloc","flags":"GFP_KERNEL","size":64}\n',
    ];
    function* input(): Generator<string> {
      yield known;
      for (let piece = 0; piece < 40; piece += 1) yield endless;
      yield `x\n${known}`;
      for (let piece = 0; piece < 40; piece += 1) yield endless;
    }
    const { status, out } = await run(["verdict"], { input: input() });
    const [first, refused, second, last, end] = out.split("\n");
    expect([status, second, refused, last, end]).toEqual([
      0,
      first,
      '{"error":"the line is longer than 16 MiB"}',
      refused,
      "",
    ]);
  });

  test("what may take long, a simulation, keeps nobody waiting for what is there", async () => {
    const quick = JSON.stringify({ kernel: "6.12", api: "kmalloc", flags: "GFP_KERNEL", size: 64 });
    const memory = { nodes: [{ id: 0, zones: [{ ...NORMAL, free: [51_200] }] }] };
    const slow = JSON.stringify({ kernel: "6.12", api: "alloc_pages", flags: "GFP_KERNEL", order: 0, memory });
    const written: number[] = [];
    await run(["verdict"], {
      input: [`${quick}\n${quick}\n${slow}\n${slow}\n`],
      write: async (text) => {
        written.push(text.trimEnd().split("\n").length);
      },
    });
    expect(written).toEqual([2, 2]);
  });

  test("ten thousand lines are answered piece by piece: what is held does not grow with them", async () => {
    const line = `${JSON.stringify({ kernel: "6.12", api: "kmalloc", flags: "0xcc0", size: 64 })}\n`;
    async function* lines(): AsyncGenerator<string> {
      for (let i = 0; i < 100; i += 1) yield line.repeat(100);
    }
    let answered = 0;
    let [held, written] = [0, 0];
    const write = (text: string): Promise<void> => {
      answered += text.split("\n").length - 1;
      held = Math.max(held, text.length);
      written += text.length;
      return Promise.resolve();
    };
    await run(["verdict"], { input: lines(), write });
    expect(answered).toBe(10_000);
    expect(held).toBeLessThan(1 << 18);
    expect(written).toBeGreaterThan(1 << 21);
  });
});

describe("explain of a call in C", () => {
  const explained = (...args: readonly string[]) => run(["explain", "--kernel", "6.12", ...args]);

  test.each([
    ["kmalloc(4096, GFP_NOFS)", ["--api", "kmalloc", "--size", "4096", "--flags", "GFP_NOFS"]],
    [
      "p = kzalloc(4 * 1024, GFP_KERNEL & ~__GFP_FS);",
      ["--api", "kzalloc", "--size", "4096", "--flags", "GFP_KERNEL & ~__GFP_FS"],
    ],
    [
      "alloc_pages(GFP_ATOMIC | __GFP_NOFAIL, 3)",
      ["--api", "alloc_pages", "--order", "3", "--flags", "GFP_ATOMIC | __GFP_NOFAIL"],
    ],
    ["if (!vmalloc(PAGE_SIZE)) return -ENOMEM", ["--api", "vmalloc", "--size", "4096"]],
  ])("%s says what its options say", async (call, options) => {
    const plain = await explained(...options);
    expect(plain.out).toContain("on Linux 6.12");
    expect(await explained(call)).toEqual(plain);
  });

  test("takes the rest by options, and nothing twice", async () => {
    expect((await explained("kmalloc(64, GFP_KERNEL)", "--context", "softirq")).out).toContain("[sleep-in-atomic]");
    expect((await explained("kmalloc(sizeof(*ring), GFP_KERNEL)", "--size", "64")).out).toContain("64 bytes");
    expect((await explained("kmalloc(sizeof(*ring), GFP_KERNEL)")).err).toContain("say --size");
    expect((await explained("kmalloc(64, GFP_KERNEL)", "--flags", "GFP_NOFS")).err).toContain(
      "the call says flags GFP_KERNEL: leave --flags out",
    );
    expect((await explained("GFP_KERNEL", "--api", "kmalloc")).err).toContain(
      "is a mask: beside --api write --flags 'GFP_KERNEL'",
    );
  });

  test.each([
    ["GFP_KERNEL", "is a mask: write a call that takes it, as 'kmalloc(4096, GFP_KERNEL)'"],
    ["vmalloc", "is a function: write its call as in C"],
    ["sleep-in-atomic", "is a finding: 'allocpolicy rules sleep-in-atomic' shows its page"],
    ["__GFP_NOFIAL", "did you mean __GFP_NOFAIL?"],
    ["", "is no call"],
    ["kmaloc(64, GFP_KERNEL)", "did you mean kmalloc"],
    ["kmalloc(64, GFP_WRONG)", "has no flag GFP_WRONG"],
    ["}}}{((", "is no call"],
  ])("%j is told what is wrong with it", async (call, message) => {
    const { status, out, err } = await explained(call);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });
});

describe("explain", () => {
  test("takes what a request of the language says: count, pages, node, scope, handles, cache", async () => {
    const explained = (text: string) => run(["explain", ...text.split(" ")]);
    const bulk = await explained(
      "--kernel 6.18 --api kmem_cache_alloc_bulk --count 32 --cache size=64,account --context irqs_off --flags GFP_NOWAIT",
    );
    expect(bulk.out).toContain("32 of them");
    expect(bulk.out).toContain("[bulk-irqs-off]");
    expect(
      (await explained("--api alloc_contig_range --pages 768 --flags GFP_KERNEL|__GFP_COMP --kernel 6.18")).out,
    ).toContain("only of a power of two of pages, from a pageblock on; for 768");
    const scoped = "--api kmalloc --size 64 --flags GFP_KERNEL --scope noreclaim";
    expect((await explained(`${scoped} --handles nothing`)).out).toContain("[noreclaim-scope-unchecked]");
    expect((await explained(`${scoped} --handles null`)).out).toContain("nothing is wrong with it");
    expect(
      (await explained("--api kmem_cache_alloc --cache ctor,size=64 --flags GFP_KERNEL|__GFP_ZERO")).out,
    ).toContain("[zero-with-constructor]");
    const near = "--api kmem_cache_alloc_node --cache size=64 --flags GFP_KERNEL|__GFP_THISNODE";
    expect((await explained(`${near} --node 1`)).out).not.toContain("[this-node-no-effect]");
    expect((await explained(near)).out).toContain("[this-node-no-effect]");
  });

  test.each([
    ["--count", "many", "--count takes a whole number from 0 on, not 'many'"],
    ["--node", "-1", "--node takes a whole number from 0 on, not '-1'"],
    ["--scope", "nofss", "there is no scope 'nofss': did you mean nofs"],
    ["--handles", "errors", "--handles takes null or nothing, not 'errors'"],
    ["--cache", "shiny", "--cache takes ctor, dma, account, reclaimable and size=BYTES, not 'shiny'"],
    ["--pages", "1", "give one of --order, --size and --pages"],
  ])("%s %s says what it takes", async (option, value, message) => {
    const asked = ["explain", "--api", "kmalloc", "--size", "64", "--flags", "GFP_KERNEL"];
    expect((await run([...asked, `${option}=${value}`])).err).toContain(message);
  });

  test("says that nothing is wrong only where the model says so too", async () => {
    const explained = async (...args: readonly string[]): Promise<string> => (await run(["explain", ...args])).out;
    const fine = "nothing is wrong with it";
    expect(await explained("--api", "kmalloc", "--size", "64", "--flags", "GFP_KERNEL")).toContain(fine);
    // Above what the page allocator has in one block, and without an area.
    const refused = await explained("--api", "dma_alloc_coherent", "--size", "8MiB", "--flags", "GFP_NOWAIT");
    expect(refused).not.toContain(fine);
    expect(refused).toContain("[dma-too-large]");
    // A function that the kernel does not have.
    expect(
      await explained("--kernel", "5.10", "--api", "folio_alloc", "--order", "2", "--flags", "GFP_KERNEL"),
    ).toMatch(/the model does not know\n/);
  });

  test("takes what the API takes besides, by name", async () => {
    const explained = (number: string) =>
      run(["explain", "--api", "page_frag_alloc_align", "--size", "1KiB", "--flags", "GFP_KERNEL", "--with", number]);
    expect((await explained("align=48")).out).toContain("error: page_frag_alloc_align() warns about an alignment");
    expect((await explained("align=64")).status).toBe(0);
    expect((await explained("algin=64")).err).toContain("takes no 'algin': there is align");
    expect((await explained("align")).err).toContain("such as align=64, not 'align'");
  });

  test("reads a mask as C does", async () => {
    const explained = async (flags: string): Promise<string> =>
      (await run(["explain", "--kernel", "6.12", "--api", "kmalloc", "--size", "64", "--flags", flags])).out;
    expect(await explained("GFP_KERNEL & ~__GFP_FS")).toContain("kmalloc with GFP_NOFS, 64 bytes");
    expect(await explained("(GFP_KERNEL | __GFP_ZERO) & ~__GFP_ZERO")).toContain("kmalloc with GFP_KERNEL, 64 bytes");
    expect(await explained("(gfp_t)0xcc0 & __GFP_FS ? GFP_NOFS : GFP_NOIO")).toContain("kmalloc with GFP_NOFS");
  });
  test("says what the kernel does, why, and what is wrong with it", async () => {
    const { status, out } = await run([
      "explain",
      "--kernel",
      "6.12",
      "--api",
      "alloc_pages",
      "--order",
      "0",
      "--flags",
      "GFP_ATOMIC|__GFP_NOFAIL",
      "--context",
      "softirq",
    ]);
    expect(status).toBe(1);
    expect(out).toMatch(
      /^Never sleeps; may fail; .*\n\nalloc_pages with GFP_ATOMIC \| __GFP_NOFAIL, order 0, from softirq, on Linux 6\.12\n/,
    );
    expect(out).toMatch(/sleeps +never/);
    expect(out).toContain("mm/page_alloc.c:");
    expect(out).toContain("[nofail-without-reclaim]");
  });

  test("in JSON it is the verdict with its reasons", async () => {
    const { status, out } = await run([
      "explain",
      "--kernel",
      "6.1",
      "--api",
      "kmalloc",
      "--size",
      "4KiB",
      "--flags",
      "GFP_KERNEL",
      "--json",
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kernel: "6.1", api: "kmalloc", mask: 0xcc0, sleeps: "may", findings: [] });
  });

  test.each([
    [["explain"], "--api"],
    [["explain", "--api", "kmaloc", "--flags", "0"], "did you mean kmalloc"],
    [["explain", "--api", "kmalloc"], "takes a mask"],
    [["explain", "--api", "kmalloc", "--flags", "GFP_KERNEL & ~", "--size", "1"], "a name is missing"],
    [["explain", "--api", "kmalloc", "--flags", "(GFP_KERNEL", "--size", "1"], "a `(` has no `)`"],
    [["explain", "--api", "kmalloc", "--flags", "GFP_KERNEL"], "takes a size"],
    [["explain", "--api", "kmalloc", "--flags", "GFP_KERNEL", "--size", "9 furlongs"], "is no size"],
    [
      ["explain", "--api", "kmalloc", "--flags", "GFP_KERNEL", "--size", "1", "--context", "attic"],
      "there is no context 'attic'",
    ],
  ])("%j: %s", async (args, message) => {
    const { status, err } = await run(args);
    expect(status).toBe(2);
    expect(err).toContain(message);
  });
});
