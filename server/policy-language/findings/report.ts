import type { Fix, Span, TextEdit } from "../../rules/finding.ts";
import type { SiteFinding } from "../../rules/judge.ts";
import type { LanguageRule } from "./language-rule.ts";
import type { UnplacedFinding, UnplacedRelated } from "../analysis/unplaced-finding.ts";

/** What the kernel's rules say of a site whose places are spans of a region. */
export function unplaced({
  rule,
  severity,
  source,
  message,
  tag,
  place,
  fixes,
}: SiteFinding<Pick<UnplacedFinding, "span" | "related">, TextEdit>): UnplacedFinding {
  return { rule, severity, source, message, span: place.span, holds: null, related: place.related, fixes, tag };
}

/** A finding that is no kernel rule's: severity and source are those of its documentation. */
export function report(
  rule: LanguageRule,
  span: Span,
  message: string,
  more: { readonly related?: readonly UnplacedRelated[]; readonly fixes?: readonly Fix[] } = {},
): UnplacedFinding {
  return {
    rule: rule.id,
    severity: rule.severity,
    source: rule.source,
    message,
    span: { start: span.start, end: span.end },
    holds: null,
    related: more.related ?? [],
    fixes: more.fixes ?? [],
    tag: null,
  };
}

/** One fix for each name that may have been meant; the first is preferred when it is the only one. */
export function replacements(span: Span, names: readonly string[]): readonly Fix[] {
  return names.map((name) => ({
    title: `Write ${name}`,
    changes: [{ start: span.start, end: span.end, text: name }],
    preferred: names.length === 1,
  }));
}

/** ` Did you mean X or Y?`, or nothing. */
export function didYouMean(names: readonly string[]): string {
  if (names.length === 0) return "";
  const last = names.at(-1) ?? "";
  return `; did you mean ${names.length === 1 ? last : `${names.slice(0, -1).join(", ")} or ${last}`}?`;
}

/** `alpha, beta and gamma`. */
export function listText(items: readonly string[], word = "and"): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} ${word} ${last}`;
}
