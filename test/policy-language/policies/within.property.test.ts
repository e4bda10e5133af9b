import fc from "fast-check";
import { expect, test } from "vitest";
import { findingsIn } from "../_fixture.ts";

const RELEASES = ["5.10", "5.15", "6.1", "6.6", "6.12", "6.18"] as const;
const flags = fc.constantFrom("__GFP_NOFAIL", "__GFP_NORETRY", "GFP_ATOMIC", "__GFP_COMP", "__GFP_DIRECT_RECLAIM");
const clause = fc.oneof(
  flags.map((flag) => `forbid has ${flag}`),
  flags.map((flag) => `forbid any ${flag}`),
  flags.map((flag) => `allow lacks ${flag}`),
  fc.tuple(flags, flags).map(([one, other]) => `require has ${one} when has ${other}`),
  fc.constantFrom("forbid sleeps", "forbid may_fail and size > 4096", "allow in softirq"),
);
const clauses = fc.array(clause, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n"));
const api = fc.constantFrom("", "for kmalloc", "for alloc_pages", "for kmalloc, vmalloc");

test("whether a policy lies within another one is told under many kernels as it is under each alone", () => {
  fc.assert(
    fc.property(api, clauses, clauses, (apis, first, second) => {
      const body = `policy a ${apis} {\n${first}\n}\npolicy b ${apis} {\n${second}\n}\nexpect a within b\n`;
      const told = (kernels: string): readonly { readonly message: string; readonly severity: string }[] =>
        findingsIn(`kernel ${kernels}\n${body}`).filter(({ rule }) => rule === "expectation-fails");
      const alone = RELEASES.map((release) => told(release).length > 0);
      expect(told(RELEASES.join(", ")).length > 0).toBe(alone.includes(true));
    }),
    { seed: 2812, numRuns: 40 },
  );
});

test("whether a policy lies within one for other functions is told of what the model says of each of them", () => {
  const judged = fc.constantFrom("forbid sleeps", "forbid may_fail", "forbid not may_oom", "forbid may_oom");
  const functions = fc.constantFrom("", "for kmalloc", "for alloc_pages", "for vmalloc", "for kmem_cache_alloc");
  fc.assert(
    fc.property(functions, functions, judged, judged, (one, other, first, second) => {
      const body = `policy a ${one} { ${first} }\npolicy b ${other} { ${second} }\nexpect a within b\n`;
      expect(findingsIn(`kernel 6.12\n${body}`).map(({ rule }) => rule)).not.toContain("internal-error");
    }),
    { seed: 2812, numRuns: 60 },
  );
});
