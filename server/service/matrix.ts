import type * as protocol from "../../protocol/matrix.ts";
import type { Clause, Effect, Mask as MaskNode, Predicate, Span } from "../../grammar/ast.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import { listText } from "../policy-language/findings/report.ts";
import type { Binding, Environment } from "../policy-language/analysis/environment.ts";
import { evaluateMask } from "../policy-language/requests/masks.ts";
import { checkAgainstKernel } from "../policy-language/policies/kernel-check.ts";
import { apisOf } from "../policy-language/policies/model-sets.ts";
import {
  askPolicy,
  predicatesOf,
  type ClauseSet,
  type ModeSet,
  type PolicySet,
} from "../policy-language/policies/policy-set.ts";
import { maskTestsOf } from "../policy-language/policies/predicates.ts";
import { resolvePolicy, type PolicyClause } from "../policy-language/policies/resolved-policy.ts";
import { TooMuchWork, type Fixed } from "../policy-language/symbolic/bdd.ts";
import { FALSE, TRUE, type Node } from "../policy-language/symbolic/node.ts";
import { fixedBits, maskLevel, maskVariables, type Space } from "../policy-language/symbolic/space.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import type { Api } from "../model/apis/api.ts";
import { FLAG_GROUPS } from "../model/kernels/flags/groups.ts";
import type { Kernel } from "../model/kernels/kernel.ts";

import { FLAG_NAMES, mask, type FlagName, type Mask } from "../model/masks/mask.ts";
import { flagsIn, flagText } from "../model/masks/names.ts";
import { regionAt } from "./regions.ts";
import { treatmentKind, type Treatment } from "./treatment.ts";

/** A place in a file: offsets of that file. */
export interface MatrixSpan extends Span {
  readonly uri: string;
}

export type MatrixCell = protocol.MatrixCell<MatrixSpan>;
export type Matrix = protocol.Matrix<MatrixSpan>;
export type MatrixRow = protocol.MatrixRow<MatrixSpan>;
export type MatrixAnswer = protocol.MatrixAnswer<MatrixSpan>;
type MatrixColumn = protocol.MatrixColumn<MatrixSpan>;
type MatrixPromise = protocol.MatrixPromise<MatrixSpan>;
type MatrixPromises = protocol.MatrixPromises<MatrixSpan>;

/** Which policy of a file: by name, or the one that an offset stands in (or else the one before it, or the first). */
export type WhichPolicy = { readonly name: string } | { readonly offset: number };

/** The policies that a file declares, in order. */
export function policiesOf(workspace: Workspace, uri: string): readonly protocol.PolicyName<Span>[] {
  const file = policyFile(workspace, uri);
  if (file === undefined) return [];
  return file.regions.flatMap(({ item }, index) => {
    const start = file.starts[index] ?? 0;
    return item?.kind === "policy" && item.name !== null
      ? [{ name: item.name.text, range: { start: start + item.name.start, end: start + item.name.end } }]
      : [];
  });
}

/** The matrix of a policy under the newest kernel in force; null where the file has no such policy. */
export function matrixOf(workspace: Workspace, uri: string, which: WhichPolicy): MatrixAnswer | null {
  const environment = environmentOf(workspace, uri);
  const binding = environment === null ? null : bindingOf(environment, which);
  if (environment === null || binding === null) return null;
  const name = binding.declaration.name?.text ?? "";
  const unreadable = (reason: string): MatrixAnswer => ({ kind: "unreadable", policy: name, reason });
  if (binding.damaged) return unreadable("The policy has syntax errors.");
  const kernel = environment.kernels.at(-1);
  if (kernel === undefined || !environment.kernelKnown)
    return unreadable("The `kernel` header names no version that the model knows.");
  const policy = resolvePolicy(environment, binding);
  if (policy === null) return null;
  if (policy.clauses.some(({ owner }) => owner.damaged))
    return unreadable("A policy that this one refines has syntax errors.");
  try {
    return askPolicy(environment, policy, (setsOf) => {
      const set = setsOf(kernel);
      if (!set.certain) return unreadable("A rule of the policy names something that is not known.");
      // One diagram serves all kernels of which the policy sees the same; the kernel's own part is that of the newest.
      return { kind: "matrix", matrix: makeMatrix(environment, { ...set, kernel }) };
    });
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return unreadable("Its rules are too entangled to decide over all masks.");
  }
}

export function bindingOf(environment: Environment, which: WhichPolicy): Binding | null {
  const isPolicy = (binding: Binding | null): binding is Binding =>
    binding !== null && binding.declaration.kind === "policy" && binding.declaration.name !== null;
  if ("name" in which) {
    const named = environment.lookup("subject", which.name);
    return isPolicy(named) ? named : null;
  }
  const at = regionAt(environment.file, which.offset)?.index ?? 0;
  const regions = environment.file.regions.map((_, index) => index);
  const order = [...regions.slice(0, at + 1).reverse(), ...regions.slice(at + 1)];
  return order.map((index) => environment.bindingAt(index)).find(isPolicy) ?? null;
}

// The table -----------------------------------------------------------------------------------------------------------

/** A column while it is made. */
interface Mode {
  readonly column: MatrixColumn;
  readonly source: ModeSet | null;
  /** What the policy takes in this mode. */
  readonly within: Node;
  /** The bits that all of it has, and that none of it has. */
  readonly fixed: Fixed;
  /** What each `warn` leaves of it. */
  readonly unwarned: readonly { readonly rule: PolicyClause; readonly rest: Node; readonly fixed: Fixed }[];
}

function makeMatrix(environment: Environment, set: PolicySet): Matrix {
  const { policy, kernel } = set;
  const spanOf = (owner: Binding, span: Span): MatrixSpan => spanIn(environment, owner, span);
  const modes: readonly Mode[] =
    set.modes.length === 0
      ? [
          modeOf(
            set,
            { name: "any mode", selectedBy: "", span: null, reachable: set.taken(TRUE) !== FALSE },
            null,
            set.taken(TRUE),
          ),
        ]
      : set.modes.map((source) => {
          const { clause, owner } = source.source;
          const within = set.taken(source.set);
          const column = {
            name: clause.name?.text ?? "",
            selectedBy: clause.when === null ? "otherwise" : textOf(environment, owner, clause.when),
            span: spanOf(owner, clause.name ?? clause.keyword),
            reachable: within !== FALSE,
          };
          return modeOf(set, column, source, within);
        });
  const apis = apisOf(policy).filter((api) => policy.apis.length > 0 && api.exists(kernel));
  const rows = (names: readonly RowName[]): readonly MatrixRow[] =>
    names.map(({ name, bits }) => {
      const effects = effectsOf(set, bits);
      return { name, cells: modes.map((mode) => cellOf(environment, set, mode, bits, effects, apis)) };
    });
  return {
    policy: policy.declaration.name?.text ?? "",
    span: spanOf(policy.binding, policy.declaration.name ?? policy.declaration),
    kernel: kernel.name,
    kernels: environment.kernelsText,
    apis: policy.apis.map(({ text }) => text),
    columns: modes.map(({ column }) => column),
    promises: promisesOf(environment, set, modes),
    groups: [...flagGroups(kernel), { title: "Composites", rows: compositesIn(environment, set) }]
      .map(({ title, rows: names }) => ({ title, rows: rows(names) }))
      .filter(({ rows: found }) => found.length > 0),
  };
}

function modeOf({ clauses, space }: PolicySet, column: MatrixColumn, source: ModeSet | null, within: Node): Mode {
  const unwarned = clauses.flatMap(({ source: rule, set }) => {
    if (rule.clause.kind !== "warn") return [];
    const rest = space.bdd.without(within, set);
    return [{ rule, rest, fixed: fixedBits(space, rest) }];
  });
  return { column, source, within, fixed: fixedBits(space, within), unwarned };
}

interface RowName {
  readonly name: string;
  readonly bits: Mask;
}

const GROUPS: readonly (readonly [title: string, flags: readonly FlagName[]])[] = [
  ["Zone modifiers", FLAG_GROUPS.ZONE_MODIFIERS],
  ["Mobility and placement", FLAG_GROUPS.MOBILITY],
  ["Watermarks", FLAG_GROUPS.WATERMARK],
  ["Reclaim modifiers", FLAG_GROUPS.RECLAIM_MODIFIERS],
  ["Action modifiers", FLAG_GROUPS.ACTION_MODIFIERS],
  ["Others", FLAG_NAMES],
];

/** Every flag of the kernel that has a bit, each in the first group that it belongs to. */
function flagGroups(kernel: Kernel): readonly { readonly title: string; readonly rows: readonly RowName[] }[] {
  const seen = new Set<FlagName>();
  const groups = GROUPS.map(([title, flags]) => {
    const own = flags.filter((flag) => kernel.bits[flag] !== 0 && !seen.has(flag));
    for (const flag of own) seen.add(flag);
    return { title, rows: own.map((flag) => ({ name: flagText(flag), bits: kernel.bits[flag] })) };
  });
  const designed = Object.entries(kernel.designed).map(([name, bits]) => ({ name, bits }));
  return designed.length === 0 ? groups : [...groups, { title: "Declared", rows: designed }];
}

/** The composites that the policy's rules are written with. */
function compositesIn(environment: Environment, set: PolicySet): readonly RowName[] {
  const found = new Map<string, Mask>();
  for (const { clause } of set.policy.clauses) {
    for (const node of masksOf(clause)) {
      for (const part of evaluateMask(environment, set.kernel, node).parts) {
        const bits = mask(part.bits & set.kernel.namedBits);
        if (part.kind === "composite" && bits !== 0) found.set(part.text, bits);
      }
    }
  }
  return [...found].map(([name, bits]) => ({ name, bits }));
}

function masksOf(clause: Clause): readonly MaskNode[] {
  if (clause.kind === "ignore") return clause.masks;
  if (clause.kind === "stage") return clause.honours;
  return predicatesOf(clause)
    .flatMap(maskTestsOf)
    .map((test) => test.mask);
}

// A cell --------------------------------------------------------------------------------------------------------------

function cellOf(
  environment: Environment,
  set: PolicySet,
  mode: Mode,
  bits: Mask,
  effects: readonly Effects[],
  apis: readonly Api[],
): MatrixCell {
  const { space, kernel } = set;
  const { bdd } = space;
  const has = withAll(space, bits);
  const withIt = bdd.and(mode.within, has);
  const span = (found: PolicyClause | null): MatrixSpan | null =>
    found === null ? null : spanIn(environment, found.owner, spanOf(found.clause));
  const cell = (kind: protocol.CellKind, why: Why, more: Partial<MatrixCell> = {}): MatrixCell => ({
    kind,
    always: false,
    conditional: false,
    warned: false,
    reason: why.reason,
    rule: span(why.rule),
    kernel: kind === "forbidden" ? null : kernelDifference(kernel, apis, bits, kind),
    ...more,
  });
  if (withIt === FALSE) return cell("forbidden", whyNone(environment, set, mode, bits, has));
  const always = (bits & ~mode.fixed.ones) === 0;
  const warning = mode.unwarned.find(({ rest, fixed }) => {
    if (rest === FALSE) return always;
    return (bits & fixed.zeros) !== 0 || (!isSingle(bits) && bdd.and(rest, has) === FALSE);
  })?.rule;
  const warned = warning !== undefined;
  const limits = always ? "" : companions(space, mode.fixed, withIt, bits);
  const when = mode.source?.source.clause.when ?? null;
  if (
    mode.source !== null &&
    when !== null &&
    namesBits(environment, kernel, when, bits) &&
    decides(space, mode.source.set, withIt, bits)
  ) {
    const selected = always ? `every mask of this mode has ${them(bits)}` : "one of the ways into this mode";
    return cell("selects", { reason: sentence(selected, limits), rule: mode.source.source }, { always, warned });
  }
  const ignoring = set.policy.clauses.find(
    ({ clause }) => clause.kind === "ignore" && (bits & ~clauseBits(environment, kernel, clause.masks)) === 0,
  );
  if (ignoring !== undefined)
    return cell(
      "ignored",
      { reason: sentence(`accepted and without effect${because(ignoring.clause)}`, limits), rule: ignoring },
      { always, warned },
    );
  const { speaking, conditional } =
    always || !isSingle(bits) ? { speaking: [], conditional: false } : speakingOf(set, mode, bits, effects);
  if (warning !== undefined) {
    return cell(
      always ? "required" : "allowed",
      { reason: sentence(`taken with a warning${because(warning.clause)}`, limits), rule: warning },
      { always, conditional, warned },
    );
  }
  if (always) return cell("required", whyAlways(environment, set, mode, bits, has), { always });
  const [first] = speaking;
  if (first !== undefined) {
    const texts = speaking
      .slice(0, MOST_NAMED)
      .map(({ clause, owner }) => `\`${clauseText(environment, owner, clause)}\`${because(clause)}`);
    const rest = speaking.length > MOST_NAMED ? ` and ${speaking.length - MOST_NAMED} more` : "";
    return cell(
      "allowed",
      { reason: sentence(`depends on ${listText(texts)}${rest}`, limits), rule: first },
      { conditional },
    );
  }
  const letting = set.clauses.find(
    (each) => each.source.clause.kind === "allow" && bdd.and(each.set, withIt) !== FALSE,
  );
  return cell("allowed", {
    reason: sentence(
      letting === undefined
        ? isSingle(bits)
          ? "no rule speaks of it"
          : "some masks have it"
        : `some masks have it${because(letting.source.clause)}`,
      limits,
    ),
    rule: letting?.source ?? null,
  });
}

/** Rules that are named in a reason. */
const MOST_NAMED = 2;

/** What setting the bits changes about a rule, whatever the mode. */
interface Effects {
  readonly rule: PolicyClause;
  /** The requests that the rule treats one way with the bits and another way without them. */
  readonly changed: Node;
  /** It refuses: a `warn` only warns. */
  readonly refuses: boolean;
}

/** The rules for which the bits make a difference. */
function effectsOf({ clauses, space }: PolicySet, bits: Mask): readonly Effects[] {
  const { bdd } = space;
  const levels = levelsOf(space, bits);
  const setTo = (node: Node, value: boolean): Node =>
    levels.reduce<Node>((rest, level) => bdd.restrict(rest, level, value), node);
  const changedBy = (refused: Node): Node => {
    const [without, withThem] = [setTo(refused, false), setTo(refused, true)];
    return without === withThem ? FALSE : bdd.and(space.domain, bdd.xor(without, withThem));
  };
  const effects = clauses.flatMap(({ source, set, when }): readonly Effects[] => {
    const { kind } = source.clause;
    if (kind === "allow") return [];
    const changed = changedBy(kind === "require" ? bdd.without(when, set) : set);
    return changed === FALSE ? [] : [{ rule: source, changed, refuses: kind !== "warn" }];
  });
  const allows = clauses.filter(({ source }) => source.clause.kind === "allow");
  const [first] = allows;
  const changed = first === undefined ? FALSE : changedBy(bdd.not(bdd.or(...allows.map(({ set }) => set))));
  if (first === undefined || changed === FALSE) return effects;
  const naming = allows.find(({ set }) => changedBy(set) !== FALSE) ?? first;
  return [...effects, { rule: naming.source, changed, refuses: true }];
}

/**
 * The rules that speak of the bits in this mode, and whether requests of it are taken with them and not without, or the
 * other way round.
 */
function speakingOf(
  { space, taken: takenOf }: PolicySet,
  mode: Mode,
  bits: Mask,
  effects: readonly Effects[],
): { readonly speaking: readonly PolicyClause[]; readonly conditional: boolean } {
  const { bdd } = space;
  const levels = levelsOf(space, bits);
  const either = (node: Node): readonly [Node, Node] => [
    levels.reduce<Node>((rest, level) => bdd.restrict(rest, level, false), node),
    levels.reduce<Node>((rest, level) => bdd.restrict(rest, level, true), node),
  ];
  const stays = mode.source === null ? space.domain : bdd.and(space.domain, ...either(mode.source.set));
  const [without, withThem] = either(takenOf(TRUE));
  const decided = bdd.and(stays, bdd.xor(without, withThem));
  const taken = bdd.and(stays, bdd.or(without, withThem));
  const speaking = effects
    .filter(({ changed, refuses }) => bdd.and(changed, refuses ? decided : taken) !== FALSE)
    .map(({ rule }) => rule);
  return { speaking, conditional: decided !== FALSE };
}

/** The clause without its reason, on one line. */
function clauseText(environment: Environment, owner: Binding, clause: Clause): string {
  const reason = "because" in clause ? clause.because : null;
  const text = textOf(environment, owner, { start: clause.start, end: clause.end });
  // The reason stands last.
  return reason === null || reason === undefined ? text : text.slice(0, text.lastIndexOf(" because ")).trim();
}

interface Why {
  readonly reason: string;
  readonly rule: PolicyClause | null;
}

/** All of the bits are set. */
function withAll(space: Space, bits: Mask): Node {
  return space.bdd.and(...levelsOf(space, bits).map((level) => space.bdd.variable(level)));
}

function levelsOf(space: Space, bits: Mask): readonly number[] {
  return maskVariables(bits).map((bit) => maskLevel(space, bit));
}

/** Some request of the mode is in it only because of these bits: without them it would not be. */
function decides(space: Space, selected: Node, withIt: Node, bits: Mask): boolean {
  const { bdd } = space;
  const unset = levelsOf(space, bits).reduce<Node>((node, level) => bdd.restrict(node, level, false), selected);
  return bdd.without(withIt, unset) !== FALSE;
}

function namesBits(environment: Environment, kernel: Kernel, predicate: Predicate, bits: Mask): boolean {
  return (
    (maskTestsOf(predicate).reduce((all, test) => all | evaluateMask(environment, kernel, test.mask).mask, 0) &
      bits) !==
    0
  );
}

function clauseBits(environment: Environment, kernel: Kernel, masks: readonly MaskNode[]): number {
  return masks.reduce((all, node) => all | evaluateMask(environment, kernel, node).mask, 0);
}

/** Why no mask of the mode has the bits: the rule that takes them all, or the mode's own condition. */
function whyNone(environment: Environment, set: PolicySet, mode: Mode, bits: Mask, has: Node): Why {
  if (!mode.column.reachable)
    return { reason: "no mask that the policy takes selects this mode", rule: mode.source?.source ?? null };
  const why = whyNever(environment, set, mode, bits, has);
  if (why === null)
    return { reason: "the rules together leave no such mask", rule: firstAgainst(set, inMode(set, mode, has)) };
  return { ...why, reason: `a mask with ${them(bits)} ${why.reason}` };
}

/** Why every mask of the mode has the bits: the rule that refuses those without, or the mode's own condition. */
function whyAlways(environment: Environment, set: PolicySet, mode: Mode, bits: Mask, has: Node): Why {
  const lacks = set.space.bdd.not(has);
  const why = whyNever(environment, set, mode, bits, lacks);
  if (why === null)
    return {
      reason: `the rules together leave no mask without ${them(bits)}`,
      rule: firstAgainst(set, inMode(set, mode, lacks)),
    };
  return { ...why, reason: `a mask without ${them(bits)} ${why.reason}` };
}

/**
 * What keeps all masks of a condition out, as what such a mask does: one rule for every mode, the mode's own condition,
 * one rule for this mode.
 */
function whyNever(environment: Environment, set: PolicySet, mode: Mode, bits: Mask, condition: Node): Why | null {
  return (
    refusing(environment, set, set.space.bdd.and(set.space.domain, condition), bits) ??
    elsewhere(set, mode, condition) ??
    refusing(environment, set, inMode(set, mode, condition), bits)
  );
}

function inMode({ space }: PolicySet, mode: Mode, condition: Node): Node {
  return space.bdd.and(space.domain, mode.source?.set ?? TRUE, condition);
}

/** One rule that refuses all of these requests. */
function refusing(environment: Environment, { clauses, space }: PolicySet, requests: Node, bits: Mask): Why | null {
  const { bdd } = space;
  const forbid = clauses.find(({ source, set }) => source.clause.kind === "forbid" && bdd.implies(requests, set));
  if (forbid !== undefined) return { reason: `is forbidden${because(forbid.source.clause)}`, rule: forbid.source };
  const require = clauses.find(
    ({ source, set, when }) =>
      source.clause.kind === "require" && bdd.and(requests, bdd.or(set, bdd.not(when))) === FALSE,
  );
  if (require !== undefined)
    return { reason: `is against a \`require\`${because(require.source.clause)}`, rule: require.source };
  const allows = clauses.filter(({ source }) => source.clause.kind === "allow");
  const [first] = allows;
  if (first === undefined || bdd.and(requests, bdd.or(...allows.map(({ set }) => set))) !== FALSE) return null;
  // Of several the one that names it, if any does: its other conditions keep it out.
  const naming =
    allows.find(({ source }) =>
      predicatesOf(source.clause).some((predicate) => namesBits(environment, space.kernel, predicate, bits)),
    ) ?? first;
  return {
    reason: `${allows.length === 1 ? "is outside of `allow`" : "is outside of every `allow`"}${because(naming.source.clause)}`,
    rule: naming.source,
  };
}

/** The mode's own condition keeps these masks out; of `otherwise`, the mode that takes them. */
function elsewhere(set: PolicySet, mode: Mode, condition: Node): Why | null {
  if (mode.source === null || inMode(set, mode, condition) !== FALSE) return null;
  const { bdd, domain } = set.space;
  const { source } = mode.source;
  const taker =
    source.clause.when === null
      ? set.modes.find(
          (other) => other.source.clause.when !== null && bdd.implies(bdd.and(domain, condition), other.set),
        )
      : undefined;
  if (taker !== undefined)
    return { reason: `selects \`${taker.source.clause.name?.text ?? ""}\` instead`, rule: taker.source };
  return { reason: "does not select this mode", rule: source };
}

function firstAgainst({ clauses, space }: PolicySet, requests: Node): PolicyClause | null {
  return (
    clauses.find(
      ({ source, set }: ClauseSet) => source.clause.kind === "forbid" && space.bdd.and(requests, set) !== FALSE,
    )?.source ?? null
  );
}

/** The flags that it cannot go with, or cannot do without, though the mode can. */
function companions(space: Space, inMode: Fixed, withIt: Node, bits: Mask): string {
  const { kernel } = space;
  const { ones, zeros } = fixedBits(space, withIt);
  const needed = flagsIn(kernel, mask(ones & ~inMode.ones & ~bits)).map(flagText);
  const never = flagsIn(kernel, mask(zeros & ~inMode.zeros & ~bits)).map(flagText);
  const few = (names: readonly string[], word: string): string =>
    names.length > 3 ? `${names.length} others` : listText(names, word);
  return [
    ...(needed.length > 0 ? [`only with ${few(needed, "and")}`] : []),
    ...(never.length > 0 ? [`not with ${few(never, "or")}`] : []),
  ].join(", ");
}

function sentence(text: string, more: string): string {
  return more === "" ? text : `${text}; ${more}`;
}

function them(bits: Mask): string {
  return isSingle(bits) ? "it" : "all of it";
}

function isSingle(bits: Mask): boolean {
  return (bits & (bits - 1)) === 0;
}

/** `: "isolation does not block"`, in the author's words. */
function because(clause: Clause): string {
  const reason = "because" in clause ? clause.because : null;
  return reason === null || reason === undefined ? "" : `: “${reason.value}”`;
}

/** What a click on the cell shows. */
function spanOf(clause: Clause): Span {
  switch (clause.kind) {
    case "mode":
      return clause.when ?? clause.name ?? clause.keyword;
    case "allow":
    case "forbid":
    case "warn":
    case "require":
      return clause.predicate;
    case "ignore":
      return clause.masks[0] ?? clause.keyword;
    case "stage":
      return clause.keyword;
  }
}

// The kernel ----------------------------------------------------------------------------------------------------------

const DROPPED: Partial<Readonly<Record<Treatment, string>>> = {
  refused: "refuses",
  clearedWithWarning: "clears, with a warning,",
  cleared: "clears",
  ignored: "ignores",
};

/**
 * What the functions of the policy do with flags that the policy takes (or takes to have no effect); null where they
 * agree.
 */
function kernelDifference(kernel: Kernel, apis: readonly Api[], bits: Mask, kind: protocol.CellKind): string | null {
  const said = new Map<string, string[]>();
  for (const api of apis) {
    if (!api.takesMask) {
      said.set("takes no mask", [...(said.get("takes no mask") ?? []), api.name]);
      continue;
    }
    const byTreatment = new Map<Treatment, string[]>();
    for (const flag of flagsIn(kernel, bits)) {
      const treatment = treatmentKind(api, kernel, flag);
      byTreatment.set(treatment, [...(byTreatment.get(treatment) ?? []), flagText(flag)]);
    }
    for (const [treatment, flags] of byTreatment) {
      const verb =
        kind === "ignored"
          ? treatment === "honoured"
            ? "honours"
            : treatment === "refused"
              ? "refuses"
              : undefined
          : DROPPED[treatment];
      if (verb === undefined) continue;
      const text = `${verb} ${listText(flags)}`;
      said.set(text, [...(said.get(text) ?? []), api.name]);
    }
  }
  if (said.size === 0) return null;
  return [...said]
    .map(
      ([text, names]) =>
        `${listText(names.map((name) => `${name}()`))} ${names.length === 1 ? text : plural(text)} (${kernel.name}).`,
    )
    .join(" ");
}

/** `refuses X` of several functions: `refuse X`. */
function plural(text: string): string {
  return text.replace(/^(refuse|clear|ignore|honour|take)s\b/, "$1");
}

function promisesOf(environment: Environment, set: PolicySet, modes: readonly Mode[]): readonly MatrixPromises[] {
  const effects = new Set(
    modes.flatMap(({ source }) => source?.source.clause.effects.map(({ name }) => name.text) ?? []),
  );
  // Places are relative to where a mode is written, so each is asked by itself.
  const differences = modes.map(({ source }) =>
    source === null ? [] : checkAgainstKernel(environment, set.kernel, { ...set, modes: [source] }, true),
  );
  return [...effects].map((effect) => ({
    effect,
    cells: modes.map(({ source }, index): MatrixPromise | null => {
      const promise = source?.source.clause.effects.find(({ name }) => name.text === effect);
      if (source === null || promise === undefined) return null;
      const difference = differences[index]?.find(
        ({ span }) => span.start === promise.start && span.end === promise.end,
      );
      return {
        text: valueText(promise),
        span: spanIn(environment, source.source.owner, promise),
        kernel: difference?.message ?? null,
      };
    }),
  }));
}

function valueText({ name, values }: Effect): string {
  if (values === null) return name.text;
  return "value" in values ? values.text : values.map(({ text }) => text).join(" | ");
}

// Places --------------------------------------------------------------------------------------------------------------

function spanIn(environment: Environment, owner: Binding, { start, end }: Span): MatrixSpan {
  const offset = environment.placeOf(owner)?.start ?? 0;
  return { uri: owner.uri, start: offset + start, end: offset + end };
}

function textOf(environment: Environment, owner: Binding, { start, end }: Span): string {
  return (environment.placeOf(owner)?.region.text.slice(start, end) ?? "").replace(/\s+/g, " ");
}
