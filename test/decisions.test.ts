import { describe, expect, test } from "vitest";
import { apiNamed } from "../server/model/apis.ts";
import { contextOf } from "../server/model/contexts.ts";
import type { When } from "../server/model/decisions/decision.ts";
import { DECISIONS, type Decisions } from "../server/model/decisions/decisions.ts";
import { kernelDeciding } from "../server/model/decisions/table.ts";
import { explain } from "../server/model/explain.ts";
import type { Kernel } from "../server/model/kernels/kernel.ts";
import { mask } from "../server/model/masks/mask.ts";
import type { MemoryState } from "../server/model/memory/state.ts";
import type { AllocationRequest } from "../server/model/request.ts";
import { simulate } from "../server/model/simulate.ts";
import { verdict } from "../server/model/verdict.ts";
import { answerSets, modelThresholds } from "../server/policy-language/policies/model-sets.ts";
import { contains } from "../server/policy-language/symbolic/space.ts";
import { bareFindings, bareMask } from "../server/rules/bare-request.ts";
import { kernelFrom } from "./model/_requests.ts";
import { spaceOf } from "./policy-language/symbolic/_space.ts";

const known = kernelFrom({ version: "6.12", options: {} });

/**
 * The kernel in which __GFP_NORETRY gives up only where __GFP_NOWARN is set too: one decision, changed in its one
 * place.
 */
function changed(): Kernel {
  const when: readonly When[] = [{ all: ["noretry", "nowarn"] }];
  const decisions: Decisions = { ...DECISIONS, noretryGivesUp: { ...DECISIONS.noretryGivesUp, when } };
  return kernelDeciding(known, decisions);
}

const request: AllocationRequest = {
  api: "alloc_pages",
  mask: known.gfp.KERNEL,
  order: 0,
  sizeBytes: null,
  pages: null,
  count: null,
  context: contextOf("process"),
  node: null,
  cache: null,
  poolEmpty: false,
};
const noretry: AllocationRequest = { ...request, mask: mask(known.gfp.KERNEL | known.bits.NORETRY) };

/** Nothing is free, and nothing comes back but by killing. */
const exhausted: MemoryState = {
  nodes: [
    {
      id: 0,
      zones: [
        {
          name: "Normal",
          managed: 65536,
          free: [],
          min: 100,
          low: 120,
          high: 140,
          lowmemReserve: [],
          reclaimable: 0,
          movable: 0,
          pinned: 0,
          cma: 0,
          highatomic: 0,
        },
      ],
    },
  ],
  oomKillable: true,
  watermarkBoost: false,
};

describe("one decision of the slow path, changed in its one place", () => {
  test("the verdict follows", () => {
    expect([verdict(known, noretry).oom, verdict(changed(), noretry).oom]).toEqual(["never", "may"]);
  });

  test("the simulation follows", () => {
    const run = (kernel: Kernel): readonly [string, boolean] => {
      const { result, oomInvoked } = simulate(kernel, noretry, exhausted, { steps: false });
      return [result, oomInvoked];
    };
    expect([run(known), run(changed())]).toEqual([
      ["null", false],
      ["ok", true],
    ]);
  });

  test("the explanation follows", () => {
    const texts = (kernel: Kernel): string =>
      explain(kernel, noretry)
        .map(({ text }) => text)
        .join("\n");
    expect(texts(known)).toContain("__GFP_NORETRY: one round of reclaim, then NULL.");
    expect(texts(changed())).not.toContain("__GFP_NORETRY: one round");
    expect(texts(changed())).toContain("When reclaim makes no progress the OOM killer is called.");
  });

  test("the rules follow", () => {
    const rules = (kernel: Kernel): readonly string[] => {
      const flags = "GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY";
      const given = bareMask(kernel, flags);
      if ("wrong" in given) throw new Error(given.wrong);
      return bareFindings(kernel, { ...request, mask: given.mask }, given.written).map(({ rule }) => rule);
    };
    expect(rules(known)).toContain("nofail-with-noretry");
    expect(rules(changed())).not.toContain("nofail-with-noretry");
  });

  test("the sets of policies follow", () => {
    const mayKill = (kernel: Kernel): boolean => {
      const api = apiNamed("alloc_pages");
      if (api === null) throw new Error("no alloc_pages");
      const space = spaceOf(kernel, { thresholdsBytes: modelThresholds(kernel), sizes: "orders", tests: [] });
      const set = answerSets(space, kernel, api, "oom").get("may");
      return set !== undefined && contains(space, set, noretry.mask, kernel.options.pageBytes, noretry.context);
    };
    expect([mayKill(known), mayKill(changed())]).toEqual([false, true]);
  });

  test("nothing else changes, and the kernel itself stays as it is", () => {
    expect(verdict(changed(), request)).toEqual(verdict(known, request));
    expect(verdict(known, noretry).oom).toBe("never");
  });
});
