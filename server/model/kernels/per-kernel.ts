import type { Kernel } from "./kernel.ts";

/** What follows from a kernel, worked out once for each: a function that looks it up. */
export function perKernel<Value>(make: (kernel: Kernel) => Value): (kernel: Kernel) => Value {
  const known = new WeakMap<Kernel, { readonly value: Value }>();
  // Questions come in runs about the same kernel.
  let last: Kernel | null = null;
  let found: { readonly value: Value } | null = null;
  return (kernel) => {
    if (kernel === last && found !== null) return found.value;
    const made = known.get(kernel) ?? { value: make(kernel) };
    known.set(kernel, made);
    last = kernel;
    found = made;
    return made.value;
  };
}
