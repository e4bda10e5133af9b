import type { Kernel } from "../model/kernels/kernel.ts";
import { ALL_RULES } from "./catalogue.ts";
import type { Finding, Fix } from "./finding.ts";
import { INTERNAL_ERROR, internalErrorText } from "./internal-error.ts";
import type { Anchor, Match, Rule, RuleFix, Subject } from "./rule.ts";
import type { Site } from "./site.ts";
import { subjectOf } from "./subject.ts";

/** What one kernel says of a site, in the site's own places and edits. */
export interface SiteFinding<Place, Edit> extends Pick<Finding, "rule" | "severity" | "source" | "message" | "tag"> {
  readonly place: Place;
  readonly fixes: readonly Fix<Edit>[];
  /** What to do about it in words, for a reader without edits: the title of the first fix, else the rule's advice. */
  readonly advice: string;
}

/**
 * Lays a site before the rules of one kernel. The only place where rules are asked: a rule that throws becomes one finding
 * that names it, and the others are asked all the same.
 */
export function judge<Place, Edit>(
  site: Site<Place, Edit>,
  kernel: Kernel,
  rules: readonly Rule[] = ALL_RULES,
): readonly SiteFinding<Place, Edit>[] {
  const asked = site.asked(kernel);
  const subjects = asked.flatMap((one) => subjectOf(kernel, one) ?? []);
  const [first, ...others] = subjects;
  if (first === undefined || subjects.length < asked.length) return [];
  const isMaskKnown = asked.every((one) => one.isMaskKnown);
  const findings: SiteFinding<Place, Edit>[] = [];
  for (const rule of rules) {
    try {
      const matches = rule.check(first);
      // Nearly always there is none.
      if (matches.length === 0) continue;
      for (const match of saidOfAll(rule, matches, others)) {
        if (!isMaskKnown && match.anchor.kind !== "written") continue;
        const place = site.placeOf(match.anchor, kernel);
        if (place !== null) findings.push(ofMatch(site, kernel, rule, match, place));
      }
    } catch (error) {
      findings.push(ofBrokenRule(site, rule, error));
    }
  }
  return findings;
}

/** Of the matches of one possibility those that are the same in all others, with the fixes that serve there as well. */
function saidOfAll(rule: Rule, matches: readonly Match[], others: readonly Subject[]): readonly Match[] {
  return others.reduce((said, subject) => saidOfBoth(said, rule.check(subject)), matches);
}

function saidOfBoth(said: readonly Match[], also: readonly Match[]): readonly Match[] {
  return said.flatMap((match) => {
    const same = also.find(({ anchor, message }) => message === match.message && isEqual(anchor, match.anchor));
    return same === undefined
      ? []
      : [{ ...match, fixes: match.fixes.filter((fix) => same.fixes.some((other) => isEqual(other, fix))) }];
  });
}

const isEqual = (one: Anchor | RuleFix, other: Anchor | RuleFix): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function ofMatch<Place, Edit>(
  site: Site<Place, Edit>,
  kernel: Kernel,
  rule: Rule,
  { message, fixes }: Match,
  place: Place,
): SiteFinding<Place, Edit> {
  return {
    rule: rule.id,
    severity: rule.severity,
    source: "kernel",
    message,
    tag: rule.class === "ineffective" ? "unnecessary" : rule.class === "deprecated" ? "deprecated" : null,
    place,
    fixes: fixes.flatMap((fix) => {
      const changes = site.editsOf(fix, kernel);
      // Of several fixes one has to choose; a single one can be applied without looking.
      return changes === null || changes.length === 0
        ? []
        : [{ title: fix.title, changes, preferred: fixes.length === 1 }];
    }),
    advice: fixes[0]?.title ?? rule.advice,
  };
}

function ofBrokenRule<Place, Edit>(site: Site<Place, Edit>, rule: Rule, error: unknown): SiteFinding<Place, Edit> {
  return {
    rule: INTERNAL_ERROR.id,
    severity: INTERNAL_ERROR.severity,
    source: "language",
    message: internalErrorText(`rule ${rule.id}`, error),
    tag: null,
    place: site.whole,
    fixes: [],
    advice: INTERNAL_ERROR.advice,
  };
}
