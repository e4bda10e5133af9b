import type { ExpectDeclaration, Fact } from "../../../../grammar/ast.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { Binding, Environment } from "../../analysis/environment.ts";
import type { Span } from "../../../rules/finding.ts";
import { unknownFactFindings } from "../../findings/expectations/facts.ts";
import { resolvedRequestOf } from "../../requests/requests.ts";
import { underKernels } from "../../requests/under-kernels.ts";
import { expectFindings, factFindings } from "./findings.ts";
import { requestExpectedOf } from "./form.ts";
import { NOT_JUDGED, openBecause, openFacts } from "./open.ts";

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
