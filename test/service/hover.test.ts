import { describe, expect, test } from "vitest";
import { hoverAt } from "../../server/service/hover.ts";
import { checkHover, fixture } from "./_fixture.ts";

describe("the hover of a name in a mask", () => {
  test("says what a flag asks for, its bit, and what the API does with it", () => {
    checkHover("kernel 6.12\nrequest r { api kmalloc size 64 B flags GFP_KERNEL | __GFP_NO$0WARN }", "__GFP_NOWARN", [
      /failure is expected/i,
      /0x2000/,
      /bit 13/,
      /kmalloc/,
      /honoured/,
    ]);
  });

  test("says that an API drops a flag", () => {
    checkHover("kernel 6.12\nrequest r { api kmalloc size 64 B flags GFP_KERNEL | __GFP_HIGH$0MEM }", "__GFP_HIGHMEM", [
      /cleared, with a warning/,
    ]);
  });

  test("tells over a range of versions where the value differs", () => {
    checkHover("kernel 4.19 .. 5.4\nflags M = __GFP_ZE$0RO", "__GFP_ZERO", [/0x8000/, /0x100/, /4\.19/, /5\.4/]);
  });

  test("says what a flag keeps a request from, whom it charges, and where its meaning changed", () => {
    checkHover("kernel 6.12\nflags M = __GFP_HARD$0WALL", "__GFP_HARDWALL", [/task's own cpuset/, /Without the flag/]);
    checkHover("kernel 6.12\nflags M = __GFP_ACC$0OUNT", "__GFP_ACCOUNT", [/active memory cgroup/]);
    checkHover("kernel 6.12\nflags M = GFP_KERNEL_ACC$0OUNT", "GFP_KERNEL_ACCOUNT", [/active memory cgroup/]);
    checkHover("kernel 6.12\nflags M = __GFP_ZERO$0TAGS", "__GFP_ZEROTAGS", [/if it is zeroed at all/]);
    checkHover("kernel 7.x-dev\nflags M = __GFP_ZERO$0TAGS", "__GFP_ZEROTAGS", [/even where the memory itself is not/]);
  });

  test("tells of a context by the kernel's name what it implies, and where that is written", () => {
    checkHover("kernel 6.12\nrequest r { api kmalloc size 64 B flags GFP_NOWAIT context hr$0timer }", "hrtimer", [
      /`hardirq` where PREEMPT_RT is off, `softirq` where it is on/,
      /kernel\/time\/hrtimer\.c/,
    ]);
    checkHover('kernel 6.12\ncontext c { holds spin_lock_irq$0save "x" }', "spin_lock_irqsave", [
      /`spinlock`, `irqs_off` where PREEMPT_RT is off/,
    ]);
  });

  test("tells in which versions a flag does not exist", () => {
    checkHover("kernel 6.1 .. 6.6\nflags M = __GFP_ATO$0MIC", "__GFP_ATOMIC", [
      /6\.1 \.\. 6\.2: `0x200`/,
      /6\.3 \.\. 6\.6: does not exist/,
    ]);
  });

  test("takes a composite apart, by version", () => {
    checkHover("kernel 6.7 .. 6.8\nflags M = GFP_NO$0WAIT", "GFP_NOWAIT", [
      /6\.7: `0x800` = `__GFP_KSWAPD_RECLAIM`/,
      /6\.8: `0x2800`/,
    ]);
  });

  test("shows an alias with its declaration, its value and what brings which bits", () => {
    checkHover(
      "kernel 6.12\n/// For the ring.\nflags RING = GFP_KERNEL | __GFP_NOWARN\nrequest r { api kvmalloc size 64 KiB flags RI$0NG }",
      "RING",
      [/For the ring/, /flags RING = GFP_KERNEL/, /0x2cc0/, /`__GFP_NOWARN` brings `0x2000`/],
    );
  });

  test("decodes a literal", () => {
    checkHover("kernel 6.12\nflags M = 0x14$0cca", "0x14cca", [/GFP_KERNEL|__GFP_/]);
  });

  test("names the bits of a literal that the kernel does not define", () => {
    checkHover("kernel 6.12\nflags M = 0x40000$0200", "0x40000200", [/undefined bits/]);
  });

  test("names the members of a group", () => {
    checkHover("kernel 6.12\nflags M = ZONE_MOD$0IFIERS", "ZONE_MODIFIERS", [/__GFP_DMA32/, /`0xf`/]);
  });

  test("says nothing about a name that means nothing", () => {
    checkHover("kernel 6.12\nflags M = GFP_KERN$0AL", null);
  });
});

describe("the hover of a request", () => {
  test("gives the mask, the zone and each answer with its reason and the kernel function", () => {
    checkHover(
      "kernel 6.12\nrequest rx_re$0fill { api alloc_pages order 3 flags GFP_ATOMIC context softirq }",
      "rx_refill",
      [
        /order 3 = 32 KiB/,
        /0x820/,
        /zone Normal/,
        /sleeps: \*\*never\*\*/,
        /reserves: \*\*atomic\*\*/,
        /fails: \*\*may\*\*/,
        /mm\/page_alloc\.c:/,
      ],
    );
  });

  test("says that NOFAIL without reclaim does not keep its promise", () => {
    checkHover("kernel 6.12\nrequest r$0 { api alloc_pages order 0 flags GFP_ATOMIC | __GFP_NOFAIL }", "r", [
      /`__GFP_NOFAIL` without `__GFP_DIRECT_RECLAIM`.*returns NULL/,
    ]);
  });

  test("tells over a range where the answers differ", () => {
    checkHover("kernel 5.10 .. 6.12\nrequest r$0 { api kvmalloc size 96 KiB flags GFP_KERNEL | __GFP_NOFAIL }", "r", [
      /\(5\.10 \.\. 5\.16\)/,
    ]);
  });

  test("is the same on a name that refers to it", () => {
    checkHover("kernel 6.12\nrequest r { api kmalloc size 64 B flags GFP_KERNEL }\nexpect r$0 { sleeps may }", "r", [
      /kmalloc/,
      /sleeps: \*\*may\*\*/,
    ]);
  });

  test("says what is missing while there is no API", () => {
    checkHover("kernel 6.12\nrequest r$0 { flags GFP_KERNEL }", "r", [/api/]);
  });

  test.each([
    ["a mask", "size 64 B flags GFP_KERNAL", /not decided: the mask is not fully known/],
    ["any mask", "size 64 B", /not decided: the mask is not fully known/],
    ["a context", "size 64 B flags GFP_KERNEL context nowhere", /not decided: the context is not known/],
  ])("without %s that is known says so, and no more", (_what, properties, says) => {
    checkHover(`kernel 6.12\nrequest r$0 { api kmalloc ${properties} }`, "r", [says], [/sleeps/]);
  });

  test("says nothing about the kernel where the header names none that is known", () => {
    checkHover("kernel 99.1\nrequest r$0 { api kmalloc size 64 B flags GFP_KERNEL }", "r", [], [/sleeps/]);
  });
});

describe("the hover of the other words", () => {
  test("shows a function with its prototype and what it does to masks", () => {
    checkHover("kernel 6.12\nrequest r { api alloc_contig_ra$0nge pages 512 flags GFP_KERNEL }", "alloc_contig_range", [
      /alloc_contig_range\(/,
      /pages/,
    ]);
  });

  test("says in which kernels a function is missing", () => {
    checkHover("kernel 5.10\nrequest r { api folio_al$0loc order 0 flags GFP_KERNEL }", "folio_alloc", [
      /Does not exist in 5\.10/,
    ]);
  });

  test("explains a built-in context and shows a declared one", () => {
    checkHover("kernel 6.12\ncontext c { in soft$0irq }", "softirq", [/not allowed/]);
    checkHover(
      "kernel 6.12\n/// The ring.\ncontext ring { in softirq }\nrequest r { api kmalloc size 1 B flags GFP_ATOMIC context ri$0ng }",
      "ring",
      [/The ring/, /in softirq/],
    );
  });

  test("shows what an imported file declares", () => {
    const { workspace, uri, offset } = fixture(
      'kernel 6.12\nimport "contexts.allocpolicy"\nrequest r { api kmalloc size 1 B flags GFP_ATOMIC context r$0x }',
      { "contexts.allocpolicy": "/// The ring.\ncontext rx { in softirq  holds spinlock }\n" },
    );
    expect(hoverAt(workspace, uri, offset)?.markdown).toMatch(/The ring[\s\S]*holds spinlock/);
  });

  test("shows a policy where it is named, cut where it is long", () => {
    checkHover(
      "kernel 6.12\npolicy driver { forbid has __GFP_NOFAIL }\nrequest r { api kmalloc size 1 B flags 0 policy dri$0ver }",
      "driver",
      [/forbid has __GFP_NOFAIL/],
    );
    checkHover(
      `kernel 6.12\npolicy driver {\n${"  warn has __GFP_HIGH\n".repeat(40)}}\nrequest r { api kmalloc size 1 B flags 0 policy dri$0ver }`,
      "driver",
      [/…/],
    );
  });

  test("explains locks and scopes", () => {
    checkHover("kernel 6.12\ncontext c { in process holds fs_l$0ock }", "fs_lock", [/filesystem/]);
    checkHover("kernel 6.12\ncontext c { in process scope no$0fs }", "nofs", [/memalloc_nofs_save/]);
  });

  test("names the sources behind a kernel version", () => {
    checkHover("kernel 6.$012", "6.12", [/Linux 6\.12/]);
  });

  test("explains a property's own word", () => {
    checkHover("kernel 6.12\nrequest r { ap$0i kmalloc }", "api", [/allocation function/]);
  });

  test("converts sizes", () => {
    checkHover("kernel 6.12\nrequest r { api kmalloc size 64$0 KiB flags GFP_KERNEL }", "64 KiB", [
      /65 536/,
      /16 pages, order 4/,
    ]);
    checkHover("kernel 6.12\nrequest r { api alloc_pages order 1$02 flags GFP_KERNEL }", "12", [
      /16 MiB/,
      /largest order of 6\.12 is 10/,
    ]);
  });

  test("shows what a waived rule is about", () => {
    checkHover(
      'kernel 6.12\nrequest r { api kmalloc size 1 B flags GFP_KERNEL waive sleep-in-at$0omic because "x" }',
      "sleep-in-atomic",
      [/error/],
    );
  });

  test("says nothing in a comment or between words", () => {
    checkHover("kernel 6.12\n// GFP_KER$0NEL\nflags M = 0", null);
  });

  test("says which mode of its policies a request selects, and what that mode promises", () => {
    checkHover(
      "kernel 6.12\npolicy driver for kmalloc { mode fast when has __GFP_NORETRY { retries 0, drain lru | pcp }  mode plain otherwise { } }\nrequest poll$0er { api kmalloc size 64 B flags GFP_KERNEL | __GFP_NORETRY }",
      "poller",
      [/Policy `driver`: mode `fast` promises retries 0, drain lru \| pcp\./],
    );
  });
});

describe("the hover in a state of memory", () => {
  test("shows the state whole, with what holds where nothing was said", () => {
    const memory =
      "kernel 6.12\nmemory ho$0st { node 0 { zone Normal { managed 4 GiB pinned 40 pages for about 20 ms } } }";
    checkHover(memory, "host", [/8 CPUs; a try takes 50 us/, /watermarks 8 MiB/, /160 KiB pinned for about 400 tries/]);
  });

  test("says what a fact means", () => {
    const memory =
      "kernel 6.12\nmemory host { node 0 { kswapd awake zone Normal { percpu 3 pages lru_ca$0che 4 pages } } }";
    checkHover(memory, "lru_cache", [/LRU caches/]);
    checkHover(memory.replace("$0", "").replace("kswapd", "ks$0wapd"), "kswapd", [/round of direct reclaim/]);
  });
});

describe("the hover of keywords", () => {
  test.each([
    ["context c { i$0n softirq }", "in", /`in softirq` alone forbids sleeping/],
    ["context c { ho$0lds mutex }", "holds", /fs_lock/],
    ["context c { sco$0pe nofs }", "scope", /memalloc_nofs_save/],
    ["context a { in process }\ncontext b li$0ke a { holds mutex }", "like", /Starts from another context/],
    ["policy p fo$0r kmalloc { }", "for", /laid beside/],
    ['policy p { forbid has __GFP_NOFAIL beca$0use "x" }', "because", /quoted/],
    ["policy p { require has __GFP_ZERO wh$0en order > 3 }", "when", /asks it/],
    ["policy p { mode m wh$0en has __GFP_ZERO { } }", "when", /select/],
    ["policy p { mode m other$0wise { } }", "otherwise", /no other mode/],
    ["policy p { stage s hono$0urs GFP_KERNEL inter$0nal }".replace("inter$0nal", "internal"), "honours", /dead/],
    ["policy p { stage s honours GFP_KERNEL inter$0nal }", "internal", /detail/],
    ["transform t(gfp) = gfp\nexpect t giv$0es has __GFP_ZERO", "gives", /over all masks/],
    ["policy p { }\nexpect p forb$0ids GFP_KERNEL", "forbids", /refuses/],
    ["request r { api kmalloc size 1 B flags 0 handles nu$0ll }", "null", /looks at the result/],
    ["memory m { no$0de 0 { zone DMA { managed 1 GiB } } }", "node", /NUMA/],
    ["memory m { node 0 { zo$0ne DMA { managed 1 GiB } } }", "zone", /zone of the node/],
    ["memory m { node 0 { zone DMA { pinned 3 pag$0es } } }", "3 pages", /12 KiB/],
    ["memory m { node 0 { zone DMA { pinned 3 pages for 1 ms $0.. 5 ms } } }", "..", /each as likely/],
    ["memory m { node 0 { zone DMA { watermarks lo$0w 1 MiB } } }", "low", /kswapd is woken/],
    ["memory m { node 0 { zone DMA { managed 4 Mi$0B } } }", "4 MiB", /1024 pages/],
    ["request r { api kmalloc size 1 B flags 0 expect { sleeps ma$0y } }", "may", /some state of memory/],
    ["policy p { mode m otherwise { drain lr$0u } }", "lru", /lru_add_drain_all/],
    ["policy p { mode m otherwise { retries $05 } }", "5", /given up/],
    ["policy p { forbid order > $03 }", "3", /order 3 = 8 pages/],
    ["policy p { forbid pages > 51$02 }", "512", /512 pages = 2 MiB/],
  ])("%s", (text, word, says) => {
    checkHover(`kernel 6.12\n${text}`, word, [says]);
  });

  test("the two dots between releases, at either of them", () => {
    for (const header of ["kernel 6.1 $0.. 6.12", "kernel 6.1 .$0. 6.12"]) checkHover(header, "..", [/both included/]);
  });
});

describe("the hover of a declaration's name says what follows from it:", () => {
  test("may a call sleep there, what does the scope take away", () => {
    checkHover("kernel 6.12\ncontext t$0x { in softirq  holds spinlock }", "tx", [/may not sleep here/]);
    checkHover("kernel 6.12\ncontext jour$0nal { holds fs_lock }", "journal", [/may sleep here/, /write `GFP_NOFS`/]);
    checkHover(
      "kernel 6.12\ncontext jour$0nal { holds fs_lock scope nofs }",
      "journal",
      [/takes `__GFP_FS` out of every mask: `GFP_KERNEL` comes to `GFP_NOFS`/],
      [/no scope sees to that/],
    );
    checkHover("kernel 6.12\nconfig { PREEMPT_RT on }\ncontext r$0 { holds raw_spinlock }", "r", [
      /No request may be made here/,
    ]);
  });

  test("the modes of a policy, what they promise, whom it judges", () => {
    checkHover(
      "kernel 6.12\npolicy dri$0ver for kmalloc { mode fast when has __GFP_NORETRY { retries 0 } mode plain otherwise { } }\nrequest a { api kmalloc size 1 B flags GFP_KERNEL }",
      "driver",
      [/mode `fast` when `has __GFP_NORETRY`; promises `retries 0`/, /takes what no other mode does/, /It judges `a`/],
    );
    checkHover("kernel 6.12\npolicy p { mode fa$0st when has __GFP_NORETRY { drain none } }", "fast", [
      /drain none`: What is drained/,
    ]);
    checkHover("kernel 6.12\npolicy p { stage iso$0lation honours __GFP_NORETRY internal }", "isolation", [
      /Reads `__GFP_NORETRY`; internal/,
    ]);
  });

  test.each([
    "transform qui$0et(gfp, more) = gfp | more",
    "transform qui$0et(gfp) = gfp | NOT_DECLARED",
    "transform qui$0et(gfp) = gfp |",
    "flags SM$0ALL = GFP_KERNEL | NOT_DECLARED",
    "flags SM$0ALL = GFP_KERNEL | LOOP\nflags LOOP = SMALL",
  ])("no value of what cannot be read: %s", (declared) => {
    const { workspace, uri, offset } = fixture(`kernel 6.12\n${declared}\n`);
    const markdown = hoverAt(workspace, uri, offset)?.markdown ?? "";
    expect(markdown).toContain("What it comes to is not known");
    expect(markdown).not.toMatch(/ = `?(?:0|GFP_KERNEL|0x\w+)`?(?:$| =)/m);
  });

  test("what a transform makes of the masks that everybody knows", () => {
    checkHover("kernel 6.12\ntransform qui$0et(gfp) = gfp | __GFP_NOWARN", "quiet", [
      /`quiet\(GFP_KERNEL\)` = `GFP_KERNEL \| __GFP_NOWARN`/,
    ]);
  });

  test("what an imported file declares", () => {
    const { workspace, uri, offset } = fixture('kernel 6.12\nimport "rx$0.allocpolicy"\n', {
      "rx.allocpolicy": "context rx { in softirq }\nflags RX = GFP_ATOMIC\n",
    });
    expect(hoverAt(workspace, uri, offset)?.markdown).toMatch(/context `rx`, flags `RX`/);
  });
});

describe("the hover of a request begins with the answer in one sentence", () => {
  test.each([
    ["kmalloc size 4 KiB flags GFP_NOFS", "May sleep; in practice never fails; may wait for ever."],
    ["alloc_pages order 9 flags GFP_KERNEL | __GFP_NORETRY", "May sleep; may fail."],
    ["kmalloc size 64 B flags GFP_ATOMIC", "Never sleeps; may fail; may use the reserves."],
  ])("%s", (request, sentence) => {
    const { workspace, uri, offset } = fixture(`kernel 6.12\nrequest r$0 { api ${request} }\n`);
    expect(hoverAt(workspace, uri, offset)?.markdown.split("\n\n")[1]).toBe(`**${sentence}**`);
  });
});
