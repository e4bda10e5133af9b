// A release that nobody has seen brings a flag that no rule has heard of: what the model says of it, the rules say.
import { describe, expect, test, vi } from "vitest";
import { newestRelease } from "../../server/model/kernels/kernels.ts";
import { bareFindings, bareMask } from "../../server/rules/bare-request.ts";
import { kernelNamed, requestOf } from "./_subject.ts";

vi.mock("../../server/model/masks/flags.ts", async (original) => {
  const actual = await original<typeof import("../../server/model/masks/flags.ts")>();
  return {
    ...actual,
    FLAG_NAMES: [...actual.FLAG_NAMES, "NEW"],
  };
});

vi.mock("../../server/model/kernels/releases/index.ts", async (original) => {
  const { ALL } = await original<typeof import("../../server/model/kernels/releases/index.ts")>();
  const majors = ALL.map(({ name }) => Number.parseInt(name, 10)).filter(Number.isInteger);
  const flags = { kind: "enum-change", source: "made up", flags: [{ flag: "NEW" }] };
  return { ALL: [...ALL, { name: `${Math.max(...majors) + 1}.0`, source: "made up", features: {}, flags }] };
});

/** The calls that may know nothing of a flag, and the rule that says so. */
const TOLD = [
  ["vmalloc-unsupported-flags", { api: "__vmalloc", size: 98_304 }],
  ["range-unsupported-flag", { api: "alloc_contig_pages", pages: 512 }],
  ["nolock-flags", { api: "alloc_pages_nolock", order: 0 }],
  ["kmalloc-nolock-limits", { api: "kmalloc_nolock", size: 128 }],
  ["percpu-ignored-flags", { api: "alloc_percpu_gfp", size: 64 }],
] as const;

describe("a flag that is new", () => {
  test.each(TOLD)("is reported by %s", (rule, asked) => {
    const kernel = kernelNamed(newestRelease());
    const written = bareMask(kernel, "GFP_KERNEL | __GFP_NEW");
    if ("wrong" in written) throw new Error(written.wrong);
    const request = { ...requestOf(kernel, asked), mask: written.mask };
    const said = bareFindings(kernel, request, written.written).find((finding) => finding.rule === rule);
    expect(said?.flags).toContain("__GFP_NEW");
  });
});
