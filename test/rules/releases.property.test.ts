import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comesBefore, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { factIn } from "../../server/rules/ask.ts";
import { bareFindings, bareMask, datedFindings, type DatedFinding } from "../../server/rules/bare-request.ts";
import { asked } from "./_arbitrary.ts";
import { kernelNamed, requestOf, type Asked } from "./_subject.ts";

const RELEASES = mainlineReleases();

/**
 * What rules say is the case of a request in a kernel, without what to do about it; nothing where its mask cannot be
 * read there.
 */
function saidIn(version: string, { flags = null, options = {}, ...rest }: Asked): readonly string[] {
  const kernel = kernelNamed(version, options);
  const given = flags === null ? null : bareMask(kernel, flags);
  if (given !== null && "wrong" in given) return [];
  const request = { ...requestOf(kernel, rest), ...(given === null ? {} : { mask: given.mask }) };
  return bareFindings(kernel, request, given?.written ?? null).map(
    ({ rule, message }) => `${rule}: ${factIn(message)}`,
  );
}

function dated(request: Asked): readonly DatedFinding[] | null {
  const { kernel: version = "6.12", flags = null, options = {}, ...rest } = request;
  const kernel = kernelNamed(version, options);
  const given = flags === null ? null : bareMask(kernel, flags);
  if (given !== null && "wrong" in given) return null;
  return datedFindings(kernel, { ...requestOf(kernel, rest), ...(given === null ? {} : { mask: given.mask }) }, given);
}

describe("the releases of a finding", () => {
  test("are those around the kernel in which the same is said to be the case of the same request, and no further", () => {
    fc.assert(
      fc.property(asked, (request) => {
        // Of a number its flags are asked; which text says the same elsewhere is not known here.
        if (/\b0x/.test(request.flags ?? "")) return fc.pre(false);
        const kernel = kernelNamed(request.kernel ?? "", request.options);
        const home = RELEASES.findLastIndex((release) => !comesBefore(kernel, release));
        for (const { rule, message, since, until } of dated(request) ?? []) {
          const said = `${rule}: ${factIn(message)}`;
          const isSaid = (index: number): boolean => saidIn(RELEASES[index] ?? "", request).includes(said);
          if (since === kernel.name && until === kernel.name && !RELEASES.includes(kernel.name)) {
            expect(isSaid(home), said).toBe(false);
            continue;
          }
          const first = since === null ? 0 : RELEASES.indexOf(since);
          const last = until === null ? RELEASES.length - 1 : RELEASES.indexOf(until);
          expect(first <= home && home <= last, said).toBe(true);
          const inside = RELEASES.slice(first, last + 1).filter((_, index) => !isSaid(first + index));
          expect(inside, `${said} of all of ${since} to ${until}`).toEqual([]);
          expect(first > 0 && isSaid(first - 1), `${said} begins with ${since}`).toBe(false);
          expect(last < RELEASES.length - 1 && isSaid(last + 1), `${said} ends with ${until}`).toBe(false);
        }
      }),
      { numRuns: 40, seed: 20201203 },
    );
  });

  test.each([
    ["6.1.192", { api: "alloc_pages_node", order: 4, flags: "GFP_KERNEL | __GFP_THISNODE | __GFP_NORETRY" }],
  ] as const)("are a tree alone where the release that it follows is quiet: %s", (kernel, request) => {
    expect(dated({ ...request, kernel })).toContainEqual(
      expect.objectContaining({ rule: "costly-noretry-this-node", since: kernel, until: kernel }),
    );
  });

  test.each([
    ["6.12", "ignores __GFP_NOFAIL", null, "6.13"],
    ["6.18", "refuses __GFP_NOFAIL", "6.14", null],
    ["6.12.117", "refuses __GFP_NOFAIL", "6.12.117", "6.12.117"],
  ])(
    "are those of what is said, where a rule says something else before or after: %s %s",
    (kernel, does, since, until) => {
      const request = { api: "alloc_contig_range", pages: 512, flags: "GFP_KERNEL | __GFP_NOFAIL" } as const;
      const found = dated({ ...request, kernel })?.find(({ rule }) => rule === "nofail-with-range");
      expect(found?.message).toContain(does);
      expect(found).toMatchObject({ since, until });
    },
  );

  test("are those of the fact, whatever is to be done about it", () => {
    const request = { api: "alloc_contig_pages", pages: 512, flags: "GFP_KERNEL", context: ["nmi"] } as const;
    const found = (kernel: string): DatedFinding | undefined =>
      dated({ ...request, kernel })?.find(({ rule }) => rule === "alloc-in-nmi");
    expect(found("6.12")).toMatchObject({ since: "5.5", until: null });
    expect(found("6.12")?.message).not.toBe(found("7.3")?.message);
  });

  test("never contradict the kernel that was asked: a real-time kernel before mainline had one", () => {
    const request = { api: "kmalloc", size: 64, flags: "GFP_ATOMIC", context: ["irqs_off"] } as const;
    expect(dated({ ...request, kernel: "5.10", options: { PREEMPT_RT: true } })).toContainEqual(
      expect.objectContaining({ rule: "rt-alloc-in-atomic", since: null, until: null }),
    );
  });

  test("begin no earlier than the flags of the mask", () => {
    const request = { api: "alloc_contig_pages", pages: 512, flags: "__GFP_SKIP_KASAN | __GFP_DMA" } as const;
    const found = dated({ ...request, kernel: "6.11" })?.find(({ rule }) => rule === "range-nonblocking");
    expect(found).toMatchObject({ since: "6.4", until: null });
  });

  test("of a number are those of its flags", () => {
    const request = { api: "alloc_contig_pages", pages: 512 } as const;
    const named = dated({ ...request, kernel: "6.14", flags: "GFP_KERNEL | __GFP_ACCOUNT" });
    const numbered = dated({ ...request, kernel: "6.14", flags: "0x400cc0" });
    const ofRefusal = (found: readonly DatedFinding[] | null): unknown =>
      found?.find(({ rule }) => rule === "range-unsupported-flag");
    expect(ofRefusal(numbered)).toEqual(ofRefusal(named));
    expect(ofRefusal(named)).toMatchObject({ since: "6.14", until: null });
  });
});
