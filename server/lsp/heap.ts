import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** What the young generation has at most, in MiB for each of its two halves. */
const YOUNG_MIB = 8;

/** By how much of what lives the old generation grows before it is collected. */
const OLD_GROWTH_PERCENT = 50;

/**
 * Keeps the memory of the process near what lives in it. Left alone, V8 lets both generations grow to several times
 * that: each key makes a new text of the file, and those of some hundred keys lie about before anybody collects them.
 */
export function boundHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${OLD_GROWTH_PERCENT}`);
  // How large the young generation may become can't be told to a running V8, but the factor by which it grows can: it
  // begins with one MiB, takes one step, and no other.
  setYoungGrowth(hasGrown() ? 1 : YOUNG_MIB);
  if (hasGrown()) return;
  const observer = new PerformanceObserver(() => {
    if (!hasGrown()) return;
    setYoungGrowth(1);
    observer.disconnect();
  });
  observer.observe({ entryTypes: ["gc"] });
}

/** V8 as it starts, from where on code is taken from the compile cache: that of other flags is not. */
export function unboundHeap(): void {
  setFlagsFromString("--heap-growing-percent=0");
  setYoungGrowth(2);
}

/** Does something as V8 was when it started. */
export function unbound(run: () => void): void {
  unboundHeap();
  run();
  boundHeap();
}

function hasGrown(): boolean {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
  return young === undefined || young.space_size >= 2 * YOUNG_MIB * 1024 * 1024;
}

function setYoungGrowth(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
