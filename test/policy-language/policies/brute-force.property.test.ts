import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Binding } from "../../../server/policy-language/analysis/environment.ts";
import { environmentOf } from "../../../server/policy-language/analysis/file-analysis.ts";
import { comparePolicies } from "../../../server/policy-language/diff/policies.ts";
import type { Side } from "../../../server/policy-language/diff/side.ts";
import { findingsIn, FIXTURE_URI, fixtureWorkspace, type FoundFinding } from "../_fixture.ts";

/**
 * Policies over six flags, so that all 64 masks can be tried: what the analysis says of rules and modes is laid beside
 * an evaluation that shares nothing with it but the text.
 */
const FLAGS = ["ZERO", "COMP", "WRITE", "NORETRY", "NOFAIL", "HIGH"] as const;
const NAMES: readonly string[] = FLAGS.map((flag) => `__GFP_${flag}`);
const MASKS = Array.from({ length: 2 ** FLAGS.length }, (_, bits) => bits);

interface Predicate {
  readonly text: string;
  readonly holds: (mask: number) => boolean;
}

interface Rule {
  readonly kind: "allow" | "forbid" | "warn" | "require";
  readonly predicate: Predicate;
  readonly when: Predicate | null;
}

const flagSets = fc.uniqueArray(fc.nat(FLAGS.length - 1), { minLength: 1, maxLength: 2 }).map((indexes) => ({
  text: indexes.map((index) => NAMES[index]).join(" | "),
  bits: indexes.reduce((all, index) => all | (1 << index), 0),
}));

const predicates: fc.Arbitrary<Predicate> = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 3 },
    flagSets.map(({ text, bits }): Predicate => ({ text: `has ${text}`, holds: (mask) => (mask & bits) === bits })),
    flagSets.map(({ text, bits }): Predicate => ({ text: `any ${text}`, holds: (mask) => (mask & bits) !== 0 })),
    flagSets.map(({ text, bits }): Predicate => ({ text: `lacks ${text}`, holds: (mask) => (mask & bits) === 0 })),
    flagSets.map(({ text, bits }): Predicate => ({ text: `only ${text}`, holds: (mask) => (mask & ~bits) === 0 })),
    fc
      .tuple(tie("predicate"), tie("predicate"))
      .map(
        ([a, b]): Predicate => ({ text: `(${a.text} and ${b.text})`, holds: (mask) => a.holds(mask) && b.holds(mask) }),
      ),
    fc
      .tuple(tie("predicate"), tie("predicate"))
      .map(
        ([a, b]): Predicate => ({ text: `(${a.text} or ${b.text})`, holds: (mask) => a.holds(mask) || b.holds(mask) }),
      ),
    tie("predicate").map((a): Predicate => ({ text: `not (${a.text})`, holds: (mask) => !a.holds(mask) })),
  ),
})).predicate;

/** Keeps the policy within the six flags. */
const WITHIN: Rule = { kind: "allow", predicate: { text: `only ${NAMES.join(" | ")}`, holds: () => true }, when: null };

const rules: fc.Arbitrary<Rule> = fc.oneof(
  fc
    .tuple(fc.constantFrom("forbid", "warn"), predicates)
    .map(([kind, predicate]): Rule => ({ kind, predicate, when: null })),
  fc.tuple(predicates, predicates).map(([predicate, when]): Rule => ({ kind: "require", predicate, when })),
);

const policies = fc.record({
  rules: fc.array(rules, { minLength: 1, maxLength: 5 }).map((some) => [WITHIN, ...some]),
  modes: fc.array(predicates, { maxLength: 4 }),
  otherwise: fc.boolean(),
});

const FIRST_RULE_LINE = 3;

type Policy = typeof policies extends fc.Arbitrary<infer T> ? T : never;

const textOf = (policy: Policy): string => `kernel 6.12\n${declared("p", policy)}`;

function declared(name: string, { rules: all, modes, otherwise }: Policy): string {
  return [
    `policy ${name} {`,
    ...all.map(
      ({ kind, predicate, when }) => `  ${kind} ${predicate.text}${when === null ? "" : ` when ${when.text}`}`,
    ),
    ...modes.map(({ text }, index) => `  mode m${index} when ${text} { }`),
    ...(otherwise ? ["  mode rest otherwise { }"] : []),
    "}",
    "",
  ].join("\n");
}

/** The policy takes the mask, one rule left out. */
function takes(all: readonly Rule[], mask: number, except = -1): boolean {
  return all.every(({ kind, predicate, when }, index) => {
    if (index === except || kind === "warn") return true;
    if (kind === "allow") return predicate.holds(mask);
    return kind === "forbid" ? !predicate.holds(mask) : when?.holds(mask) !== true || predicate.holds(mask);
  });
}

/** The mask that a message shows, in our six bits. */
function maskIn(message: string): number {
  const text = /`(0|[A-Z_][A-Z_ |]*)`/.exec(message)?.[1] ?? "";
  if (text === "0") return 0;
  return text.split(" | ").reduce((all, name) => {
    expect(NAMES).toContain(name);
    return all | (1 << NAMES.indexOf(name));
  }, 0);
}

function namesIn(mask: number): number {
  return FLAGS.filter((_, index) => (mask >> index) & 1).length;
}

/** A witness is one of these masks, and none of them has fewer names. */
function expectSmallest(message: string, masks: readonly number[]): void {
  const shown = maskIn(message);
  expect(masks).toContain(shown);
  expect(namesIn(shown)).toBe(Math.min(...masks.map(namesIn)));
}

function lineOf(text: string, { startOffset }: FoundFinding): number {
  return text.slice(0, startOffset).split("\n").length;
}

/** The modes that a mask has, by name. */
function modesOf({ modes, otherwise }: Policy, mask: number): readonly string[] {
  const named = modes.flatMap(({ holds }, index) => (holds(mask) ? [`m${index}`] : []));
  return named.length === 0 && otherwise ? ["rest"] : named;
}

/** What is said of a set of masks: its smallest, or that there is none. */
function expectWitness(shown: string | null, masks: readonly number[], text: string): void {
  if (masks.length === 0) expect(shown, text).toBeNull();
  else expectSmallest(shown ?? "", masks);
}

const seeded = { seed: 20201203, numRuns: 250 };

describe("the analysis of a policy agrees with trying every mask", () => {
  test("on rules that can never fire, and on requirements that cannot be met", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const text = textOf(policy);
        const findings = findingsIn(text);
        policy.rules.forEach(({ kind, predicate, when }, index) => {
          const marked = findings.some(
            (finding) =>
              finding.rule === "policy-rule-never-fires" && lineOf(text, finding) === index + FIRST_RULE_LINE,
          );
          if (kind === "require") {
            const asked = MASKS.filter((mask) => takes(policy.rules, mask, index) && when?.holds(mask) === true);
            expect(marked, text).toBe(asked.every((mask) => predicate.holds(mask)));
            if (asked.length > 0 && !asked.some((mask) => predicate.holds(mask)))
              expect(
                findings.map(({ rule }) => rule),
                text,
              ).toContain("policy-contradiction");
          } else if (kind !== "allow") {
            const before = policy.rules.slice(0, index).filter((rule) => rule.kind === "forbid");
            expect(marked, text).toBe(!MASKS.some((mask) => predicate.holds(mask) && takes(before, mask)));
          }
        });
      }),
      seeded,
    );
  });

  test("on gaps, overlaps and unreachable modes, with witnesses that no other mask undercuts", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const text = textOf(policy);
        const taken = MASKS.filter((mask) => takes(policy.rules, mask));
        if (taken.length === 0) return;
        const { modes, otherwise } = policy;
        const findings = findingsIn(text);
        const about = (rule: string, name: string): FoundFinding | undefined =>
          findings.find((finding) => finding.rule === rule && finding.text === name);
        const uncovered =
          otherwise || modes.length === 0 ? [] : taken.filter((mask) => !modes.some(({ holds }) => holds(mask)));
        const gap = about("policy-mode-gap", "p");
        expect(gap !== undefined, text).toBe(uncovered.length > 0);
        if (gap !== undefined) expectSmallest(gap.message, uncovered);
        modes.forEach(({ holds }, index) => {
          expect(about("policy-mode-unreachable", `m${index}`) !== undefined, text).toBe(!taken.some(holds));
          const shared = modes
            .slice(0, index)
            .map((earlier) => taken.filter((mask) => holds(mask) && earlier.holds(mask)));
          const overlap = about("policy-modes-overlap", `m${index}`);
          expect(overlap !== undefined, text).toBe(shared.some((masks) => masks.length > 0));
          if (overlap === undefined) return;
          const other = Number(/both `m(\d+)`/.exec(overlap.message)?.[1]);
          expectSmallest(overlap.message, shared[other] ?? []);
        });
      }),
      seeded,
    );
  });

  test("on what two policies take, and on the modes of what both take", () => {
    fc.assert(
      fc.property(policies, policies, (one, other) => {
        const text = `kernel 6.12\n${declared("p", one)}${declared("q", other)}`;
        const { first, second } = sidesIn(text);
        const found = comparePolicies(first.side, first.binding, second.side, second.binding);
        const inOne = MASKS.filter((mask) => takes(one.rules, mask));
        const inOther = MASKS.filter((mask) => takes(other.rules, mask));
        const both = inOne.filter((mask) => inOther.includes(mask));
        expectWitness(found.onlyFirst, without(inOne, both), text);
        expectWitness(found.onlySecond, without(inOther, both), text);
        for (const name of ["m0", "m1", "m2", "m3", "rest"]) {
          const mode = found.modes.find((known) => known.mode === name);
          const [has, had] = [one, other].map((policy) => both.filter((mask) => modesOf(policy, mask).includes(name)));
          if (mode?.isIn !== undefined && mode.isIn !== "both") continue;
          expectWitness(mode?.onlyFirst ?? null, without(has ?? [], had ?? []), text);
          expectWitness(mode?.onlySecond ?? null, without(had ?? [], has ?? []), text);
        }
      }),
      seeded,
    );
  });
});

const without = (masks: readonly number[], others: readonly number[]): readonly number[] =>
  masks.filter((mask) => !others.includes(mask));

interface PolicySide {
  readonly side: Side;
  readonly binding: Binding;
}

/** The policies `p` and `q` of a file. */
function sidesIn(text: string): { readonly first: PolicySide; readonly second: PolicySide } {
  const environment = environmentOf(fixtureWorkspace(text), FIXTURE_URI);
  const [kernel] = environment?.kernels ?? [];
  const side = (name: string): PolicySide => {
    const binding = environment?.lookup("subject", name) ?? null;
    if (environment === null || kernel === undefined || binding === null) throw new Error(`there is no ${name}`);
    return { side: { environment, kernel }, binding };
  };
  return { first: side("p"), second: side("q") };
}
