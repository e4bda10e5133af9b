import type { Kernel } from "../model/kernels/kernel.ts";
import { ask, factIn } from "./ask.ts";
import { ALL_RULES } from "./catalogue.ts";
import { concernedWith } from "./concerned.ts";
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
 * Lays a site before the rules of one kernel. The only place where rules are asked: a rule that throws becomes one
 * finding that names it, and the others are asked all the same.
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
  return saidOf(site, kernel, rules, {
    subjects: [first, ...others],
    isMaskKnown: asked.every((one) => one.isMaskKnown),
  });
}

/** The possibilities of what is asked of a kernel. */
export interface Possibilities {
  readonly subjects: readonly [Subject, ...Subject[]];
  readonly isMaskKnown: boolean;
}

/** What the rules say of these. `kernel` is that of which the site is asked for places and edits. */
export function saidOf<Place, Edit>(
  site: Site<Place, Edit>,
  kernel: Kernel,
  rules: readonly Rule[],
  { subjects: [first, ...others], isMaskKnown }: Possibilities,
): readonly SiteFinding<Place, Edit>[] {
  const findings: SiteFinding<Place, Edit>[] = [];
  for (const rule of concernedWith(rules, first)) {
    try {
      const matches = ask(rule, first);
      // Nearly always there is none.
      if (matches.length === 0) continue;
      for (const said of saidOfAll(rule, matches, others)) {
        const { anchor } = said.match;
        if (!isMaskKnown && anchor.kind !== "written") continue;
        const place = site.placeOf(anchor, kernel);
        if (place !== null) findings.push(ofMatch(site, kernel, rule, said, place));
      }
    } catch (error) {
      findings.push(ofBrokenRule(site, rule, error));
    }
  }
  return findings;
}

const TAG: Readonly<Partial<Record<Rule["class"], Finding["tag"]>>> = {
  ineffective: "unnecessary",
  redundant: "unnecessary",
  deprecated: "deprecated",
};

/** Nothing is greyed out of which a part is needed. */
function tagOf(
  site: Pick<Site<unknown, unknown>, "saysMore">,
  kernel: Kernel,
  rule: Rule,
  anchor: Anchor,
): Finding["tag"] {
  const tag = TAG[rule.class] ?? null;
  return tag === "unnecessary" && site.saysMore(anchor, kernel) ? null : tag;
}

/** A match that is true whatever is asked, and those of its fixes that serve in every case. */
interface Said {
  readonly match: Match;
  readonly fixes: readonly RuleFix[];
}

/** Of the matches of one possibility those that are the same in all others. */
function saidOfAll(rule: Rule, matches: readonly Match[], others: readonly Subject[]): readonly Said[] {
  return others.reduce<readonly Said[]>(
    (said, subject) => saidOfBoth(said, ask(rule, subject)),
    matches.map((match) => ({ match, fixes: match.fixes })),
  );
}

function saidOfBoth(said: readonly Said[], also: readonly Match[]): readonly Said[] {
  return said.flatMap(({ match, fixes }) => {
    const same = also.find(
      ({ anchor, message }) => factIn(message) === factIn(match.message) && isEqual(anchor, match.anchor),
    );
    if (same === undefined) return [];
    const message = same.message === match.message ? match.message : `${factIn(match.message)}.`;
    return [
      { match: { ...match, message }, fixes: fixes.filter((fix) => same.fixes.some((other) => isEqual(other, fix))) },
    ];
  });
}

const isEqual = (one: Anchor | RuleFix, other: Anchor | RuleFix): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function ofMatch<Place, Edit>(
  site: Site<Place, Edit>,
  kernel: Kernel,
  rule: Rule,
  { match, fixes }: Said,
  place: Place,
): SiteFinding<Place, Edit> {
  return {
    rule: rule.id,
    severity: match.severity ?? rule.severity,
    source: "kernel",
    message: match.message,
    tag: tagOf(site, kernel, rule, match.anchor),
    place,
    fixes: fixes.flatMap((fix) => {
      const changes = site.editsOf(fix, kernel);
      // Of several fixes one has to choose; a single one can be applied without looking.
      return changes === null || changes.length === 0
        ? []
        : [{ title: fix.title, changes, preferred: match.fixes.length === 1 && fix.costs === undefined }];
    }),
    advice: fixes.find(({ costs }) => costs === undefined)?.title ?? rule.advice,
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
