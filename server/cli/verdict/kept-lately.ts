/** Values by their keys, as many as were kept or asked for last: of `most` units of size half at least, all at most. */
export class KeptLately<Value> {
  readonly #most: number;
  readonly #sizeOf: (value: Value) => number;
  #young = new Map<string, Value>();
  #old: ReadonlyMap<string, Value> = new Map<string, Value>();
  #youngSize = 0;

  /** @param sizeOf what a value counts; its key counts its length besides */
  constructor(most: number, sizeOf: (value: Value) => number) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    const size = key.length + this.#sizeOf(value);
    if (size > this.#most / 2) return;
    if (this.#youngSize + size > this.#most / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngSize = 0;
    }
    this.#young.set(key, value);
    this.#youngSize += size;
  }
}
