import type { BuildOptions, Kernel } from "../kernel.ts";
import { kernelOf, mainlineReleases } from "../kernels.ts";
import type { OlderHeader } from "./header.ts";

/**
 * A kernel of before the model begins, for states of memory that such a kernel reported: the oldest that the model
 * knows (its masks too: `todaysMask` translates), with what the release is known to do otherwise. Null only where the
 * model has no release.
 */
export function olderKernel(header: OlderHeader, options: Partial<BuildOptions>): Kernel | null {
  const [oldest] = mainlineReleases();
  const kernel = oldest === undefined ? null : kernelOf(oldest, { ...options, ...header.options });
  if (kernel === null || "unknown" in kernel) return null;
  return {
    ...kernel,
    name: header.release,
    mainlineIndex: null,
    source: `${header.release} itself was not read: taken as ${kernel.name}. ${kernel.source}`,
    features: { ...kernel.features, ...header.features },
  };
}
