import type { Declaration, ExpectDeclaration, ExpectForm, Fact } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { DEFAULT_TRY_US, type MemoryState } from "../../model/memory/state.ts";
import type { RunsResult } from "../../model/ranges/runs/runs.ts";
import { simulate } from "../../model/simulate.ts";
import { listText } from "../findings/report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import type { Span } from "../../rules/finding.ts";
import {
  memoryFactFindings,
  modeFactFindings,
  noMemoryFinding,
  noRunsFinding,
  shareFindings,
  staticFactFindings,
  unknownFactFindings,
} from "../findings/expectations.ts";
import { runMode } from "../simulation/mode-runs.ts";
import { stateNamed } from "../findings/memory.ts";
import { declaredMaskOf, evaluateMask } from "../requests/masks.ts";
import { overKernels, versionsText } from "../findings/over-kernels.ts";
import { expectationCheck, selectedModes } from "./policy-checks.ts";
import { isReadable } from "../policies/policy-set.ts";
import { viewOf } from "../policies/kernel-view.ts";
import { asksModel, isCertain } from "../policies/predicates.ts";
import { resolvePolicy } from "../policies/resolved-policy.ts";
import {
  resolvedRequestOf,
  resolveRequest,
  underKernels,
  whyOpen,
  type KernelRequest,
  type RequestUnderKernels,
  type ResolvedRequest,
} from "../requests/requests.ts";

type FactsForm = Extract<ExpectForm, { readonly kind: "facts" }>;

// What is false -------------------------------------------------------------------------------------------------------

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

/** The request that facts are expected of; null where the name stands for none that can be read. */
function requestExpectedOf(environment: Environment, { name }: ExpectDeclaration): RequestUnderKernels | null {
  const subject = name === null ? null : environment.lookup("subject", name.text);
  return subject === null || subject.damaged || subject.declaration.kind !== "request"
    ? null
    : underKernels(environment, resolveRequest(environment, subject.declaration));
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
    // What a transform gives is the same for all kernels of which the file sees the same.
    const known = new Map<string, readonly UnplacedFinding[]>();
    const predicates = form.kind === "gives" ? [form.gives, form.when] : [];
    const isOfView =
      form.kind === "gives" && !predicates.some((predicate) => predicate !== null && asksModel(predicate));
    const check = expectationCheck(environment, declaration);
    return overKernels(environment, "always", (kernel) => {
      const before = isOfView ? known.get(viewOf(kernel)) : undefined;
      const found = before ?? check(kernel);
      known.set(viewOf(kernel), found);
      return found;
    });
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

/** Enough runs to tell a share from another in most cases, and few enough to be made while somebody types. */
const RUNS = [200, 1000, 4000] as const;
const SEED = 1;

/** Runs of a request, so many as it takes to say whether it succeeds in `percent`; a sentence where there is none. */
function runsFor(
  environment: Environment,
  form: FactsForm,
  request: string,
  kernel: Kernel,
  percent: number,
): RunsResult | string {
  let last: RunsResult | string = "there are no runs";
  for (const runs of RUNS) {
    last = runMode(environment, request, form.on?.text ?? "", kernel, form.as?.text ?? null, { runs, seed: SEED });
    if (typeof last === "string") return last;
    const { low, high } = last.successes;
    if (low * 100 >= percent || high * 100 < percent) break;
  }
  return last;
}

function shareFactFindings(
  environment: Environment,
  form: FactsForm,
  request: string,
  kernel: Kernel,
  state: MemoryState,
): readonly UnplacedFinding[] {
  return form.facts.flatMap((fact) => {
    if (fact.share === null || form.on === null) return [];
    const runs = runsFor(environment, form, request, kernel, fact.share.value);
    const microseconds = state.tryMicroseconds ?? DEFAULT_TRY_US;
    return typeof runs === "string"
      ? [noRunsFinding(fact, runs)]
      : shareFindings(fact, runs, form.on.text, microseconds);
  });
}

// What holds ----------------------------------------------------------------------------------------------------------

/** `not-decided`: a name, the text or the model leaves it open. */
export type ExpectationState = "passed" | "failed" | "not-decided";

/** One thing that a file expects: a fact, or what a policy or a transform is believed to do. */
export interface DecidedExpectation {
  /** The request, policy or transform that it speaks of. */
  readonly about: string;
  /** Relative to the region that it stands in. */
  readonly span: Span;
  /** The state of memory that it is decided on; null: it is true of all, or not about memory. */
  readonly on: string | null;
  readonly state: ExpectationState;
  /** Why it does not hold, or is not decided; null where it holds. */
  readonly message: string | null;
}

/** A group of expectations that are decided in one go, and the go itself. */
export interface ExpectationGroup {
  readonly decide: () => readonly DecidedExpectation[];
}

/**
 * What a declaration expects, in the order of the text: an `expect` declaration, or the `expect` lists of a request.
 * The state is what the kernels in force, policies and transforms make of it, whatever the settings do with findings.
 */
export function expectationGroups(environment: Environment, binding: Binding): readonly ExpectationGroup[] {
  const { declaration } = binding;
  if (declaration.kind === "expect")
    return declaration.form === null
      ? []
      : [{ decide: () => decideDeclaration(environment, declaration, binding.damaged) }];
  if (declaration.kind !== "request" || declaration.name === null) return [];
  const about = declaration.name.text;
  const lists = declaration.properties.flatMap((property) =>
    property.kind === "expect" && property.facts.length > 0 ? [property.facts] : [],
  );
  return lists.map((facts) => ({ decide: () => decideFacts(environment, binding, about, facts) }));
}

const NOT_JUDGED = "The `kernel` header names no version that the model knows.";

function decideDeclaration(
  environment: Environment,
  declaration: ExpectDeclaration,
  damaged: boolean,
): readonly DecidedExpectation[] {
  const { form, name } = declaration;
  if (form === null || name === null) return [];
  const facts = form.kind === "facts" ? form.facts : null;
  const on = form.kind === "facts" ? (form.on?.text ?? null) : null;
  return decideAll(name.text, facts ?? [form], on, () => {
    const open = openBecause(environment, declaration, form, damaged);
    if (open !== null)
      return { findings: facts === null ? [] : unknownFactFindings(facts, on !== null), open: () => open };
    const asked = facts === null ? null : requestExpectedOf(environment, declaration);
    return {
      findings: expectFindings(environment, declaration, asked),
      open:
        facts === null || asked === null
          ? () => null
          : openFacts(environment, asked, facts, form.kind === "facts" ? form : null),
    };
  });
}

function decideFacts(
  environment: Environment,
  binding: Binding,
  about: string,
  facts: readonly Fact[],
): readonly DecidedExpectation[] {
  return decideAll(about, facts, null, () => {
    const findings = unknownFactFindings(facts, false);
    const open = binding.damaged ? "The request has syntax errors." : environment.kernelKnown ? null : NOT_JUDGED;
    if (open !== null) return { findings, open: () => open };
    const asked = underKernels(environment, resolvedRequestOf(environment, binding));
    return {
      findings: [...findings, ...factFindings(environment, asked, facts)],
      open: openFacts(environment, asked, facts, null),
    };
  });
}

interface Answer {
  readonly findings: readonly UnplacedFinding[];
  readonly open: (span: Span) => string | null;
}

/** A check that breaks leaves all that it was asked undecided; `check` reports it as an internal error. */
function decideAll(
  about: string,
  places: readonly Span[],
  on: string | null,
  ask: () => Answer,
): readonly DecidedExpectation[] {
  try {
    const { findings, open } = ask();
    return places.map((span) => decided(about, span, on, findings, open(span)));
  } catch (error) {
    const message = `AllocPolicy itself failed here: ${error instanceof Error ? error.message : String(error)}.`;
    return places.map(({ start, end }) => ({ about, span: { start, end }, on, state: "not-decided", message }));
  }
}

/** What is said within the place decides: that it is no fact, or that it is false. */
function decided(
  about: string,
  span: Span,
  on: string | null,
  findings: readonly UnplacedFinding[],
  open: string | null,
): DecidedExpectation {
  const here = findings.filter((finding) => span.start <= finding.span.start && finding.span.end <= span.end);
  const meaningless = here.filter(({ rule }) => rule === "expectation-unknown-fact");
  const failures = here.filter(({ rule }) => rule === "expectation-fails");
  const common = { about, span: { start: span.start, end: span.end }, on };
  if (meaningless.length > 0)
    return { ...common, state: "not-decided", message: meaningless.map(({ message }) => message).join("\n") };
  if (failures.length > 0)
    return { ...common, state: "failed", message: failures.map(({ message }) => message).join("\n") };
  return open === null
    ? { ...common, state: "passed", message: null }
    : { ...common, state: "not-decided", message: open };
}

// What is open --------------------------------------------------------------------------------------------------------

/** Why nothing can be said of the whole expectation; null where it can be decided. */
function openBecause(
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
function openFacts(
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

function nameOf(declaration: Declaration): string {
  return declaration.name?.text ?? "";
}
