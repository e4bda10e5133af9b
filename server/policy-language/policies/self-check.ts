import type { Clause, Mask as MaskNode, Name } from "../../../grammar/ast.ts";
import type { CompositeName, FlagName } from "../../model/masks/mask.ts";
import { mask } from "../../model/masks/mask.ts";
import { compositeText, flagsIn, flagText, meaningOf } from "../../model/masks/names.ts";
import { report } from "../findings/report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { resumed, type Pause } from "../analysis/pause.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import type { Span } from "../../rules/finding.ts";
import type { LanguageRule } from "../findings/language-rule.ts";
import {
  internalStageFlag,
  policyContradiction,
  policyDeadFlag,
  policyModeGap,
  policyModesOverlap,
  policyModeUnreachable,
  policyRuleNeverFires,
  policySaysMoreThanItSeems,
} from "../findings/policies.ts";
import { evaluateMask } from "../requests/masks.ts";
import type { Bdd } from "../symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../symbolic/node.ts";
import { anyMask, constantMask, hasAll, hasAny } from "../symbolic/space.ts";

import { conditionsOf, askPolicy, predicatesOf, type ClauseSet, type ModeSet, type PolicySet } from "./policy-set.ts";
import { isTaken, judge } from "./judgement.ts";
import { holdsFor, maskTestsOf } from "./predicates.ts";
import { policyGraph, resolvePolicy, type PolicyClause } from "./resolved-policy.ts";
import { replayedWitness, smallestText } from "./witness.ts";

/**
 * What is wrong with a policy by itself, over every mask, size and context, under one kernel. Only what the policy
 * itself wrote is marked: what is wrong with the one that it refines already is reported there.
 */
export function checkAgainstItself(environment: Environment, set: PolicySet, pause: Pause): readonly UnplacedFinding[] {
  if (!set.certain) return [];
  const base = policyGraph.usesOf(environment, set.policy.binding)[0];
  const basePolicy = base === undefined ? null : resolvePolicy(environment, base);
  const known =
    basePolicy === null
      ? []
      : askPolicy(environment, basePolicy, (setsOf) => marksOf(environment, setsOf(set.kernel), pause));
  return marksOf(environment, set, pause)
    .filter((mark) => !known.some((other) => isSameMark(mark, other)))
    .map((mark) => finding(set, mark));
}

/** Does what takes long in `checkAgainstItself`, in steps whose results are kept. */
export function prepareSelfCheck(environment: Environment, set: PolicySet, pause: Pause): void {
  marksOf(environment, set, pause);
}

/** Something that is wrong, where it is written: in the policy itself or in one that it refines. */
interface Mark {
  readonly rule: LanguageRule;
  readonly message: string;
  readonly owner: Binding;
  readonly span: Span;
  readonly related: UnplacedFinding["related"];
}

function isSameMark(a: Mark, b: Mark): boolean {
  return (
    a.rule === b.rule &&
    a.owner.revision === b.owner.revision &&
    a.span.start === b.span.start &&
    a.span.end === b.span.end
  );
}

const knownMarks = new WeakMap<PolicySet, readonly Mark[]>();

/** Each once: of two rules that contradict each other both are looked at, and the later one is marked. */
function marksOf(environment: Environment, set: PolicySet, pause: Pause): readonly Mark[] {
  const known = knownMarks.get(set);
  if (known !== undefined) return known;
  const found = makeMarks(environment, set, pause);
  knownMarks.set(set, found);
  return found;
}

const begun = new WeakMap<PolicySet, Iterator<void, readonly Mark[]>>();

function makeMarks(environment: Environment, set: PolicySet, pause: Pause): readonly Mark[] {
  const marks = resumed(begun, set, () => marksInSteps(environment, set), pause);
  return marks.filter(
    (mark, index) =>
      !marks.slice(0, index).some((earlier) => earlier.rule === policyContradiction && isSameMark(earlier, mark)),
  );
}

/** What is wrong with each rule, then with each mode. */
function* marksInSteps(environment: Environment, set: PolicySet): Generator<void, readonly Mark[]> {
  const marks: Mark[] = [];
  for (const [index, clause] of set.clauses.entries()) {
    marks.push(...clauseMarks(environment, set, clause, index));
    yield;
  }
  for (const clause of set.policy.clauses) {
    marks.push(...compositeMarks(environment, set, clause));
    yield;
  }
  for (const [index, mode] of modesTaken(set).entries()) {
    marks.push(...modeMarks(environment, set, mode, set.modes.slice(0, index)));
    yield;
  }
  marks.push(...gapMarks(environment, set));
  yield;
  return [...marks, ...flagMarks(environment, set)];
}

// Rules ---------------------------------------------------------------------------------------------------------------

/** A rule that contradicts another, or that decides nothing. */
function clauseMarks(environment: Environment, set: PolicySet, subject: ClauseSet, index: number): readonly Mark[] {
  const { clause } = subject.source;
  if (subject.source.clause.kind === "require") return requireMarks(environment, set, subject, index);
  const { space, clauses } = set;
  const { bdd } = space;
  const possible = bdd.and(subject.set, space.domain);
  if (possible === FALSE) return [neverFires(subject, "no mask meets it")];
  const forbids = clauses.filter(({ source }) => source.clause.kind === "forbid");
  if (clause.kind === "allow") {
    const before = clauses.slice(0, index).filter(isAllow);
    if (!bdd.meet(possible, ...conditionsOf(space, forbids))) {
      const opponent = forbids.find(({ set: refused }) => bdd.implies(possible, refused)) ?? null;
      const later = opponent !== null && clauses.indexOf(opponent) > index ? opponent : subject;
      return [contradiction(environment, set, later, later === subject ? opponent : subject, [possible])];
    }
    const adds = bdd.meet(possible, ...before.map(({ set: allowed }) => bdd.not(allowed)));
    return !adds ? [neverFires(subject, "the rules before it allow every such mask")] : [];
  }
  // Rules are read in order: an `allow` that comes later leaves the words to this one.
  const allows = clauses.findLastIndex(isAllow) < index ? clauses.filter(isAllow) : [];
  const before = clauses.slice(0, index).filter((earlier) => forbids.includes(earlier));
  if (bdd.meet(possible, ...conditionsOf(space, [...allows, ...before]))) return [];
  const shadow = before.find(({ set: earlier }) => bdd.implies(possible, earlier));
  return [
    neverFires(
      subject,
      shadow === undefined ? "every such mask is refused already" : "an earlier `forbid` takes every such mask",
      shadow,
    ),
  ];
}

function isAllow({ source }: ClauseSet): boolean {
  return source.clause.kind === "allow";
}

function requireMarks(environment: Environment, set: PolicySet, subject: ClauseSet, index: number): readonly Mark[] {
  const { space, clauses } = set;
  const { bdd } = space;
  const others = clauses.filter((other) => other !== subject);
  const conditions = [subject.when, space.domain, ...conditionsOf(space, others)];
  const isMet = bdd.meet(subject.set, ...conditions);
  const isUnmet = bdd.meet(bdd.not(subject.set), ...conditions);
  if (isMet && isUnmet) return [];
  if (isMet) return [neverFires(subject, "every mask that it is asked of has it already")];
  if (!isUnmet) return [neverFires(subject, "no mask that the policy takes meets its `when`")];
  const opponent = opponentOf(set, subject, others);
  // Of two that contradict each other the later one is marked, once.
  if (opponent !== null && clauses.indexOf(opponent) > index)
    return [contradiction(environment, set, opponent, subject, conditions)];
  return [contradiction(environment, set, subject, opponent, conditions)];
}

/** The one rule without which the requirement could be met; null when it takes more than one. */
function opponentOf(set: PolicySet, subject: ClauseSet, others: readonly ClauseSet[]): ClauseSet | null {
  const { space } = set;
  const { bdd } = space;
  const allows = others.filter(({ source }) => source.clause.kind === "allow");
  // Without one of several `allow` rules there is less to choose from, not more.
  const [kept, rules] = allows.length > 1 ? [allows, others.filter((other) => !allows.includes(other))] : [[], others];
  const start = bdd.and(subject.when, subject.set, space.domain, ...conditionsOf(space, kept));
  const conditions = rules.map((rule) => bdd.and(...conditionsOf(space, [rule])));
  const before = runningAnd(bdd, [start, ...conditions]);
  // The rules up to here leave nothing: without one that comes later they still do.
  const count = before.indexOf(FALSE) - 1;
  const after = runningAnd(bdd, [start, ...conditions.slice(0, count).toReversed()]).toReversed();
  // `before` holds the start in front, `after` behind: all but one rule are what stands on either side of it.
  const culprits = rules
    .slice(0, Math.max(0, count))
    .filter((_, index) => bdd.meet(before[index + 1] ?? FALSE, after[index + 1] ?? FALSE, ...conditions.slice(count)));
  return culprits.length === 1 ? (culprits[0] ?? null) : null;
}

/** What the first none, the first one, the first two, … and all of them take together. */
function runningAnd(bdd: Bdd, nodes: readonly Node[]): readonly Node[] {
  let all: Node = TRUE;
  return [all, ...nodes.map((node) => (all = bdd.and(all, node)))];
}

function contradiction(
  environment: Environment,
  set: PolicySet,
  marked: ClauseSet,
  other: ClauseSet | null,
  asked: readonly Node[],
): Mark {
  const witness = replayedWitness(
    set,
    asked,
    (subject) => !isTaken(judge(environment, set.kernel, set.policy, subject)),
  );
  const example = witness === null ? "" : `, for example for ${smallestText(set.space, witness)}`;
  const message =
    other === null
      ? `No mask can meet both this \`${marked.source.clause.kind}\` and the other rules${example}.`
      : `No mask can meet both this \`${marked.source.clause.kind}\` and the \`${other.source.clause.kind}\` before it${example}.`;
  return mark(
    policyContradiction,
    message,
    marked.source.owner,
    predicatePlace(marked),
    other === null ? [] : [relatedTo(other, "the rule that it contradicts")],
  );
}

function neverFires(subject: ClauseSet, why: string, because?: ClauseSet): Mark {
  const related = because === undefined ? [] : [relatedTo(because, "the rule that comes first")];
  return mark(
    policyRuleNeverFires,
    `This \`${subject.source.clause.kind}\` decides nothing: ${why}.`,
    subject.source.owner,
    predicatePlace(subject),
    related,
  );
}

function predicatePlace({ source: { clause } }: ClauseSet): Span {
  return { start: clause.predicate.start, end: clause.predicate.end };
}

// Composites that promise less than their names say -------------------------------------------------------------------

/** What a reader takes a composite to leave out. */
const LEFT_OUT: Partial<Readonly<Record<CompositeName, readonly FlagName[]>>> = {
  ATOMIC: ["DIRECT_RECLAIM"],
  NOWAIT: ["DIRECT_RECLAIM"],
  NOIO: ["IO", "FS"],
  NOFS: ["FS"],
  TRANSHUGE_LIGHT: ["DIRECT_RECLAIM", "KSWAPD_RECLAIM"],
};

const SURPRISES: Readonly<Partial<Record<CompositeName, string>>> = {
  ATOMIC: "may sleep",
  NOWAIT: "may sleep",
  NOIO: "may start I/O",
  NOFS: "may enter the filesystem",
  TRANSHUGE_LIGHT: "reclaim",
};

/**
 * `has GFP_NOWAIT` is true of GFP_KERNEL | __GFP_NOWARN: the bits of a composite are there, what it leaves out is there
 * too.
 */
function compositeMarks(
  environment: Environment,
  set: PolicySet,
  { clause, owner }: PolicyClause<Clause>,
): readonly Mark[] {
  const { space } = set;
  const { kernel } = space;
  const input = anyMask(space);
  const isRead = [...set.clauses, ...set.modes].some(({ source }) => source.clause === clause);
  if (!isRead) return [];
  return predicatesOf(clause).flatMap((predicate) =>
    maskTestsOf(predicate).flatMap((test) => {
      if (test.test !== "has" && test.test !== "any") return [];
      const composite = compositeOf(environment, set, test.mask);
      const missing = composite === null ? undefined : LEFT_OUT[composite];
      if (composite === null || missing === undefined) return [];
      const bits = constantMask(kernel.gfp[composite]);
      const matches = test.test === "has" ? hasAll(space, input, bits) : hasAny(space, input, bits);
      const scope = clause.kind === "allow" ? [] : conditionsOf(space, set.clauses.filter(isAllow));
      const extraBits = missing.reduce((all, flag) => all | kernel.bits[flag], 0);
      const extra = constantMask(mask(extraBits));
      const witness = replayedWitness(
        set,
        [matches, hasAny(space, input, extra), whereTrue(set, clause, predicate), ...scope],
        (subject) => holdsFor(environment, kernel, predicate, subject) === true && (subject.mask & extraBits) !== 0,
      );
      if (witness === null) return [];
      const name = compositeText(composite);
      const message =
        `\`${test.test} ${name}\` is also true of masks that ${SURPRISES[composite] ?? "do more"}, such as ${smallestText(space, witness)}: ` +
        `write \`is ${name}\`, or add \`and lacks ${missing.map(flagText).join(" | ")}\`.`;
      return [mark(policySaysMoreThanItSeems, message, owner, { start: test.start, end: test.end }, [])];
    }),
  );
}

/** Where the predicate itself holds: a test that the rest of its predicate narrows says no more than it seems. */
function whereTrue(set: PolicySet, clause: Clause, predicate: unknown): Node {
  const rule = set.clauses.find(({ source }) => source.clause === clause);
  if (rule !== undefined && rule.source.clause.kind === "require")
    return predicate === rule.source.clause.when ? rule.when : rule.set;
  if (rule !== undefined) return rule.set;
  return set.modes.find(({ source }) => source.clause === clause)?.set ?? FALSE;
}

/** The composite that an expression is, written by itself or through an alias of it. */
function compositeOf(environment: Environment, set: PolicySet, node: MaskNode): CompositeName | null {
  if (node.kind === "paren") return compositeOf(environment, set, node.inner);
  if (node.kind !== "name" || environment.lookup("mask", node.text) !== null) return null;
  const meaning = meaningOf(set.kernel, node.text);
  return meaning.kind === "composite" ? meaning.composite : null;
}

// Modes ---------------------------------------------------------------------------------------------------------------

/** The modes; none where nothing is allowed: then the rules are what is wrong, and the modes follow from them. */
function modesTaken({ modes, conditions, space: { bdd } }: PolicySet): readonly ModeSet[] {
  return modes.length === 0 || !bdd.meet(...conditions) ? [] : modes;
}

/** A mode that nothing selects, or that another one is selected with. */
function modeMarks(
  environment: Environment,
  set: PolicySet,
  mode: ModeSet,
  before: readonly ModeSet[],
): readonly Mark[] {
  const { conditions } = set;
  const { bdd } = set.space;
  const { name, when } = mode.source.clause;
  if (name === null) return [];
  if (!bdd.meet(mode.set, ...conditions)) {
    const why =
      when === null
        ? "the other modes cover every mask that the policy takes"
        : "the policy takes no mask that selects it";
    const message = `Mode \`${name.text}\` is never selected: ${why}.`;
    return [mark(policyModeUnreachable, message, mode.source.owner, spanOf(name), [])];
  }
  // Those that overlap by themselves are few: most modes exclude each other whatever the policy takes.
  const shared = before.filter(
    ({ set: earlier }) => bdd.meet(earlier, mode.set) && bdd.meet(earlier, mode.set, ...conditions),
  );
  return overlap(environment, set, shared, mode, name);
}

/** What the policy takes and no mode covers. */
function gapMarks(environment: Environment, set: PolicySet): readonly Mark[] {
  const { space, conditions, policy, kernel } = set;
  const modes = modesTaken(set);
  if (modes.length === 0) return [];
  const uncovered = modes.map((mode) => space.bdd.not(mode.set));
  const witness = replayedWitness(set, [...uncovered, ...conditions], (subject) => {
    const judgement = judge(environment, kernel, policy, subject);
    return isTaken(judgement) && judgement.modes.length === 0;
  });
  const owner = policy.binding.declaration.name;
  if (witness === null || owner === null) return [];
  const message = `The policy takes ${smallestText(space, witness)}, and no mode covers it: add \`mode … otherwise\`, or forbid it.`;
  return [mark(policyModeGap, message, policy.binding, spanOf(owner), [])];
}

/** Of the earlier modes that a mode overlaps this many are named. */
const MOST_OVERLAPS = 5;

/** One finding for a mode, whatever the number of those that it overlaps: each of them is related. */
function overlap(
  environment: Environment,
  set: PolicySet,
  earlier: readonly ModeSet[],
  later: ModeSet,
  name: Name,
): readonly Mark[] {
  const [first] = earlier;
  if (first === undefined) return [];
  const witness = replayedWitness(set, [first.set, later.set, ...set.conditions], (subject) => {
    const judgement = judge(environment, set.kernel, set.policy, subject);
    const selected = judgement.modes.map(({ clause }) => clause);
    return isTaken(judgement) && selected.includes(first.source.clause) && selected.includes(later.source.clause);
  });
  if (witness === null) return [];
  const firstName = first.source.clause.name?.text ?? "";
  const message = `${smallestText(set.space, witness)} selects both \`${firstName}\` and \`${name.text}\`: let one of them exclude the other.`;
  const related = earlier.slice(0, MOST_OVERLAPS).flatMap(({ source: { clause, owner } }) =>
    clause.name === null
      ? []
      : [
          {
            revision: owner.revision,
            uri: owner.uri,
            span: spanOf(clause.name),
            message: "the mode that it overlaps",
          },
        ],
  );
  return [mark(policyModesOverlap, message, later.source.owner, spanOf(name), related)];
}

// Flags that no stage honours -----------------------------------------------------------------------------------------

function flagMarks(environment: Environment, set: PolicySet): readonly Mark[] {
  const { policy, kernel } = set;
  const stages = policy.clauses.flatMap(({ clause }) => (clause.kind === "stage" ? [clause] : []));
  if (stages.length === 0) return [];
  const bitsOf = (masks: readonly MaskNode[]): number =>
    masks.reduce((all, node) => all | evaluateMask(environment, kernel, node).mask, 0);
  const honoured = stages.reduce((all, stage) => all | bitsOf(stage.honours), 0);
  const outside = stages.reduce((all, stage) => (stage.internal ? all : all | bitsOf(stage.honours)), 0);
  const ignored = policy.clauses.reduce(
    (all, { clause }) => (clause.kind === "ignore" ? all | bitsOf(clause.masks) : all),
    0,
  );
  const input = anyMask(set.space);
  const isReachable = (bit: number): boolean => set.space.bdd.meet(input[bit] ?? FALSE, ...set.conditions);
  const reachable = set.space.maskBits.filter(isReachable).reduce((all, bit) => all | (1 << bit), 0);
  const reported = new Set<string>();
  return policy.clauses.flatMap(({ clause, owner }) => {
    if (clause.kind !== "allow") return [];
    return maskTestsOf(clause.predicate).flatMap((test) => {
      if (test.test === "lacks") return [];
      return evaluateMask(environment, kernel, test.mask).parts.flatMap((part) => {
        const carried = part.carries & kernel.namedBits & ~ignored & reachable;
        const dead = carried & ~honoured;
        const internal = carried & honoured & ~outside;
        if (part.negated || reported.has(part.text)) return [];
        if (dead !== 0) {
          reported.add(part.text);
          const flags = flagsIn(kernel, mask(dead)).map(flagText).join(", ");
          const message = `The policy allows ${flags}, and no stage honours it: name the stage that reads it, or say \`ignore\`.`;
          return [mark(policyDeadFlag, message, owner, part.span, [])];
        }
        if (internal !== 0) {
          reported.add(part.text);
          const names = stages
            .filter((stage) => stage.internal && (bitsOf(stage.honours) & internal) !== 0)
            .map((stage) => `\`${stage.name?.text ?? ""}\``);
          const message = `Only the internal stage ${names.join(" and ")} honours ${part.text}: callers set what they should not need to know.`;
          return [mark(internalStageFlag, message, owner, part.span, [])];
        }
        return [];
      });
    });
  });
}

// Findings ------------------------------------------------------------------------------------------------------------

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function relatedTo({ source }: ClauseSet, message: string): UnplacedFinding["related"][number] {
  return { revision: source.owner.revision, uri: source.owner.uri, span: spanOf(source.clause.predicate), message };
}

function mark(
  rule: LanguageRule,
  message: string,
  owner: Binding,
  span: Span,
  related: UnplacedFinding["related"],
): Mark {
  return { rule, message, owner, span, related };
}

/** A mark as a finding; one in the text of another policy stands at the name of the policy that inherits it. */
function finding({ policy: { binding } }: PolicySet, { rule, message, owner, span, related }: Mark): UnplacedFinding {
  if (owner.revision === binding.revision) return report(rule, span, message, { related });
  const inherited = { revision: owner.revision, uri: owner.uri, span: spanOf(span), message: "inherited from here" };
  return report(rule, binding.declaration.name ?? binding.declaration, message, { related: [...related, inherited] });
}
