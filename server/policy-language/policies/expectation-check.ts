import type { ExpectDeclaration, ExpectForm, Mask as MaskNode } from "../../../grammar/ast.ts";
import { contextOf } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Mask } from "../../model/masks/mask.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import { atOnce } from "../analysis/pause.ts";
import type { Span } from "../../rules/finding.ts";
import { applyTo } from "../../model/masks/expression.ts";
import type { MaskFunction } from "../../model/masks/mask-function.ts";
import { declaredMaskOf, evaluateMask } from "../requests/masks.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { FALSE, TRUE, type Node } from "../symbolic/node.ts";
import {
  anyMask,
  constantMask,
  isEqual,
  smallestWitness,
  spaceOf,
  type Space,
  type SymbolicMask,
  type Witness,
} from "../symbolic/space.ts";
import { isTaken, judge } from "./judgement.ts";
import { modelSetsInSteps, modelThresholds } from "./model-sets.ts";
import { askPolicy, needsOf, policySetIn, type PolicySet } from "./policy-set.ts";
import { asksModel, entwinedIn, holdsFor, isCertain, setOf, thresholdsOf, type ModelSets } from "./predicates.ts";
import { resolvePolicy, type ResolvedPolicy } from "./resolved-policy.ts";
import { replayedWitness, smallestText, witnessMaskText, witnessText } from "./witness.ts";

/**
 * What a declaration believes of a policy or a transform, over every mask, size and context, under one kernel. A belief
 * that does not hold is marked from `forbids`, `allows`, `within` or `gives` on. Expectations about requests are not
 * for this file.
 */
export function checkPolicyExpectation(
  environment: Environment,
  declaration: ExpectDeclaration,
  kernel: Kernel,
): readonly UnplacedFinding[] {
  const { name, form } = declaration;
  if (name === null || form === null) return [];
  const subject = environment.lookup("subject", name.text) ?? environment.lookup("mask", name.text);
  if (subject === null) return [];
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
      return [];
    case "forbids":
    case "allows":
      return checkMask(environment, subject, form.kind, form.mask, kernel, fails);
    case "within": {
      const outer = form.policy === null ? null : environment.lookup("subject", form.policy.text);
      return outer === null ? [] : checkWithin(environment, subject, outer, kernel, fails);
    }
    case "gives":
      return checkGives(environment, subject, form, kernel, fails);
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

function checkWithin(
  environment: Environment,
  inner: Binding,
  outer: Binding,
  kernel: Kernel,
  fails: Fails,
): readonly UnplacedFinding[] {
  const first = resolvePolicy(environment, inner);
  const second = resolvePolicy(environment, outer);
  if (first === null || second === null) return [];
  const { small, large } = togetherIn(environment, first, second, kernel);
  if (!small.certain || !large.certain) return [];
  const witness = replayedWitness(
    small,
    [...small.conditions, small.space.bdd.not(large.taken(TRUE))],
    (subject) =>
      isTaken(judge(environment, kernel, first, subject)) && !isTaken(judge(environment, kernel, second, subject)),
  );
  if (witness === null) return [];
  const names = [first, second].map(({ declaration }) => declaration.name?.text ?? "");
  return fails(`${names[0]} takes ${smallestText(small.space, witness)}, and ${names[1]} does not.`);
}

/** Two policies in one space, so that their sets can be compared. */
export function togetherIn(
  environment: Environment,
  first: ResolvedPolicy,
  second: ResolvedPolicy,
  kernel: Kernel,
  secondEnvironment: Environment = environment,
): { readonly small: PolicySet; readonly large: PolicySet } {
  const [one, other] = [needsOf(environment, first, kernel), needsOf(secondEnvironment, second, kernel)];
  const space = spaceOf(kernel, {
    thresholdsBytes: [...one.thresholdsBytes, ...other.thresholdsBytes],
    sizes: one.sizes === "orders" && other.sizes === "orders" ? "orders" : "bytes",
    tests: [...one.tests, ...other.tests],
  });
  return { small: policySetIn(space, environment, first), large: policySetIn(space, secondEnvironment, second) };
}

function checkGives(
  environment: Environment,
  binding: Binding,
  form: Extract<ExpectForm, { kind: "gives" }>,
  kernel: Kernel,
  fails: Fails,
): readonly UnplacedFinding[] {
  if (binding.declaration.kind !== "transform") return [];
  const transform = declaredMaskOf(environment, kernel, binding);
  const predicates = form.when === null ? [form.gives] : [form.when, form.gives];
  if (!transform.certain || !predicates.every((predicate) => isCertain(environment, kernel, predicate))) return [];
  const space = spaceOf(kernel, {
    thresholdsBytes: [
      ...predicates.flatMap((predicate) => thresholdsOf(kernel, predicate)),
      ...(predicates.some(asksModel) ? modelThresholds(kernel) : []),
    ],
    sizes: "bytes",
    tests: predicates.flatMap((predicate) => entwinedIn(environment, kernel, predicate)),
  });
  const { bdd } = space;
  const input = anyMask(space);
  const model = (): ModelSets => atOnce(modelSetsInSteps(space, { apis: [] }));
  const asked =
    form.when === null ? space.domain : bdd.and(space.domain, setOf(space, environment, form.when, input, model));
  const given = setOf(
    space,
    environment,
    form.gives,
    symbolicOutput(space, transform.choice ?? transform, input),
    model,
  );
  const witness = smallestWitness(space, [asked, bdd.not(given)]);
  if (witness === null) return [];
  const output = applyTo(transform, witness.mask);
  if (!breaks(environment, kernel, form, witness, output))
    throw new Error("a counterexample does not stand up to the ordinary evaluation");
  return fails(
    `For ${smallestText(space, witness)} ${binding.declaration.name?.text ?? "it"} gives \`${witnessMaskText(kernel, output)}\`.`,
  );
}

/** The counterexample, replayed: it meets `when`, and what comes out does not meet `gives`. */
function breaks(
  environment: Environment,
  kernel: Kernel,
  form: Extract<ExpectForm, { kind: "gives" }>,
  witness: Witness,
  output: Mask,
): boolean {
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
 * its
 * opposite.
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
