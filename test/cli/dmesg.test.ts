import { describe, expect, test } from "vitest";
import { inRoot } from "../../scripts/paths.ts";
import { folderWith, run } from "./_run.ts";

const REPORT = `[    5.000000] eth0: link is up
[   12.000001] our_task: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), nodemask=(null),cpuset=/,mems_allowed=0
[   12.000002] CPU: 1 PID: 77 Comm: our_task Not tainted 6.12.117-our-host #1
[   12.000003] Call Trace:
[   12.000004]  <TASK>
[   12.000005]  warn_alloc+0x138/0x160
[   12.000006]  __alloc_pages_noprof+0x308/0x330
[   12.000007]  ___kmalloc_large_node+0x29/0xa0
[   12.000008]  our_open+0x542/0x580 [our_driver]
[   12.000009]  </TASK>
[   12.000010] Mem-Info:
[   12.000011] active_anon:149 inactive_anon:8055 isolated_anon:0
[   12.000011]  free:30000 free_pcp:0 free_cma:0
[   12.000012] Node 0 Normal free:120000kB boost:0kB min:63960kB low:79948kB high:95936kB reserved_highatomic:0KB active_anon:596kB inactive_anon:32220kB active_file:0kB inactive_file:0kB unevictable:0kB writepending:0kB present:15663104kB managed:15343300kB mlocked:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
[   12.000013] lowmem_reserve[]: 0 0 0
[   12.000014] Node 0 Normal: 20000*4kB (UME) 5000*8kB (UME) 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 120000kB
[   12.000015] 65536 pages RAM
`;

describe("allocpolicy dmesg", () => {
  test("explains a report of a file, and of standard input", async () => {
    const cwd = folderWith({ "console.log": REPORT });
    const file = await run(["dmesg", "console.log"], { cwd });
    const stdin = await run(["dmesg"], { cwd, input: [REPORT.slice(0, 1000), REPORT.slice(1000)] });
    expect([file.status, file.err, stdin.out]).toEqual([0, "", file.out]);
    // With the mark of UTF-8, and no time before the line, too.
    const bare = REPORT.slice(REPORT.indexOf("our_task")).replaceAll(/^\[ +[\d.]+\] /gm, "");
    const marked = await run(["dmesg"], { cwd, input: [`\ufeff${bare}`] });
    expect(marked.out).toBe((await run(["dmesg"], { cwd, input: [bare] })).out);
    expect(file.out).toContain(
      "Report 1, lines 2 to 17: page allocation failure\n\nA task called our_task asked the kernel",
    );
    expect(file.out).toContain("By our_open() of the module our_driver, through kmalloc()");
    for (const line of file.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("gives the report it is asked for, and says how many there are", async () => {
    const input = [REPORT, REPORT.replaceAll("our_task", "other_task")];
    const second = await run(["dmesg", "-", "--report", "2"], { input });
    expect([second.status, second.out.startsWith("Report 2, lines 19 to 34")]).toEqual([0, true]);
    expect(second.out).not.toContain("our_task");
    const third = await run(["dmesg", "-", "--report", "3"], { input });
    expect([third.status, third.err]).toEqual([2, "allocpolicy dmesg: there is no report 3: the log has 2\n"]);
    expect((await run(["dmesg", "--report", "0"], { input })).status).toBe(2);
  });

  test("prints JSON in which every number of the report stands", async () => {
    const { out, status } = await run(["dmesg", "--json"], { input: [REPORT] });
    const {
      version,
      reports: [report],
    } = JSON.parse(out);
    expect([status, version]).toEqual([0, 1]);
    expect(report).toMatchObject({
      number: 1,
      kind: "page-allocation",
      lines: [2, 17],
      blame: "order",
      mask: { value: "0x40cc0", names: "GFP_KERNEL|__GFP_COMP", printed: "GFP_KERNEL|__GFP_COMP" },
      order: 4,
      caller: { function: "our_open", module: "our_driver", api: "kmalloc" },
      kernel: { printed: "6.12.117-our-host" },
      model: { agrees: true },
      printed: {
        zones: [
          { node: 0, name: "Normal", free_kB: 120000, min_kB: 63960, managed_kB: 15343300, lowmem_reserve: [0, 0, 0] },
        ],
        free_lists: [{ zone: "Normal", total_kB: 120000 }],
        counters: { pages_RAM: 65536 },
      },
    });
    expect(report.printed.free_lists[0].blocks.slice(0, 2)).toEqual([
      { order: 0, size_kB: 4, count: 20000, types: "UME" },
      { order: 1, size_kB: 8, count: 5000, types: "UME" },
    ]);
    const empty = await run(["dmesg", "--json"], { input: ["nothing\n"] });
    expect([empty.status, JSON.parse(empty.out)]).toEqual([1, { version: 1, reports: [] }]);
  });

  const MORE = `${REPORT.trimEnd()}
Node 0 hugepages_total=3 hugepages_free=2 hugepages_surp=1 hugepages_size=2048kB
7 pages in swap cache
Swap cache stats: add 36, delete 29, find 35/62
Free swap  = 512kB
Total swap = 1024kB
Unreclaimable slab info:
Name                      Used          Total
our_small                 12KB         16KB
our_large               1900KB       2048KB
SLUB: Unable to allocate memory on CPU 1 (of node 0) on node -1, gfp=0x40cc0(GFP_KERNEL|__GFP_COMP)
  cache: our_cache, object size: 232, buffer size: 256, default order: 1, min order: 0
`;
  const PRINTED = {
    huge_pages: [{ node: 0, hugepages_total: 3, hugepages_free: 2, hugepages_surp: 1, hugepages_size_kB: 2048 }],
    counters: {
      pages_in_swap_cache: 7,
      swap_cache_add: 36,
      swap_cache_delete: 29,
      swap_cache_find: 35,
      swap_cache_find_total: 62,
      Free_swap_kB: 512,
      Total_swap_kB: 1024,
    },
    unreclaimable_slab: [
      { name: "our_large", used_kB: 1900, total_kB: 2048 },
      { name: "our_small", used_kB: 12, total_kB: 16 },
    ],
    slub: { node: -1, mask: "0x40cc0", cache: "our_cache", object_size: 232, buffer_size: 256, default_order: 1 },
  };

  test.each([
    ["as they were printed", MORE],
    [
      "broken by mail",
      MORE.replace("delete 29, find", "delete 29,\nfind").replace("surp=1 hugepages", "surp=1\nhugepages"),
    ],
  ])("prints JSON with huge pages, the swap cache and what slabs hold, %s", async (_how, input) => {
    const { out } = await run(["dmesg", "--json"], { input: [input] });
    expect(JSON.parse(out).reports[0].printed).toMatchObject(PRINTED);
    const hidden = await run(["dmesg", "--json", "--redact"], { input: [input] });
    expect(hidden.out).not.toMatch(/our_(?:small|large|cache)/);
    expect(JSON.parse(hidden.out).reports[0].printed.unreclaimable_slab).toMatchObject([
      { used_kB: 1900, total_kB: 2048 },
      { used_kB: 12, total_kB: 16 },
    ]);
  });

  test("leaves out names of processes and what a builder added to the version", async () => {
    for (const format of [[], ["--json"]]) {
      const { out } = await run(["dmesg", "--redact", ...format], { input: [REPORT] });
      expect(out).not.toMatch(/our_task|our-host/);
      expect(out).toContain("6.12.117");
    }
  });

  test("makes a policy file of a report, whose expectation holds", async () => {
    const cwd = folderWith({ "console.log": REPORT + REPORT });
    const { out, status } = await run(["dmesg", "console.log", "--memory"], { cwd });
    expect([status, out.match(/^memory /gm)?.length]).toEqual([0, 1]);
    const checked = await run(["check", "-"], { input: [out] });
    expect([checked.status, checked.out]).toEqual([0, expect.stringContaining("1 expectation holds, 0 do not")]);
    const tried = folderWith({ "try.allocpolicy": out.replace("order   4", "order   1") });
    const simulated = await run(["simulate", "try.allocpolicy"], { cwd: tried });
    expect(simulated.out).toContain("failed on reported: succeeds from zone Normal");
    expect((await run(["dmesg", "console.log", "--memory", "--json"], { cwd })).status).toBe(2);
    expect((await run(["dmesg", "--memory", "--redact"], { input: [REPORT] })).out).not.toMatch(/our_task|our-host/);
  });

  test("is where a state of memory of a policy file may be read from", async () => {
    const text =
      'kernel 6.12\nmemory field from "console.log" report 2\nrequest table { api alloc_pages  order 4  flags GFP_KERNEL  handles null }\nexpect table on field { fails }\n';
    const cwd = folderWith({ "console.log": REPORT + REPORT, "main.allocpolicy": text });
    expect((await run(["check", "main.allocpolicy"], { cwd })).out).toContain("1 expectation holds");
    const wrong = folderWith({ "console.log": REPORT, "main.allocpolicy": text });
    const checked = await run(["check", "main.allocpolicy"], { cwd: wrong });
    expect(checked.out).toContain("console.log has one report, and no more. [kernel-log-unreadable]");
  });

  test("and the example say the same of a log that we wrote", async () => {
    const checked = await run(["check", "examples/field-report.allocpolicy"], { cwd: inRoot() });
    expect([checked.status, checked.out]).toEqual([
      0,
      "1 file checked: nothing to report; 4 expectations hold, 0 do not\n",
    ]);
    const told = await run(["dmesg", "examples/field-report.log"], { cwd: inRoot() });
    expect(told.out).toContain("By frame_buffer_open() of the module frame_grabber, through kmalloc()");
  });

  test("takes another kernel where the user knows better", async () => {
    const { out } = await run(["dmesg", "--kernel", "5.10"], { input: [REPORT] });
    expect(out).toContain("Mask 0x40cc0: GFP_KERNEL|__GFP_COMP");
    const unknown = await run(["dmesg", "--kernel", "99.1"], { input: [REPORT] });
    expect([unknown.status, unknown.out]).toEqual([2, ""]);
  });

  test("says what is wrong with a log without a report, and with what is none", async () => {
    const cwd = folderWith({ "boot.log": "[    5.000000] eth0: link is up\n", "sub/x.log": "" });
    const none = await run(["dmesg", "boot.log"], { cwd });
    expect([none.status, none.out, none.err]).toEqual([
      1,
      "",
      "boot.log has no report of a page allocation failure, a vmalloc error or the OOM killer\n",
    ]);
    const folder = await run(["dmesg", "sub"], { cwd });
    expect([folder.status, folder.err]).toEqual([2, "allocpolicy dmesg: cannot read sub: it is a folder\n"]);
    expect((await run(["dmesg", "gone.log"], { cwd })).err).toContain("cannot read gone.log: there is no such file");
    expect((await run(["dmesg", "a", "b"], { cwd })).status).toBe(2);
  });
});
