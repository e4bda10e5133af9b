import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allApis, apiNamed } from "../../../server/model/apis.ts";
import type { Api } from "../../../server/model/apis/api.ts";
import { ALL } from "../../../server/model/apis/index.ts";
import { wrapped } from "../../../server/model/apis/wrappers/_wrap.ts";
import { ALL_WRAPPERS } from "../../../server/model/apis/wrappers/index.ts";
import type { Wrapper } from "../../../server/model/apis/wrappers/wrapper.ts";
import type { Kernel } from "../../../server/model/kernels/kernel.ts";
import { kernelOf, knownKernels, mainlineReleases } from "../../../server/model/kernels/kernels.ts";
import { ALL as RELEASES } from "../../../server/model/kernels/releases/index.ts";
import { mask, type FlagName } from "../../../server/model/masks/mask.ts";
import type { AllocationRequest } from "../../../server/model/request.ts";
import { verdict } from "../../../server/model/verdict.ts";
import { kernelFrom, kernels, requests } from "../_requests.ts";
import { encode } from "../../../server/model/masks/names.ts";
import { ENDS } from "./_ends.ts";
import { CALLS_OF_7_3 } from "./_calls-7.3.ts";

const SEED = 20261128;

function calls(name: string): Api {
  const api = apiNamed(name);
  if (api === null) throw new Error(`There is no ${name}.`);
  return api;
}

function kernelNamed(name: string): Kernel {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

describe("the calls that people make", () => {
  test("are known: at least 95 of 100 of those in Linux 7.3", () => {
    const counted = Object.entries(CALLS_OF_7_3);
    const sum = (entries: readonly (readonly [string, number])[]): number => entries.reduce((all, [, n]) => all + n, 0);
    const kernel = kernelNamed("7.3");
    const share = sum(counted.filter(([name]) => apiNamed(name)?.exists(kernel) === true)) / sum(counted);
    console.log(`${(100 * share).toFixed(2)} % of ${sum(counted)} calls to ${counted.length} functions are known`);
    expect(share).toBeGreaterThanOrEqual(0.95);
  });
});

/** The same request of another function, by hand. */
type Rewritten = Partial<Pick<AllocationRequest, "api" | "mask" | "order" | "sizeBytes" | "pages" | "count" | "cache">>;

const bits = (kernel: Kernel, ...flags: readonly FlagName[]): number =>
  flags.reduce((all, flag) => all | kernel.bits[flag], 0);

const NO_SIZE = { order: null, sizeBytes: null, pages: null, count: null };

const cacheOf = (sizeBytes: number): Rewritten => ({
  ...NO_SIZE,
  cache: { ctor: false, dma: false, account: false, reclaimable: false, sizeBytes },
});

/** What a line comes to, worked out without the table: the function at its end, with its mask and its size. */
const BY_HAND: Readonly<Record<string, (request: AllocationRequest, kernel: Kernel) => Rewritten>> = {
  kmalloc_obj: () => ({ api: "kmalloc" }),
  kzalloc_obj: ({ mask: given }, kernel) => ({ api: "kmalloc", mask: mask(given | bits(kernel, "ZERO")) }),
  kzalloc_objs: ({ mask: given }, kernel) => ({ api: "kmalloc_array", mask: mask(given | bits(kernel, "ZERO")) }),
  kvzalloc_flex: ({ mask: given }, kernel) => ({ api: "kvmalloc", mask: mask(given | bits(kernel, "ZERO")) }),
  devm_kzalloc: ({ mask: given, sizeBytes }, kernel) => ({
    api: "kmalloc_node",
    mask: mask(given | bits(kernel, "ZERO")),
    sizeBytes: sizeBytes === null || sizeBytes === 0 ? sizeBytes : sizeBytes + 40,
  }),
  kmemdup_nul: ({ sizeBytes }) => ({ api: "kmalloc", sizeBytes: sizeBytes === null ? null : sizeBytes + 1 }),
  kstrdup: ({ sizeBytes }) => ({ api: "kmalloc", sizeBytes: sizeBytes ?? 64 }),
  vmemdup_array_user: (_request, kernel) => ({ api: "kvmalloc", mask: kernel.gfp.USER }),
  genlmsg_new: ({ sizeBytes }) => ({ api: "alloc_skb", sizeBytes: sizeBytes === null ? null : sizeBytes + 20 }),
  skb_clone: () => ({ api: "kmem_cache_alloc", ...cacheOf(232) }),
  mas_preallocate: () => ({ api: "kmem_cache_alloc", ...cacheOf(256) }),
  usb_alloc_coherent: ({ sizeBytes }) => ({ api: (sizeBytes ?? 0) <= 2048 ? "dma_pool_alloc" : "dma_alloc_coherent" }),
  dma_pool_zalloc: ({ mask: given }, kernel) => ({ api: "dma_pool_alloc", mask: mask(given | bits(kernel, "ZERO")) }),
  bio_alloc_clone: () => ({ api: "bio_alloc_bioset" }),
  xa_alloc_irq: () => ({ api: "xa_store" }),
  ida_alloc_max: () => ({ api: "idr_alloc" }),
  vma_alloc_folio: () => ({ api: "folio_alloc" }),
  kvcalloc_node: ({ mask: given }, kernel) => ({ api: "kvmalloc_node", mask: mask(given | bits(kernel, "ZERO")) }),
};

/** It, or a line that it calls, can fail or sleep whatever the memory. */
function hasReasonsOfItsOwn(name: string): boolean {
  const line = ALL_WRAPPERS.find((one) => one.name === name);
  if (line === undefined) return false;
  return (
    line.canFail === true || line.sleeps === true || (typeof line.calls === "string" && hasReasonsOfItsOwn(line.calls))
  );
}

const ENDS_BY_NAME = ENDS.trim()
  .split("\n")
  .map((line) => {
    const [name = "", end = "", flags = "", ...bytes] = line.split(" ");
    return { name, end, flags, bytes: bytes.join(" ") };
  });

const takesCount = (name: string): boolean => calls(name).size === "count" || calls(name).alsoTakes.includes("count");

/** `GFP_KERNEL|ZERO`. */
function maskNamed(kernel: Kernel, flags: string): AllocationRequest["mask"] {
  const names = flags.split("|").map((name) => (name.startsWith("GFP_") ? name : `__GFP_${name}`));
  const value = encode(kernel, names);
  if (typeof value !== "number") throw new Error(value.unknown);
  return value;
}

/** The certainties of a verdict, without the mask that was written. */
function answers(kernel: Kernel, request: AllocationRequest): object {
  const { mask: _mask, undefinedBits: _undefined, ...rest } = verdict(kernel, request);
  return rest;
}

describe("a wrapper", () => {
  test.each(Object.entries(BY_HAND))("%s has the verdict of what it calls", (name, rewrite) => {
    fc.assert(
      fc.property(kernels, requests, (from, given) => {
        const kernel = kernelFrom(from);
        if (!calls(name).exists(kernel)) return;
        // Sizes in other units are handed on in bytes: only those are left here.
        const count = calls(name).alsoTakes.includes("count") ? given.count : null;
        const request = { ...given, api: name, order: null, pages: null, count };
        const byHand = { ...request, ...rewrite(request, kernel) };
        const { sizeBytes } = request;
        if (sizeBytes !== null && !(Number.isInteger(sizeBytes) && sizeBytes >= 0 && sizeBytes < 2 ** 40)) return;
        if (hasReasonsOfItsOwn(name)) {
          const { fails, reclaim, oom, zone } = verdict(kernel, request);
          const inner = verdict(kernel, byHand);
          expect({ reclaim, oom, zone }).toEqual({ reclaim: inner.reclaim, oom: inner.oom, zone: inner.zone });
          if (inner.fails !== "never") expect(fails).toBe(inner.fails);
          return;
        }
        expect(answers(kernel, request)).toEqual(answers(kernel, byHand));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("is in the table of what each comes to", () => {
    expect(ENDS_BY_NAME.map(({ name }) => name)).toEqual(ALL_WRAPPERS.map(({ name }) => name));
  });

  test.each(ENDS_BY_NAME)("$name comes to $end with $flags and $bytes bytes", ({ name, end, flags, bytes }) => {
    const isThere = (version: string): boolean => calls(name).exists(kernelNamed(version));
    const kernel = kernelNamed(isThere("7.0") ? "7.0" : "6.1");
    const count = takesCount(name) ? 3 : null;
    const request = { ...REQUEST, api: name, mask: kernel.gfp.KERNEL, sizeBytes: 1000, count };
    const [size = "", times] = bytes.replace("cache ", "").split("x");
    const sizeBytes = size === "-" ? null : Number(size);
    const byHand: AllocationRequest = {
      ...request,
      api: end,
      mask: maskNamed(kernel, flags),
      ...(bytes.startsWith("cache") ? cacheOf(Number(size)) : { sizeBytes, count: times === undefined ? null : 3 }),
    };
    const [own, inner] = [verdict(kernel, request), verdict(kernel, byHand)];
    if (own.unknown !== null) return;
    const reasons = hasReasonsOfItsOwn(name) ? ["fails", "sleeps", "warns"] : [];
    const compared = (answer: object): object =>
      Object.fromEntries(
        Object.entries(answer).filter(([field]) => !["mask", "undefinedBits", ...reasons].includes(field)),
      );
    expect(compared(own)).toEqual(compared(inner));
  });

  test("is a line whose every flag, kernel and function is there, and told in sentences", () => {
    for (const { name } of ALL_WRAPPERS) {
      const api = calls(name);
      const inSome = knownKernels()
        .map(kernelNamed)
        .filter((kernel) => api.exists(kernel));
      expect(inSome, name).not.toEqual([]);
      for (const kernel of inSome.slice(-2))
        for (const { text, evidence } of api.treatment(kernel).notes) {
          expect(text, name).toMatch(/^[A-Z_`].*[.)"]$/);
          expect(text, name).not.toMatch(/undefined\b(?! bits)|null\b|NaN| {2}/);
          expect(evidence, name).toMatch(/^[\w./-]+\.[ch](:\w+)?/);
        }
    }
  });

  test("stands in one table, and in no file of functions", () => {
    const names = [...ALL_WRAPPERS, ...ALL].map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test("that calls nothing that is there, or itself, is refused", () => {
    const line: Wrapper = {
      name: "one",
      signature: "void *one(void)",
      calls: "two",
      size: { kind: "none" },
      mask: "none",
      evidence: "a.c:one",
    };
    expect(() => wrapped([], [line])).toThrow("two");
    expect(() => wrapped([], [line, { ...line, name: "two", calls: "one" }])).toThrow("one");
  });

  test("with a mask that may be left out is the call with GFP_KERNEL then", () => {
    const optional = allApis().filter((api) => api.withoutMask !== undefined);
    expect(optional.map(({ name }) => name)).toContain("kzalloc_obj");
    const kernel = kernelNamed("7.0");
    for (const { name, withoutMask } of optional) {
      expect(withoutMask?.takesMask).toBe(false);
      const treatment = withoutMask?.treatment(kernel);
      expect((treatment?.forced ?? 0) & kernel.gfp.KERNEL, name).toBe(kernel.gfp.KERNEL);
    }
  });
});

describe("the functions that releases bring and drop", () => {
  const told = RELEASES.flatMap(({ name, brings = [], drops = [] }) =>
    [...brings, ...drops].map((call) => ({ release: name, call })),
  );

  test("are functions of the model, told once by each", () => {
    for (const { call } of told) expect(apiNamed(call), call).not.toBeNull();
    const each = told.map(({ release, call }) => `${release} ${call}`);
    expect(new Set(each).size).toBe(each.length);
  });

  test("are there from then on in mainline, and until then", () => {
    const [releases, names] = [mainlineReleases().map(kernelNamed), new Set(told.map(({ call }) => call))];
    for (const call of names) {
      const there = releases.map((kernel) => calls(call).exists(kernel));
      const changes = there.filter((is, at) => at > 0 && is !== there[at - 1]).length;
      const tellings = told.filter((one) => one.call === call && mainlineReleases().includes(one.release));
      expect(changes, call).toBe(tellings.length);
    }
  });

  test.each([
    ["kzalloc_obj", "6.19", "7.0"],
    ["kzalloc_obj", "6.12.100", "6.12.117"],
    ["mtree_insert", "6.0", "6.1"],
    ["krealloc_array", "5.10", "5.11"],
    ["kmem_cache_prefill_sheaf", "6.17", "6.18"],
    ["memdup_array_user", "6.1", "6.1.192"],
  ])("%s does not exist in %s, and exists in %s", (name, before, since) => {
    expect([before, since].map((version) => calls(name).exists(kernelNamed(version)))).toEqual([false, true]);
  });

  test("iommu_map() takes a mask since iommu_map_atomic() is gone, and is not known before", () => {
    const request = { ...REQUEST, api: "iommu_map" };
    expect(verdict(kernelNamed("6.1"), request).unknown).toContain("takes no mask");
    expect(verdict(kernelNamed("6.3"), request).unknown).toBeNull();
    expect(calls("iommu_map_atomic").exists(kernelNamed("6.2"))).toBe(true);
    expect(calls("iommu_map_atomic").exists(kernelNamed("6.3"))).toBe(false);
  });
});

const REQUEST: AllocationRequest = {
  api: "kmalloc",
  mask: mask(0xcc0),
  ...NO_SIZE,
  context: { places: 0, locks: 0, scopes: 0, task: 0, designed: [] },
  node: null,
  cache: null,
  poolEmpty: false,
};
