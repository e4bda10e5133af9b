import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const LEAST_BYTES = 48 * 1024 * 1024;

/** What sweeps the heap of this thread, called with how. */
function sweeper(): (how: object) => void {
  setFlagsFromString("--expose-gc");
  const sweep: unknown = runInNewContext("gc");
  return (how) => {
    if (typeof sweep === "function") Reflect.apply(sweep, undefined, [how]);
  };
}

/** Gives back what the heap of this thread has grown by. To be called where little more is done in it. */
export function shrinkHeap(): void {
  sweeper()({ type: "major", execution: "sync", flavor: "last-resort" });
}

/**
 * Keeps the heap of a thread near what it needs. Left to itself it grows to several times that before it is swept, in
 * every thread; a limit would end a thread that needs more.
 */
export class HeapBound {
  readonly #sweep = sweeper();
  #nextBytes = LEAST_BYTES;

  /** To be called where little is held: sweeps when the heap has grown by half since the last time. */
  keep(): void {
    if (getHeapStatistics().used_heap_size < this.#nextBytes) return;
    this.#sweep({ type: "major", execution: "sync" });
    this.#nextBytes = Math.max(LEAST_BYTES, 1.5 * getHeapStatistics().used_heap_size);
  }
}
