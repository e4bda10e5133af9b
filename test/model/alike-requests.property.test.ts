// What is taken for alike comes to the same: sizes of one class, and nodes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineAnswers } from "../../server/cli/verdict/line-answers.ts";
import { alikeRequest, alikeSize } from "../../server/model/alike-requests.ts";
import { allApis, samePlan, type Plan } from "../../server/model/apis.ts";
import type { Api } from "../../server/model/apis/api.ts";
import { contextOf } from "../../server/model/contexts.ts";
import { alikeOrder } from "../../server/model/decisions/reads.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { mask } from "../../server/model/masks/mask.ts";
import type { AllocationRequest } from "../../server/model/request.ts";

const PAGE = 4096;

const kernels: readonly Kernel[] = mainlineReleases().flatMap((name) => {
  const kernel = kernelOf(name);
  return "unknown" in kernel ? [] : [kernel];
});

const request = (api: string, value: number, sizeBytes: number): AllocationRequest => ({
  api,
  mask: mask(value),
  order: null,
  sizeBytes,
  pages: null,
  count: null,
  context: contextOf("process"),
  node: 3,
  cache: null,
  poolEmpty: false,
});

/** Around powers of two, what lies between them, and so far from them as headers are long. */
const SIZES: readonly number[] = [
  ...Array.from({ length: 300 }, (_, bytes) => bytes),
  ...Array.from({ length: 28 }, (_, power) => 2 ** (power + 8)).flatMap((bytes) =>
    [bytes, 1.5 * bytes].flatMap((at) => [-PAGE, -128, -40, -24, -16, -1, 0, 1, 16, PAGE].map((by) => at + by)),
  ),
].filter((bytes) => bytes >= 0);

describe("requests that are taken for alike", () => {
  test("come to one plan, for every function and size", () => {
    const some = [kernels[Math.floor(kernels.length / 4)], kernels.at(-1)].flatMap((kernel) => kernel ?? []);
    const shared = new Set<string>();
    for (const kernel of some) {
      for (const api of allApis().filter(({ exists }) => exists(kernel))) {
        for (const value of [kernel.gfp.KERNEL, mask(kernel.gfp.ATOMIC | kernel.bits.NOFAIL | kernel.bits.DMA)]) {
          for (const bytes of SIZES) {
            const own = request(api.name, value, bytes);
            const alike = alikeRequest(kernel, api, own);
            if (alike.sizeBytes === bytes) continue;
            shared.add(api.family);
            const [plan, other] = [api.plan(kernel, own), api.plan(kernel, alike)];
            if (samePlan(plan, other)) continue;
            const differing = Object.entries(plan).filter(([field, answer]) => {
              const second = Object.entries(other).find(([name]) => name === field)?.[1];
              return answer !== second && JSON.stringify(answer) !== JSON.stringify(second);
            });
            if (differing.length > 0) expect([kernel.name, own, alike, differing]).toEqual([]);
          }
        }
      }
    }
    expect([...shared].sort()).toEqual(["krealloc", "kvmalloc", "pages-exact", "slab", "vmalloc"]);
  });

  test("and sizes of which all is decided alike to one plan but for orders that nothing tells apart", () => {
    const classes = new Map<string, Set<number>>();
    for (const kernel of kernels.filter((_, index) => index % 6 === 0)) {
      const decided = (order: number): number => alikeOrder(kernel, order);
      const planOf = (api: Api, value: number, bytes: number): Plan => {
        const plan = api.plan(kernel, request(api.name, value, bytes));
        const { order, firstOrder, betweenOrder, blocksOrder } = plan;
        return {
          ...plan,
          order: decided(order),
          firstOrder: decided(firstOrder),
          betweenOrder: decided(betweenOrder),
          blocksOrder: decided(blocksOrder),
        };
      };
      for (const api of allApis().filter(({ exists }) => exists(kernel))) {
        for (const value of [kernel.gfp.KERNEL, mask(kernel.gfp.ATOMIC | kernel.bits.NOFAIL | kernel.bits.DMA)]) {
          for (const bytes of SIZES.filter((size) => size <= 2 * PAGE)) {
            const alike = alikeSize(kernels, api, bytes);
            if (alike === null || alike === bytes) continue;
            classes.set(api.name, (classes.get(api.name) ?? new Set()).add(alike));
            const [plan, other] = [planOf(api, value, bytes), planOf(api, value, alike)];
            if (JSON.stringify(plan) === JSON.stringify(other)) continue;
            expect([kernel.name, api.name, bytes, plan]).toEqual([kernel.name, api.name, alike, other]);
          }
        }
      }
    }
    expect([...(classes.get("kmalloc") ?? [])].sort((one, other) => one - other)).toEqual([256, 512, 4096, 8191]);
  });

  const api = fc.constantFrom(...allApis().map(({ name }) => name));
  const size = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: 20_000 }),
    fc.constantFrom(...SIZES),
  );
  const flags = fc.oneof(
    fc
      .array(
        fc.constantFrom(
          "GFP_KERNEL",
          "GFP_ATOMIC",
          "GFP_NOFS",
          "__GFP_ZERO",
          "__GFP_NOFAIL",
          "__GFP_NORETRY",
          "__GFP_RETRY_MAYFAIL",
          "__GFP_DMA",
          "__GFP_COMP",
          "__GFP_HIGHMEM",
          "__GFP_ACCOUNT",
          "__GFP_THISNODE",
          "__GFP_NOWARN",
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((names) => names.join(" | ")),
    fc.integer({ min: 0, max: 2 ** 25 }).map(String),
  );
  const context = fc.constantFrom("process", "softirq", "hardirq", "nmi", "reclaim");
  const kernel = fc.constantFrom("4.19", "5.10.262", "6.1", "6.12.117", "6.19", "7.3");
  const amount = fc.constantFrom<Readonly<Record<string, number>>>({}, { node: 1 }, { count: 3 }, { order: 4 });

  test("are answered as if each were asked alone, findings and all", () => {
    fc.assert(
      fc.property(
        kernel,
        api,
        flags,
        context,
        fc.array(fc.tuple(size, amount), { minLength: 2, maxLength: 6 }),
        (...asked) => {
          const [version, name, mask, place, sizes] = asked;
          const answers = new LineAnswers();
          for (const [bytes, more] of sizes) {
            const line = JSON.stringify({
              kernel: version,
              api: name,
              flags: mask,
              context: place,
              size: bytes,
              ...more,
            });
            expect(answers.answer(line)).toBe(new LineAnswers().answer(line));
          }
        },
      ),
      { numRuns: 500, seed: 20261202 },
    );
  });
});
