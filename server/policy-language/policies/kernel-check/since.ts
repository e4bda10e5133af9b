import type { BuildOptions, Kernel } from "../../../model/kernels/kernel.ts";
import { kernelOf, mainlineReleases } from "../../../model/kernels/kernels.ts";
import { encode } from "../../../model/masks/names.ts";
import type { Environment } from "../../analysis/environment.ts";
import type { Bdd } from "../../symbolic/bdd.ts";
import type { PolicySet } from "../policy-set.ts";

import type { Difference } from "./difference.ts";

/** Of which releases it is known whether a mask, by its names, does the same there: by their place. */
const knownReleases = new WeakMap<Bdd, Map<string, Map<number, boolean>>>();

function releasesOf({ space: { bdd } }: PolicySet, { text, names }: Difference): Map<number, boolean> {
  const ofDiagram = knownReleases.get(bdd) ?? new Map<string, Map<number, boolean>>();
  knownReleases.set(bdd, ofDiagram);
  const key = `${text} ${names.join(" ")}`;
  const found = ofDiagram.get(key) ?? new Map<number, boolean>();
  ofDiagram.set(key, found);
  return found;
}

/**
 * `, since 6.14`: the first of the mainline releases that do the same without a gap. Empty where all that are known do,
 * and where the finding itself says so: where that release and one before it are in force.
 */
export function sinceText(environment: Environment, kernel: Kernel, set: PolicySet, difference: Difference): string {
  const ofDifference = releasesOf(set, difference);
  const releases = mainlineReleases();
  let first = kernel.mainlineIndex ?? 0;
  while (first > 0) {
    const isSo = ofDifference.get(first - 1) ?? isSoIn(releases[first - 1] ?? "", kernel, difference);
    ofDifference.set(first - 1, isSo);
    if (!isSo) break;
    first -= 1;
  }
  const isInForce = (index: number): boolean =>
    environment.kernels.some(({ mainlineIndex }) => mainlineIndex === index);
  return first === 0 || (isInForce(first) && isInForce(first - 1)) ? "" : `, since ${releases[first] ?? ""}`;
}

const releasesFor = new WeakMap<BuildOptions, Map<string, ReturnType<typeof kernelOf>>>();

function isSoIn(release: string, { options }: Kernel, { names, isSo }: Difference): boolean {
  const ofOptions = releasesFor.get(options) ?? new Map<string, ReturnType<typeof kernelOf>>();
  releasesFor.set(options, ofOptions);
  const kernel = ofOptions.get(release) ?? kernelOf(release, options);
  ofOptions.set(release, kernel);
  // The same mask by name: the numbers were shuffled more than once.
  const value = "unknown" in kernel ? null : encode(kernel, names);
  return !("unknown" in kernel) && typeof value === "number" && isSo(kernel, value);
}
