import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelScope } from "../../server/model/masks/mask-scope.ts";
import { maskValue, type MaskValue } from "../../server/model/masks/evaluation/mask-value.ts";
import { parseMask } from "../../server/model/masks/parse.ts";
import { evaluateMask } from "../../server/policy-language/requests/masks.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { contextNamed } from "../../server/policy-language/requests/contexts.ts";
import { LOCK, PLACE, SCOPE } from "../../server/model/contexts.ts";
import { findingsIn, FIXTURE_URI, fixtureWorkspace } from "./_fixture.ts";

/** The value of the last `flags` declaration of a text. */
function evaluated(text: string): { readonly value: MaskValue; readonly kernel: Kernel } {
  const environment = environmentOf(fixtureWorkspace(text), FIXTURE_URI);
  const item = parseFile(text).regions.findLast((region) => region.item?.kind === "flags")?.item;
  const kernel = environment?.kernels[0];
  if (environment === null || item?.kind !== "flags" || kernel === undefined)
    throw new Error("the text has no flags declaration");
  return { value: evaluateMask(environment, kernel, item.value), kernel };
}

const mask = (expression: string, before = ""): MaskValue =>
  evaluated(`kernel 6.12\n${before}\nflags LAST = ${expression}\n`).value;

describe("the value of a mask", () => {
  const { kernel } = evaluated("kernel 6.12\nflags A = 0\n");
  const { gfp, bits } = kernel;

  test.each([
    ["GFP_KERNEL", gfp.KERNEL],
    ["GFP_KERNEL | __GFP_ZERO", gfp.KERNEL | bits.ZERO],
    ["GFP_KERNEL & ~__GFP_FS", gfp.NOFS],
    ["__GFP_ZERO | GFP_KERNEL & ~__GFP_FS", gfp.NOFS | bits.ZERO],
    ["(__GFP_ZERO | GFP_KERNEL) & __GFP_ZERO", bits.ZERO],
    ["~~GFP_NOFS", gfp.NOFS],
    ["0xcc0u | 0X100L", 0xdc0],
    ["3264", gfp.KERNEL],
    ["~0", 0xffffffff],
    ["0", 0],
  ])("%s", (expression, expected) => {
    expect(mask(expression).mask).toBe(expected >>> 0);
    expect(mask(expression).certain).toBe(true);
  });

  test("agrees with C's operators on any expression", () => {
    const leaf = fc
      .integer({ min: 0, max: 0xffffffff })
      .map((value) => ({ text: `0x${value.toString(16)}`, value: BigInt(value) }));
    const { expression } = fc.letrec<{ expression: { text: string; value: bigint } }>((tie) => ({
      expression: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc
          .tuple(tie("expression"), tie("expression"))
          .map(([a, b]) => ({ text: `(${a.text} | ${b.text})`, value: a.value | b.value })),
        fc
          .tuple(tie("expression"), tie("expression"))
          .map(([a, b]) => ({ text: `(${a.text} & ${b.text})`, value: a.value & b.value })),
        tie("expression").map((a) => ({ text: `~${a.text}`, value: ~a.value & 0xffffffffn })),
      ),
    }));
    fc.assert(
      fc.property(expression, ({ text, value }) => {
        expect(mask(text).mask).toBe(Number(value));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("and its pieces are what the same text comes to without a file", () => {
    const leaf = fc.constantFrom(
      "GFP_KERNEL",
      "GFP_NOFS",
      "__GFP_ZERO",
      "__GFP_HIGHMEM",
      "GFP_NOSUCH",
      "0x400",
      "3264u",
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.tuple(tie("expression"), fc.constantFrom(" | ", " & "), tie("expression")).map((parts) => parts.join("")),
        tie("expression").map((inner) => `~(${inner})`),
        tie("expression").map((inner) => `(${inner})`),
      ),
    }));
    fc.assert(
      fc.property(expression, (text) => {
        const read = parseMask(text);
        if ("wrong" in read) throw new Error(read.wrong);
        const [bare, inFile] = [maskValue(kernelScope(kernel), read), mask(text)];
        const pieces = ({ parts }: MaskValue): readonly object[] =>
          parts.map(({ span, ...part }) => ({ ...part, length: span.end - span.start }));
        expect({ ...bare, parts: pieces(bare) }).toEqual({ ...inFile, parts: pieces(inFile) });
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test("a transform is applied to its argument, through others and with complements", () => {
    const transforms =
      "transform quiet(gfp) = gfp | __GFP_NOWARN\ntransform inverse(gfp) = ~gfp & __GFP_BITS\nflags __GFP_BITS = 0xff\n";
    expect(mask("quiet(GFP_NOFS)", transforms).mask).toBe(gfp.NOFS | bits.NOWARN);
    expect(mask("inverse(quiet(0xf0))", transforms).mask).toBe(0x0f);
  });

  test("a kernel's own names depend on its version and options", () => {
    expect(evaluated("kernel 4.19\nflags A = GFP_KERNEL\n").value.mask).toBe(0x6000c0);
    expect(evaluated("kernel 6.12\nconfig { LOCKDEP on }\nflags A = __GFP_NOLOCKDEP\n").value.mask).not.toBe(0);
    expect(evaluated("kernel 6.12\nflags A = __GFP_NOLOCKDEP\n").value).toMatchObject({ mask: 0, certain: true });
  });
});

describe("the names that a mask is written with", () => {
  test("are not those that a transform only lets through", () => {
    const text =
      "kernel 6.12\n\ntransform nested(gfp) = gfp & (GFP_KERNEL | __GFP_NOLOCKDEP) & ~__GFP_FS | __GFP_NOWARN\n\nrequest r {\n  api   kmalloc\n  size  64 B\n  flags nested(GFP_KERNEL)\n}\n";
    expect(findingsIn(text).map(({ rule }) => rule)).not.toContain("nolockdep");
    const direct = text.replace("nested(GFP_KERNEL)", "GFP_KERNEL | __GFP_NOLOCKDEP");
    expect(findingsIn(direct).map(({ rule }) => rule)).toContain("nolockdep");
  });
});

describe("how the bits got there", () => {
  const carriers = (value: MaskValue): readonly string[] =>
    value.parts.map(
      (part) => `${part.text} ${part.kind}${part.negated ? " negated" : ""} ${part.carries.toString(16)}`,
    );

  test("each piece carries what survives of it", () => {
    expect(carriers(mask("GFP_KERNEL & ~__GFP_FS | __GFP_ZERO"))).toEqual([
      "GFP_KERNEL composite c40",
      "__GFP_FS flag negated 0",
      "__GFP_ZERO flag 100",
    ]);
    expect(carriers(mask("~(GFP_KERNEL | 0xffffff00) & 0xff"))).toEqual([
      "GFP_KERNEL composite negated 0",
      "0xffffff00 literal negated 0",
      "0xff literal 3f",
    ]);
  });

  test("what is left of a complement is carried by it", () => {
    expect(mask("~0xfffffff0").parts).toMatchObject([
      { kind: "complement", carries: 0xf },
      { kind: "literal", negated: true },
    ]);
  });

  test("aliases are one piece, and are written as what they stand for", () => {
    const value = mask("QUIET | __GFP_ZERO", "flags RING = GFP_KERNEL & ~__GFP_IO\nflags QUIET = RING | __GFP_NOWARN");
    expect(carriers(value)).toEqual(["QUIET alias 2c80", "__GFP_ZERO flag 100"]);
    expect(value.written).toEqual({
      names: ["GFP_KERNEL", "__GFP_NOWARN", "__GFP_ZERO"],
      hasLiteral: false,
      cleared: ["__GFP_IO"],
    });
    expect(value.parts[0]?.named?.written.names).toEqual(["GFP_KERNEL", "__GFP_NOWARN"]);
  });

  test("of a call the argument carries what passes through, the transform what it adds", () => {
    expect(carriers(mask("quiet(GFP_NOFS)", "transform quiet(gfp) = gfp & ~__GFP_IO | __GFP_NOWARN"))).toEqual([
      "quiet transform 2000",
      "GFP_NOFS composite c00",
    ]);
  });

  test("an unknown name is worth nothing and makes the value uncertain", () => {
    expect(mask("GFP_KERNEL | GFP_NOSUCH")).toMatchObject({
      mask: 0xcc0,
      certain: false,
      parts: [{}, { kind: "unknown", bits: 0 }],
    });
  });
});

describe("contexts", () => {
  const context = (text: string, name: string): ReturnType<typeof contextNamed> => {
    const environment = environmentOf(fixtureWorkspace(text), FIXTURE_URI);
    return environment === null ? null : contextNamed(environment, name);
  };

  test("a declared context combines places, locks and scopes, and starts from another one", () => {
    const text =
      'kernel 6.12\ncontext ring { in softirq  holds spinlock "ring" }\ncontext deep like ring { in reclaim  scope nofs, pin }\n';
    expect(context(text, "ring")).toMatchObject({
      places: PLACE.softirq | PLACE.bh_off | PLACE.preempt_off,
      locks: LOCK.spinlock,
      scopes: 0,
    });
    expect(context(text, "deep")).toMatchObject({ locks: LOCK.spinlock, scopes: SCOPE.nofs | SCOPE.pin, task: 1 });
  });

  test("names that do not exist are no context", () => {
    expect(context("kernel 6.12\n", "nowhere")).toBeNull();
  });

  test("a context in a cycle is that of a process", () => {
    expect(context("kernel 6.12\ncontext a { in b  holds spinlock }\ncontext b { in a }\n", "a")).toMatchObject({
      places: 0,
      locks: 0,
    });
  });

  test("a literal of a hundred thousand digits is named by its first ones", () => {
    const [finding] = findingsIn(`kernel 6.12\nflags LONG = 0x${"f".repeat(100_000)}\n`);
    expect(finding?.rule).toBe("undefined-bits");
    expect(finding?.message.length).toBeLessThan(80);
  });
});
