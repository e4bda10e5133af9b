import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { Binding } from "../../analysis/environment.ts";
import type { Span } from "../../../rules/finding.ts";
import type { LanguageRule } from "../../findings/language-rule.ts";
import type { ClauseSet } from "../policy-set.ts";

/** Something that is wrong, where it is written: in the policy itself or in one that it refines. */
export interface Mark {
  readonly rule: LanguageRule;
  readonly message: string;
  readonly owner: Binding;
  readonly span: Span;
  readonly related: UnplacedFinding["related"];
}

/** They say the same of the same place. */
export function isSameMark(a: Mark, b: Mark): boolean {
  return (
    a.rule === b.rule &&
    a.owner.revision === b.owner.revision &&
    a.span.start === b.span.start &&
    a.span.end === b.span.end
  );
}

/** A place of the tree, without what else a node has. */
export function spanOf({ start, end }: Span): Span {
  return { start, end };
}

/** Points at a rule of the policy. */
export function relatedTo({ source }: ClauseSet, message: string): UnplacedFinding["related"][number] {
  return { revision: source.owner.revision, uri: source.owner.uri, span: spanOf(source.clause.predicate), message };
}

/** What is said of a place of a policy. */
export function mark(
  rule: LanguageRule,
  message: string,
  owner: Binding,
  span: Span,
  related: UnplacedFinding["related"],
): Mark {
  return { rule, message, owner, span, related };
}
