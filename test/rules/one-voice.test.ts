import { describe, expect, test } from "vitest";
import { findingsOf, mendedTexts } from "./_findings.ts";

const CONTEXTS = [
  "context spin { in process  holds spinlock }",
  "context bh { in softirq }",
  "context fs { in process  holds fs_lock }",
  "context io { in process  holds io_lock }",
  "context noreclaim { in process  scope noreclaim }",
].join("\n");

/** A file with one request, its properties separated by `;`. */
const fileOf = (kernel: string, properties: string, config = ""): string =>
  `kernel ${kernel}\n${config}\n${CONTEXTS}\nrequest example {\n${properties
    .split(";")
    .map((property) => `  ${property.trim()}\n`)
    .join("")}}\n`;

const rulesOf = (kernel: string, properties: string): readonly string[] =>
  findingsOf(fileOf(kernel, properties)).map(({ rule }) => rule);

const ONE_VOICE: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "6.12",
    "api kmalloc; size 64 B; flags GFP_KERNEL; context noreclaim; handles nothing",
    ["noreclaim-scope-unchecked"],
  ],
  ["6.12", "api alloc_pages; order 0; flags GFP_KERNEL | __GFP_MEMALLOC", ["memalloc-outside-mm"]],
  ["6.12", "api kmalloc; size 64 B; flags GFP_KERNEL | __GFP_MEMALLOC", ["pfmemalloc-slab"]],
  [
    "6.12",
    "api alloc_pages; order 0; flags GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOMEMALLOC",
    ["memalloc-with-nomemalloc"],
  ],
  ["6.12", "api kmalloc; size 64 B; flags GFP_KERNEL | __GFP_NOLOCKDEP", ["nolockdep"]],
  ["6.12", "api kmalloc; size 64 B; flags GFP_KERNEL | __GFP_WRITE", ["write-no-effect"]],
  ["6.12", "api alloc_contig_range; pages 512; flags GFP_KERNEL | __GFP_WRITE", ["write-no-effect"]],
  ["6.14", "api alloc_contig_range; pages 512; flags GFP_KERNEL | __GFP_NORETRY", ["range-noretry"]],
  ["6.14", "api alloc_contig_range; pages 512; flags GFP_KERNEL | __GFP_NOFAIL", ["nofail-with-range"]],
  ["6.19", "api __vmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_HIGHMEM", ["vmalloc-zone-flags"]],
  ["6.19", "api __vmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_RETRY_MAYFAIL", ["vmalloc-unsupported-flags"]],
  ["6.19", "api __vmalloc; size 64 KiB; flags GFP_NOWAIT; context bh", ["kvmalloc-in-interrupt"]],
  [
    "6.12",
    "api alloc_pages; order 0; flags GFP_KERNEL | __GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM",
    ["zone-dma-dma32", "zone-dma-highmem"],
  ],
  ["6.12", "api bio_alloc; flags GFP_NOWAIT | __GFP_NOWARN; context bh; handles null", ["mempool-forced-flags"]],
  ["6.12", "api alloc_pages; order 0; flags GFP_KERNEL | 0", []],
  ["6.12", "api alloc_pages; order 0; flags GFP_KERNEL | 0x100", ["numeric-mask"]],
  ["6.12", "api radix_tree_preload; flags GFP_ATOMIC", ["preload-nonblocking"]],
  ["6.12", "api alloc_percpu_gfp; size 64 B; flags GFP_NOFS", ["percpu-nofs-atomic"]],
  ["5.10", "api kvmalloc; size 64 KiB; flags GFP_NOFS", ["kvmalloc-nofs-no-fallback"]],
  ["6.6", "api alloc_contig_pages; pages 512; flags GFP_NOFS", ["range-nofs-ignored"]],
  ["6.12", "api kmalloc; size 64 B; flags GFP_NOFS; context io", ["io-reclaim-under-lock"]],
  ["5.15", "api kvmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_NOFAIL; handles null", ["nofail-kvmalloc-unsupported"]],
];

describe("a mistake is reported once, by the rule that knows most", () => {
  test.each(ONE_VOICE)("%s: %s", (kernel, properties, rules) => {
    expect([...rulesOf(kernel, properties)].sort()).toEqual([...rules].sort());
  });
});

/** The text after a fix of that title for a finding of that rule. */
function after(text: string, rule: string, title: string): string {
  const offered = mendedTexts(text).filter((fix) => fix.rule === rule);
  const fix = offered.find((one) => one.title === title);
  if (fix === undefined) throw new Error(`no fix "${title}" among ${offered.map((one) => one.title).join(", ")}`);
  return fix.text;
}

const MENDED: readonly (readonly [string, string, string, string, string])[] = [
  [
    "6.12",
    "api dma_alloc_coherent; size 4 KiB; flags GFP_KERNEL | GFP_DMA32",
    "dma-zone-cleared",
    "Drop __GFP_DMA32",
    "GFP_KERNEL",
  ],
  [
    "6.12",
    "api alloc_skb; size 1500 B; flags GFP_ATOMIC | GFP_DMA; context bh",
    "skb-dma",
    "Drop __GFP_DMA: the memory can then lie above what the device reaches",
    "GFP_ATOMIC",
  ],
  ["6.12", "api kmalloc; size 64 B; flags GFP_KERNEL & ~__GFP_IO", "fs-without-io", "Write GFP_NOIO", "GFP_NOIO"],
  [
    "6.12",
    "api alloc_pages; order 0; flags GFP_KERNEL & ~__GFP_RECLAIM",
    "no-kswapd",
    "Clear only __GFP_DIRECT_RECLAIM",
    "GFP_KERNEL & ~__GFP_DIRECT_RECLAIM",
  ],
  [
    "6.12",
    "api kmalloc; size 64 B; flags GFP_ATOMIC | __GFP_DIRECT_RECLAIM",
    "atomic-or-kernel",
    "Write GFP_KERNEL",
    "GFP_KERNEL | __GFP_DIRECT_RECLAIM",
  ],
  [
    "6.12",
    "api kmalloc; size 64 B; flags GFP_KERNEL | GFP_ATOMIC; context spin",
    "atomic-or-kernel",
    "Drop GFP_KERNEL",
    "GFP_ATOMIC",
  ],
  [
    "6.12",
    "api kmalloc; size 64 B; flags GFP_KERNEL | __GFP_ATOMIC",
    "removed-flag",
    "Drop __GFP_ATOMIC",
    "GFP_KERNEL",
  ],
  [
    "6.12",
    "api kmalloc; size 64 B; flags GFP_ATOMIC; context fs",
    "atomic-when-sleepable",
    "Write GFP_NOFS",
    "GFP_NOFS",
  ],
  [
    "6.12",
    "api kmalloc; size 64 B; flags GFP_ATOMIC; context io",
    "atomic-when-sleepable",
    "Write GFP_NOIO",
    "GFP_NOIO",
  ],
  [
    "6.12",
    "api kmalloc; size 64 B; flags GFP_KERNEL | __GFP_NOFAIL | __GFP_NOWARN",
    "nofail-with-nowarn",
    "Drop __GFP_NOWARN",
    "GFP_KERNEL | __GFP_NOFAIL",
  ],
];

describe("a fix writes what a kernel developer would", () => {
  test.each(MENDED)("%s: %s (%s)", (kernel, properties, rule, title, flags) => {
    const mended = after(fileOf(kernel, properties), rule, title);
    expect(mended).toBe(fileOf(kernel, properties.replace(/flags [^;]*/, `flags ${flags}`)));
    expect(findingsOf(mended).map((finding) => finding.rule)).not.toContain(rule);
  });
});

describe("a fix never turns a mask into its complement", () => {
  test.each(["GFP_DMA32 & ~__GFP_IO", "__GFP_DMA32 & ~__GFP_IO"])("%s without its only flag", (flags) => {
    const titles = findingsOf(fileOf("6.12", `api kmem_cache_alloc; cache { size 64 }; flags ${flags}`)).flatMap(
      ({ fixes }) => fixes.map(({ title }) => title),
    );
    expect(titles).not.toContain("Drop __GFP_DMA32");
  });

  test("an operand of | goes with what it is masked by", () => {
    const asked = (flags: string): string => fileOf("6.12", `api kmem_cache_alloc; cache { size 64 }; flags ${flags}`);
    const mended = after(asked("GFP_KERNEL | __GFP_DMA32 & ~__GFP_IO"), "slab-zone-flags", "Drop __GFP_DMA32");
    expect(mended).toBe(asked("GFP_KERNEL"));
  });
});

/** What keeps the caller from having to cope is not taken away without a word. */
const DROP_NOFAIL = "Drop __GFP_NOFAIL: the call can then fail, and the caller must cope";

describe("a fix that would only move the mistake is not offered", () => {
  const titlesOf = (kernel: string, properties: string, rule: string): readonly string[] =>
    findingsOf(fileOf(kernel, properties))
      .filter((one) => one.rule === rule)
      .flatMap(({ fixes }) => fixes.map(({ title }) => title));

  test("kvmalloc() with __GFP_NOFAIL, before vmalloc keeps it", () => {
    expect(
      titlesOf("5.15", "api kmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_NOFAIL", "nofail-costly-order"),
    ).toEqual([DROP_NOFAIL]);
    expect(
      titlesOf("6.12", "api kmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_NOFAIL", "nofail-costly-order"),
    ).toEqual(["Use kvmalloc()", DROP_NOFAIL]);
  });

  test("a mask without FS for a call that reclaims by its own mask", () => {
    expect(
      titlesOf("6.6", "api alloc_contig_range; pages 512; flags GFP_KERNEL; context fs", "fs-reclaim-under-lock"),
    ).toEqual([]);
    expect(
      titlesOf("5.10", "api __vmalloc; size 64 KiB; flags GFP_KERNEL; context fs", "fs-reclaim-under-lock"),
    ).toEqual([]);
    expect(
      titlesOf("6.12", "api __vmalloc; size 64 KiB; flags GFP_KERNEL; context fs", "fs-reclaim-under-lock"),
    ).toEqual(["Drop __GFP_FS"]);
  });

  test("GFP_NOWAIT where the call cannot work with it", () => {
    expect(titlesOf("6.19", "api kvmalloc; size 64 KiB; flags GFP_KERNEL; context bh", "sleep-in-atomic")).toEqual([]);
    expect(
      titlesOf("6.12", "api mempool_alloc; flags GFP_KERNEL; context spin; handles nothing", "sleep-in-atomic"),
    ).toEqual([]);
    expect(titlesOf("6.12", "api mempool_alloc; flags GFP_KERNEL; context spin", "sleep-in-atomic")).toEqual([
      "Write GFP_NOWAIT",
      "Write GFP_ATOMIC",
    ]);
  });

  test("GFP_KERNEL under a lock of the file system", () => {
    expect(titlesOf("6.12", "api kmalloc; size 64 B; flags GFP_DMA; context fs", "no-reclaim-bits")).toEqual([
      "Write GFP_NOFS | GFP_DMA",
    ]);
    expect(
      titlesOf("6.12", "api kmalloc; size 64 B; flags GFP_NOWAIT | __GFP_NOFAIL; context fs", "nofail-without-reclaim"),
    ).toEqual(["Drop __GFP_NOFAIL", "Write GFP_NOFS"]);
  });

  test("kmalloc() for a kvzalloc() that clears, or for more than it gives", () => {
    expect(
      titlesOf("6.19", "api kvzalloc; size 64 KiB; flags GFP_NOWAIT; context bh", "kvmalloc-in-interrupt"),
    ).toEqual(["Use kzalloc()"]);
    expect(
      titlesOf("6.19", "api kvmalloc; size 64 MiB; flags GFP_NOWAIT; context bh", "kvmalloc-in-interrupt"),
    ).toEqual([]);
  });

  test("kvmalloc() with __GFP_NOFAIL, where a fatal signal ends it", () => {
    expect(titlesOf("6.6", "api kmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_NOFAIL", "nofail-costly-order")).toEqual(
      [DROP_NOFAIL],
    );
  });

  test("what mends the newest kernel only, over a range", () => {
    expect(
      titlesOf("5.10 .. 6.12", "api kmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_NOFAIL", "nofail-costly-order"),
    ).toEqual([DROP_NOFAIL]);
    expect(
      titlesOf("6.10 .. 6.12", "api kmalloc; size 64 KiB; flags GFP_KERNEL | __GFP_NOFAIL", "nofail-costly-order"),
    ).toEqual(["Use kvmalloc()", DROP_NOFAIL]);
  });

  test("kvmalloc() where the caller may not sleep", () => {
    expect(titlesOf("6.12", "api kmalloc; size 5 MiB; flags GFP_ATOMIC; context bh", "kmalloc-too-large")).toEqual([]);
    expect(titlesOf("6.12", "api kmalloc; size 5 MiB; flags GFP_KERNEL", "kmalloc-too-large")).toEqual([
      "Use kvmalloc()",
    ]);
  });

  test("a blocking mask that would loop", () => {
    expect(
      titlesOf(
        "6.12",
        "api kmalloc; size 64 B; flags GFP_NOWAIT | __GFP_NOFAIL | __GFP_NORETRY",
        "nofail-without-reclaim",
      ),
    ).toEqual(["Drop __GFP_NOFAIL"]);
  });

  test("first of all the loss of the zone that the caller needs", () => {
    expect(
      titlesOf("6.12", "api alloc_pages; order 0; flags GFP_KERNEL | __GFP_NOFAIL | __GFP_DMA32", "nofail-in-low-zone"),
    ).toEqual([DROP_NOFAIL, "Drop __GFP_DMA32: the memory can then lie above what the device reaches"]);
  });
});

describe("a message says only what is true of the request", () => {
  const messageOf = (kernel: string, properties: string, rule: string): string =>
    findingsOf(fileOf(kernel, properties)).find((one) => one.rule === rule)?.message ?? "";

  test("a memcg limit is named where the request is charged", () => {
    expect(
      messageOf("6.12", "api kmalloc; size 64 B; flags GFP_KERNEL; handles nothing", "unchecked-result"),
    ).not.toContain("memcg");
    expect(
      messageOf("6.12", "api kmalloc; size 64 B; flags GFP_KERNEL_ACCOUNT; handles nothing", "unchecked-result"),
    ).toContain("memcg");
  });

  test("where per-cpu lists serve order 2, they keep rmqueue() from warning", () => {
    const properties = "api alloc_pages; order 2; flags GFP_KERNEL | __GFP_NOFAIL";
    expect(messageOf("5.15", properties, "nofail-high-order")).toContain("unless a per-cpu list has the pages");
    expect(messageOf("6.6", properties, "nofail-high-order")).toContain("even when the pages are there");
  });

  test("range-noretry says what each kernel does", () => {
    expect(
      messageOf("6.6", "api alloc_contig_pages; pages 512; flags GFP_KERNEL | __GFP_NORETRY", "range-noretry"),
    ).toContain("ignores it");
    expect(
      messageOf("6.14", "api alloc_contig_pages; pages 512; flags GFP_KERNEL | __GFP_NORETRY", "range-noretry"),
    ).toContain("refuses the mask");
  });

  test("no size is to blame for a mask that cannot block", () => {
    expect(
      messageOf(
        "6.12",
        "api kmalloc; size 64 B; flags GFP_NOWAIT | __GFP_NOFAIL; handles nothing",
        "nofail-over-limit",
      ),
    ).not.toContain("bound the size");
  });
});

describe("what was asked for with open eyes is not reported", () => {
  test("a huge page tried on one node only", () => {
    expect(
      rulesOf(
        "6.19",
        "api alloc_pages_node; order 9; node 1; flags GFP_TRANSHUGE | __GFP_THISNODE | __GFP_NORETRY; handles null",
      ),
    ).toEqual([]);
  });

  test("a high order without IO that has a fallback", () => {
    const properties = "api alloc_pages; order 2; flags GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN";
    expect(rulesOf("6.12", properties)).toContain("high-order-without-io");
    expect(
      rulesOf("6.12", `${properties}; fallback single }\nrequest single { api alloc_page; flags GFP_KERNEL`),
    ).not.toContain("high-order-without-io");
  });
});

test("a fix that only some of the checked kernels ask for is not made without looking", () => {
  const preferred = (kernel: string): readonly boolean[] =>
    findingsOf(fileOf(kernel, "api kmalloc; size 64 B; flags GFP_NOWAIT | __GFP_NOWARN; context bh")).flatMap(
      ({ fixes }) => fixes.map((fix) => fix.preferred),
    );
  expect(preferred("6.12")).toEqual([true]);
  expect(preferred("6.1 .. 6.12")).toEqual([false]);
});
