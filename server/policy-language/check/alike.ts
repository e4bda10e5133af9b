import type { Span } from "../../rules/finding.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import type { UnplacedFinding, UnplacedRelated } from "../analysis/unplaced-finding.ts";
import { duplicateNameFindings } from "../findings/names.ts";
import { contentOf, type Content } from "./content.ts";

/** What is known of the declarations of one content. */
type Known =
  /** What the first of them gave; of the next it is seen whether it gives the same in its own names. */
  | { readonly kind: "first"; readonly content: Content; readonly findings: readonly UnplacedFinding[] }
  /** Two gave the same, each in its own names: so do all that lean on the same `fixed` declarations as those two. */
  | {
      readonly kind: "alike";
      readonly content: Content;
      readonly findings: readonly UnplacedFinding[];
      readonly fixed: readonly Content[];
    }
  | { readonly kind: "each-by-itself" };

const EACH_BY_ITSELF: Known = { kind: "each-by-itself" };
const known = new WeakMap<Environment, Map<number, Known>>();

/**
 * The findings of a declaration: those of another one that is the same but for names, in its own names and places, or
 * what `find` gives. That a word of a message is a name, and which, is told by two that have different names.
 */
export function findingsAlike(
  environment: Environment,
  binding: Binding,
  find: () => readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const content = contentOf(environment, binding);
  if (content === null || duplicateNameFindings(environment, binding).length > 0) return find();
  const ofEnvironment = known.get(environment) ?? new Map<number, Known>();
  known.set(environment, ofEnvironment);
  const before = ofEnvironment.get(content.id);
  if (before === undefined) {
    const findings = find();
    ofEnvironment.set(content.id, { kind: "first", content, findings });
    return findings;
  }
  if (before.kind === "each-by-itself") return find();
  // Where there is nothing to say there is no name in it.
  if (before.findings.length === 0) return before.findings;
  if (before.kind === "alike") {
    const isFixed = before.fixed.every((one) => membersOf(content).some((other) => isSame(one, other)));
    return (isFixed ? inNamesOf(content, before.content, before.findings) : null) ?? find();
  }
  const findings = find();
  const expected = inNamesOf(content, before.content, before.findings);
  const own = membersOf(content);
  const fixed = membersOf(before.content).filter((one) => own.some((other) => isSame(one, other)));
  ofEnvironment.set(
    content.id,
    expected !== null && textOf(expected) === textOf(findings) ? { ...before, kind: "alike", fixed } : EACH_BY_ITSELF,
  );
  return findings;
}

const membersOf = (content: Content): readonly Content[] => [content, ...content.leansOn];

const isSame = (one: Content, other: Content): boolean => one.binding.revision === other.binding.revision;

/** Findings as text: equal for equal ones. */
function textOf(findings: readonly UnplacedFinding[]): string {
  return JSON.stringify(
    findings.map((finding) => ({
      ...finding,
      related: finding.related.map(({ revision, ...related }) => [related, serialOf(revision)]),
    })),
  );
}

const serials = new WeakMap<Revision, number>();
let lastSerial = 0;

function serialOf(revision: Revision | null): number | null {
  if (revision === null) return null;
  const serial = serials.get(revision) ?? ++lastSerial;
  serials.set(revision, serial);
  return serial;
}

// In other names ------------------------------------------------------------------------------------------------------

/** Findings of a declaration as one of the same content would have them; null where a place or a name is not clear. */
function inNamesOf(
  to: Content,
  from: Content,
  findings: readonly UnplacedFinding[],
): readonly UnplacedFinding[] | null {
  const others = new Map(membersOf(to).map((member) => [member.id, member]));
  const names = new Map<string, string>();
  const renewed = new Map<Revision, Content>();
  for (const member of membersOf(from)) {
    const other = others.get(member.id);
    if (other === undefined) return null;
    renewed.set(member.binding.revision, other);
    const [name, otherName] = [nameOf(member), nameOf(other)];
    if ((names.get(name) ?? otherName) !== otherName) return null;
    names.set(name, otherName);
  }
  const olds = new Map(membersOf(from).map((member) => [member.binding.revision, member]));
  const text = (words: string): string => words.replace(/[A-Za-z_]\w*/g, (word) => names.get(word) ?? word);
  let isClear = true;
  const moved = (span: Span, before: Content, after: Content): Span => {
    const [start, end] = [placeIn(after, before, span.start), placeIn(after, before, span.end)];
    if (start === null || end === null) isClear = false;
    return { start: start ?? 0, end: end ?? 0 };
  };
  const related = (each: UnplacedRelated): UnplacedRelated => {
    const [before, after] = each.revision === null ? [from, to] : [olds.get(each.revision), renewed.get(each.revision)];
    // What is no part of the content is looked at by its name, and so it is the same for both.
    if (before === undefined || after === undefined) return { ...each, message: text(each.message) };
    return {
      revision: each.revision === null ? null : after.binding.revision,
      uri: each.uri,
      span: moved(each.span, before, after),
      message: text(each.message),
    };
  };
  const made = findings.map((finding) => ({
    ...finding,
    message: text(finding.message),
    span: moved(finding.span, from, to),
    related: finding.related.map(related),
    fixes: finding.fixes.map(({ title, changes, preferred }) => ({
      title: text(title),
      changes: changes.map((change) => ({ ...moved(change, from, to), text: text(change.text) })),
      preferred,
    })),
  }));
  return isClear ? made : null;
}

function nameOf({ binding: { declaration } }: Content): string {
  return declaration.kind === "expect" ? "" : (declaration.name?.text ?? "");
}

/** Where an offset of one is in the other; null within a name, and outside of the declaration. */
function placeIn(to: Content, from: Content, offset: number): number | null {
  for (let i = 0; i < from.marks.length; i += 2) {
    const [start = 0, end = 0] = [from.marks[i], from.marks[i + 1]];
    if (start <= offset && offset <= end) return (to.marks[i] ?? 0) + offset - start;
  }
  return null;
}
