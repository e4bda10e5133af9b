import type { Kernel } from "../model/kernels/kernel.ts";

/** An answer and the kernels that give it. */
export interface Stretch<T> {
  readonly value: T;
  /** One or more, in order; kernels between them give the same answer. */
  readonly kernels: readonly Kernel[];
}

/** Asks every kernel and joins neighbours whose answers are alike (by `keyOf`). */
export function overKernels<T>(
  kernels: readonly Kernel[],
  ask: (kernel: Kernel) => T,
  keyOf: (value: T) => string | number | boolean | null,
): readonly Stretch<T>[] {
  const stretches: { value: T; key: string | number | boolean | null; kernels: Kernel[] }[] = [];
  for (const kernel of kernels) {
    const value = ask(kernel);
    const key = keyOf(value);
    const last = stretches[stretches.length - 1];
    if (last !== undefined && last.key === key) last.kernels.push(kernel);
    else stretches.push({ value, key, kernels: [kernel] });
  }
  return stretches;
}

/** `6.12`, `6.1 .. 6.11`. */
export function kernelsText(kernels: readonly Kernel[]): string {
  const first = kernels[0];
  const last = kernels[kernels.length - 1];
  if (first === undefined || last === undefined) return "";
  return first === last ? first.name : `${first.name} .. ${last.name}`;
}

/** One line for each answer; without a version where all kernels agree. */
export function linesOver<T>(stretches: readonly Stretch<T>[], text: (value: T) => string): readonly string[] {
  const only = stretches[0];
  if (stretches.length === 1 && only !== undefined) return [text(only.value)];
  return stretches.map(({ value, kernels }) => `${kernelsText(kernels)}: ${text(value)}`);
}
