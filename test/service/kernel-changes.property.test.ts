import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allApis } from "../../server/model/apis.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { EMPTY, mask, type Mask } from "../../server/model/masks/mask.ts";
import { encode } from "../../server/model/masks/names.ts";
import { verdict } from "../../server/model/verdict.ts";
import { VERDICT_FIELDS } from "../../server/policy-language/diff/requests.ts";
import { requestFor } from "../../server/policy-language/policies/request-for.ts";
import { kernelChanges, SIZES_PAGES } from "../../server/service/kernel-changes.ts";

function kernelNamed(name: string): Kernel {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

function maskNamed(kernel: Kernel, text: string): Mask {
  const value = encode(kernel, text.split(" | "));
  if (typeof value === "object") throw new Error(value.unknown);
  return mask(value);
}

const apis = allApis();
const kernels = fc.constantFrom(...mainlineReleases(), "5.10.262", "6.1.192", "6.12.117").map(kernelNamed);

describe("what changes from one kernel to another", () => {
  test("is nothing from a kernel to itself", () => {
    expect(kernelChanges(kernelNamed("6.12"), kernelNamed("6.12"))).toMatchObject({
      flags: [],
      onlyFrom: [],
      onlyTo: [],
      answers: [],
    });
  });

  test("is what is known of 6.6 and 6.12", () => {
    const { flags, onlyTo, answers } = kernelChanges(kernelNamed("6.6"), kernelNamed("6.12"));
    expect(flags.map(({ text }) => text)).toContain("GFP_NOWAIT gains __GFP_NOWARN");
    expect(onlyTo).toContain("folio_alloc_gigantic");
    const fails = answers.find(({ what, from, to }) => what === "fails" && from === "may" && to === "never");
    expect(fails?.calls[0]).toMatchObject({
      functions: expect.arrayContaining(["kvmalloc", "kvcalloc"]),
      masks: expect.arrayContaining(["GFP_KERNEL | __GFP_NOFAIL"]),
      sizesPages: [16],
    });
  });

  test("is each answer that differs, and no other, for every function, mask and size that is asked", () => {
    fc.assert(
      fc.property(kernels, kernels, (from, to) => {
        const { answers } = kernelChanges(from, to);
        const said = new Set(
          answers.flatMap(({ what, from: was, to: is, calls }) =>
            calls.flatMap(({ functions, masks, sizesPages }) =>
              functions.flatMap((name) =>
                (masks.length === 0 ? [""] : masks).flatMap((text) =>
                  sizesPages.map((pages) => [name, text, pages, what, was, is].join("; ")),
                ),
              ),
            ),
          ),
        );
        const texts = new Set(["", ...answers.flatMap(({ calls }) => calls.flatMap(({ masks }) => masks))]);
        const found = new Set<string>();
        for (const api of apis.filter((one) => one.exists(from) && one.exists(to))) {
          for (const text of texts) {
            if (api.takesMask === (text === "")) continue;
            for (const pages of SIZES_PAGES) {
              const [before, after] = [from, to].map((kernel) =>
                verdict(
                  kernel,
                  requestFor(
                    api,
                    kernel.options.pageBytes,
                    text === "" ? EMPTY : maskNamed(kernel, text),
                    pages * kernel.options.pageBytes,
                  ),
                ),
              );
              if (before?.unknown !== null || after?.unknown !== null) continue;
              for (const what of VERDICT_FIELDS) {
                if (before[what] === after[what]) continue;
                found.add([api.name, text, pages, what, before[what], after[what]].join("; "));
              }
            }
          }
        }
        expect(said).toEqual(found);
      }),
      { seed: 6612, numRuns: 12 },
    );
  });
});
