import type { Environment } from "../analysis/environment.ts";
import { apiKey, exportsOf, isMaskOfKernels, mayBeFor, type NameUse } from "../analysis/region-names.ts";
import { isBuiltInContext } from "../findings/names/unknown-names.ts";
import { isKnown } from "./skeleton.ts";

/**
 * What stands for the files beside one: those with which it shares what is found in declarations that are alike, for
 * they are judged by the same, and neither sees anything of what stands in others. The environment itself where there
 * are none.
 */
export interface Beside {
  /** It is more than one file. */
  readonly several: boolean;
}

const known = new WeakMap<Environment, Beside>();

/** The files beside one. */
export function besideOf(environment: Environment): Beside {
  const before = known.get(environment);
  if (before !== undefined) return before;
  const made = sharedBy(environment) ?? { several: false };
  known.set(environment, made);
  return made;
}

/** By what may be shared, and the kernels, which are one object for equal headers and settings. */
const shared = new WeakMap<object, WeakMap<Environment["kernels"], [Beside, Beside]>>();

function sharedBy(environment: Environment): Beside | null {
  if (environment.shared === null || !environment.complete || !saysAllItself(environment)) return null;
  const byKernels = shared.get(environment.shared) ?? new WeakMap<Environment["kernels"], [Beside, Beside]>();
  shared.set(environment.shared, byKernels);
  const made = byKernels.get(environment.kernels) ?? [{ several: true }, { several: true }];
  byKernels.set(environment.kernels, made);
  return made[environment.kernelKnown ? 1 : 0];
}

/**
 * Nothing of a file is seen but by its name: it imports nothing, no policy binds who does not name it, and no name has
 * a meaning of its own elsewhere.
 */
function saysAllItself({ file }: Environment): boolean {
  return file.regions.every(
    (region) =>
      region.kind !== "import" &&
      (region.name === null || !isKnown(region.name)) &&
      !(mayBeFor(region) && exportsOf(region).some((key) => key.startsWith(apiKey("")))),
  );
}

/** The name means the same in all files that do not declare it. */
export function isSameEverywhere(environment: Environment, { space, role, name: { text } }: NameUse): boolean {
  if (environment.lookup(space, text) !== null) return false;
  return role !== "scope" && (space === "mask" ? isMaskOfKernels(text) : space === "context" && isBuiltInContext(text));
}
