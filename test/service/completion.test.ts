import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bareRegion, format, parseFile, tokenize } from "../../grammar/index.ts";
import { knownKernels, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { checkCompletion, completeAt, completionOf, documentationOf, labels } from "./_fixture.ts";

const request = (lines: string): string =>
  `kernel 6.12\ncontext rx_poll { in softirq }\nrequest other { api kmalloc size 1 B flags GFP_KERNEL }\nrequest r {\n${lines}\n}\n`;

describe("completion", () => {
  test("offers declarations and the headers that are missing where an item begins", () => {
    checkCompletion("kernel 6.12\n\n$0", ["request", "context"], ["kernel", "api", "GFP_KERNEL"]);
    checkCompletion("$0", ["kernel"]);
  });

  test("offers the properties that are missing, needed ones first", () => {
    checkCompletion(request("  api kmalloc\n  $0"), ["size", "flags", "context"], ["api", "cache"]);
    expect(completionOf(request("  api kmalloc\n  $0"), "size").detail).toBe("needed");
  });

  test("offers no size and no mask where the function takes none", () => {
    checkCompletion(request("  api cma_alloc\n  $0"), ["pages", "context"], ["flags"]);
  });

  test("offers the functions with their prototypes, those that the kernel lacks last and marked", () => {
    const list = completeAt(request("  api $0"));
    expect(labels(list)).toEqual(expect.arrayContaining(["kmalloc", "alloc_pages", "alloc_contig_range"]));
    expect(completionOf(request("  api $0"), "kmalloc").detail).toContain("kmalloc(size_t size, gfp_t flags)");
    expect(labels(list).indexOf("try_alloc_pages")).toBeGreaterThan(labels(list).indexOf("vmalloc"));
    expect(completionOf(request("  api $0"), "try_alloc_pages").useless).toBe("not in 6.12");
  });

  test("offers composites first at the start of a mask and flags behind an operator", () => {
    const start = labels(completeAt(request("  api kmalloc\n  flags $0")));
    expect(start.indexOf("GFP_KERNEL")).toBeLessThan(start.indexOf("__GFP_ZERO"));
    const next = labels(completeAt(request("  api kmalloc\n  flags GFP_KERNEL | $0")));
    expect(next.indexOf("__GFP_ZERO")).toBeLessThan(next.indexOf("GFP_NOFS"));
    expect(next).not.toContain("GFP_KERNEL");
    expect(next).not.toContain("alloc_pages");
  });

  test("puts flags that the function drops, or that the kernel lacks, last and says why", () => {
    const text = request("  api kmalloc\n  flags GFP_KERNEL | $0");
    expect(completionOf(text, "__GFP_HIGHMEM").useless).toBe("kmalloc drops it with a warning");
    expect(completionOf(text, "__GFP_ATOMIC").useless).toBe("not in 6.12");
    expect(completionOf(text, "__GFP_NOWARN").useless).toBeNull();
    const all = labels(completeAt(text));
    expect(all.indexOf("__GFP_HIGHMEM")).toBeGreaterThan(all.indexOf("__GFP_NOWARN"));
  });

  test("marks masks that are a mistake in this context, by the rule", () => {
    const text = request("  api kmalloc\n  size 64 B\n  context rx_poll\n  flags $0");
    expect(completionOf(text, "GFP_KERNEL").useless).toBe("sleep-in-atomic");
    expect(completionOf(text, "GFP_NOFS").useless).toMatch(/atomic/);
    expect(completionOf(text, "GFP_ATOMIC").useless).toBeNull();
  });

  test("asks to be asked again where a word that is said already would be taken for another one", () => {
    const isIncomplete = (marked: string): boolean => completeAt(marked).incomplete;
    expect(isIncomplete("kernel 6.12\nflags X = __GFP_HIGH | __GFP_$0")).toBe(true);
    expect(isIncomplete("kernel 6.12\nflags X = __GFP_HIGH | $0")).toBe(true);
    expect(isIncomplete("kernel 6.12\nflags X = __GFP_COMP | __GFP_$0")).toBe(false);
    expect(isIncomplete("kernel 6.12\nflags X = __GFP_HIGH | __GFP_HIGH$0")).toBe(false);
  });

  test("marks flags that are a mistake beside those already written, by the rule", () => {
    const text = (flags: string): string => request(`  api alloc_pages\n  order 0\n  flags ${flags} | $0`);
    expect(completionOf(text("GFP_ATOMIC"), "__GFP_NOFAIL").useless).toBe("nofail-without-reclaim");
    expect(completionOf(text("GFP_KERNEL"), "__GFP_NOFAIL").useless).toBeNull();
    expect(completionOf(text("GFP_KERNEL | __GFP_NORETRY"), "__GFP_RETRY_MAYFAIL").useless).toBe(
      "noretry-with-retry-mayfail",
    );
    expect(completionOf(text("GFP_NOWAIT"), "__GFP_NOWARN").useless).toBe("nowait-redundant-nowarn");
    expect(labels(completeAt(text("GFP_ATOMIC"))).indexOf("__GFP_NOFAIL")).toBeGreaterThan(
      labels(completeAt(text("GFP_ATOMIC"))).indexOf("__GFP_ZERO"),
    );
  });

  test("offers declared masks and transforms", () => {
    checkCompletion(
      "kernel 6.12\nflags RING = GFP_KERNEL\ntransform nested(gfp) = gfp\nrequest r { api kmalloc size 1 B flags $0 }",
      ["RING", "nested"],
    );
  });

  test("offers a transform's parameter in its body", () => {
    checkCompletion("kernel 6.12\ntransform nested(gfp) = $0", ["gfp", "GFP_KERNEL"]);
  });

  test("offers contexts, declared ones first", () => {
    checkCompletion(request("  api kmalloc\n  context $0"), ["rx_poll", "process", "softirq"]);
  });

  test("offers units behind a number and only there", () => {
    checkCompletion(request("  api kmalloc\n  size 4 $0"), ["KiB", "MiB"]);
    checkCompletion(request("  api kmalloc\n  size 4$0"), [], ["KiB"]);
  });

  test("offers kernel versions, the newest first", () => {
    const versions = labels(completeAt("kernel $0"));
    expect(versions.indexOf("6.12")).toBeLessThan(versions.indexOf("5.10"));
    checkCompletion("kernel 6.1$0", ["6.12", "6.1"], ["5.10"]);
  });

  test("offers rules behind waive, those that speak here first", () => {
    const list = labels(
      completeAt(request("  api kmalloc\n  size 64 B\n  flags GFP_KERNEL\n  context rx_poll\n  waive $0")),
    );
    expect(list[0]).toBe("sleep-in-atomic");
    expect(list).toContain("nofail-with-range");
  });

  test("offers requests for like and fallback, policies for policy, memories behind on", () => {
    const text =
      "kernel 6.12\npolicy driver { allow only GFP_KERNEL }\nmemory roomy { node 0 { zone Normal { managed 1 GiB } } }\nrequest a { api kmalloc size 1 B flags GFP_KERNEL }\n";
    checkCompletion(`${text}request b like $0`, ["a"], ["driver"]);
    checkCompletion(`${text}request b { api kmalloc fallback $0 }`, ["a", "none"], ["driver", "b"]);
    checkCompletion(`${text}request b { api kmalloc policy $0 }`, ["driver"], ["a"]);
    checkCompletion(`${text}expect a on $0`, ["roomy"]);
  });

  test("offers facts and their values", () => {
    checkCompletion("kernel 6.12\nrequest a { api kmalloc size 1 B flags GFP_KERNEL expect { $0 } }", [
      "sleeps",
      "oom",
      "reserves",
    ]);
    checkCompletion("kernel 6.12\nrequest a { api kmalloc size 1 B flags GFP_KERNEL }\nexpect a { sleeps $0 }", [
      "never",
      "may",
      "always",
    ]);
    checkCompletion(
      "kernel 6.12\npolicy p { mode fast otherwise { } }\nrequest a { api kmalloc size 1 B flags GFP_KERNEL policy p }\nexpect a { mode $0 }",
      ["fast"],
    );
  });

  test("offers clauses and predicates in a policy", () => {
    checkCompletion("kernel 6.12\npolicy p {\n  $0\n}", ["allow", "forbid", "require", "mode"]);
    checkCompletion("kernel 6.12\npolicy p {\n  forbid $0\n}", ["has", "lacks", "in"]);
    checkCompletion("kernel 6.12\npolicy p {\n  forbid has $0\n}", ["GFP_KERNEL"]);
    checkCompletion("kernel 6.12\npolicy p {\n  mode fast when has __GFP_NORETRY { drain $0 }\n}", [
      "none",
      "lru",
      "pcp",
    ]);
  });

  test("offers build options and their values", () => {
    checkCompletion("kernel 6.12\nconfig { $0 }", ["PREEMPT_RT", "page"]);
    checkCompletion("kernel 6.12\nconfig { PREEMPT_RT $0 }", ["on", "off"]);
  });

  test("replaces the word that is being typed", () => {
    const list = completeAt(request("  api kmalloc\n  flags GFP_KER$0"));
    expect(list.text.slice(list.start, list.end)).toBe("GFP_KER");
    expect(labels(list)[0]).toBe("GFP_KERNEL");
  });

  test("stays silent in comments and strings", () => {
    expect(labels(completeAt("kernel 6.12\n// req$0"))).toEqual([]);
    expect(labels(completeAt('kernel 6.12\nimport "con$0'))).toEqual([]);
  });

  test("asked by a space, offers values and not the words that begin something", () => {
    expect(labels(completeAt(request("  api kmalloc\n  $0"), {}, " "))).toEqual([]);
    expect(labels(completeAt(request("  api $0"), {}, " "))).toContain("kmalloc");
  });

  test("knows its place in a file that is half written", () => {
    checkCompletion("kernel 6.12\nrequest r {\n  api kmalloc\n  flags GFP_KERNEL |$0", ["__GFP_ZERO"]);
    checkCompletion("kernel 6.12\nrequest r {\n  api kmalloc\n  $0\n\nrequest s { api kmalloc }", ["flags"]);
    checkCompletion("kernel 6.12\nrequest r {\n  api kmalloc\n  flags (GFP_KERNEL | $0", ["__GFP_ZERO"]);
  });

  test("offers what is used most first", () => {
    expect(labels(completeAt(request("  api $0"))).slice(0, 3)).toEqual(["kmalloc", "kzalloc", "alloc_pages"]);
    expect(labels(completeAt(request("  api kmal$0")))[0]).toBe("kmalloc");
    expect(labels(completeAt(request("  api kmalloc\n  size 64 B\n  flags GFP_KERNEL | $0"))).slice(0, 4)).toEqual([
      "__GFP_ZERO",
      "__GFP_NOWARN",
      "__GFP_ACCOUNT",
      "__GFP_NORETRY",
    ]);
    expect(labels(completeAt(request("  api kmalloc\n  flags $0"))).slice(0, 2)).toEqual(["GFP_KERNEL", "GFP_ATOMIC"]);
  });

  test("offers mainline releases first, newest first, and behind them the points and vendors' trees", () => {
    const newestFirst = [...mainlineReleases()].reverse();
    const versions = labels(completeAt("kernel $0"));
    expect(versions.slice(0, newestFirst.length)).toEqual(newestFirst);
    expect([...versions].sort()).toEqual([...knownKernels()].sort());
  });

  test("offers the files that can be imported, in the path between the quotes", () => {
    const others = { "contexts.allocpolicy": "", "net/rx.allocpolicy": "", "used.allocpolicy": "" };
    const text = 'kernel 6.12\nimport "used.allocpolicy"\nimport "$0"\n';
    expect(labels(completeAt(text, others))).toEqual(["contexts.allocpolicy", "net/rx.allocpolicy"]);
    const typed = completeAt(text.replace("$0", "net/$0old.allocpolicy"), others, "/");
    expect(labels(typed)).toEqual(["net/rx.allocpolicy"]);
    expect(typed.text.slice(typed.start, typed.end)).toBe("net/old.allocpolicy");
  });

  test("offers the files that can be imported with their quotes, where none is written yet", () => {
    const others = { "contexts.allocpolicy": "", "net/rx.allocpolicy": "" };
    expect(completionOf("kernel 6.12\nimport $0", "net/rx.allocpolicy", others).insert).toBe('"net/rx.allocpolicy"');
    expect(labels(completeAt("kernel 6.12\nimport $0", others, " "))).toEqual(Object.keys(others));
    const typed = completeAt("kernel 6.12\nimport rx$0\n", others);
    expect(labels(typed)).toEqual(["net/rx.allocpolicy"]);
    expect(typed.text.slice(typed.start, typed.end)).toBe("rx");
  });

  test("offers the options of a header that has no braces yet, with them", () => {
    expect(completionOf("kernel 6.12\nconfig $0", "PREEMPT_RT").insert).toBe("{ PREEMPT_RT on }");
  });

  test("offers examples of a number until one is typed", () => {
    expect(completionOf(request("  api alloc_pages\n  order $0"), "3")).toMatchObject({
      detail: "32 KiB",
      example: true,
    });
    expect(labels(completeAt(request("  api alloc_pages\n  order 3$0")))).toEqual([]);
    expect(labels(completeAt(request("  api kmalloc\n  size $0")))).toContain("4 KiB");
    checkCompletion("policy p { mode fast otherwise { retries $0 } }", ["0", "5"]);
    checkCompletion("policy p { forbid order > $0 }", ["3"], ["4 KiB"]);
    checkCompletion("memory m { node 0 { zone Normal { managed $0", ["4 GiB"]);
    checkCompletion("memory m { node $0", ["0"]);
  });

  test("asked by a key that ends a path or a comment, is silent elsewhere", () => {
    expect(labels(completeAt(request("  api kmalloc\n  /$0"), {}, "/"))).toEqual([]);
    expect(labels(completeAt('request a { waive sleep-in-atomic because "x"$0', {}, '"'))).toEqual([]);
  });

  test("takes a vendor's version and a rule for one word", () => {
    for (const [marked, word] of [
      ["kernel android-6.1$0", "android-6.1"],
      ["kernel 7.x-d$0", "7.x-d"],
      [request("  api kmalloc\n  waive sleep-in$0"), "sleep-in"],
    ] as const) {
      const list = completeAt(marked);
      expect(list.text.slice(list.start, list.end)).toBe(word);
      expect(list.items.length).toBeGreaterThan(0);
    }
    expect(labels(completeAt("kernel android-6.1$0"))).toEqual(["android-6.18"]);
  });

  test("offers a word that is whole wherever it would offer another for it, said before or not", () => {
    const whole = [
      ["kernel 6.12\ntransform t(gfp) = gfp & __GFP_ZERO ? __GFP_ZERO$0", "__GFP_ZERO"],
      ["kernel 6.12\ntransform t(gfp) = gfp & __GFP_HIGH ? gfp$0", "gfp"],
      ["kernel 6.12\ntransform t(gfp) = gfp & __GFP_HIGH ? 0 : gfp$0", "gfp"],
      ["kernel 6.12\ntransform t(gfp) = gfp | (gfp$0", "gfp"],
      ["kernel 6.12\nflags X = __GFP_HIGH | __GFP_HIGH$0", "__GFP_HIGH"],
      ["kernel 6.12\nflags X = GFP_KERNEL | GFP_KERNEL$0", "GFP_KERNEL"],
      ["kernel 6.12\nflags X = (GFP_DMA) | GFP_DMA$0", "GFP_DMA"],
      [request("  api kmalloc\n  size 1 B\n  size$0"), "size"],
      [request("  api kmalloc\n  api$0"), "api"],
      ["kernel 6.12\nrequest one like one$0 { }\nrequest one_more { api kmalloc size 1 B }", "one"],
    ] as const;
    for (const [marked, word] of whole) expect(labels(completeAt(marked)), marked).toContain(word);
    const branch = labels(completeAt("kernel 6.12\ntransform t(gfp) = gfp & __GFP_ZERO ? $0"));
    expect(branch).toEqual(expect.arrayContaining(["gfp", "__GFP_ZERO"]));
    checkCompletion("kernel 6.12\nflags X = GFP_KERNEL | (GFP_DMA | $0", ["GFP_KERNEL"], ["GFP_DMA"]);
  });

  test("offers each word of the examples while it is typed, or nothing", () => {
    const folder = new URL("../../examples/", import.meta.url);
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".allocpolicy"))) {
      const text = readFileSync(new URL(name, folder), "utf8");
      for (const { start, end, kind } of tokenize(bareRegion(text))) {
        const word = text.slice(start, end);
        if (kind === "comment" || kind === "doc" || kind === "string" || !/^[A-Za-z_]/.test(word)) continue;
        // A part of a rule's name.
        if (text[end] === "-" || text[start - 1] === "-") continue;
        const offered = labels(completeAt(`${text.slice(0, end)}$0`)).filter((label) => label[0] === word[0]);
        expect(offered.length === 0 || offered.includes(word), `${word}: ${offered.slice(0, 3).join(", ")}`).toBe(true);
      }
    }
  });

  test("templates are valid text in the house style", () => {
    for (const { label, snippet } of completeAt("$0").items) {
      if (snippet === null) continue;
      const text = snippet
        .replace(/\$\{\d+:([^}]*)\}/g, "$1")
        .replace(/\$\d/g, label === "import" ? "a" : "GFP_KERNEL");
      const whole = `${label === "config" ? "config { NUMA on }" : text}\n`;
      expect(
        parseFile(whole).regions.flatMap((region) => region.problems),
        whole,
      ).toEqual([]);
      expect(format(whole)).toEqual({ kind: "formatted", text: whole });
    }
  });

  test("documents an item when it is asked", () => {
    expect(documentationOf(request("  api kmalloc\n  flags $0"), "__GFP_NOFAIL")).toMatch(/loops until/);
    expect(documentationOf(request("  api $0"), "kmalloc")).toMatch(/void \*kmalloc/);
    expect(documentationOf(request("  $0"), "handles")).toMatch(/fails/);
  });

  test("caps the list and says that more typing brings more", () => {
    const many = Array.from({ length: 400 }, (_, i) => `request r${i} { api kmalloc size 1 B flags GFP_KERNEL }`).join(
      "\n",
    );
    const list = completeAt(`kernel 6.12\n${many}\nrequest last { api kmalloc fallback $0 }`);
    expect(list.items).toHaveLength(300);
    expect(list.incomplete).toBe(true);
  });
});
