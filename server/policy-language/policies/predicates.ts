import { KERNEL_CONTEXTS } from "../../model/kernel-contexts.ts";
import type { Mask as MaskNode, Predicate } from "../../../grammar/ast.ts";
import type { Context } from "../../model/contexts.ts";
import { contains, LOCK, PLACE, SCOPE, TASK } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Mask } from "../../model/masks/mask.ts";
import { contextNamed } from "../requests/contexts.ts";
import type { Environment, NameSpace } from "../analysis/environment.ts";
import { eachMaskName } from "../analysis/region-names.ts";
import { evaluateMask } from "../requests/masks.ts";
import { bytesOfSize } from "../analysis/sizes.ts";
import { FALSE, TRUE, type Node } from "../symbolic/node.ts";
import type { Entwined } from "../symbolic/order.ts";
import {
  closedContext,
  constantMask,
  contextVariables,
  hasAll,
  hasAny,
  hasOnly,
  inContext,
  inProcess,
  isEqual,
  largerThan,
  maskVariables,
  type Space,
  type SymbolicMask,
} from "../symbolic/space.ts";

/** What a predicate can see of one request. `null`: the request does not say. */
export interface PredicateSubject {
  readonly mask: Mask;
  readonly sizeBytes: number | null;
  readonly context: Context;
  /** What the model says of it; null where the model does not know. */
  readonly sleeps: boolean | null;
  readonly mayOom: boolean | null;
  readonly mayFail: boolean | null;
}

/** The ordinary evaluation of a predicate: true, false, or null where it hangs on something that is not known. */
export type Test = (subject: PredicateSubject) => boolean | null;

const isUnknown: Test = () => null;

/** As `testOf`, for one subject. */
export function holdsFor(
  environment: Environment,
  kernel: Kernel,
  predicate: Predicate,
  subject: PredicateSubject,
): boolean | null {
  return testOf(environment, kernel, predicate)(subject);
}

/**
 * A predicate as a test of numbers: its names are looked up once, for any number of subjects. Damaged parts and names
 * that do not exist are not known; they have findings of their own.
 */
export function testOf(environment: Environment, kernel: Kernel, predicate: Predicate): Test {
  switch (predicate.kind) {
    case "mask": {
      const bits = certainMask(environment, kernel, predicate.mask);
      if (bits === null) return isUnknown;
      return maskTest(predicate.test, bits);
    }
    case "in":
      return predicate.context === null ? isUnknown : testOfContext(environment, kernel, predicate.context.text);
    case "measure": {
      const limit = limitBytes(kernel, predicate);
      if (limit === null) return isUnknown;
      return sizeTest(predicate.comparison, limit);
    }
    case "model":
      return fieldTest(({ sleeps: "sleeps", may_oom: "mayOom", may_fail: "mayFail" } as const)[predicate.test]);
    case "or":
      return anyOf(predicate.operands.map((operand) => testOf(environment, kernel, operand)));
    case "and":
      return not(anyOf(predicate.operands.map((operand) => not(testOf(environment, kernel, operand)))));
    case "not":
      return not(testOf(environment, kernel, predicate.operand));
    case "paren":
      return testOf(environment, kernel, predicate.inner);
    case "missing":
      return isUnknown;
  }
}

// A test outlives the text that it was made for: each has its function here, with nothing of that around it.

const maskTest =
  (test: Parameters<typeof testMask>[0], bits: Mask): Test =>
  ({ mask: value }) =>
    testMask(test, value, bits);

const sizeTest =
  (comparison: Parameters<typeof compareToLimit>[0], limit: Parameters<typeof compareToLimit>[1]): Test =>
  ({ sizeBytes }) =>
    sizeBytes === null ? null : compareToLimit(comparison, limit, sizeBytes);

const fieldTest =
  (field: "sleeps" | "mayOom" | "mayFail"): Test =>
  (subject) =>
    subject[field];

const not =
  (test: Test): Test =>
  (subject) => {
    const value = test(subject);
    return value === null ? null : !value;
  };

/** True where one is, whatever is not known. */
const anyOf =
  (tests: readonly Test[]): Test =>
  (subject) => {
    let found: boolean | null = false;
    for (const test of tests) {
      const value = test(subject);
      if (value === true) return true;
      if (value === null) found = null;
    }
    return found;
  };

/** The names of masks and contexts that the predicate says. */
export function namesIn(predicate: Predicate): readonly { readonly space: NameSpace; readonly name: string }[] {
  const names: { readonly space: NameSpace; readonly name: string }[] = [];
  for (const leaf of leavesOf(predicate)) {
    if (leaf.kind === "in" && leaf.context !== null) names.push({ space: "context", name: leaf.context.text });
    if (leaf.kind === "mask") eachMaskName(leaf.mask, (_role, { text }) => names.push({ space: "mask", name: text }));
  }
  return names;
}

/** A predicate without others in it. */
type Leaf = Exclude<Predicate, { readonly kind: "or" | "and" | "not" | "paren" }>;

/** The tests that the predicate is made of, in the order of the text. */
function leavesOf(predicate: Predicate): readonly Leaf[] {
  switch (predicate.kind) {
    case "or":
    case "and":
      return predicate.operands.flatMap(leavesOf);
    case "not":
      return leavesOf(predicate.operand);
    case "paren":
      return leavesOf(predicate.inner);
    case "mask":
    case "in":
    case "measure":
    case "model":
    case "missing":
      return [predicate];
  }
}

/** Every part of the predicate is readable and means something: all else is left out of reasoning over all masks. */
export function isCertain(environment: Environment, kernel: Kernel, predicate: Predicate): boolean {
  return leavesOf(predicate).every((leaf) => isCertainLeaf(environment, kernel, leaf));
}

function isCertainLeaf(environment: Environment, kernel: Kernel, leaf: Leaf): boolean {
  switch (leaf.kind) {
    case "mask":
      return certainMask(environment, kernel, leaf.mask) !== null;
    case "in":
      return leaf.context !== null && contextNamed(environment, leaf.context.text) !== null;
    case "measure":
      return limitBytes(kernel, leaf) !== null;
    case "model":
      return true;
    case "missing":
      return false;
  }
}

/** What `sleeps`, `may_oom` and `may_fail` are as sets of requests. */
export type ModelSets = Readonly<Record<Extract<Predicate, { kind: "model" }>["test"], Node>>;

/**
 * The set of requests for which the predicate holds; `input` is the mask that it is asked about. For certain
 * predicates.
 */
export function setOf(
  space: Space,
  environment: Environment,
  predicate: Predicate,
  input: SymbolicMask,
  model: () => ModelSets,
): Node {
  const { bdd, kernel } = space;
  const inner = (operand: Predicate): Node => setOf(space, environment, operand, input, model);
  switch (predicate.kind) {
    case "mask": {
      const bits = constantMask(evaluateMask(environment, kernel, predicate.mask).mask);
      switch (predicate.test) {
        case "has":
          return hasAll(space, input, bits);
        case "any":
          return hasAny(space, input, bits);
        case "lacks":
          return bdd.not(hasAny(space, input, bits));
        case "only":
          return hasOnly(space, input, bits);
        case "is":
          return isEqual(space, input, bits);
      }
    }
    case "in": {
      const name = predicate.context?.text ?? "";
      const wanted = contextNamed(environment, name);
      if (wanted === null) return FALSE;
      const bits = inContext(space, wanted);
      return runsInTask(environment, name) ? bdd.and(bits, inProcess(space)) : bits;
    }
    case "measure": {
      const limit = limitBytes(kernel, predicate);
      return limit === null ? FALSE : measureSet(space, predicate.comparison, limit);
    }
    case "model":
      return model()[predicate.test];
    case "or":
      return bdd.or(...predicate.operands.map(inner));
    case "and":
      return bdd.and(...predicate.operands.map(inner));
    case "not":
      return bdd.not(inner(predicate.operand));
    case "paren":
      return inner(predicate.inner);
    case "missing":
      return TRUE;
  }
}

/** The sizes, in bytes, at which the predicate can change its answer. */
export function thresholdsOf(kernel: Kernel, predicate: Predicate): readonly number[] {
  return measureTestsOf(predicate).flatMap((leaf) => {
    const limit = limitBytes(kernel, leaf);
    return limit === null ? [] : [limit.from - 1, limit.to];
  });
}

/** The variables that stand together in the predicate and in its parts. */
export function entwinedIn(environment: Environment, kernel: Kernel, predicate: Predicate): readonly Entwined[] {
  const parts: Entwined[] = [];
  const collect = (part: Predicate): Entwined => {
    switch (part.kind) {
      case "or":
      case "and": {
        const all = [...new Set(part.operands.flatMap(collect))];
        parts.push(all);
        return all;
      }
      case "not":
        return collect(part.operand);
      case "paren":
        return collect(part.inner);
      case "mask": {
        const bits = maskVariables(evaluateMask(environment, kernel, part.mask).mask);
        parts.push(bits);
        return bits;
      }
      case "in": {
        const wanted = part.context === null ? null : contextNamed(environment, part.context.text);
        return wanted === null ? [] : contextVariables(kernel, wanted);
      }
      case "measure":
      case "model":
      case "missing":
        return [];
    }
  };
  collect(predicate);
  return parts;
}

/** Whether the predicate asks the allocator model. */
export function asksModel(predicate: Predicate): boolean {
  return leavesOf(predicate).some(({ kind }) => kind === "model");
}

/** Each mask test of the predicate. */
export function maskTestsOf(predicate: Predicate): readonly Extract<Predicate, { kind: "mask" }>[] {
  return leavesOf(predicate).filter((leaf) => leaf.kind === "mask");
}

/** Each comparison of the predicate with a size. */
export function measureTestsOf(predicate: Predicate): readonly MeasurePredicate[] {
  return leavesOf(predicate).filter((leaf) => leaf.kind === "measure");
}

function certainMask(environment: Environment, kernel: Kernel, node: MaskNode): Mask | null {
  const value = evaluateMask(environment, kernel, node);
  return value.certain ? value.mask : null;
}

function testMask(test: Extract<Predicate, { kind: "mask" }>["test"], value: Mask, bits: Mask): boolean {
  switch (test) {
    case "has":
      return (value & bits) === (bits | 0);
    case "any":
      return (value & bits) !== 0;
    case "lacks":
      return (value & bits) === 0;
    case "only":
      return (value & ~bits) === 0;
    case "is":
      return value === bits;
  }
}

// Contexts ------------------------------------------------------------------------------------------------------------

/** The request's context is the named one, or implies it. Not known: there is no such context. */
function testOfContext(environment: Environment, kernel: Kernel, name: string): Test {
  const wanted = contextNamed(environment, name);
  if (wanted === null) return isUnknown;
  const visible = { ...wanted, places: wanted.places & ~PLACE.preemption_disabled };
  return contextTest(kernel, visible, runsInTask(environment, name));
}

const contextTest =
  (kernel: Kernel, wanted: Context, inTask: boolean): Test =>
  ({ context }) => {
    const closed = closedContext(kernel, context);
    return contains(closed, wanted) && (!inTask || (closed.places & INTERRUPT) === 0);
  };

const INTERRUPT = PLACE.nmi | PLACE.hardirq | PLACE.softirq;

/** The context is `process`, or was declared `in process`: an interrupt is then not in it, whatever its other bits. */
function runsInTask(environment: Environment, name: string): boolean {
  const seen = new Set<string>();
  const names = [name];
  for (let next = names.pop(); next !== undefined; next = names.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const declaration = environment.lookup("context", next)?.declaration;
    if (declaration === undefined) {
      if (next === "process" || KERNEL_CONTEXTS.get(next)?.always.includes("process") === true) return true;
    } else if (declaration.kind === "context") {
      if (declaration.like !== null) names.push(declaration.like.text);
      names.push(
        ...declaration.items.flatMap((item) =>
          item.kind === "in" && item.context !== null ? [item.context.text] : [],
        ),
      );
    }
  }
  return false;
}

/** A context in words, the implied parts left out: `softirq`, `spinlock`, `process`. */
export function contextText(context: Context): string {
  const { places } = context;
  const implied =
    (places & PLACE.nmi ? PLACE.hardirq | PLACE.irqs_off | PLACE.preempt_off : 0) |
    (places & PLACE.hardirq ? PLACE.irqs_off | PLACE.preempt_off : 0) |
    (places & PLACE.irqs_off ? PLACE.preempt_off : 0) |
    (places & PLACE.softirq ? PLACE.bh_off | PLACE.preempt_off : 0) |
    (places & PLACE.bh_off ? PLACE.preempt_off : 0) |
    (context.locks & (LOCK.spinlock | LOCK.raw_spinlock) ? PLACE.preempt_off : 0) |
    PLACE.preemption_disabled;
  const names = [
    ...namesOf(PLACE, places & ~implied),
    ...namesOf(LOCK, context.locks),
    ...namesOf(SCOPE, context.scopes).map((scope) => `scope ${scope}`),
    ...context.designed.map((scope) => `scope ${scope}`),
    ...namesOf(TASK, context.task),
  ];
  return names.length === 0 ? "process" : names.join(" with ");
}

function namesOf(bits: Readonly<Record<string, number>>, value: number): readonly string[] {
  return Object.entries(bits).flatMap(([name, bit]) => ((value & bit) !== 0 ? [name] : []));
}

// Sizes ---------------------------------------------------------------------------------------------------------------

type MeasurePredicate = Extract<Predicate, { kind: "measure" }>;

/**
 * The sizes that count as equal to what is compared with, in bytes, both ends included: `order == 2` is more than one
 * size.
 */
interface Limit {
  readonly from: number;
  readonly to: number;
}

/** Null: nothing to compare with, or bytes where orders or pages belong (wrong-size-unit says so). */
function limitBytes(kernel: Kernel, { measure, size }: MeasurePredicate): Limit | null {
  if (size === null || (measure !== "size" && size.unit !== null)) return null;
  const page = kernel.options.pageBytes;
  const value = bytesOfSize(size);
  switch (measure) {
    case "size":
      return { from: value, to: value };
    case "pages":
      return { from: (value - 1) * page + 1, to: value * page };
    case "order":
      return { from: value === 0 ? 1 : page * 2 ** (value - 1) + 1, to: page * 2 ** value };
  }
}

function compareToLimit(comparison: MeasurePredicate["comparison"], limit: Limit, bytes: number): boolean {
  switch (comparison) {
    case "<":
      return bytes < limit.from;
    case "<=":
      return bytes <= limit.to;
    case ">":
      return bytes > limit.to;
    case ">=":
      return bytes >= limit.from;
    case "==":
      return bytes >= limit.from && bytes <= limit.to;
  }
}

function measureSet(space: Space, comparison: MeasurePredicate["comparison"], limit: Limit): Node {
  const { bdd } = space;
  const fromOn = largerThan(space, limit.from - 1);
  const beyond = largerThan(space, limit.to);
  switch (comparison) {
    case "<":
      return bdd.not(fromOn);
    case "<=":
      return bdd.not(beyond);
    case ">":
      return beyond;
    case ">=":
      return fromOn;
    case "==":
      return bdd.without(fromOn, beyond);
  }
}
