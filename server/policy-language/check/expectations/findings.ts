import type { ExpectDeclaration, Fact } from "../../../../grammar/ast.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { Environment } from "../../analysis/environment.ts";
import { memoryFactFindings, modeFactFindings, noMemoryFinding } from "../../findings/expectations/on-memory.ts";
import { staticFactFindings } from "../../findings/expectations/static.ts";
import { unknownFactFindings } from "../../findings/expectations/facts.ts";
import { stateNamed } from "../../findings/memory.ts";
import { overKernels } from "../../findings/over-kernels.ts";
import { expectationCheck, selectedModes } from "../policy-checks.ts";
import { whyOpen, type RequestUnderKernels } from "../../requests/under-kernels.ts";
import { shareFactFindings } from "./by-chance.ts";
import { requestExpectedOf } from "./form.ts";

/** The facts that do not hold of a request, over all kernels in force. */
export function factFindings(
  environment: Environment,
  { request, under }: RequestUnderKernels,
  facts: readonly Fact[],
): readonly UnplacedFinding[] {
  return overKernels(environment, "always", (kernel) => {
    const answer = under(kernel);
    return answer === null || whyOpen(environment, request, answer) !== null
      ? []
      : staticFactFindings(facts, answer, selectedModes(environment, request, answer));
  });
}

/** What is wrong with an `expect` declaration: facts that cannot be stated, and what does not hold. */
export function expectFindings(
  environment: Environment,
  declaration: ExpectDeclaration,
  asked: RequestUnderKernels | null = requestExpectedOf(environment, declaration),
): readonly UnplacedFinding[] {
  const { form, name } = declaration;
  if (form === null || name === null) return [];
  if (form.kind !== "facts") {
    if (!environment.kernelKnown) return [];
    return overKernels(environment, "always", expectationCheck(environment, declaration));
  }
  const findings: UnplacedFinding[] = [...unknownFactFindings(form.facts, form.on !== null)];
  if (asked === null || !environment.kernelKnown) return findings;
  if (form.on === null && form.as !== null) return [...findings, noMemoryFinding(form.as)];
  if (form.on === null) return [...findings, ...factFindings(environment, asked, form.facts)];
  const state = stateNamed(environment, form.on.text);
  if (state === null) return findings;
  const memoryName = form.on.text;
  if (form.as !== null) findings.push(...modeFactFindings(form.facts));
  const certain = form.facts.filter(({ share }) => share === null);
  findings.push(
    ...overKernels(environment, "always", (kernel) => {
      const under = asked.under(kernel);
      if (under === null || whyOpen(environment, asked.request, under) !== null) return [];
      return [
        ...(form.as === null ? memoryFactFindings(certain, under, state, memoryName) : []),
        ...shareFactFindings(environment, form, name.text, kernel, state),
      ];
    }),
  );
  return findings;
}
