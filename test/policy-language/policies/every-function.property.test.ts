import fc from "fast-check";
import { expect, test } from "vitest";
import { apiNamed, allApis } from "../../../server/model/apis.ts";
import { kernelOf, knownKernels } from "../../../server/model/kernels/kernels.ts";
import { findingsIn } from "../_fixture.ts";

const question = fc.constantFrom("sleeps", "may_oom", "may_fail");
const measure = fc.constantFrom("pages == 8", "size > 512", "order > 3", "has __GFP_ZERO");
const not = fc.constantFrom("", "not ");

/** Clauses that ask what the kernel would do, alone and beside what the request says. */
const clause = fc.oneof(
  fc.tuple(not, question).map(([no, asked]) => `forbid ${no}${asked}`),
  fc.tuple(not, question, measure).map(([no, asked, told]) => `require ${no}${asked} when ${told}`),
  fc.tuple(not, question, measure).map(([no, asked, told]) => `warn ${no}${asked} and ${told}`),
  fc.tuple(measure, question).map(([told, asked]) => `allow ${told} or ${asked}`),
);
const policyFor = fc
  .tuple(
    fc.constantFrom(...allApis().map(({ name }) => name)),
    fc.option(fc.constantFrom("kmalloc", "usb_alloc_streams", "cma_alloc", "kmem_cache_alloc")),
    fc.constantFrom(...knownKernels()),
    fc.array(clause, { minLength: 1, maxLength: 4 }),
    fc.option(fc.tuple(not, question)),
  )
  .map(([api, other, kernel, clauses, mode]) => ({
    apis: [...new Set([api, ...(other === null ? [] : [other])])],
    kernel,
    lines: [
      ...clauses,
      ...(mode === null ? [] : [`mode some when ${mode.join("")} {}`, "mode others otherwise { oom never }"]),
    ],
  }));

test("a policy may be for any function and ask the model anything, and every answer stands", () => {
  fc.assert(
    fc.property(policyFor, ({ apis, kernel, lines }) => {
      const found = findingsIn(`kernel ${kernel}\npolicy p for ${apis.join(", ")} {\n${lines.join("\n")}\n}\n`);
      expect(found.filter(({ rule }) => rule === "internal-error")).toEqual([]);
      const version = kernelOf(kernel);
      const has = apis.filter((name) => "options" in version && apiNamed(name)?.exists(version) === true);
      if (has.some((name) => apiNamed(name)?.takesMask !== true || name === "usb_alloc_streams"))
        expect(found.filter(({ rule }) => rule.startsWith("policy-"))).toEqual([]);
    }),
    { seed: 2811, numRuns: 100 },
  );
});

test("of a function that the model does not know, nothing is claimed that hangs on what it does", () => {
  const policy = (api: string): string =>
    `kernel 6.12\npolicy p for ${api} {\n  forbid may_oom and has __GFP_DMA\n  mode a when not sleeps {}\n  mode b otherwise {}\n}\n`;
  expect(findingsIn(policy("usb_alloc_streams"))).toEqual([]);
  expect(findingsIn(policy("usb_alloc_streams, kmalloc"))).toEqual([]);
  expect(findingsIn(policy("kmalloc_nolock")).map(({ rule }) => rule)).toEqual(["unknown-api"]);
});
