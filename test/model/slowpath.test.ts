import { describe, expect, test } from "vitest";
import type { ContextName } from "../../server/model/contexts.ts";
import { contextOf, withScope } from "../../server/model/contexts.ts";
import type { CompositeName, FlagName } from "../../server/model/masks/mask.ts";
import { freePages } from "../../server/model/memory/machine.ts";
import { knownKernels } from "../../server/model/kernels/kernels.ts";
import { allocPages, allocPagesNode } from "../../server/model/slowpath/allocate.ts";
import { simulationOf } from "../../server/model/slowpath/simulation.ts";
import { call, ending, gfp, kernel, machine, MIN, zone } from "./_slowpath-machine.ts";

const v5_15 = kernel("5.15");
const v6_12 = kernel("6.12");

describe("how deep a mask may go, as a share of the min watermark", () => {
  const depths: readonly (readonly [
    string,
    CompositeName | null,
    readonly FlagName[],
    readonly ContextName[],
    number,
  ])[] = [
    ["5.15", "NOWAIT", [], [], 1],
    ["5.15", "KERNEL", [], [], 1],
    ["5.15", "KERNEL", ["HIGH"], [], 1 / 2],
    ["5.15", "ATOMIC", [], [], 3 / 8],
    ["5.15", "ATOMIC", ["NOMEMALLOC"], [], 1 / 2],
    ["5.15", "KERNEL", [], ["rt_task"], 3 / 4],
    ["5.15", "KERNEL", ["NORETRY"], ["oom_victim"], 1 / 2],
    ["6.12", "NOWAIT", [], [], 1],
    ["6.12", "KERNEL", [], [], 1],
    ["6.12", "KERNEL", ["HIGH"], [], 1 / 2],
    ["6.12", "ATOMIC", [], [], 3 / 8],
    ["6.12", "ATOMIC", ["NOMEMALLOC"], [], 1 / 2],
    ["6.12", "KERNEL", [], ["rt_task"], 1 / 2],
    ["6.12", "NOWAIT", [], ["rt_task"], 1],
    ["6.12", "KERNEL", ["NORETRY"], ["oom_victim"], 1 / 2],
    ["6.12", "NOWAIT", ["MEMALLOC"], [], 0],
    ["6.12", "KERNEL", [], ["reclaim"], 0],
    ["6.12", "KERNEL", ["NOMEMALLOC"], ["reclaim"], 1],
    ["6.12", "ATOMIC", [], ["reclaim", "hardirq"], 3 / 8],
    ["6.12", "ATOMIC", [], ["reclaim", "softirq"], 3 / 8],
  ];
  for (const [version, composite, flags, context, share] of depths) {
    const name = [`GFP_${composite ?? "0"}`, ...flags].join("|");
    test(`${version}: ${name} in ${context.join("+") || "process"} leaves ${share} of it`, () => {
      const of = kernel(version);
      const sim = simulationOf(of, contextOf(...context), machine({ free: [2000] }));
      const value = gfp(of, composite, ...flags);
      const [normal] = sim.machine.zones;
      let free = 0;
      for (let turn = 0; turn <= 2000; turn++) {
        free = normal === undefined ? 0 : freePages(normal);
        const result = allocPages(sim, value, 0, null);
        if (result === null || sim.trace.counts.mayOom > 0) break;
      }
      expect(free).toBe(MIN * share);
    });
  }

  test("a request that blocks asks kswapd at the low watermark, before it takes from the reserve", () => {
    expect(call(v6_12, machine({ free: [1001] }), gfp(v6_12, "KERNEL")).sim.trace.counts.wakeKswapd).toBe(0);
    expect(call(v6_12, machine({ free: [1000] }), gfp(v6_12, "KERNEL")).sim.trace.counts.wakeKswapd).toBe(1);
  });
});

describe("what becomes of a request when nothing is free", () => {
  const endings: readonly (readonly [CompositeName, readonly FlagName[], number, string, string])[] = [
    ["KERNEL", [], 0, "page", "kills a process and goes on"],
    ["KERNEL", [], 3, "page", "kills a process and goes on"],
    ["KERNEL", [], 4, "null", "gives up without a kill: the order is costly"],
    ["KERNEL", ["NORETRY"], 0, "null", "gives up"],
    ["KERNEL", ["RETRY_MAYFAIL"], 0, "null", "gives up without a kill"],
    ["KERNEL", ["THISNODE"], 0, "null", "gives up without a kill"],
    ["NOFS", [], 0, "loop", "goes round for ever: nothing is killed, and progress is reported"],
    ["NOIO", [], 0, "loop", "goes round for ever"],
    ["KERNEL", ["NOFAIL"], 0, "page", "kills a process and goes on"],
    ["KERNEL", ["NOFAIL", "NORETRY"], 0, "loop", "goes round for ever without a kill"],
    ["KERNEL", ["NOFAIL", "RETRY_MAYFAIL"], 0, "loop", "goes round for ever without a kill"],
    ["KERNEL", ["NOFAIL", "THISNODE"], 0, "loop", "goes round for ever without a kill"],
    ["KERNEL", ["NOFAIL"], 4, "loop", "goes round for ever without a kill: the order is costly"],
    ["ATOMIC", ["NOFAIL"], 0, "null", "fails all the same: it cannot wait"],
    ["NOWAIT", [], 0, "null", "fails"],
  ];
  for (const [composite, flags, order, end, what] of endings) {
    test(`GFP_${[composite, ...flags].join("|")} of order ${order} ${what}`, () => {
      for (const version of knownKernels()) {
        const of = kernel(version);
        const done = call(of, machine(), gfp(of, composite, ...flags), order);
        expect(`${version} ${ending(done)}`).toBe(`${version} ${end}`);
        expect(done.sim.trace.counts.oomKill > 0).toBe(end === "page");
      }
    });
  }

  test("a request for a zone below Normal does not call the OOM killer", () => {
    const memory = machine({}, { nodes: [{ id: 0, zones: [zone({ name: "DMA" }), zone()] }] });
    const done = call(v6_12, memory, gfp(v6_12, "KERNEL", "DMA"));
    expect(ending(done)).toBe("null");
    expect(done.sim.trace.counts.mayOom).toBe(1);
    expect(done.sim.trace.counts.outOfMemory).toBe(0);
  });

  test("the kernel panics when nothing can be killed", () => {
    const { sim, result } = call(v6_12, machine({}, { oomKillable: false }), gfp(v6_12, "KERNEL"));
    expect([result, sim.trace.panicked]).toEqual(["died", true]);
  });

  test("a dying task becomes the victim itself and may use half of the reserve", () => {
    const done = call(v6_12, machine({ free: [MIN - 100] }), gfp(v6_12, "KERNEL"), 0, contextOf("sigkill_pending"));
    expect(ending(done)).toBe("page");
    expect(done.sim.trace.counts.oomKill).toBe(0);
  });

  test("a task under PF_MEMALLOC does not reclaim", () => {
    const done = call(v6_12, machine(), gfp(v6_12, "KERNEL"), 0, contextOf("reclaim"));
    expect(ending(done)).toBe("null");
    expect(done.sim.trace.counts.directReclaim).toBe(0);
  });

  test("a failure is reported unless the mask says not to", () => {
    expect(call(v6_12, machine(), gfp(v6_12, "ATOMIC")).sim.trace.counts.failureReports).toBe(1);
    expect(call(v6_12, machine(), gfp(v6_12, "ATOMIC", "NOWARN")).sim.trace.counts.failureReports).toBe(0);
    expect(call(v6_12, machine(), gfp(v6_12, "NOWAIT")).sim.trace.counts.failureReports).toBe(0);
    expect(call(v5_15, machine(), gfp(v5_15, "NOWAIT")).sim.trace.counts.failureReports).toBe(1);
  });
});

describe("reclaim and compaction", () => {
  test("reclaimable pages come back in rounds until the request is served", () => {
    const done = call(v6_12, machine({ free: [MIN], reclaimable: 10_000 }), gfp(v6_12, "KERNEL"));
    expect(ending(done)).toBe("page");
    expect(done.sim.trace.counts.directReclaim).toBe(1);
    expect(done.sim.trace.counts.mayOom).toBe(0);
  });

  test("kswapd frees so much in a round as is said, where it runs and the zone needs it", () => {
    const withRate = (kswapdPagesPerRound: number): number => {
      const state = machine({ free: [MIN - 200], reclaimable: 10_000 });
      const nodes = state.nodes.map((node) => ({ ...node, kswapdPagesPerRound }));
      const done = call(v6_12, { ...state, nodes }, gfp(v6_12, "KERNEL"));
      expect(done.result).toMatchObject({ node: 0 });
      return done.sim.trace.counts.directReclaim;
    };
    expect(withRate(0)).toBe(7);
    expect(withRate(300)).toBe(1);
  });

  test("a zone that looks reclaimable is tried 16 times more before the OOM killer is asked", () => {
    const of = kernel("6.12.117");
    const { counts } = call(of, machine({ free: [MIN] }), gfp(of, "KERNEL")).sim.trace;
    expect(counts.reclaimRetry).toBeGreaterThanOrEqual(17);
  });

  test("scattered movable pages make a block for GFP_KERNEL and none for GFP_NOIO", () => {
    const memory = machine({ free: [20_000], movable: 20_000 });
    expect(ending(call(v6_12, memory, gfp(v6_12, "KERNEL"), 9))).toBe("page");
    const noio = call(v6_12, memory, gfp(v6_12, "NOIO"), 9);
    expect(ending(noio)).toBe("null");
    // Fast path, first try and the one of the round: compaction gives it no further one.
    expect(noio.sim.trace.attempts.length).toBe(3);
  });

  test("pinned memory makes no block", () => {
    expect(ending(call(v6_12, machine({ free: [20_000], pinned: 20_000 }), gfp(v6_12, "KERNEL"), 9))).toBe("null");
  });

  test("a costly NORETRY request stays asynchronous, where an unmovable one finds no block", () => {
    const memory = machine({ free: [20_000], movable: 20_000 });
    expect(ending(call(v6_12, memory, gfp(v6_12, "KERNEL", "NORETRY"), 9))).toBe("null");
    expect(ending(call(v6_12, memory, gfp(v6_12, "HIGHUSER_MOVABLE", "NORETRY"), 9))).toBe("page");
  });

  test("from 7.0 the first round compacts, and a THISNODE|NORETRY request ends after it", () => {
    const of = kernel("7.0");
    const memory = machine({ free: [20_000], pinned: 1 });
    const local = call(of, memory, gfp(of, "KERNEL", "THISNODE", "NORETRY"), 9).sim.trace.counts;
    expect([local.tryToCompact, local.directReclaim]).toEqual([1, 0]);
    const wide = call(of, memory, gfp(of, "KERNEL", "NORETRY"), 9).sim.trace.counts;
    expect([wide.tryToCompact, wide.directReclaim]).toEqual([2, 1]);
  });

  test("the shrinkers of a node help a request whatever zone their pages lie in", () => {
    const memory = machine({}, { shrinkers: [{ node: 0, zone: "Normal", pages: 9000, pagesPerRound: 3000 }] });
    const done = call(v6_12, memory, gfp(v6_12, "KERNEL"), 3);
    expect(ending(done)).toBe("page");
    expect(done.sim.trace.counts.oomKill).toBe(0);
  });
});

describe("where the pages come from", () => {
  const twoNodes = (first: number, second: number, more = {}) => ({
    nodes: [
      { id: 0, zones: [zone({ free: [first] })] },
      { id: 1, zones: [zone({ free: [second] })] },
    ],
    oomKillable: true,
    watermarkBoost: false,
    ...more,
  });
  const nodeOf = (done: ReturnType<typeof call>) =>
    done.result === null || typeof done.result === "string" ? null : done.result.node;

  test("another node is taken before the home node's reserve", () => {
    const done = call(v6_12, twoNodes(900, 5000), gfp(v6_12, "KERNEL"));
    expect([nodeOf(done), done.sim.trace.counts.slowpath]).toEqual([1, 0]);
  });

  test("THISNODE stays on its node", () => {
    expect(nodeOf(call(v6_12, twoNodes(900, 5000), gfp(v6_12, "NOWAIT", "THISNODE")))).toBe(0);
    expect(ending(call(v6_12, twoNodes(0, 5000), gfp(v6_12, "KERNEL", "THISNODE")))).toBe("null");
  });

  test("the node that was asked for comes first", () => {
    expect(nodeOf(call(v6_12, twoNodes(5000, 5000), gfp(v6_12, "KERNEL"), 0, contextOf("process"), {}, 1))).toBe(1);
  });

  test("a node that the machine does not have gives nothing", () => {
    expect(ending(call(v6_12, twoNodes(5000, 5000), gfp(v6_12, "NOWAIT"), 0, contextOf("process"), {}, 7))).toBe(
      "null",
    );
  });

  test("a call that names a node which does not exist kills the kernel", () => {
    const named = (version: ReturnType<typeof kernel>, node: number, order = 0) => {
      const sim = simulationOf(version, contextOf("process"), twoNodes(5000, 5000));
      return [allocPagesNode(sim, gfp(version, "KERNEL"), order, node), ...sim.trace.bugSites];
    };
    const debug = kernel("6.12", { DEBUG_VM: true });
    expect(named(debug, 7)).toEqual(["died"]);
    expect(named(debug, 4000)).toEqual(["died", "__alloc_pages_node: node out of range"]);
    expect(named(v6_12, 4000)).toEqual(["died"]);
    expect(named(v6_12, 7, 11)).toEqual([null]);
    expect(named(kernel("6.12", { NUMA: false }), 7)).not.toEqual(["died"]);
  });

  test("a cpuset binds GFP_USER to its nodes, and GFP_KERNEL in the fast path only", () => {
    const memory = twoNodes(5000, 0, { cpusetNodes: [1] });
    expect(nodeOf(call(v6_12, memory, gfp(v6_12, "KERNEL")))).toBe(0);
    const user = call(v6_12, memory, gfp(v6_12, "USER"));
    expect(user.sim.trace.counts.oomKill).toBe(1);
    expect(nodeOf(call(v6_12, memory, gfp(v6_12, "ATOMIC"), 0, contextOf("hardirq")))).toBe(0);
  });

  test("lowmem_reserve keeps a lower zone from requests that could have a higher one", () => {
    const memory = machine(
      {},
      { nodes: [{ id: 0, zones: [zone({ name: "DMA32", free: [2000], lowmemReserve: [0, 0, 1500, 1500] }), zone()] }] },
    );
    expect(ending(call(v6_12, memory, gfp(v6_12, "NOWAIT")))).toBe("null");
    expect(ending(call(v6_12, memory, gfp(v6_12, "NOWAIT", "DMA32")))).toBe("page");
  });

  test("free CMA pages are there for movable requests only", () => {
    const memory = machine({ free: [0, 0, 0, 0, 0, 0, 0, 0, 0, 16], cma: 16 * 512 });
    expect(ending(call(v6_12, memory, gfp(v6_12, "NOWAIT")))).toBe("null");
    expect(ending(call(v6_12, memory, gfp(v6_12, "NOWAIT", "MOVABLE")))).toBe("page");
    const pinned = withScope(contextOf("process"), "pin");
    expect(ending(call(v6_12, memory, gfp(v6_12, "NOWAIT", "MOVABLE"), 0, pinned))).toBe("null");
  });

  test("a HIGHATOMIC pageblock serves high-order atomic requests and is kept from the others", () => {
    const memory = machine({ free: [1500, 0, 0, 0, 0, 0, 0, 0, 0, 1], highatomic: 512 });
    expect(ending(call(v6_12, memory, gfp(v6_12, "NOWAIT", "NOMEMALLOC"), 2))).toBe("null");
    const atomic = call(v6_12, memory, gfp(v6_12, "ATOMIC"), 2);
    expect(atomic.result).toMatchObject({ from: "highatomic" });
  });
});

describe("where __GFP_NOFAIL warns", () => {
  const warnings = (
    version: string,
    memory: Parameters<typeof call>[1],
    order: number,
    composite: CompositeName,
    ...flags: FlagName[]
  ) => {
    const of = kernel(version);
    return call(of, memory, gfp(of, composite, "NOFAIL", ...flags), order).sim.trace.warnSites;
  };
  const plenty = machine({ free: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100] });

  test("a high order warns when the pages are taken, on entry of the slow path, or not at all", () => {
    expect(warnings("5.10", plenty, 2, "KERNEL")).toEqual(["rmqueue: nofail above order 1"]);
    expect(warnings("6.1.192", plenty, 2, "KERNEL")).toEqual(["rmqueue: nofail above order 1"]);
    expect(warnings("6.12", plenty, 2, "KERNEL")).toEqual([]);
    expect(warnings("6.12", machine(), 2, "KERNEL")).toEqual(["slowpath entry: nofail above order 1"]);
    expect(warnings("7.0", machine(), 2, "KERNEL")).toEqual([]);
  });

  test("between 5.14 and 5.19 the per-cpu lists serve an order up to 3 without the warning", () => {
    expect(warnings("5.15", plenty, 2, "KERNEL")).toEqual([]);
    expect(warnings("5.15", plenty, 4, "KERNEL")).toEqual(["rmqueue: nofail above order 1"]);
  });

  test("a mask that cannot wait warns when it fails, or on entry of the slow path", () => {
    expect(warnings("5.15", machine(), 0, "ATOMIC", "NOWARN")).toEqual(["nopage: nofail without direct reclaim"]);
    expect(warnings("6.6", machine(), 0, "ATOMIC")).toEqual(["nopage: nofail without direct reclaim"]);
    expect(warnings("6.6", machine(), 0, "ATOMIC", "NOWARN")).toEqual([]);
    expect(warnings("6.12", machine({ free: [900] }), 0, "ATOMIC", "NOWARN")).toEqual([
      "slowpath entry: nofail without direct reclaim",
    ]);
  });
});

describe("refusals and splats", () => {
  test("an order above the largest gives NULL and a warning, which NOWARN silences", () => {
    const done = call(v6_12, machine({ free: [5000] }), gfp(v6_12, "KERNEL"), v6_12.maxOrder + 1);
    expect([ending(done), ...done.sim.trace.warnSites]).toEqual(["null", "alloc_pages: order above maximum"]);
    expect(call(v6_12, machine(), gfp(v6_12, "NOWAIT"), 11).sim.trace.warnSites).toEqual([]);
  });

  test("invalid zone bits kill a kernel with DEBUG_VM", () => {
    const debug = kernel("6.12", { DEBUG_VM: true });
    expect(ending(call(debug, machine({ free: [5000] }), gfp(debug, "KERNEL", "DMA", "DMA32")))).toBe("died");
    expect(ending(call(v6_12, machine({ free: [5000] }), gfp(v6_12, "KERNEL", "DMA", "DMA32")))).not.toBe("died");
  });

  test("a blocking mask under a spinlock prints a splat, a non-blocking one does not", () => {
    const memory = machine({ free: [5000] });
    expect(call(v6_12, memory, gfp(v6_12, "KERNEL"), 0, contextOf("spinlock")).sim.trace.sleepSites).toEqual([
      "might_alloc",
    ]);
    expect(call(v6_12, memory, gfp(v6_12, "ATOMIC"), 0, contextOf("spinlock")).sim.trace.sleepSites).toEqual([]);
  });

  test("__GFP_ATOMIC with __GFP_DIRECT_RECLAIM warns and loses ATOMIC to 6.2", () => {
    const done = call(v5_15, machine(), gfp(v5_15, "KERNEL", "ATOMIC", "NORETRY"));
    expect(done.sim.trace.warnSites).toEqual(["slowpath entry: atomic with direct reclaim"]);
    expect(done.sim.trace.attempts.slice(1).every((attempt) => (attempt.mask & v5_15.bits.ATOMIC) === 0)).toBe(true);
  });
});

describe("a memory cgroup at its limit", () => {
  const full = machine({ free: [5000] }, { memcgAtLimit: true });
  test("refuses an accounted page, after the OOM attempt of a blocking mask", () => {
    const done = call(v6_12, full, gfp(v6_12, "KERNEL", "ACCOUNT"));
    expect([ending(done), done.sim.trace.counts.outOfMemory]).toEqual(["null", 1]);
    expect(done.sim.machine.zones.map(freePages)).toEqual([5000]);
    expect(call(v6_12, full, gfp(v6_12, "KERNEL", "ACCOUNT", "NORETRY")).sim.trace.counts.outOfMemory).toBe(0);
  });

  test("lets NOFAIL through, and HIGH (6.1+) or ATOMIC (to 5.15)", () => {
    expect(ending(call(v6_12, full, gfp(v6_12, "KERNEL", "ACCOUNT", "NOFAIL")))).toBe("page");
    expect(ending(call(v6_12, full, gfp(v6_12, "KERNEL", "ACCOUNT", "HIGH")))).toBe("page");
    expect(ending(call(v5_15, full, gfp(v5_15, "KERNEL", "ACCOUNT", "HIGH")))).toBe("null");
    expect(ending(call(v5_15, full, gfp(v5_15, "ATOMIC", "ACCOUNT")))).toBe("page");
  });

  test("does not see what an interrupt allocates", () => {
    expect(ending(call(v6_12, full, gfp(v6_12, "NOWAIT", "ACCOUNT"), 0, contextOf("hardirq")))).toBe("page");
  });
});

describe("the record of a simulation", () => {
  test("has steps only when they are asked for", () => {
    expect(call(v6_12, machine(), gfp(v6_12, "ATOMIC")).sim.trace.steps).toEqual([]);
    const { steps } = call(v6_12, machine({ free: [300] }), gfp(v6_12, "ATOMIC"), 0, contextOf("process"), {
      steps: true,
    }).sim.trace;
    expect(steps.at(0)?.at).toBe("__alloc_pages");
    expect(steps.at(-1)?.text).toBe("page allocation failure: the report is printed");
    expect(steps.some(({ text }) => text.includes("node 0 Normal has 300 pages to give and keeps 300 pages"))).toBe(
      true,
    );
  });

  test("goes on up to the asked number of tries when the call goes round for ever", () => {
    const short = call(v6_12, machine(), gfp(v6_12, "NOFS"));
    const long = call(v6_12, machine(), gfp(v6_12, "NOFS"), 0, contextOf("process"), { loopAttempts: 400 });
    expect([ending(short), ending(long)]).toEqual(["loop", "loop"]);
    expect(short.sim.trace.attempts.length).toBeLessThan(20);
    expect(long.sim.trace.attempts.length).toBeGreaterThanOrEqual(400);
    expect(long.sim.trace.attempts.slice(0, short.sim.trace.attempts.length)).toEqual(short.sim.trace.attempts);
  });
});
