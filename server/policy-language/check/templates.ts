import type { Fix, Span, TextEdit } from "../../rules/finding.ts";
import type { Revision } from "../analysis/environment.ts";
import type { UnplacedFinding, UnplacedRelated } from "../analysis/unplaced-finding.ts";
import { memberOf, membersOf, type Content } from "./content.ts";

/**
 * Findings of a declaration without its names and places, to be said of others of its content. Its members are
 * counted: itself, then what it leans on.
 */
export interface Template {
  readonly findings: readonly FindingTemplate[];
  /**
   * Names that stand in the words and are the same in both that it was made of: whether the name is meant cannot be
   * told, and it is true of those alone in which the member is called so.
   */
  readonly called: ReadonlyMap<number, string>;
}

/** A text without names, or the texts between them, each but the last with the member whose name follows. */
type Words = string | { readonly between: readonly string[]; readonly members: readonly number[] };

/** An offset: so far behind a mark of a member. */
interface Place {
  readonly mark: number;
  readonly behind: number;
}

interface Stretch {
  readonly start: Place;
  readonly end: Place;
}

interface FindingTemplate {
  readonly finding: UnplacedFinding;
  readonly message: Words;
  readonly span: Stretch;
  readonly related: readonly RelatedTemplate[];
  readonly fixes: readonly FixTemplate[];
}

interface RelatedTemplate {
  readonly related: UnplacedRelated;
  readonly message: Words;
  /** Null: it stands in what is no member, and is looked at by its name. */
  readonly at: { readonly member: number; readonly stretch: Stretch } | null;
}

interface FixTemplate {
  readonly fix: Fix;
  readonly title: Words;
  readonly changes: readonly { readonly stretch: Stretch; readonly text: Words }[];
}

// From findings -------------------------------------------------------------------------------------------------------

/** A place or a name is not clear: the findings are no template. */
class NotClear extends Error {}

/**
 * The template of what is said of a declaration; `other`, of the same content, tells which names may differ. Null where
 * a place or a name is not clear.
 */
export function templateOf(content: Content, other: Content, findings: readonly UnplacedFinding[]): Template | null {
  const members = membersOf(content);
  const others = membersOf(other);
  const names = new Map<string, number>();
  const byRevision = new Map<Revision, number>();
  for (const [i, member] of members.entries()) {
    byRevision.set(member.revision, i);
    const { name } = member;
    if (name === "" || others[i]?.revision === member.revision) continue;
    // One word for two things.
    if (names.has(name)) return null;
    names.set(name, i);
  }
  const called = new Map<number, string>();
  const words = (text: string): Words => {
    const made = wordsOf(text, names);
    for (const member of typeof made === "string" ? [] : made.members) {
      const name = members[member]?.name ?? "";
      if (others[member]?.name === name) called.set(member, name);
    }
    return made;
  };
  const stretch = (span: Span, member = content): Stretch => ({
    start: placeIn(member, span.start),
    end: placeIn(member, span.end),
  });
  const placeOf = ({ revision, span }: UnplacedRelated): RelatedTemplate["at"] => {
    const index = revision === null ? 0 : byRevision.get(revision);
    return index === undefined ? null : { member: index, stretch: stretch(span, members[index]) };
  };
  try {
    const made = findings.map((finding) => ({
      finding,
      message: words(finding.message),
      span: stretch(finding.span),
      related: finding.related.map((related) => ({ related, message: words(related.message), at: placeOf(related) })),
      fixes: finding.fixes.map((fix) => ({
        fix,
        title: words(fix.title),
        changes: fix.changes.map((change) => ({ stretch: stretch(change), text: words(change.text) })),
      })),
    }));
    return { findings: made, called };
  } catch (error) {
    if (error instanceof NotClear) return null;
    throw error;
  }
}

function wordsOf(text: string, names: ReadonlyMap<string, number>): Words {
  const between: string[] = [];
  const members: number[] = [];
  let at = 0;
  for (const { 0: word, index } of text.matchAll(/[A-Za-z_]\w*/g)) {
    const member = names.get(word);
    if (member === undefined) continue;
    between.push(text.slice(at, index));
    members.push(member);
    at = index + word.length;
  }
  return members.length === 0 ? text : { between: [...between, text.slice(at)], members };
}

/** @throws NotClear for an offset within a name that is left out, or outside of the declaration */
function placeIn({ marks }: Content, offset: number): Place {
  for (let mark = 0; mark < marks.length; mark += 2) {
    const [start = 0, end = 0] = [marks[mark], marks[mark + 1]];
    if (start <= offset && offset <= end) return { mark, behind: offset - start };
  }
  throw new NotClear();
}

// To findings ---------------------------------------------------------------------------------------------------------

/** Whether all that it leads to stands in declarations of the content. */
export const isOfMembers = (template: Template): boolean =>
  template.findings.every(({ related }) => related.every(({ at }) => at !== null));

/**
 * What a template says of a declaration of its content.
 * @param uri the file that all of it stands in; null: where the declaration stands of which the template was made
 */
export function inNamesOf(content: Content, template: Template, uri: string | null): readonly UnplacedFinding[] {
  return template.findings.map(({ finding, message, span, related, fixes }) => ({
    ...finding,
    message: said(message, content),
    span: placed(span, content),
    related: related.map((one) => relatedIn(one, content, uri)),
    fixes: fixes.map((one) => fixIn(one, content)),
  }));
}

function said(words: Words, content: Content): string {
  if (typeof words === "string") return words;
  let text = words.between[0] ?? "";
  for (let i = 0; i < words.members.length; i += 1)
    text += `${memberOf(content, words.members[i] ?? 0)?.name ?? ""}${words.between[i + 1] ?? ""}`;
  return text;
}

const placed = ({ start, end }: Stretch, { marks }: Content): Span => ({
  start: (marks[start.mark] ?? 0) + start.behind,
  end: (marks[end.mark] ?? 0) + end.behind,
});

function relatedIn({ related, message, at }: RelatedTemplate, content: Content, uri: string | null): UnplacedRelated {
  const member = at === null ? undefined : memberOf(content, at.member);
  if (at === null || member === undefined) return { ...related, message: said(message, content) };
  const revision = related.revision === null ? null : member.revision;
  return { revision, uri: uri ?? related.uri, span: placed(at.stretch, member), message: said(message, content) };
}

const fixIn = ({ fix, title, changes }: FixTemplate, content: Content): Fix => ({
  title: said(title, content),
  changes: changes.map(({ stretch, text }): TextEdit => ({ ...placed(stretch, content), text: said(text, content) })),
  preferred: fix.preferred,
});

/** Whether two lists of findings are the same, word for word and place for place. */
export function isSaidBy(one: readonly UnplacedFinding[], other: readonly UnplacedFinding[]): boolean {
  return (
    textOf(one) === textOf(other) &&
    one.every(({ related }, i) => related.every(({ revision }, j) => revision === other[i]?.related[j]?.revision))
  );
}

const textOf = (findings: readonly UnplacedFinding[]): string => JSON.stringify(findings);
