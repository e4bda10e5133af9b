import type { Declaration, Name } from "../../../grammar/ast.ts";
import type { Region } from "../../../grammar/source-file.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { namesOf, type NameUse } from "../analysis/region-names.ts";

/**
 * What a declaration says, whatever things are called: its text without its own name and the names of what it leans on,
 * and the contents of those. In one environment declarations of one content differ in names and places alone.
 */
export interface Content {
  /** Equal for equal contents of one environment. */
  readonly id: number;
  readonly binding: Binding;
  /**
   * Offsets in its region: of its start, of both ends of each name that is left out, of its end. Of one content the
   * stretches from an even one to the next are the same text.
   */
  readonly marks: readonly number[];
  /** All that it leans on, directly or not, each once; no two of one content: it tells which is which. */
  readonly leansOn: readonly Content[];
}

/**
 * The declaration itself, then all that it leans on, in the same order for all of one content.
 */
export const membersOf = (content: Content): readonly Content[] => [content, ...content.leansOn];

interface Contents {
  readonly ids: Map<string, number>;
  /** Null: it leads back to itself, or cannot be told; or it is not known yet. */
  readonly byRevision: Map<Revision, Content | null>;
}

const contents = new WeakMap<Environment, Contents>();

/** Declarations that lean on more, or through more, are looked at one by one. */
const MOST_MEMBERS = 24;
const MOST_DEPTH = 24;

/** Null for a declaration that is like no other, or of which that cannot be told. */
export function contentOf(environment: Environment, binding: Binding): Content | null {
  const known = contents.get(environment) ?? { ids: new Map<string, number>(), byRevision: new Map() };
  contents.set(environment, known);
  return contentIn(known, environment, binding, 0);
}

function contentIn(known: Contents, environment: Environment, binding: Binding, depth: number): Content | null {
  const before = known.byRevision.get(binding.revision);
  if (before !== undefined) return before;
  // What is met again before it is known leads back to itself.
  known.byRevision.set(binding.revision, null);
  const made = depth > MOST_DEPTH ? null : newContent(known, environment, binding, depth);
  known.byRevision.set(binding.revision, made);
  return made;
}

/** A name that is left out, and the content that stands for it. */
interface Slot {
  readonly name: Name;
  readonly id: number;
}

const OWN = -1;

function newContent(known: Contents, environment: Environment, binding: Binding, depth: number): Content | null {
  const { declaration } = binding;
  const region = environment.placeOf(binding)?.region;
  if (region === undefined || declaration.name === null || region.problems.length > 0 || isNamed(declaration))
    return null;
  const { declares, uses } = namesOf(region);
  const slots: Slot[] = declares === null ? [] : [{ name: declares, id: OWN }];
  const members = new Map<number, Content>();
  for (const use of uses) {
    const used = usedBy(environment, use);
    // What is built in, unknown or looked at by its name stays in the text.
    if (used === null) continue;
    const content = contentIn(known, environment, used, depth + 1);
    if (content === null) return null;
    for (const member of [content, ...content.leansOn]) {
      if ((members.get(member.id) ?? member).binding.revision !== member.binding.revision) return null;
      members.set(member.id, member);
    }
    slots.push({ name: use.name, id: content.id });
  }
  if (members.size > MOST_MEMBERS) return null;
  slots.sort((a, b) => a.name.start - b.name.start);
  const key = keyOf(binding, region, declaration, slots);
  if (key === null) return null;
  const id = known.ids.get(key) ?? known.ids.size;
  known.ids.set(key, id);
  const marks = [declaration.start, ...slots.flatMap(({ name }) => [name.start, name.end]), declaration.end];
  return { id, binding, marks, leansOn: [...members.values()] };
}

/** The text without the names, and the contents in their places; null where that could be another text as well. */
function keyOf(binding: Binding, { text }: Region, { start, end }: Declaration, slots: readonly Slot[]): string | null {
  if (text.includes("\0")) return null;
  let key = `${binding.uri}\0`;
  let at = start;
  for (const { name, id } of slots) {
    key += `${text.slice(at, name.start)}\0${id}\0`;
    at = name.end;
  }
  return key + text.slice(at, end);
}

/** The declaration that a name stands for, where nothing hangs on what it is called. */
function usedBy(environment: Environment, { space, name }: NameUse): Binding | null {
  const binding = environment.lookup(space, name.text);
  return binding === null || isNamed(binding.declaration) ? null : binding;
}

/** It is looked at by its name: kernels have bits for so many flags and scopes, and states are read from logs. */
function isNamed({ kind }: Declaration): boolean {
  return kind === "memory" || kind === "flag" || kind === "scope";
}
