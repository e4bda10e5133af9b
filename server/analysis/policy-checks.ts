import type { ExpectDeclaration } from "../../grammar/ast.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { DraftFinding } from "./drafts.ts";
import type { Binding, Environment } from "./environment.ts";
import type { KernelRequest, ResolvedRequest } from "./requests.ts";

/**
 * Where the analysis asks what `policies/` knows. Each question is asked of one kernel (equal ones together), and its
 * findings are merged over the kernels in force afterwards.
 */

/** A policy against itself and against the kernel. */
export function checkPolicy(_environment: Environment, _policy: Binding, _kernel: Kernel): readonly DraftFinding[] {
  return [];
}

/** What an expectation says of a policy or a transform: `forbids`, `allows`, `within`, `gives`. */
export function checkExpectation(_environment: Environment, _declaration: ExpectDeclaration, _kernel: Kernel): readonly DraftFinding[] {
  return [];
}

/** A request against the policies that it is bound to. */
export function policyVerdict(_environment: Environment, _request: ResolvedRequest, _under: KernelRequest): readonly DraftFinding[] {
  return [];
}

/** The modes of its policies that a request selects, by name; null where that is not known. */
export function selectedModes(_environment: Environment, _request: ResolvedRequest, _under: KernelRequest): readonly string[] | null {
  return null;
}
