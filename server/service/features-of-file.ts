import type { Declaration, Property, RequestDeclaration } from "../../grammar/ast.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { requestUnder, whyOpen, type KernelRequest } from "../policy-language/requests/under-kernels.ts";
import { resolveRequest, type ResolvedRequest } from "../policy-language/requests/requests.ts";
import type { Kernel } from "../model/kernels/kernel.ts";

/** A request and what it is under each kernel in force; kernels that lack its API are left out. */
export interface RequestAnswers {
  readonly resolved: ResolvedRequest;
  readonly answers: readonly KernelRequest[];
  /** Why the answers would be guesses: a mask, context or size that is not known. Null: they are not. */
  readonly open: string | null;
}

/** Resolves a request and asks the model under every kernel of the file. */
export function answersOf(environment: Environment, declaration: RequestDeclaration): RequestAnswers {
  const resolved = resolveRequest(environment, declaration);
  if (!environment.kernelKnown) return { resolved, answers: [], open: null };
  const answers = environment.kernels.flatMap((kernel) => requestUnder(environment, resolved, kernel) ?? []);
  const open =
    answers.flatMap((answer) =>
      answer.verdict.unknown === null ? (whyOpen(environment, resolved, answer) ?? []) : [],
    )[0] ?? null;
  return { resolved, answers, open };
}

/** The newest kernel in force: what one answer is given for where there is room for one only. */
export function newestKernel(environment: Environment): Kernel | null {
  return environment.kernels[environment.kernels.length - 1] ?? null;
}

/** The property of a request that holds an offset of its region. */
export function propertyAt(declaration: Declaration, offset: number): Property | null {
  if (declaration.kind !== "request") return null;
  return declaration.properties.find((property) => property.start <= offset && offset <= property.end) ?? null;
}
