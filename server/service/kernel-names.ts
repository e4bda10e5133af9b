import { knownKernels, mainlineReleases } from "../model/kernels/kernels.ts";

/**
 * The names of all kernels that the model knows, as they are offered: the mainline releases, newest first; behind them
 * stable points, development and vendor trees.
 */
export function kernelNames(): readonly string[] {
  const mainline = mainlineReleases();
  const known = new Set(mainline);
  return [...mainline].reverse().concat([...knownKernels()].reverse().filter((name) => !known.has(name)));
}
