import { madeOnce } from "../kept.ts";
import type { Kernel } from "./kernel.ts";
import { noted, recalled, type Noted } from "./questions.ts";

/** What follows from a kernel, worked out once for each: a function that looks it up. */
export function perKernel<Value>(make: (kernel: Kernel) => Value): (kernel: Kernel) => Value {
  const known = new WeakMap<Kernel, Noted<Value>>();
  // Questions come in runs about the same kernel.
  let last: Kernel | null = null;
  let found: Noted<Value> | null = null;
  return (kernel) => {
    if (kernel === last && found !== null) return recalled(found);
    const made = madeOnce(known, kernel, () => noted(kernel, () => make(kernel)));
    last = kernel;
    found = made;
    return recalled(made);
  };
}
