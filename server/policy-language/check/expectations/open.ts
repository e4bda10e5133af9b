import type { ExpectDeclaration, ExpectForm, Fact } from "../../../../grammar/ast.ts";
import type { Kernel } from "../../../model/kernels/kernel.ts";
import type { MemoryState } from "../../../model/memory/state.ts";
import { simulate } from "../../../model/simulate.ts";
import { listText } from "../../findings/report.ts";
import type { Binding, Environment } from "../../analysis/environment.ts";
import type { Span } from "../../../rules/finding.ts";
import { stateNamed } from "../../findings/memory.ts";
import { declaredMaskOf, evaluateMask } from "../../requests/masks.ts";
import { versionsText } from "../../findings/over-kernels.ts";
import { selectedModes } from "../policy-checks.ts";
import { isReadable } from "../../policies/policy-set.ts";
import { isCertain } from "../../policies/predicates/certain.ts";
import { resolvePolicy } from "../../policies/resolved-policy.ts";
import { whyOpen, type KernelRequest, type RequestUnderKernels } from "../../requests/under-kernels.ts";
import type { ResolvedRequest } from "../../requests/requests.ts";
import { nameOf, type FactsForm } from "./form.ts";

/** Why nothing is decided where no kernel is known. */
export const NOT_JUDGED = "The `kernel` header names no version that the model knows.";

/** Why nothing can be said of the whole expectation; null where it can be decided. */
export function openBecause(
  environment: Environment,
  declaration: ExpectDeclaration,
  form: ExpectForm,
  damaged: boolean,
): string | null {
  const name = declaration.name?.text ?? "";
  if (damaged) return "The expectation has syntax errors.";
  if (!environment.kernelKnown) return NOT_JUDGED;
  const subject = environment.lookup("subject", name) ?? environment.lookup("mask", name);
  if (subject === null) return `There is no \`${name}\`.`;
  if (subject.damaged) return `\`${name}\` has syntax errors.`;
  switch (form.kind) {
    case "facts":
      if (subject.declaration.kind !== "request")
        return `\`${name}\` is a ${subject.declaration.kind}: facts are about requests.`;
      if (form.on === null || stateNamed(environment, form.on.text) !== null) return null;
      return `There is no state of memory \`${form.on.text}\` that can be.`;
    case "forbids":
    case "allows":
      return overOpenKernels(environment, (kernel) => {
        if (!evaluateMask(environment, kernel, form.mask).certain) return "the mask is not fully known";
        return openPolicy(environment, subject, kernel);
      });
    case "within": {
      const outer = form.policy === null ? null : environment.lookup("subject", form.policy.text);
      if (outer === null || form.policy === null) return `There is no policy \`${form.policy?.text ?? ""}\`.`;
      return overOpenKernels(
        environment,
        (kernel) => openPolicy(environment, subject, kernel) ?? openPolicy(environment, outer, kernel),
      );
    }
    case "gives":
      if (subject.declaration.kind !== "transform")
        return `\`${name}\` is a ${subject.declaration.kind}: only a transform gives something.`;
      return overOpenKernels(environment, (kernel) => {
        const known =
          declaredMaskOf(environment, kernel, subject).certain &&
          [form.gives, form.when].every((predicate) => predicate === null || isCertain(environment, kernel, predicate));
        return known ? null : "a name is not known";
      });
  }
}

function openPolicy(environment: Environment, binding: Binding, kernel: Kernel): string | null {
  const name = nameOf(binding.declaration);
  const policy = resolvePolicy(environment, binding);
  if (policy === null) return `\`${name}\` is no policy`;
  return isReadable(environment, policy, kernel) ? null : `a rule of ${name} cannot be read`;
}

/** For each fact why it is open, if it is. A kernel without the function has nothing to decide. */
export function openFacts(
  environment: Environment,
  { request, under: underOf }: RequestUnderKernels,
  facts: readonly Fact[],
  form: FactsForm | null,
): (fact: Span) => string | null {
  const answers = environment.groups.map(({ kernel, members }) => ({
    members,
    under: underOf(kernel),
  }));
  if (answers.every(({ under }) => under === null))
    return () =>
      request.api === null
        ? "The request names no function that the model knows."
        : `${request.api.name}() does not exist in ${environment.kernelsText}.`;
  const on = form?.on ?? null;
  const state = on === null ? null : stateNamed(environment, on.text);
  const open = new Map<Span, string | null>();
  for (const fact of facts) {
    const reasons = answers.flatMap(({ members, under }) => {
      const isRun = fact.share !== null || (form?.as ?? null) !== null;
      const reason = under === null ? null : openFact(environment, request, under, fact, isRun ? null : state);
      return reason === null ? [] : [{ reason, members }];
    });
    open.set(fact, merged(environment, reasons));
  }
  return (fact) => open.get(fact) ?? null;
}

function openFact(
  environment: Environment,
  request: ResolvedRequest,
  under: KernelRequest,
  fact: Fact,
  state: MemoryState | null,
): string | null {
  const open = whyOpen(environment, request, under);
  if (open !== null) return open;
  if (state !== null)
    return simulate(under.kernel, under.request, state, { steps: false }).result === "unknown"
      ? "the model cannot run this call"
      : null;
  return fact.name.text === "mode" && selectedModes(environment, request, under) === null
    ? "the request is bound to no policy with modes"
    : null;
}

function overOpenKernels(environment: Environment, ask: (kernel: Kernel) => string | null): string | null {
  const reasons = environment.groups.flatMap(({ kernel, members }) => {
    const reason = ask(kernel);
    return reason === null ? [] : [{ reason, members }];
  });
  return merged(environment, reasons);
}

/** The reasons, each with the kernels that it is true of. */
function merged(
  environment: Environment,
  reasons: readonly { readonly reason: string; readonly members: readonly number[] }[],
): string | null {
  if (reasons.length === 0) return null;
  const byReason = new Map<string, number[]>();
  for (const { reason, members } of reasons) byReason.set(reason, [...(byReason.get(reason) ?? []), ...members]);
  const texts = [...byReason].map(
    ([reason, members]) =>
      `${reason} (${versionsText(
        environment,
        members.sort((a, b) => a - b),
      )})`,
  );
  return `Not decided: ${listText(texts)}.`;
}
