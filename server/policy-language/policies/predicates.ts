import type { Predicate } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Mask } from "../../model/masks/mask.ts";
import type { Environment } from "../analysis/environment.ts";
import { certainMask } from "./predicates/certain.ts";
import { testOfContext } from "./predicates/contexts.ts";
import { compareToLimit, limitBytes } from "./predicates/sizes.ts";
import { isUnknown, type PredicateSubject, type Test } from "./predicates/subject.ts";

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
