import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diagnose, type Diagnosis } from "../../server/kernel-log/diagnosis.ts";
import { readReports } from "../../server/kernel-log/reader.ts";
import { diagnosisText } from "../../server/kernel-log/text.ts";
import { failureLines, oomLines, style, STYLES, type LoggedMachine, type LoggedZone, type Style } from "./_logs.ts";

const styleOf = (version: string): Style => {
  const found = STYLES.find((style) => style.version.startsWith(version));
  if (found === undefined) throw new Error(version);
  return found;
};

const none: LoggedZone = {
  node: 0,
  name: "Normal",
  free: 0,
  min: 1000,
  low: 1250,
  high: 1500,
  boost: 0,
  highatomic: 0,
  anon: [0, 0],
  file: [0, 0],
  managed: 1_000_000,
  cma: 0,
  reserve: [0, 0, 0, 0],
  blocks: [],
  letters: [],
};

/** A zone with these free blocks, the others of 11 orders empty. */
function zone(blocks: readonly number[], more: Partial<LoggedZone> = {}): LoggedZone {
  const all = Array.from({ length: 11 }, (_, order) => blocks[order] ?? 0);
  const free = all.reduce((pages, count, order) => pages + count * 2 ** order, 0);
  return { ...none, free, blocks: all, letters: all.map(() => "U"), ...more };
}

function machine(zones: readonly LoggedZone[], more: Partial<LoggedMachine> = {}): LoggedMachine {
  return {
    zones,
    pageKb: 4,
    order: 0,
    mask: "0xcc0",
    maskNames: "GFP_KERNEL",
    command: "our_task",
    swapKb: [0, 0],
    ...more,
  };
}

function diagnosisOf(lines: readonly string[]): Diagnosis {
  const [report] = readReports(`${lines.join("\n")}\n`);
  if (report === undefined) throw new Error("no report");
  return diagnose(report);
}

const failure = (logged: LoggedMachine, version = "6.12"): Diagnosis =>
  diagnosisOf(failureLines(logged, styleOf(version)));
const kindsOf = ({ zones }: Diagnosis): readonly string[] => zones.map(({ zone: name, kind }) => `${name} ${kind}`);
const resultsOf = ({ remedies }: Diagnosis): readonly string[] =>
  remedies.map(({ change, result }) => `${change}: ${result}`);

describe("a report, explained", () => {
  const shattered = machine([zone([40_000, 300, 20])], { order: 4 });

  test("of a costly order says that memory is there, and not in one piece", () => {
    const diagnosis = failure(shattered);
    expect(diagnosis.first).toBe(
      "A task called our_task asked the kernel for 16 pages in a row (64 kB, order 4), and did not get them: memory was free, but not so much of it in one piece.",
    );
    expect(diagnosis.blame).toBe("order");
    expect(kindsOf(diagnosis)).toEqual(["Normal no-block"]);
    expect(diagnosis.replay).toMatchObject({ agrees: true, withheld: [] });
    expect(resultsOf(diagnosis)).toContain("Order 2 (16 kB) in place of 4: succeeds");
    expect(resultsOf(diagnosis).some((text) => /^kvmalloc.*: succeeds$/.test(text))).toBe(true);
  });

  test("blames the watermark only where the size of the zone is told, whatever else is lost", () => {
    const fields = ["free", "boost", "min", "low", "high", "active_anon", "inactive_file", "free_pcp"];
    fc.assert(
      fc.property(fc.nat(900), style, fc.subarray(fields), (free, printed, kept) => {
        const lines = failureLines(machine([zone([free])], { order: 2 }), printed).map((line) =>
          line
            .split(" ")
            .filter((word) => [...kept, undefined].includes(/^(\w+):\d+kB/.exec(word)?.[1]))
            .join(" "),
        );
        expect(diagnosisOf(lines).blame).not.toBe("watermark");
      }),
      { seed: 11, numRuns: 100 },
    );
  });

  test("whose zone has more free by its own line than in its free list says so where that decides", () => {
    const lists = [400, 30, 2];
    const of = (free: number, order = 0): Diagnosis =>
      failure(machine([zone(lists, { free })], { order, mask: "0x40cc0", maskNames: "GFP_KERNEL|__GFP_COMP" }));
    const DOUBT = /But its own line, printed before the free list, has 80000 kB free, which would be enough/;
    for (const order of [0, 4]) {
      expect(of(20_000, order).zones[0]).toMatchObject({ kind: "below-watermark", isDoubtful: true });
      expect(of(20_000, order).zones[0]?.text).toMatch(DOUBT);
      // By both there is too little, or the list has no less.
      for (const free of [468, 470, 900, 300]) {
        expect(of(free, order).zones[0]).toMatchObject({ kind: "below-watermark", isDoubtful: false });
        expect(diagnosisText(of(free, order))).not.toContain("its own line");
      }
    }
    expect(of(20_000, 4).first).toContain("by one line of the report too little was free, by another enough");
    expect(of(900, 4).first).toContain("too little was free of what it may use");
  });

  test("names the caller and the function that it called, and keeps the allocator's own functions out", () => {
    const { caller } = failure(shattered);
    expect(caller).toMatchObject({ api: "kmalloc", symbol: { text: "our_driver_open" }, module: "our_driver" });
  });

  test("of a mask that may not wait blames the mask, and counts what must stay free as the kernel does", () => {
    const short = zone([800], { reserve: [0, 0, 0, 0] });
    const diagnosis = failure(machine([short], { mask: "0x800", maskNames: "GFP_NOWAIT" }), "5.10");
    expect(diagnosis.blame).toBe("mask");
    expect(diagnosis.zones.map(({ text }) => text)).toEqual([
      "3200 kB are free. More than 4000 kB must be: min watermark 4000 kB.",
    ]);
    expect(resultsOf(diagnosis)).toContain("GFP_ATOMIC, which may go deeper into the reserves: succeeds");
    expect(diagnosis.tried.join(" ")).toContain("the mask has no __GFP_DIRECT_RECLAIM");
  });

  test("tells what a lower zone keeps from requests for higher ones", () => {
    const dma = zone([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3], {
      name: "DMA",
      min: 10,
      low: 12,
      high: 15,
      reserve: [0, 0, 9000, 9000],
      managed: 4000,
    });
    const diagnosis = failure(
      machine([dma, zone([900], { reserve: [0, 0, 0, 0] })], { mask: "0x800", maskNames: "GFP_NOWAIT" }),
    );
    expect(diagnosis.zones[0]?.text).toBe(
      "12288 kB are free. More than 36040 kB must be: min watermark 40 kB, lowmem_reserve 36000 kB for requests that may go to Normal.",
    );
  });

  test("does not count what lies in CMA for a request that may not go there", () => {
    const apart = zone([500, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8], {
      cma: 8192,
      letters: ["U", "U", "U", "U", "U", "U", "U", "U", "U", "U", "C"],
    });
    const diagnosis = failure(machine([apart], { order: 6 }));
    expect(diagnosis.zones[0]?.text).toContain("32768 kB lie in CMA, where it may not take any");
    expect(diagnosis.first).toContain("most of what was free is kept for other uses");
  });

  test("finds blocks that only CMA has", () => {
    const apart = zone([3000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8], {
      cma: 8192,
      letters: ["U", "U", "U", "U", "U", "U", "U", "U", "U", "U", "C"],
    });
    expect(kindsOf(failure(machine([apart], { order: 6 })))).toEqual(["Normal only-apart"]);
  });

  test("of 4.3 and before asks for a share of the watermark at each order, as those kernels did", () => {
    const few = machine([zone([20_000, 100, 20, 5, 1])], { order: 4 });
    expect(kindsOf(failure(few, "3.16"))).toEqual(["Normal too-few-of-larger"]);
    expect(failure(few, "3.16").replay?.agrees).toBe(true);
    expect(kindsOf(failure(few, "4.9"))).toEqual(["Normal fits"]);
  });

  test("says what the report does not tell where the model gets what the kernel did not get", () => {
    const roomy = failure(machine([zone([5000, 5000, 5000, 5000, 5000])], { order: 4 }));
    expect(roomy.replay?.agrees).toBe(false);
    expect(roomy.agreement).toContain("succeeds (from Normal), and the kernel did not");
    expect(roomy.remedies).toEqual([]);
  });

  test("leaves out what came free between the lines of the zones and the free lists, where that explains the failure", () => {
    const drifted = zone([1010], { free: 990 });
    expect(failure(machine([drifted], { mask: "0x800", maskNames: "GFP_NOWAIT" })).replay).toMatchObject({
      agrees: true,
      withheld: ["free"],
    });
  });

  test("withholds what reclaim and compaction cannot have got, and says so", () => {
    const cached = zone([40_000, 300, 20], { file: [100_000, 100_000], anon: [1000, 1000] });
    const diagnosis = failure(machine([cached], { order: 4 }));
    expect(diagnosis.replay?.agrees).toBe(true);
    expect(diagnosis.replay?.withheld).toContain("compaction");
    expect(diagnosis.agreement).toContain("once ");
  });

  test("of the OOM killer tells who was killed and what fills the memory", () => {
    const full = oomLines(machine([zone([900], { anon: [40_000, 20_000] })]), styleOf("6.12"));
    const diagnosis = diagnosisOf(full);
    expect(diagnosis.first).toBe(
      "The machine ran out of memory when a task called our_task needed some, so that the kernel killed process 6576 (our database).",
    );
    expect(diagnosis.blame).toBe("machine");
    expect(diagnosis.replay?.agrees).toBe(true);
    expect(diagnosis.because).toContain("There is no swap.");
  });

  test("of a memory cgroup speaks of its limit, and runs nothing", () => {
    const diagnosis = diagnosisOf([
      "our_task invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
      "CPU: 2 PID: 1234 Comm: our_task Not tainted 6.12.117 #1",
      "memory: usage 102400kB, limit 102400kB, failcnt 17",
      "swap: usage 0kB, limit 9007199254740988kB, failcnt 0",
      "Memory cgroup stats for /our.slice:",
      "anon 104857600",
      "file 0",
      "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/our.slice,task_memcg=/our.slice,task=our_task,pid=1234,uid=0",
      "Memory cgroup out of memory: Killed process 1234 (our_task) total-vm:204800kB, anon-rss:102300kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:300kB oom_score_adj:0",
    ]);
    expect(diagnosis.first).toBe(
      "The memory cgroup /our.slice reached its limit when a task called our_task needed memory, so that the kernel killed process 1234 (our_task).",
    );
    expect(diagnosis.because).toContain("102400 kB of the 102400 kB");
    expect(diagnosis.replay).toBeNull();
  });

  test("knows the ways in which vmalloc fails", () => {
    const head = (words: string): string =>
      `our_task: vmalloc error: size 1099511627776, ${words}, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0`;
    expect(diagnosisOf([head("exceeds total pages"), "65264 pages RAM"]).blame).toBe("order");
    expect(diagnosisOf([head("vm_struct allocation failed")]).blame).toBe("address-space");
    expect(diagnosisOf(["vmap allocation for size 4198400 failed: use vmalloc=<size> to increase size"]).blame).toBe(
      "address-space",
    );
    const older = diagnosisOf([
      "vmalloc: allocation failure: 8388608 bytes",
      ...failureLines(machine([zone([900])]), styleOf("3.16")),
    ]);
    expect(older.report).toMatchObject({ kind: "vmalloc", sizeBytes: { value: 8388608 } });
    expect(older.replay).not.toBeNull();
  });

  test("takes a trace on an interrupt's stack for an interrupt", () => {
    const [first = "", ...rest] = failureLines(
      machine([zone([800])], { mask: "0x820", maskNames: "GFP_ATOMIC" }),
      styleOf("5.10"),
    );
    const at = rest.indexOf("Call Trace:");
    const lines = [
      first,
      ...rest.slice(0, at + 1),
      " <IRQ>",
      " warn_alloc+0x10e/0x180",
      " __alloc_skb+0x8f/0x200",
      " our_rx+0x1/0x2 [our_driver]",
      " net_rx_action+0x142/0x390",
      " </IRQ>",
      ...rest.slice(at + 7),
    ];
    const diagnosis = diagnosisOf(lines);
    expect(diagnosis.context.names).toEqual(["softirq"]);
    expect(diagnosis.caller).toMatchObject({ api: "alloc_skb", symbol: { text: "our_rx" } });
    expect(resultsOf(diagnosis).some((text) => text.startsWith("GFP_KERNEL"))).toBe(false);
  });

  test("fits 80 columns, but for words that are longer", () => {
    for (const line of diagnosisText(failure(shattered)).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("does not invent a kernel: without one the release that prints the mask so is taken, and that is said", () => {
    const { kernel } = diagnosisOf([
      "our_task: page allocation failure: order:0, mode:0x404000(GFP_NOWAIT|__GFP_COMP), nodemask=(null)",
    ]);
    expect(kernel.version).toBe("5.0");
    expect(kernel.assumed).toEqual(["The report does not tell its kernel: taken as 5.0."]);
  });

  test("is written for any damaged report, too", () => {
    const lines = [...failureLines(shattered, styleOf("5.4")), ...oomLines(shattered, styleOf("6.12"))];
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: lines.length, maxLength: lines.length }),
        fc.nat({ max: 60 }),
        (kept, cut) => {
          const left = lines.filter((_, at) => kept[at]).map((line) => (cut > 50 ? line.slice(0, cut) : line));
          for (const report of readReports(`${left.join("\n")}\n`))
            expect(diagnosisText(diagnose(report))).not.toContain("undefined");
        },
      ),
    );
  });
});
