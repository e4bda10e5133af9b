import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { clashOf } from "../findings/names/duplicate-names.ts";
import { besideOf, type Beside } from "./beside.ts";
import { memberOf, membersOf, type Content } from "./content.ts";
import { standInsFor } from "./stand-ins.ts";
import { inNamesOf, isOfMembers, isSaidBy, templateOf, type Template } from "./templates.ts";

/** The first declaration of a content, and what it gave. */
interface First {
  readonly content: Content;
  readonly findings: readonly UnplacedFinding[];
}

/** What is known of the declarations of one content. */
type Known =
  /** Of the next it is seen whether it gives the same in its own names. */
  | { readonly kind: "first"; readonly first: First }
  | { readonly kind: "nothing" }
  /**
   * Two gave the same, each in its own names: so do all that lean on the same `fixed` declarations as those two, and
   * are `called` the same where they are. One that does not is laid beside the first in its turn.
   */
  | {
      readonly kind: "alike";
      readonly first: First;
      readonly template: Template;
      readonly fixed: readonly (Revision | null)[];
    }
  | { readonly kind: "each-by-itself" };

const NOTHING: Known = { kind: "nothing" };
const EACH_BY_ITSELF: Known = { kind: "each-by-itself" };
const known = new WeakMap<Beside, Map<number, Known>>();

/** Contents that are kept in mind, of a file and of several: those have nothing but what is kept here, file by file. */
const MOST_KNOWN = 50_000;
const MOST_KNOWN_BESIDE = 5_000;

/**
 * The findings of a declaration of this content: those of another one that is the same but for names, in its own names
 * and places, or what `find` gives. That a word of a message is a name, and which, is told by two that have different
 * names.
 */
export function findingsAlike(
  environment: Environment,
  binding: Binding,
  content: Content | null,
  index: number,
  findIn: (seen: Environment) => readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const find = (): readonly UnplacedFinding[] => findIn(environment);
  if (content === null || clashOf(environment, binding) !== null) return find();
  const beside = besideOf(environment);
  const uri = beside.several ? environment.uri : null;
  const ofFiles = known.get(beside) ?? new Map<number, Known>();
  known.set(beside, ofFiles);
  const { idAmongSizes } = content;
  const before = ofFiles.get(content.id) ?? (idAmongSizes === null ? undefined : ofFiles.get(idAmongSizes));
  if (before === undefined) {
    const findings = isNothingSaid(environment, binding, content, index, findIn) ? [] : find();
    if (ofFiles.size > (beside.several ? MOST_KNOWN_BESIDE : MOST_KNOWN)) ofFiles.clear();
    // Where there is nothing to say there is no name in it.
    if (findings.length === 0) {
      ofFiles.set(content.id, NOTHING);
      if (idAmongSizes !== null) ofFiles.set(idAmongSizes, NOTHING);
    } else if (!beside.several || findings.every(isOfItsText))
      ofFiles.set(content.id, { kind: "first", first: { content, findings } });
    return findings;
  }
  switch (before.kind) {
    case "nothing":
      return [];
    case "each-by-itself":
      return find();
    case "first":
    case "alike": {
      if (before.kind === "alike" && isTrueOf(content, before)) return inNamesOf(content, before.template, uri);
      const findings = find();
      ofFiles.set(content.id, together(before.first, content, uri, findings) ?? otherwise(before));
      return findings;
    }
  }
}

/** Whether nothing is said of a declaration that leans on the first of their contents, of which much is known. */
function isNothingSaid(
  environment: Environment,
  binding: Binding,
  content: Content,
  index: number,
  findIn: (seen: Environment) => readonly UnplacedFinding[],
): boolean {
  const standIns = standInsFor(environment, binding, content, index);
  return standIns !== null && findIn(standIns.environment).length === 0 && !standIns.hasStrayed();
}

/** What of a declaration is said by its text and what it leans on, and not by which names there are besides. */
const isOfItsText = ({ rule }: UnplacedFinding): boolean => !rule.startsWith("unknown-");

/** Two gave not the same. */
const otherwise = (before: Known): Known => (before.kind === "alike" ? before : EACH_BY_ITSELF);

/** What two of one content tell of all others; null: nothing. */
function together(
  first: First,
  second: Content,
  uri: string | null,
  findings: readonly UnplacedFinding[],
): Known | null {
  const template = templateOf(first.content, second, first.findings);
  if (template === null || (uri !== null && !isOfMembers(template))) return null;
  if (!isSaidBy(findings, inNamesOf(second, template, uri))) return null;
  const own = membersOf(second);
  const fixed = membersOf(first.content).map(({ revision }, i) => (own[i]?.revision === revision ? revision : null));
  return { kind: "alike", first, template, fixed };
}

function isTrueOf(content: Content, { template, fixed }: Extract<Known, { readonly kind: "alike" }>): boolean {
  for (const [i, name] of template.called) if (memberOf(content, i)?.name !== name) return false;
  return fixed.every((revision, i) => revision === null || memberOf(content, i)?.revision === revision);
}
