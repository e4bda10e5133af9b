import { describe, expect, test } from "vitest";
import { checkFindings, findingsIn, fixed } from "./_fixture.ts";

describe("a number that a function takes besides", () => {
  test("reaches the model, is inherited, and is said once", () => {
    checkFindings(`
kernel 6.12
request a { api page_frag_alloc_align  size 1 KiB  flags GFP_KERNEL | __GFP_NOWARN  align 64  expect { warns never } }
request b like a { align 48  expect { warns always } }
//                       ^^ page-frag-align
request c like b { align 64 }
request d like c { align 32  align 64 }
//                           ^^^^^ duplicate-property
request e { api kmalloc  size 1 KiB  flags GFP_KERNEL  align 64 }
//                                                     ^^^^^ wrong-size-unit
`);
  });
});

describe("properties", () => {
  test("a request needs an API, the size that the API takes, and a mask where it takes one", () => {
    checkFindings(`
kernel 6.12
request nothing { }
//      ^^^^^^^ missing-property
request no_size { api kmalloc  flags GFP_KERNEL }
//      ^^^^^^^ missing-property
request no_flags { api kmalloc  size 64 B }
//      ^^^^^^^^ missing-property
request no_mask_needed { api vmalloc  size 64 KiB }
request no_size_needed { api kmem_cache_alloc  flags GFP_KERNEL }
`);
  });

  test("what a request is like counts", () => {
    checkFindings(`
kernel 6.12
request a { api kmalloc  size 64 B  flags GFP_KERNEL }
request b like a { size 128 B }
request c like b { }
request d like missing { flags GFP_KERNEL }
//             ^^^^^^^ unknown-name
`);
  });

  test("the fix adds the missing mask on a line of its own", () => {
    const text = "kernel 6.12\nrequest r {\n  api  kmalloc\n  size 64 B\n}\n";
    expect(fixed(text, "missing-property")).toBe(
      "kernel 6.12\nrequest r {\n  api  kmalloc\n  size 64 B\n  flags GFP_KERNEL\n}\n",
    );
  });

  test("a property stands once, and sizes in two units are one property", () => {
    checkFindings(
      `
kernel 6.12
request r {
  api   alloc_pages
  order 1
  flags GFP_KERNEL
  flags GFP_NOFS
//^^^^^ duplicate-property
  order 2
//^^^^^ duplicate-property
}
request s {
  api   alloc_pages
  pages 2
  order 1
//^^^^^ duplicate-property
  flags GFP_KERNEL
  policy p
  policy p, q
}
policy p { forbid has __GFP_NOFAIL }
policy q { forbid has __GFP_NOFAIL }
`,
      { ignore: ["explicit-nofs-noio"] },
    );
  });

  test("a size in another unit is converted, and the fix writes it", () => {
    const text = "kernel 6.12\nrequest r {\n  api   kmalloc\n  order 2\n  flags GFP_KERNEL\n}\n";
    const [finding] = findingsIn(text);
    expect(finding).toMatchObject({ rule: "wrong-size-unit", text: "2" });
    expect(finding?.message).toContain("`size 16 KiB`");
    expect(fixed(text, "wrong-size-unit")).toContain("  size 16 KiB\n");
    expect(
      fixed("kernel 6.12\nrequest r {\n  api   alloc_pages\n  size  9 KiB\n  flags GFP_KERNEL\n}\n", "wrong-size-unit"),
    ).toContain("  order 2\n");
  });

  test("the page size of the file counts in the conversion", () => {
    expect(
      fixed(
        "kernel 6.12\nconfig { page 64 KiB }\nrequest r {\n  api   kmalloc\n  order 2\n  flags GFP_KERNEL\n}\n",
        "wrong-size-unit",
      ),
    ).toContain("  size 256 KiB\n");
  });

  test("ranges are given in pages or in bytes, arrays in objects and bytes", () => {
    checkFindings(`
kernel 6.12
request a { api alloc_contig_range  size 2 MiB  flags GFP_KERNEL }
request b { api alloc_contig_range  pages 512  flags GFP_KERNEL }
request c { api kmalloc_array  count 4  size 64 B  flags GFP_KERNEL }
request d { api kmalloc  count 4  size 64 B  flags GFP_KERNEL }
//                             ^ wrong-size-unit
`);
  });

  test("an unknown function is reported with the nearest one, and one that is too new with its release", () => {
    const text = "kernel 6.12\nrequest r { api kmaloc  size 64 B  flags GFP_KERNEL }\n";
    checkFindings(`${text}//              ^^^^^^ unknown-api\n`);
    expect(fixed(text, "unknown-api", /kmalloc$/)).toContain("api kmalloc ");
    const [finding] = checkFindings(`
kernel 5.15 .. 6.1
request r { api folio_alloc_gigantic  order 10  flags GFP_KERNEL | __GFP_COMP }
//              ^^^^^^^^^^^^^^^^^^^^ unknown-api
`);
    expect(finding?.message).toContain("does not exist before 6.12");
  });

  test("a policy may be for functions that only some kernels of the range have", () => {
    checkFindings(`
kernel 6.12 .. 7.3
policy ranges for alloc_contig_range, alloc_contig_frozen_range { forbid lacks __GFP_DIRECT_RECLAIM }
`);
    checkFindings(`
kernel 6.1 .. 6.12
policy ranges for alloc_contig_range, alloc_contig_frozen_range { forbid lacks __GFP_DIRECT_RECLAIM }
//                                    ^^^^^^^^^^^^^^^^^^^^^^^^^ unknown-api
`);
  });

  test("a function that some kernels of the range lack is reported for those", () => {
    const [finding] = checkFindings(`
kernel 5.15 .. 6.1
request r { api folio_alloc  order 0  flags GFP_KERNEL }
//              ^^^^^^^^^^^ unknown-api
`);
    expect(finding?.holds).toEqual({ since: null, until: "5.15" });
  });
});

describe("kernel rules", () => {
  test("a flag of a composite is marked on the composite, of an alias on the alias", () => {
    checkFindings(`
kernel 6.12
flags SLEEPS = GFP_KERNEL | __GFP_NOWARN
context isr { in hardirq }
request r {
  api     kmalloc
  size    64 B
  flags   __GFP_ZERO | SLEEPS
  //                   ^^^^^^ sleep-in-atomic
  context isr
}
`);
  });

  test("a pair is marked on the later flag, the other one is related", () => {
    const findings = checkFindings(`
kernel 6.12
request r {
  api   kmalloc
  size  64 KiB
  flags __GFP_RETRY_MAYFAIL | GFP_KERNEL | __GFP_NORETRY
  //                                       ^^^^^^^^^^^^^ noretry-with-retry-mayfail
}
`);
    expect(findings[0]?.related).toHaveLength(1);
    expect(findings[0]?.related[0]?.message).toContain("__GFP_RETRY_MAYFAIL");
  });

  test("over a range of kernels one finding says in which it holds", () => {
    const text = "kernel 6.12 .. 7.0\nrequest r {\n  api   kvmalloc\n  size  96 KiB\n  flags GFP_NOWAIT\n}\n";
    const [finding, ...others] = findingsIn(text).filter(({ rule }) => rule === "kvmalloc-nonblocking");
    expect(others).toEqual([]);
    expect(finding?.holds).toEqual({ since: null, until: "6.18" });
    expect(finding?.message).toContain("(until 6.18)");
  });

  test("a mask with an unknown name is judged for its names only", () => {
    checkFindings(`
kernel 6.12
request r {
  api   kmalloc
  size  64 B
  flags GFP_KERNAL | __GFP_REPEAT
  //    ^^^^^^^^^^ unknown-flag
  //                 ^^^^^^^^^^^^ removed-flag
}
`);
  });

  test("what is inherited is reported where it is written, and at `like` only when it is wrong here alone", () => {
    const findings = checkFindings(`
kernel 6.12
context isr { in hardirq }
request a {
  api   kmalloc
  size  64 B
  flags GFP_KERNEL
}
request in_isr like a { context isr }
//                  ^ sleep-in-atomic
request large {
  api   kmalloc
  size  8 MiB
  //    ^^^^^ kmalloc-too-large
  flags GFP_KERNEL
}
request larger like large { handles null }
`);
    expect(findings[0]?.related[0]).toMatchObject({ region: 2, message: "Inherited from a." });
  });

  test("fixes take a flag out of the expression with its operator", () => {
    const mask = (flags: string): string =>
      `kernel 6.12\nrequest r {\n  api   alloc_contig_range\n  pages 512\n  flags ${flags}\n}\n`;
    expect(fixed(mask("GFP_KERNEL | __GFP_NOFAIL"), "nofail-with-range")).toBe(mask("GFP_KERNEL"));
    expect(fixed(mask("__GFP_NOFAIL | GFP_KERNEL | __GFP_NOWARN"), "nofail-with-range")).toBe(
      mask("GFP_KERNEL | __GFP_NOWARN"),
    );
    expect(fixed(mask("GFP_KERNEL | (__GFP_NOFAIL) | __GFP_NOWARN"), "nofail-with-range")).toBe(
      mask("GFP_KERNEL | __GFP_NOWARN"),
    );
    expect(fixed(mask("(GFP_KERNEL | __GFP_NOFAIL) & ~__GFP_FS"), "nofail-with-range")).toBe(
      mask("(GFP_KERNEL) & ~__GFP_FS"),
    );
  });

  test("a fix takes a bit out of an alias without touching its declaration", () => {
    const mask = (flags: string): string =>
      `kernel 6.12\nflags STUBBORN = GFP_KERNEL | __GFP_NOFAIL\nrequest r {\n  api   alloc_contig_range\n  pages 512\n  flags ${flags}\n}\n`;
    expect(fixed(mask("STUBBORN"), "nofail-with-range")).toBe(mask("STUBBORN & ~__GFP_NOFAIL"));
    expect(fixed(mask("STUBBORN | __GFP_NOWARN"), "nofail-with-range")).toBe(
      mask("(STUBBORN & ~__GFP_NOFAIL) | __GFP_NOWARN"),
    );
  });

  test("levels of the settings replace severities, and `off` silences", () => {
    const text = "kernel 6.12\nrequest r {\n  api   kmalloc\n  size  8 MiB\n  flags GFP_KERNEL\n}\n";
    expect(findingsIn(text, { settings: { ruleLevels: { "kmalloc-too-large": "hint" } } })[0]).toMatchObject({
      rule: "kmalloc-too-large",
      severity: "hint",
    });
    expect(findingsIn(text, { settings: { ruleLevels: { "kmalloc-too-large": "off" } } })).toEqual([]);
  });

  test("a forced kernel takes the place of the header", () => {
    const text = "kernel 6.12\nrequest r {\n  api   kvmalloc\n  size  96 KiB\n  flags GFP_NOWAIT\n}\n";
    expect(findingsIn(text).map(({ rule }) => rule)).toContain("kvmalloc-nonblocking");
    expect(findingsIn(text, { settings: { forcedKernel: "7.0" } }).map(({ rule }) => rule)).not.toContain(
      "kvmalloc-nonblocking",
    );
  });
});

describe("zones", () => {
  const request = (flags: string, zone: string): string =>
    `kernel 6.12\nrequest r {\n  api   alloc_pages\n  order 0\n  flags ${flags}\n  zone  ${zone}\n}\n`;

  test("a mask without the modifier is marked whole, with a wrong one on the modifier", () => {
    expect(findingsIn(request("GFP_KERNEL", "DMA32"))).toMatchObject([{ rule: "zone-mismatch", text: "GFP_KERNEL" }]);
    expect(
      findingsIn(request("GFP_KERNEL | __GFP_DMA", "Normal")).filter(({ rule }) => rule === "zone-mismatch"),
    ).toMatchObject([{ text: "__GFP_DMA" }]);
  });

  test("a mask that leads to the zone is fine", () => {
    expect(findingsIn(request("GFP_KERNEL | __GFP_DMA32", "DMA32"))).toEqual([]);
    expect(findingsIn(request("GFP_KERNEL", "Normal"))).toEqual([]);
  });

  test("an unknown zone is an unknown name", () => {
    expect(findingsIn(request("GFP_KERNEL", "normal"))).toMatchObject([{ rule: "unknown-name", text: "normal" }]);
  });
});

describe("fallbacks", () => {
  const chain = (first: string, second: string): string => `kernel 6.12
request a {
  api      kmalloc
  size     64 KiB
  flags    ${first}
  fallback b
}
request b {
  api      kmalloc
  size     64 KiB
  flags    ${second}
}
`;
  const reported = (text: string): boolean => findingsIn(text).some(({ rule }) => rule === "fallback-no-better");

  test("a fallback that asks for as much with as little effort is reported", () => {
    expect(reported(chain("GFP_KERNEL | __GFP_NOWARN", "GFP_KERNEL | __GFP_NORETRY"))).toBe(true);
    expect(reported(chain("GFP_KERNEL | __GFP_NOWARN", "GFP_KERNEL"))).toBe(true);
    expect(reported(chain("GFP_KERNEL | __GFP_NOWARN", "GFP_NOWAIT"))).toBe(true);
  });

  test("a fallback with more effort, less to ask for or another function is none", () => {
    expect(reported(chain("GFP_KERNEL | __GFP_NORETRY", "GFP_KERNEL | __GFP_RETRY_MAYFAIL"))).toBe(false);
    expect(reported(chain("GFP_NOWAIT", "GFP_KERNEL"))).toBe(false);
    expect(
      reported(
        chain("GFP_KERNEL | __GFP_NOWARN", "GFP_KERNEL").replace(
          "request b {\n  api      kmalloc\n  size     64 KiB",
          "request b {\n  api      kmalloc\n  size     4 KiB",
        ),
      ),
    ).toBe(false);
    expect(
      reported(
        chain("GFP_KERNEL | __GFP_NOWARN", "GFP_KERNEL").replace(
          "request b {\n  api      kmalloc",
          "request b {\n  api      kvmalloc",
        ),
      ),
    ).toBe(false);
  });

  test("the fallback of a request that never fails is never tried", () => {
    const [finding] = findingsIn(
      chain("GFP_KERNEL | __GFP_NOFAIL", "GFP_KERNEL | __GFP_HIGH").replaceAll("64 KiB", "64 B"),
    ).filter(({ rule }) => rule === "fallback-no-better");
    expect(finding?.message).toContain("never fails");
  });

  test("a cycle of fallbacks is reported in each of its members, inherited fallbacks included", () => {
    checkFindings(
      `
kernel 6.12
request a { api kmalloc  size 64 KiB  flags GFP_KERNEL | __GFP_NOWARN  fallback b }
request b like a { size 32 KiB  fallback c }
//                                       ^ fallback-cycle
request c like a { size 4 KiB }
//             ^ fallback-cycle
request d like a { fallback none }
request e like a { fallback missing }
//                          ^^^^^^^ unknown-name
`,
      { ignore: ["costly-order-plain", "fallback-no-better"] },
    );
  });
});

describe("waivers", () => {
  const waived = (rule: string, because = '"bounded by the caller"'): string => `kernel 6.12
request r {
  api   kmalloc
  size  8 MiB
  flags GFP_KERNEL
  waive ${rule} because ${because}
}
`;

  test("a waiver silences one rule in one request", () => {
    expect(findingsIn(waived("kmalloc-too-large"))).toEqual([]);
  });

  test("a waiver that silences nothing is reported, and the fix removes its line", () => {
    const text = waived("nofail-high-order");
    expect(findingsIn(text).map(({ rule, text: marked }) => `${rule} ${marked}`)).toEqual([
      "kmalloc-too-large 8 MiB",
      "unused-waiver nofail-high-order",
    ]);
    expect(fixed(text, "unused-waiver")).not.toContain("waive");
    expect(fixed(text, "unused-waiver")?.split("\n")).toHaveLength(text.split("\n").length - 1);
  });

  test("a waiver without a reason, as the fix writes it, waives nothing, here and where it is inherited", () => {
    for (const empty of ['""', '"  "']) {
      const text = waived("kmalloc-too-large", empty);
      expect(findingsIn(text).map(({ rule, text: marked }) => `${rule} ${marked}`)).toEqual([
        "kmalloc-too-large 8 MiB",
        `unused-waiver ${empty}`,
      ]);
      const inherited = findingsIn(`${text}request s like r { size 16 MiB }\n`);
      expect(inherited.map(({ rule }) => rule)).toEqual(["kmalloc-too-large", "unused-waiver", "kmalloc-too-large"]);
    }
  });

  test("a rule that does not exist can't be waived", () => {
    expect(findingsIn(waived("kmalloc-to-large")).map(({ rule }) => rule)).toEqual([
      "kmalloc-too-large",
      "unknown-name",
    ]);
  });

  test("an inherited waiver silences too", () => {
    checkFindings(`${waived("kmalloc-too-large")}request s like r { size 16 MiB }\n`);
  });

  test("errors of the language can't be waived", () => {
    const text =
      'kernel 6.12\nrequest r {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNAL\n  waive unknown-flag because "soon"\n}\n';
    expect(findingsIn(text).map(({ rule }) => rule)).toEqual(["unknown-flag", "unused-waiver"]);
  });
});

describe("over many kernels", () => {
  test("a mistake that each kernel answers in its own way is one finding, with what each does", () => {
    const text =
      "kernel 6.12 .. 6.18\nrequest r {\n  api   alloc_contig_range\n  pages 512\n  flags GFP_KERNEL | __GFP_NOFAIL\n}\n";
    const [finding, ...others] = findingsIn(text).filter(({ rule }) => rule === "nofail-with-range");
    expect(others).toEqual([]);
    expect(finding?.holds).toEqual({ since: null, until: null });
    expect(finding?.message).toMatch(/\(since 6\.14\); .*\(until 6\.13\): drop it/);
  });

  test("a misspelt name is one finding, even where the kernels have different names near to it", () => {
    expect(findingsIn("kernel 6.1 .. 6.12\nflags A = __GFP_SKIP_KASA\n")).toHaveLength(1);
  });
});
