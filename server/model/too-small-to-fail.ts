import { apiNamed } from "./apis.ts";
import { EFFECT } from "./decisions/decision.ts";
import { factsOf } from "./decisions/facts.ts";
import { tableOf } from "./decisions/table.ts";
import { chargeCan, pathOf } from "./decisions/walk.ts";
import type { Kernel } from "./kernels/kernel.ts";
import { applyScopes } from "./masks/properties.ts";
import type { AllocationRequest } from "./request.ts";
import { verdict } from "./verdict.ts";

/**
 * Whether a request that may fail does not in practice: it is of an order that the slow path retries until the OOM
 * killer, or the progress of others, has made room (mm/page_alloc.c:__alloc_pages_slowpath). NULL then comes only to
 * victims of the OOM killer, with the killer disabled, in a core dump and from fault injection. False too where the
 * verdict is that it never fails, or always.
 */
export function isTooSmallToFail(kernel: Kernel, request: AllocationRequest): boolean {
  const api = apiNamed(request.api);
  if (api === null || !api.exists(kernel) || verdict(kernel, request).fails !== "may") return false;
  const plan = api.plan(kernel, request);
  if (plan.unknown !== null || plan.refused !== "never" || plan.fails || plan.fastOnly || plan.order < 0) return false;
  const table = tableOf(kernel);
  const { context } = request;
  if (plan.charged) {
    const charge = chargeCan(table, applyScopes(kernel, plan.chargeMask, context.scopes), plan.order, context);
    if ((charge & EFFECT.fail) !== 0) return false;
  }
  const mask = applyScopes(kernel, plan.mask, context.scopes);
  const path = pathOf(table, factsOf(table.facts, mask, plan.order, context)).map(({ name }) => name);
  return (path.includes("kills") || path.includes("roundAgain")) && !path.includes("victimLeaves");
}
