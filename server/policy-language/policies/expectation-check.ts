import type { ExpectDeclaration, ExpectForm, Mask as MaskNode } from "../../../grammar/ast.ts";
import { contextOf } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Mask } from "../../model/masks/mask.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import { atOnce } from "../analysis/pause.ts";
import type { Span } from "../../rules/finding.ts";
import { applyTo } from "../../model/masks/mask-scope.ts";
import type { MaskFunction } from "../../model/masks/mask-function.ts";
import { declaredMaskOf, evaluateMask } from "../requests/masks.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { Allowance } from "../symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../symbolic/node.ts";
import {
  anyMask,
  constantMask,
  isEqual,
  spacesOf,
  type Space,
  type SpaceNeeds,
  type SymbolicMask,
} from "../symbolic/space.ts";
import { smallestWitness, type Witness } from "../symbolic/smallest-witness.ts";
import { isTaken, judge } from "./judgement.ts";
import { viewOf } from "../analysis/kernel-view.ts";
import { modelSetsInSteps, modelThresholds } from "./model-sets.ts";
import { askPolicy, asksModelIn, MOST_WORK, needsOf, policySetIn, type PolicySet } from "./policy-set.ts";
import { asksModel, modelTestsOf } from "./predicates/leaves.ts";
import { entwinedIn, setOf, thresholdsOf, type ModelSets } from "./predicates/sets.ts";
import { holdsFor } from "./predicates.ts";
import { isCertain } from "./predicates/certain.ts";
import { resolvePolicy, type ResolvedPolicy } from "./resolved-policy.ts";
import { replayedWitness, smallestText, subjectOf, witnessMaskText, witnessText } from "./witness.ts";

/** What is wrong with a belief under one kernel, of those in force. */
export type ExpectationCheck = (kernel: Kernel) => readonly UnplacedFinding[];

/**
 * What a declaration believes of a policy or a transform, over every mask, size and context: one question, asked under
 * one kernel after the other. A belief that does not hold is marked from `forbids`, `allows`, `within` or `gives` on.
 * Expectations about requests are not for this file.
 */
export function policyExpectation(environment: Environment, declaration: ExpectDeclaration): ExpectationCheck {
  const { name, form } = declaration;
  if (name === null || form === null) return () => [];
  const subject = environment.lookup("subject", name.text) ?? environment.lookup("mask", name.text);
  if (subject === null) return () => [];
  const fails = (message: string, related: UnplacedFinding["related"] = []): readonly UnplacedFinding[] => [
    {
      rule: "expectation-fails",
      severity: "error",
      source: "expectation",
      message,
      span: formPlace(form),
      holds: null,
      related,
      fixes: [],
      tag: null,
    },
  ];
  switch (form.kind) {
    case "facts":
      return () => [];
    case "forbids":
    case "allows":
      return (kernel) => checkMask(environment, subject, form.kind, form.mask, kernel, fails);
    case "within": {
      const outer = form.policy === null ? null : environment.lookup("subject", form.policy.text);
      return outer === null ? () => [] : withinCheck(environment, subject, outer, fails);
    }
    case "gives":
      return givesCheck(environment, subject, form, fails);
  }
}

type Fails = (message: string, related?: UnplacedFinding["related"]) => readonly UnplacedFinding[];

function checkMask(
  environment: Environment,
  binding: Binding,
  kind: "forbids" | "allows",
  node: MaskNode,
  kernel: Kernel,
  fails: Fails,
): readonly UnplacedFinding[] {
  const policy = resolvePolicy(environment, binding);
  const value = evaluateMask(environment, kernel, node);
  if (policy === null || !value.certain) return [];
  return askPolicy(environment, policy, (setsOf) => {
    const set = setsOf(kernel);
    if (!set.certain) return [];
    const { space } = set;
    const these = [isEqual(space, anyMask(space), constantMask(value.mask)), ...set.conditions];
    const name = policy.declaration.name?.text ?? "";
    const text = `\`${witnessMaskText(kernel, value.mask)}\``;
    if (kind === "allows")
      return !space.bdd.meet(...these)
        ? fails(
            `Policy ${name} never takes ${text}, whatever the size and the context: ${refusal(environment, set, value.mask)}.`,
          )
        : [];
    const witness = replayedWitness(set, these, (subject) => isTaken(judge(environment, kernel, policy, subject)));
    return witness === null ? [] : fails(`Policy ${name} takes ${witnessText(space, witness)}: no rule forbids it.`);
  });
}

/** Why a mask is refused, in the words of the rule that does it. */
function refusal(environment: Environment, set: PolicySet, value: Mask): string {
  const { policy, kernel } = set;
  const judgement = judge(environment, kernel, policy, {
    mask: value,
    sizeBytes: kernel.options.pageBytes,
    context: contextOf("process"),
    sleeps: null,
    mayOom: null,
    mayFail: null,
  });
  const rule = judgement.forbidden[0] ?? judgement.unmet[0] ?? judgement.outside[0];
  if (rule === undefined) return "every size and context meets a rule against it";
  const reason = rule.clause.because === null ? "" : `, "${rule.clause.because.value}"`;
  switch (rule.clause.kind) {
    case "forbid":
      return `a \`forbid\` refuses it${reason}`;
    case "require":
      return `it lacks what a \`require\` asks for${reason}`;
    case "allow":
      return `it stands outside of every \`allow\`${reason}`;
  }
}

function withinCheck(environment: Environment, inner: Binding, outer: Binding, fails: Fails): ExpectationCheck {
  const first = resolvePolicy(environment, inner);
  const second = resolvePolicy(environment, outer);
  if (first === null || second === null) return () => [];
  const names = [first, second].map(({ declaration }) => declaration.name?.text ?? "");
  const togetherFor = togetherUnder(environment.kernels, [environment, first], [environment, second]);
  return (kernel) => {
    const { small, large } = togetherFor(kernel);
    if (!small.certain || !large.certain) return [];
    const witness = replayedWitness(
      small,
      [...small.conditions, small.space.bdd.not(large.taken(TRUE))],
      (subject, found) =>
        isTaken(judge(environment, small.kernel, first, subject)) &&
        !isTaken(judge(environment, small.kernel, second, subjectOf(large, found))),
    );
    if (witness === null) return [];
    return fails(`${names[0]} takes ${smallestText(small.space, witness)}, and ${names[1]} does not.`);
  };
}

/** A policy, and the file that it is read in. */
type Read = readonly [environment: Environment, policy: ResolvedPolicy];

/**
 * Two policies in one space under each of these kernels, so that their sets can be compared; the same for kernels of
 * which both see the same. All of it is one question.
 */
export function togetherUnder(
  kernels: readonly Kernel[],
  first: Read,
  second: Read,
): (kernel: Kernel) => { readonly small: PolicySet; readonly large: PolicySet } {
  const isJudged = [first, second].some(([, policy]) => asksModelIn(policy));
  const views = [...new Map(kernels.map((kernel) => [viewOf(kernel), kernel])).values()];
  const made = new Map<Kernel | string, { readonly small: PolicySet; readonly large: PolicySet }>();
  const needs = (kernel: Kernel): SpaceNeeds => {
    const [one, other] = [needsOf(...first, kernel), needsOf(...second, kernel)];
    return {
      thresholdsBytes: [...one.thresholdsBytes, ...other.thresholdsBytes],
      sizes: one.sizes === "orders" && other.sizes === "orders" ? "orders" : "bytes",
      tests: [...one.tests, ...other.tests],
    };
  };
  let spaceFor: ((kernel: Kernel) => Space) | null = null;
  return (kernel) => {
    const view = isJudged ? kernel : viewOf(kernel);
    const known = made.get(view);
    if (known !== undefined) return known;
    spaceFor ??= spacesOf(views, needs, new Allowance(MOST_WORK));
    const space = spaceFor(kernel);
    const both = { small: policySetIn(space, ...first), large: policySetIn(space, ...second) };
    made.set(view, both);
    return both;
  };
}

type GivesForm = Extract<ExpectForm, { kind: "gives" }>;

/** One question for all kernels: its diagram, and what it came to, serve all of which it sees the same. */
function givesCheck(environment: Environment, binding: Binding, form: GivesForm, fails: Fails): ExpectationCheck {
  if (binding.declaration.kind !== "transform") return () => [];
  const predicates = form.when === null ? [form.gives] : [form.when, form.gives];
  const isJudged = predicates.some(asksModel);
  const views = [...new Map(environment.kernels.map((kernel) => [viewOf(kernel), kernel])).values()];
  const needs = (kernel: Kernel): SpaceNeeds => ({
    thresholdsBytes: [
      ...predicates.flatMap((predicate) => thresholdsOf(kernel, predicate)),
      ...(isJudged ? modelThresholds(kernel) : []),
    ],
    sizes: "bytes",
    tests: predicates.flatMap((predicate) => entwinedIn(environment, kernel, predicate)),
  });
  const known = new Map<Kernel | string, readonly UnplacedFinding[]>();
  let spaceFor: ((kernel: Kernel) => Space) | null = null;
  return (kernel) => {
    const view = isJudged ? kernel : viewOf(kernel);
    const before = known.get(view);
    if (before !== undefined) return before;
    const isReadable =
      declaredMaskOf(environment, kernel, binding).certain &&
      predicates.every((predicate) => isCertain(environment, kernel, predicate));
    let found: readonly UnplacedFinding[] = [];
    if (isReadable) {
      spaceFor ??= spacesOf(views, needs, new Allowance(MOST_WORK));
      found = givenUnder(environment, binding, form, spaceFor(kernel), fails);
    }
    known.set(view, found);
    return found;
  };
}

/** What comes out of a transform under one kernel, for every mask that it is asked about. */
function givenUnder(
  environment: Environment,
  binding: Binding,
  form: GivesForm,
  space: Space,
  fails: Fails,
): readonly UnplacedFinding[] {
  const { bdd, kernel } = space;
  const transform = declaredMaskOf(environment, kernel, binding);
  const input = anyMask(space);
  const tests = modelTestsOf(form.when === null ? [form.gives] : [form.when, form.gives]);
  const sets = atOnce(modelSetsInSteps(space, { apis: [] }, tests));
  const model = (): ModelSets => sets;
  const asked =
    form.when === null ? space.domain : bdd.and(space.domain, setOf(space, environment, form.when, input, model));
  const output = symbolicOutput(space, transform.choice ?? transform, input);
  const witness = smallestWitness(space, [asked, bdd.not(setOf(space, environment, form.gives, output, model))]);
  if (witness === null) return [];
  const gives = applyTo(transform, witness.mask);
  if (!breaks(environment, kernel, form, witness, gives))
    throw new Error("a counterexample does not stand up to the ordinary evaluation");
  return fails(
    `For ${smallestText(space, witness)} ${binding.declaration.name?.text ?? "it"} gives \`${witnessMaskText(kernel, gives)}\`.`,
  );
}

/** The counterexample, replayed: it meets `when`, and what comes out does not meet `gives`. */
function breaks(environment: Environment, kernel: Kernel, form: GivesForm, witness: Witness, output: Mask): boolean {
  const about = (value: Mask): Parameters<typeof holdsFor>[3] => ({
    mask: value,
    sizeBytes: witness.sizeBytes,
    context: witness.context ?? contextOf("process"),
    sleeps: null,
    mayOom: null,
    mayFail: null,
  });
  const isAsked = form.when === null || holdsFor(environment, kernel, form.when, about(witness.mask)) !== false;
  return isAsked && holdsFor(environment, kernel, form.gives, about(output)) !== true;
}

/**
 * What comes out of a function for any mask: in each case of its conditions each bit is 0, 1, the bit that went in, or
 * its opposite.
 */
function symbolicOutput(space: Space, fn: MaskFunction, input: SymbolicMask): SymbolicMask {
  const { bdd } = space;
  if ("test" in fn) {
    const condition = bdd.or(...symbolicOutput(space, fn.test, input));
    const no = symbolicOutput(space, fn.no, input);
    return symbolicOutput(space, fn.yes, input).map((node, bit) =>
      bdd.or(bdd.and(condition, node), bdd.and(bdd.not(condition), no[bit] ?? FALSE)),
    );
  }
  return input.map((node, bit): Node => {
    const isSet = (value: Mask): boolean => ((value >>> bit) & 1) === 1;
    const kept = isSet(fn.ones) ? node : FALSE;
    return isSet(fn.zero) ? bdd.or(kept, bdd.not(node)) : kept;
  });
}

/** What a failing one marks: everything from `forbids`, `allows`, `within` or `gives` on. */
function formPlace(form: ExpectForm): Span {
  const { start, end } = form.kind === "gives" ? form.claim : form;
  return { start, end };
}
