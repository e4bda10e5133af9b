import type { Clause, Mask as MaskNode } from "../../../../grammar/ast.ts";
import { mask, type CompositeName, type FlagName } from "../../../model/masks/mask.ts";
import { compositeText, flagText, meaningOf } from "../../../model/masks/names.ts";
import type { Environment } from "../../analysis/environment.ts";
import { policySaysMoreThanItSeems } from "../../findings/policies.ts";
import { FALSE, type Node } from "../../symbolic/node.ts";
import { anyMask, constantMask, hasAll, hasAny } from "../../symbolic/space.ts";
import { conditionsOf, predicatesOf, type PolicySet } from "../policy-set.ts";
import { holdsFor } from "../predicates.ts";
import { maskTestsOf } from "../predicates/leaves.ts";
import type { PolicyClause } from "../resolved-policy.ts";
import { replayedWitness, smallestText } from "../witness.ts";
import { mark, type Mark } from "./marks.ts";
import { isAllow } from "./rules.ts";

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
export function compositeMarks(
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
