import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { evaluateMask } from "../../server/policy-language/requests/masks.ts";
import { findingsIn, FIXTURE_URI, fixtureWorkspace } from "./_fixture.ts";

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

describe("long chains and large files", () => {
  test("a chain of 30,000 aliases has a value, whatever the order", () => {
    const chain = ["flags F0 = GFP_KERNEL", ...range(29_999).map((i) => `flags F${i + 1} = F${i}`)];
    for (const text of [chain, chain.toReversed()].map((lines) => `kernel 6.12\n${lines.join("\n")}\n`)) {
      const workspace = fixtureWorkspace(text);
      const environment = environmentOf(workspace, FIXTURE_URI);
      const binding = environment?.lookup("mask", "F29999") ?? null;
      const kernel = environment?.kernels[0];
      if (environment === null || binding?.declaration.kind !== "flags" || kernel === undefined)
        throw new Error("no such declaration");
      expect(evaluateMask(environment, kernel, binding.declaration.value).mask).toBe(kernel.gfp.KERNEL);
    }
  });

  test("a cycle of 10,000 aliases is reported in each", () => {
    const text = `kernel 6.12\n${range(10_000)
      .map((i) => `flags F${i} = F${(i + 1) % 10_000}`)
      .join("\n")}\n`;
    const findings = findingsIn(text);
    expect(findings).toHaveLength(10_000);
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(["name-cycle"]));
  });

  test("chains of `like` and of `fallback` 10,000 requests long end", () => {
    const like = [
      "request r0 { api kmalloc  size 64 B  flags GFP_KERNEL }",
      ...range(9_999).map((i) => `request r${i + 1} like r${i} { handles null }`),
    ];
    expect(findingsIn(`kernel 6.12\n${like.join("\n")}\n`)).toEqual([]);
    const fallback = range(10_000).map(
      (i) =>
        `request r${i} { api kmalloc  size ${20_000 - i} B  flags GFP_KERNEL | __GFP_NOWARN  fallback r${(i + 1) % 10_000} }`,
    );
    expect(new Set(findingsIn(`kernel 6.12\n${fallback.join("\n")}\n`).map(({ rule }) => rule))).toContain(
      "fallback-cycle",
    );
  });

  test("transforms of transforms do not grow with what they call", () => {
    const text = `kernel 6.12\ntransform t0(gfp) = gfp & ~__GFP_FS\n${range(200)
      .map((i) => `transform t${i + 1}(gfp) = t${i}(gfp) | t${i}(gfp & GFP_KERNEL)`)
      .join("\n")}\nflags A = t200(GFP_KERNEL)\n`;
    const environment = environmentOf(fixtureWorkspace(text), FIXTURE_URI);
    const kernel = environment?.kernels[0];
    const binding = environment?.lookup("mask", "A") ?? null;
    if (environment === null || binding?.declaration.kind !== "flags" || kernel === undefined)
      throw new Error("no such declaration");
    expect(evaluateMask(environment, kernel, binding.declaration.value).mask).toBe(kernel.gfp.NOFS);
  });

  test("many policies, contexts and expectations on one name are all checked", () => {
    const text = `kernel 6.12\nrequest r { api kmalloc  size 64 B  flags GFP_KERNEL }\n${range(3_000)
      .map(() => "expect r { sleeps never }")
      .join("\n")}\n`;
    expect(findingsIn(text)).toHaveLength(3_000);
  });
});

describe("whatever the text", () => {
  test("every file has findings for every region, and none is an internal error", () => {
    const word = fc.constantFrom(
      "kernel",
      "6.12",
      "6.1 .. 6.12",
      "config",
      "import",
      '"x"',
      "flags",
      "transform",
      "context",
      "request",
      "policy",
      "memory",
      "expect",
      "a",
      "b",
      "like",
      "{",
      "}",
      "(",
      ")",
      "=",
      "|",
      "&",
      "~",
      "api",
      "kmalloc",
      "alloc_pages",
      "size",
      "order",
      "64 KiB",
      "99999999999999999999",
      "0xffffffffffffffffff",
      "GFP_KERNEL",
      "__GFP_NOFAIL",
      "in",
      "softirq",
      "holds",
      "scope",
      "for",
      "forbid",
      "has",
      "mode",
      "when",
      "otherwise",
      "stage",
      "honours",
      "node",
      "0",
      "zone",
      "Normal",
      "free",
      "order 0: 1",
      "managed",
      "watermarks",
      "min",
      "on",
      "sleeps",
      "never",
      "gives",
      "fallback",
      "waive",
      "because",
      ",",
      ";",
      "//",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const text = words.join(" ");
        expect(
          findingsIn(text)
            .filter(({ rule }) => rule === "internal-error")
            .map(({ message }) => message),
        ).toEqual([]);
      }),
      { numRuns: 1000, seed: 7 },
    );
  });

  test("every place lies in its region", () => {
    const text =
      "kernel 6.99\nflags A = B\nrequest r { api kmaloc  context x  fallback q }\nmemory m { node 0 { zone X { free order 20: 1 } } }\nexpect r { foo }\n";
    const file = parseFile(text);
    const { regions } = check(withDocument(emptyWorkspace(DEFAULT_SETTINGS), FIXTURE_URI, file), FIXTURE_URI);
    regions.forEach((findings, region) => {
      for (const { span } of findings) {
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(file.regions[region]?.text.length ?? 0);
      }
    });
  });
});
