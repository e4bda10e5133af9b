import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const LEAST_BYTES = 48 * 1024 * 1024;

/**
 * Keeps the heap of a thread near what it needs. Left to itself it grows to several times that before it is swept, in
 * every thread; a limit would end a thread that needs more.
 */
export class HeapBound {
  readonly #sweep: unknown;
  #nextBytes = LEAST_BYTES;

  constructor() {
    setFlagsFromString("--expose-gc");
    this.#sweep = runInNewContext("gc");
  }

  /** To be called where little is held: sweeps when the heap has grown by half since the last time. */
  keep(): void {
    if (getHeapStatistics().used_heap_size < this.#nextBytes || typeof this.#sweep !== "function") return;
    Reflect.apply(this.#sweep, undefined, []);
    this.#nextBytes = Math.max(LEAST_BYTES, 1.5 * getHeapStatistics().used_heap_size);
  }
}
