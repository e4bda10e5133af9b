import type { Declaration } from "../../../grammar/ast.ts";
import type { Region } from "../../../grammar/source-file.ts";
import type { Binding, Environment, NameSpace, Revision } from "../analysis/environment.ts";
import { namesOf } from "../analysis/region-names.ts";
import { visibleNames } from "../names/visible-names.ts";
import { isPlainName, skeletonOf } from "./skeleton.ts";

/**
 * What a declaration says, whatever things are called: its text without its own name and the names of what it leans on,
 * and the contents of those. In one environment declarations of one content differ in names and places alone.
 */
export interface Content {
  /** Equal for equal contents of one environment. */
  readonly id: number;
  /** Of the declaration, as its own name; "" for one that has none. */
  readonly name: string;
  readonly revision: Revision;
  /**
   * Offsets in its region: of its start, of both ends of each name that is left out, of its end. Of one content the
   * stretches from an even one to the next are the same text.
   */
  readonly marks: readonly number[];
  /** All that it leans on, directly or not, each once; no two of one content: it tells which is which. */
  readonly leansOn: readonly Content[];
}

/** The declaration itself, then all that it leans on, in the same order for all of one content. */
export const membersOf = (content: Content): readonly Content[] => [content, ...content.leansOn];

interface Contents {
  readonly ids: Map<string, number>;
  /** Null: it leads back to itself, or cannot be told; or it is not known yet. */
  readonly byRevision: Map<Revision, Content | null>;
  /** How declarations of one skeleton are read without their trees. */
  readonly patterns: Map<string, Pattern>;
  /** How many were read by their trees. */
  read: number;
}

/** The words of a skeleton, and which of them are left out, as what; the others are part of what it says. */
interface Pattern {
  readonly words: readonly string[];
  readonly roles: readonly (Slot["space"] | null)[];
}

/** A name that is left out: the own one, or that of something else. */
interface Slot {
  readonly text: string;
  readonly start: number;
  readonly space: NameSpace | "own";
}

/** Where a declaration stands in its region, with the names that are left out, in order. */
interface Written {
  readonly start: number;
  readonly end: number;
  readonly slots: readonly Slot[];
}

const contents = new WeakMap<Environment, Contents>();

/** Declarations that lean on more, or through more, are looked at one by one. */
const MOST_MEMBERS = 24;
const MOST_DEPTH = 24;
/** Who looks at few declarations need not know which words are names. */
const FEW = 8;

/** Null for a declaration that is like no other, or of which that cannot be told. */
export function contentOf(environment: Environment, binding: Binding): Content | null {
  let known = contents.get(environment);
  if (known === undefined) {
    known = { ids: new Map(), byRevision: new Map(), patterns: new Map(), read: 0 };
    contents.set(environment, known);
  }
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

const OWN = -1;

function newContent(known: Contents, environment: Environment, binding: Binding, depth: number): Content | null {
  const region = environment.placeOf(binding)?.region;
  if (region === undefined || binding.name === null || binding.damaged || isNamed(binding.kind)) return null;
  if (region.text.includes("\0")) return null;
  const written = byText(known, environment, region) ?? byTree(known, environment, binding, region);
  const ids: number[] = [];
  const members = new Map<number, Content>();
  for (const { space, text } of written.slots) {
    const used = space === "own" ? null : environment.lookup(space, text);
    if (used === null) {
      ids.push(OWN);
      continue;
    }
    const content = contentIn(known, environment, used, depth + 1);
    if (content === null) return null;
    for (const member of [content, ...content.leansOn]) {
      if ((members.get(member.id) ?? member).revision !== member.revision) return null;
      members.set(member.id, member);
    }
    ids.push(content.id);
  }
  if (members.size > MOST_MEMBERS) return null;
  const key = keyOf(binding.uri, region.text, written, ids);
  const id = known.ids.get(key) ?? known.ids.size;
  known.ids.set(key, id);
  return {
    id,
    name: binding.kind === "expect" ? "" : binding.name,
    revision: binding.revision,
    marks: [written.start, ...written.slots.flatMap(({ start, text }) => [start, start + text.length]), written.end],
    leansOn: [...members.values()],
  };
}

/** The text without the names, and the contents in their places. */
function keyOf(uri: string, text: string, { start, end, slots }: Written, ids: readonly number[]): string {
  let key = `${uri}\0`;
  let at = start;
  slots.forEach((slot, i) => {
    key += `${text.slice(at, slot.start)}\0${ids[i] ?? ""}\0`;
    at = slot.start + slot.text.length;
  });
  return key + text.slice(at, end);
}

/** It is looked at by its name: kernels have bits for so many flags, and functions of their own. */
function isNamed(kind: Declaration["kind"]): boolean {
  return kind === "memory" || kind === "flag" || kind === "scope" || kind === "allocator";
}

/** It stands for a declaration, and nothing hangs on what that is called. */
function isUse(environment: Environment, space: NameSpace, name: string): boolean {
  const used = environment.lookup(space, name);
  return used !== null && !isNamed(used.kind);
}

// Which names are left out --------------------------------------------------------------------------------------------

/** What is built in, unknown or looked at by its name stays in the text. */
function byTree(known: Contents, environment: Environment, { declaration }: Binding, region: Region): Written {
  const { declares, uses } = namesOf(region);
  const slots: Slot[] = declares === null ? [] : [{ text: declares.text, start: declares.start, space: "own" }];
  for (const { space, name } of uses)
    if (isUse(environment, space, name.text)) slots.push({ text: name.text, start: name.start, space });
  slots.sort((a, b) => a.start - b.start);
  const written = { start: declaration.start, end: declaration.end, slots };
  known.read += 1;
  if (known.read > FEW) notePattern(known, environment, region, written);
  return written;
}

function notePattern(known: Contents, environment: Environment, region: Region, written: Written): void {
  const skeleton = skeletonOf(region, namesIn(environment));
  if (skeleton === null || skeleton.start !== written.start || skeleton.end !== written.end) return;
  const spaces = new Map(written.slots.map(({ start, space }) => [start, space]));
  if (!written.slots.every(({ text }) => isPlainName(text))) return;
  const roles = skeleton.words.map(({ start }) => spaces.get(start) ?? null);
  if (roles.filter((role) => role !== null).length < written.slots.length) return;
  known.patterns.set(skeleton.text, { words: skeleton.words.map(({ text }) => text), roles });
}

/** The same for a text that has the words of another one but for names; null where that cannot be told so. */
function byText(known: Contents, environment: Environment, region: Region): Written | null {
  if (known.patterns.size === 0) return null;
  const skeleton = skeletonOf(region, namesIn(environment));
  const pattern = skeleton === null ? undefined : known.patterns.get(skeleton.text);
  if (skeleton === null || pattern === undefined) return null;
  const kept = pattern.words.filter((_, i) => pattern.roles[i] === null);
  const slots: Slot[] = [];
  for (const [i, { text, start }] of skeleton.words.entries()) {
    const space = pattern.roles[i] ?? null;
    if (space === null && text !== pattern.words[i]) return null;
    if (space === null) continue;
    // A name that is a word of the language, or of this text, may mean something else here.
    if (!isPlainName(text) || kept.includes(text)) return null;
    if (space !== "own" && !isUse(environment, space, text)) return null;
    slots.push({ text, start, space });
  }
  return { start: skeleton.start, end: skeleton.end, slots };
}

const SPACES: readonly NameSpace[] = ["mask", "context", "subject", "memory", "allocator"];
const names = new WeakMap<Environment["names"], ReadonlySet<string>>();

/** All names that are declared, as whatever. */
function namesIn(environment: Environment): ReadonlySet<string> {
  const known = names.get(environment.names);
  if (known !== undefined) return known;
  const made = new Set(SPACES.flatMap((space) => visibleNames(environment, space)));
  names.set(environment.names, made);
  return made;
}
