import type { ExpectDeclaration } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import { checkPolicyExpectation } from "../policies/expectation-check.ts";
import { checkAgainstKernel } from "../policies/kernel-check.ts";
import { policySetOf } from "../policies/policy-set.ts";
import { checkRequestAgainstPolicies, modesOf } from "../policies/request-check.ts";
import { resolvePolicy } from "../policies/resolved-policy.ts";
import { checkAgainstItself } from "../policies/self-check.ts";
import type { KernelRequest, ResolvedRequest } from "../requests/requests.ts";

/**
 * Where the analysis asks what `policies/` knows. Each question is asked of one kernel (equal ones together), and its
 * findings are merged over the kernels in force afterwards.
 */

/** A policy against itself. */
export function checkPolicy(environment: Environment, binding: Binding, kernel: Kernel): readonly UnplacedFinding[] {
  const policy = resolvePolicy(environment, binding);
  return policy === null ? [] : checkAgainstItself(environment, policySetOf(environment, policy, kernel));
}

/** What a policy promises, against what the kernel does. */
export function checkPromises(environment: Environment, binding: Binding, kernel: Kernel): readonly UnplacedFinding[] {
  const policy = resolvePolicy(environment, binding);
  return policy === null ? [] : checkAgainstKernel(environment, policySetOf(environment, policy, kernel));
}

/** What an expectation says of a policy or a transform: `forbids`, `allows`, `within`, `gives`. */
export function checkExpectation(
  environment: Environment,
  declaration: ExpectDeclaration,
  kernel: Kernel,
): readonly UnplacedFinding[] {
  return checkPolicyExpectation(environment, declaration, kernel);
}

/** A request against the policies that it is bound to. */
export function policyVerdict(
  environment: Environment,
  request: ResolvedRequest,
  under: KernelRequest,
): readonly UnplacedFinding[] {
  return checkRequestAgainstPolicies(environment, request, under);
}

/** The modes of its policies that a request selects, by name; null where that is not known. */
export function selectedModes(
  environment: Environment,
  request: ResolvedRequest,
  under: KernelRequest,
): readonly string[] | null {
  if (request.policies.length === 0 || (under.value !== null && !under.value.certain)) return null;
  return request.policies.flatMap((policy) => modesOf(environment, policy, under));
}
