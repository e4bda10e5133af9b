import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { clashOf } from "../findings/names.ts";
import { membersOf, type Content } from "./content.ts";
import { inNamesOf, isSaidBy, templateOf, type Template } from "./templates.ts";

/** What is known of the declarations of one content. */
type Known =
  /** What the first of them gave; of the next it is seen whether it gives the same in its own names. */
  | { readonly kind: "first"; readonly content: Content; readonly findings: readonly UnplacedFinding[] }
  | { readonly kind: "nothing" }
  /** Two gave the same, each in its own names: so do all that lean on the same `fixed` declarations as those two. */
  | { readonly kind: "alike"; readonly template: Template; readonly fixed: readonly (Revision | null)[] }
  | { readonly kind: "each-by-itself" };

const NOTHING: Known = { kind: "nothing" };
const EACH_BY_ITSELF: Known = { kind: "each-by-itself" };
const known = new WeakMap<Environment, Map<number, Known>>();

/**
 * The findings of a declaration of this content: those of another one that is the same but for names, in its own names
 * and places, or what `find` gives. That a word of a message is a name, and which, is told by two that have different
 * names.
 */
export function findingsAlike(
  environment: Environment,
  binding: Binding,
  content: Content | null,
  find: () => readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  if (content === null || clashOf(environment, binding) !== null) return find();
  const ofEnvironment = known.get(environment) ?? new Map<number, Known>();
  known.set(environment, ofEnvironment);
  const before = ofEnvironment.get(content.id);
  switch (before?.kind) {
    case undefined: {
      const findings = find();
      // Where there is nothing to say there is no name in it.
      ofEnvironment.set(content.id, findings.length === 0 ? NOTHING : { kind: "first", content, findings });
      return findings;
    }
    case "first": {
      const findings = find();
      ofEnvironment.set(content.id, together(before, content, findings));
      return findings;
    }
    case "nothing":
      return [];
    case "alike":
      return leansOn(content, before.fixed) ? inNamesOf(content, before.template) : find();
    case "each-by-itself":
      return find();
  }
}

/** What two of one content tell of all others. */
function together(
  { content: first, findings: before }: Extract<Known, { readonly kind: "first" }>,
  second: Content,
  findings: readonly UnplacedFinding[],
): Known {
  const template = templateOf(first, second, before);
  if (template === null || !isSaidBy(findings, inNamesOf(second, template))) return EACH_BY_ITSELF;
  const own = membersOf(second);
  const fixed = membersOf(first).map(({ revision }, i) => (own[i]?.revision === revision ? revision : null));
  return { kind: "alike", template, fixed };
}

function leansOn(content: Content, fixed: readonly (Revision | null)[]): boolean {
  const members = membersOf(content);
  return fixed.every((revision, i) => revision === null || members[i]?.revision === revision);
}
