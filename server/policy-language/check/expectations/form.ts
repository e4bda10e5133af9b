import type { Declaration, ExpectDeclaration, ExpectForm } from "../../../../grammar/ast.ts";
import type { Environment } from "../../analysis/environment.ts";
import { resolveRequest } from "../../requests/requests.ts";
import { underKernels, type RequestUnderKernels } from "../../requests/under-kernels.ts";

/** `expect NAME …` with facts of an outcome or a verdict. */
export type FactsForm = Extract<ExpectForm, { readonly kind: "facts" }>;

/** The request that facts are expected of; null where the name stands for none that can be read. */
export function requestExpectedOf(environment: Environment, { name }: ExpectDeclaration): RequestUnderKernels | null {
  const subject = name === null ? null : environment.lookup("subject", name.text);
  return subject === null || subject.damaged || subject.declaration.kind !== "request"
    ? null
    : underKernels(environment, resolveRequest(environment, subject.declaration));
}

/** The name of a declaration; empty where there is none yet. */
export function nameOf(declaration: Declaration): string {
  return declaration.name?.text ?? "";
}
