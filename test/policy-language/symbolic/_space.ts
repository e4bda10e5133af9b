import type { Kernel } from "../../../server/model/kernels/kernel.ts";
import { Allowance } from "../../../server/policy-language/symbolic/bdd.ts";
import { spacesOf, type Space, type SpaceNeeds } from "../../../server/policy-language/symbolic/space.ts";

/** A space for one question under one kernel, which may be any work. */
export function spaceOf(
  kernel: Kernel,
  needs: SpaceNeeds,
  allowance: Allowance = new Allowance(Number.POSITIVE_INFINITY),
): Space {
  return spacesOf([kernel], () => needs, allowance)(kernel);
}
