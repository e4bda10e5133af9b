import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PLACE } from "../../server/model/contexts.ts";
import { allocPages } from "../../server/model/slowpath/allocate.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";
import { verdict } from "../../server/model/verdict.ts";
import { anyCall } from "./_slowpath-arbitraries.ts";

const SEED = 20260602;
const RUNS = 6000;

/** What was seen on one machine and what the verdict says of every machine must not contradict each other. */
describe("whatever a simulated call does, the verdict had not ruled out", () => {
  test("alloc_pages() on any machine of any kernel", () => {
    fc.assert(
      fc.property(anyCall, ({ of, value, context, memory, order, node }) => {
        // Contexts that the language cannot say are not the verdict's.
        fc.pre((context.places & PLACE.nmi) === 0);
        const said = verdict(of, {
          api: "alloc_pages",
          mask: value,
          order,
          sizeBytes: null,
          pages: null,
          count: null,
          context,
          node,
          cache: null,
          poolEmpty: false,
        });
        fc.pre(said.unknown === null);
        const { trace, ...sim } = simulationOf(of, context, memory);
        const result = allocPages({ ...sim, trace }, value, order, node);
        const { counts } = trace;
        const ruledOut: string[] = [];
        const check = (seen: boolean, possible: boolean, what: string): void => {
          if (seen && !possible) ruledOut.push(what);
        };
        check(result === null, said.fails !== "never", "fails");
        check(result === "loop" && !trace.throttled, said.loops !== "never", "loops");
        check(trace.throttledAt !== null, said.sleeps !== "never" && said.reclaim === "direct", "waits in reclaim");
        check(counts.directReclaim > 0, said.reclaim === "direct", "reclaims");
        check(counts.wakeKswapd > 0, said.kswapd !== "never", "wakes kswapd");
        check(trace.sleepSites.length > 0, said.sleeps !== "never", "may sleep");
        check(counts.compactions > 0, said.compaction !== "never", "compacts");
        check(counts.oomKill > 0, said.oom !== "never", "kills");
        check(result === "died", said.dies !== "never", "dies");
        check(trace.warnSites.length + counts.failureReports > 0, said.warns !== "never", "warns");
        check(
          result !== null && typeof result !== "string" && result.pfmemalloc,
          said.reserves === "all",
          "takes all reserves",
        );
        check(result !== null && typeof result !== "string", said.fails !== "always", "succeeds");
        expect(ruledOut).toEqual([]);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});
