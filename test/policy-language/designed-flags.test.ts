import { describe, expect, test } from "vitest";
import { kernelOf } from "../../server/model/kernels/kernels.ts";
import { designedBits, withDesigned } from "../../server/model/kernels/designed.ts";
import { decode, maskText } from "../../server/model/masks/names.ts";
import { checkFindings, findingsIn } from "./_fixture.ts";

function known(name: string) {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

describe("a flag that no kernel has yet", () => {
  test("is a bit like any other in masks, policies, modes, stages and transforms", () => {
    checkFindings(
      `kernel 6.12
/// Lets a request into protected nodes.
flag __GFP_PROTECTED
flags FAULT = GFP_HIGHUSER_MOVABLE | __GFP_PROTECTED
request fault { api folio_alloc  order 0  flags FAULT  handles null  policy nodes }
//                                              ^^^^^ policy-forbids
request plain { api folio_alloc  order 0  flags GFP_HIGHUSER_MOVABLE  handles null  policy nodes }
policy nodes {
  allow only GFP_HIGHUSER_MOVABLE | __GFP_PROTECTED
  mode protected when has __GFP_PROTECTED { node any }
  mode ordinary  otherwise                { node any }
  stage nodelist honours __GFP_PROTECTED, GFP_HIGHUSER_MOVABLE
}
policy closed for folio_alloc { forbid has __GFP_PROTECTED because "not for everyone" }
expect fault { mode protected }
expect plain { mode ordinary }
transform open(gfp) = gfp & __GFP_PROTECTED ? gfp : gfp | __GFP_PROTECTED
expect open gives has __GFP_PROTECTED
expect open gives lacks __GFP_PROTECTED
//          ^^^^^^^^^^^^^^^^^^^^^^^^^^^ expectation-fails
expect nodes within closed
//           ^^^^^^^^^^^^^ expectation-fails
`,
    );
  });

  test("is named in what is said of a mask", () => {
    const [finding] = findingsIn(`kernel 6.12
flag __GFP_PROTECTED
transform t(gfp) = gfp
expect t gives lacks __GFP_PROTECTED
`);
    expect(finding?.message).toContain("For `__GFP_PROTECTED`");
  });

  test("is an unknown bit to the kernel, each function in its way", () => {
    checkFindings(`kernel 7.0
flag __GFP_PROTECTED
request page { api alloc_pages  order 0  flags GFP_KERNEL | __GFP_PROTECTED }
request object { api kmalloc  size 64 B  flags GFP_KERNEL | __GFP_PROTECTED }
//                                                          ^^^^^^^^^^^^^^^ unknown-bit
request range { api alloc_contig_range  pages 512  flags GFP_KERNEL | __GFP_PROTECTED }
//                                                                    ^^^^^^^^^^^^^^^ unknown-bit
request area { api __vmalloc  size 64 KiB  flags GFP_KERNEL | __GFP_PROTECTED }
//                                                            ^^^^^^^^^^^^^^^ unknown-bit
expect object { warns may }
expect range  { fails always }
expect area   { warns always }
`);
  });

  test("comes with an import, and goes with its declaration", () => {
    const text = 'kernel 6.12\nimport "design.allocpolicy"\nflags A = __GFP_PROTECTED\n';
    expect(findingsIn(text, { files: { "design.allocpolicy": "flag __GFP_PROTECTED\n" } })).toEqual([]);
    expect(findingsIn(text, { files: { "design.allocpolicy": "flag __GFP_OTHER\n" } }).map(({ rule }) => rule)).toEqual(
      ["unknown-flag"],
    );
  });

  test("needs a name that no kernel in force has, and a bit that is left", () => {
    checkFindings(`kernel 6.12
flag __GFP_ZERO
//   ^^^^^^^^^^ duplicate-name
flag __GFP_TWICE
flag __GFP_TWICE
//   ^^^^^^^^^^^ duplicate-name
`);
    const many = Array.from({ length: 20 }, (_, index) => `flag __GFP_N${String(index).padStart(2, "0")}`).join("\n");
    const full = findingsIn(`kernel 6.12\n${many}\n`);
    expect(full.length).toBeGreaterThan(5);
    expect(new Set(full.map(({ rule }) => rule))).toEqual(new Set(["no-free-bit"]));
  });

  test("takes bits that the kernel has no use for, and the same ones every time", () => {
    for (const name of ["4.19", "5.10", "6.12", "7.3"]) {
      const kernel = known(name);
      const one = withDesigned(kernel, { flags: ["__GFP_B", "__GFP_A"], scopes: [] });
      expect(withDesigned(kernel, { flags: ["__GFP_A", "__GFP_B"], scopes: [] })).toBe(one);
      expect(designedBits(one) & (kernel.allBits | kernel.namedBits)).toBe(0);
      expect(Object.keys(one.designed)).toEqual(["__GFP_A", "__GFP_B"]);
      const both = designedBits(one);
      expect(decode(one, both)).toEqual({ names: ["__GFP_A", "__GFP_B"], undefinedBits: 0 });
      expect(maskText(kernel, both)).toMatch(/^0x/);
      expect(withDesigned(kernel, { flags: [], scopes: [] })).toBe(kernel);
    }
  });
});
