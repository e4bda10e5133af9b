import type { ExpectDeclaration } from "../../../grammar/ast.ts";
import { madeOnce } from "../../model/kept.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { overKernels } from "../findings/over-kernels.ts";
import { beliefTooEntangled, tooEntangled } from "../findings/policies.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { goOn, type Pause } from "../analysis/pause.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import { policyExpectation, type ExpectationCheck } from "../policies/expectation-check.ts";
import { checkAgainstKernel } from "../policies/kernel-check.ts";
import { askPolicy, MOST_WORK, workOfQuestion, type PolicySet } from "../policies/policy-set.ts";
import { checkRequestAgainstPolicies, modesOf } from "../policies/request-check.ts";
import { resolvePolicy } from "../policies/resolved-policy.ts";
import { checkAgainstItself, prepareSelfCheck } from "../policies/self-check.ts";
import { TooMuchWork } from "../symbolic/bdd.ts";
import { canBeDone, noteSaid, noteWork } from "./file-work.ts";
import type { KernelRequest } from "../requests/under-kernels.ts";
import type { ResolvedRequest } from "../requests/requests.ts";

/**
 * Where the analysis asks what `policies/` knows. Each question is asked of one kernel (equal ones together), and its
 * findings are merged over the kernels in force afterwards.
 */

/**
 * A policy against itself, and what it promises against what the kernels do.
 * @param most how much work that may be
 */
export function checkPolicy(environment: Environment, binding: Binding, most: number): readonly UnplacedFinding[] {
  const policy = resolvePolicy(environment, binding);
  if (policy === null) return [];
  const isOpen = preparePolicy(environment, binding, most, goOn) === "too-entangled";
  noteSaid(binding.revision, isOpen);
  if (isOpen)
    return [tooEntangled(binding.declaration.name ?? binding.declaration, policy.clauses.length, most < MOST_WORK)];
  return askPolicy(environment, policy, (setsOf) => {
    const ofItself = perSet((set) => checkAgainstItself(environment, set, goOn));
    return [
      ...overKernels(environment, "where-it-differs", (kernel) => ofItself(setsOf(kernel))),
      ...overKernels(environment, "always", (kernel) => checkAgainstKernel(environment, kernel, setsOf(kernel))),
    ];
  });
}

/**
 * Does what takes long in `checkPolicy`, in steps whose results are kept; whether it can be done in so much work at
 * most.
 */
export function preparePolicy(
  environment: Environment,
  binding: Binding,
  most: number,
  pause: Pause,
): "done" | "too-entangled" {
  const { revision } = binding;
  const known = canBeDone(revision, most);
  const policy = resolvePolicy(environment, binding);
  if (known !== null || policy === null) return known === false ? "too-entangled" : "done";
  const work = workOfQuestion(environment, policy, most, (setsOf) => {
    for (const { kernel } of environment.groups) prepare(environment, kernel, setsOf(kernel, pause), pause);
  });
  noteWork(revision, work ?? most, work === null);
  return work === null ? "too-entangled" : "done";
}

/** Does the work under one kernel, in steps whose results are kept. */
function prepare(environment: Environment, kernel: Kernel, set: PolicySet, pause: Pause): void {
  if (!set.certain) return;
  prepareSelfCheck(environment, set, pause);
  checkAgainstKernel(environment, kernel, set, false, pause);
}

/** Kernels of which a policy sees the same get the same answer. */
function perSet<Answer>(ask: (set: PolicySet) => Answer): (set: PolicySet) => Answer {
  const known = new Map<PolicySet, Answer>();
  return (set) => {
    const answer = known.get(set) ?? ask(set);
    known.set(set, answer);
    return answer;
  };
}

/**
 * What is wrong with what an expectation says of a policy or a transform (`forbids`, `allows`, `within`, `gives`), to
 * be asked under one kernel after the other.
 */
export function expectationCheck(environment: Environment, declaration: ExpectDeclaration): ExpectationCheck {
  const known = toldOf(environment, declaration);
  let check: ExpectationCheck | null = null;
  return (kernel) =>
    madeOnce(known, kernel, () => {
      check ??= policyExpectation(environment, declaration);
      return orTooEntangled(check, kernel, declaration);
    });
}

type Told = Map<Kernel, readonly UnplacedFinding[]>;

/** What was said of each expectation, for who counts those that hold after who marks those that do not. */
const told = new WeakMap<Environment, Map<ExpectDeclaration, Told>>();

const toldOf = (environment: Environment, declaration: ExpectDeclaration): Told =>
  madeOnce(
    madeOnce(told, environment, () => new Map<ExpectDeclaration, Told>()),
    declaration,
    () => new Map(),
  );

function orTooEntangled(
  check: ExpectationCheck,
  kernel: Kernel,
  declaration: ExpectDeclaration,
): readonly UnplacedFinding[] {
  try {
    return check(kernel);
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    // What is not decided must not pass for what holds.
    return [{ ...beliefTooEntangled(declaration.name ?? declaration), severity: "error" }];
  }
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
