import type { Declaration } from "../../../grammar/ast.ts";
import type { Region } from "../../../grammar/source-file.ts";
import type { Binding, DeclaredNames, Environment, Revision } from "../analysis/environment.ts";
import { besideOf, isSameEverywhere, type Beside } from "./beside.ts";
import { isMaskOfKernels, namesOf, wantedKinds, type NameUse } from "../analysis/region-names.ts";
import { unknownMaskFindings } from "../findings/flags.ts";
import { isBuiltInContext, unknownNameFindings } from "../findings/names/unknown-names.ts";
import { matchIn, patternOf, Patterns, type Match, type Pattern, type Role, type Slot, type Twins } from "./pattern.ts";
import { sizedRequest } from "./size-class.ts";
import { isPlainName, skeletonOf } from "./skeleton.ts";

/**
 * What a declaration says, whatever things are called: its text without its own name and the names of what it leans on,
 * and the contents of those. In one file, and in the files beside it, declarations of one content differ in names and
 * places alone.
 */
export interface Content {
  /** Equal for equal contents of one file, and of the files beside it. */
  readonly id: number;
  /**
   * Of a request with a size, equal for those that differ in nothing besides but sizes of which all is decided alike:
   * where there is nothing to say of one there is not of the other. Null: it has no such size, or something else asks
   * for it.
   */
  readonly idAmongSizes: number | null;
  /** It is a policy that tells sizes apart, or leans on one. */
  readonly comparesSizes: boolean;
  /** Of the declaration, as its own name; "" for one that has none. */
  readonly name: string;
  readonly revision: Revision;
  /**
   * Offsets in its region: of its start, of both ends of each name that is left out, of its end. Of one content the
   * stretches from an even one to the next are the same text.
   */
  readonly marks: readonly number[];
  /** Those of the names that are left out which may stand for nothing. */
  readonly uses: readonly NameUse[];
  /**
   * All that it leans on, directly or not, each once; no two of one content: it tells which is which. What nothing
   * declares is one of them.
   */
  readonly leansOn: readonly Content[];
}

/** The declaration itself, then all that it leans on, in the same order for all of one content. */
export const membersOf = (content: Content): readonly Content[] => [content, ...content.leansOn];

/** One of those, without a list of them. */
export const memberOf = (content: Content, index: number): Content | undefined =>
  index === 0 ? content : content.leansOn[index - 1];

interface Contents {
  readonly ids: Map<string, number>;
  /**
   * Null: it leads back to itself, or cannot be told; or it is not known yet. Those of one file live as long as what is
   * known of it, and thousands may be told for one key: nothing weak is made for them.
   */
  readonly byRevision: {
    readonly get: (revision: Revision) => Content | null | undefined;
    readonly set: (revision: Revision, content: Content | null) => unknown;
  };
  /** They are of several files: what hangs on more than its own text and what that leans on is no content. */
  readonly several: boolean;
  /** What stands for names that nothing declares in a file: there may be more of them in all files than of contents. */
  readonly unknown: WeakMap<Environment, Map<string, Content>>;
  /** How declarations are read without their trees. */
  readonly patterns: Patterns;
  /** What is the same of texts that differ in nothing but their own names; of one file. */
  readonly ofTwins: Map<Twins, OfTwins>;
  /** How many declarations were looked at, and how many of them were like one before. */
  readonly counts: { tried: number; alike: number; left: number };
  /** Of a file that shares nothing: the first declaration of each content that leans on nothing. */
  readonly leaves: Map<number, Binding>;
}

/** What is the same of the contents of texts that differ in nothing but their own names. */
interface OfTwins extends Pick<Content, "id" | "idAmongSizes" | "comparesSizes" | "leansOn"> {
  readonly uri: string;
  readonly meant: Written["meant"];
  /** Each of their names stands for something. */
  readonly isAllKnown: boolean;
}

/** What a name that is left out stands for. */
type Meant = Binding | "unknown";

/** Where a declaration stands in its region, with the names that are left out, in order, and what those stand for. */
interface Written {
  readonly match: Match;
  readonly meant: readonly (Meant | "own")[];
  /** Null where those names are not all plain words of it. */
  readonly pattern: Pattern | null;
  readonly twins: Twins | null;
}

const contents = new WeakMap<Beside, Contents>();

/** Declarations that lean on more, or through more, are looked at one by one. */
const MOST_MEMBERS = 24;
const MOST_DEPTH = 24;
/** Longer declarations are like no other. */
const MOST_TEXT = 20_000;

/** Null for a declaration that is like no other, or of which that cannot be told. */
export function contentOf(environment: Environment, binding: Binding): Content | null {
  const beside = besideOf(environment);
  const known = contents.get(beside) ?? noContents(beside, environment);
  if (beside.several && known.ids.size > MOST_SHARED) {
    known.ids.clear();
    known.patterns.clear();
  }
  return isLikeNone(binding) || isLeft(known, binding) ? null : contentIn(known, environment, binding, 0);
}

/** So many are looked at before it is said that few are alike: fewer than one in so many. */
const FIRST_TRIED = 256;
const FEW_ALIKE = 16;
/** Then one in so many is looked at. */
const ONE_IN = 8;

/** Whether a declaration is not looked at: what its content is takes time, and where few are alike it is of no use. */
function isLeft({ byRevision, counts }: Contents, { revision }: Binding): boolean {
  if (counts.tried < FIRST_TRIED || counts.alike * FEW_ALIKE >= counts.tried) return false;
  if (byRevision.get(revision) !== undefined) return false;
  counts.left += 1;
  return counts.left % ONE_IN !== 0;
}

/** Contents of several files that are kept in mind. */
const MOST_SHARED = 50_000;

function noContents(beside: Beside, { names }: Environment): Contents {
  const { several } = beside;
  const made: Contents = {
    ids: new Map(),
    byRevision: several ? new WeakMap<Revision, Content | null>() : new Map<Revision, Content | null>(),
    several,
    unknown: new WeakMap(),
    patterns: several ? new Patterns() : patternsOf(names),
    ofTwins: new Map(),
    counts: { tried: 0, alike: 0, left: 0 },
    leaves: new Map(),
  };
  contents.set(beside, made);
  return made;
}

/** How the declarations of a file are read; the same for as long as the same names are declared. */
const patterns = new WeakMap<DeclaredNames, Patterns>();

function patternsOf(names: DeclaredNames): Patterns {
  const before = patterns.get(names);
  if (before !== undefined) {
    before.keeps = true;
    return before;
  }
  const made = new Patterns();
  patterns.set(names, made);
  return made;
}

/** What a damaged declaration says is not fully known, and a long one is not compared. */
const isLikeNone = ({ damaged, region }: Binding): boolean => damaged || region.text.length > MOST_TEXT;

function contentIn(known: Contents, environment: Environment, binding: Binding, depth: number): Content | null {
  const before = known.byRevision.get(binding.revision);
  if (before !== undefined) return before;
  // What is met again before it is known leads back to itself.
  known.byRevision.set(binding.revision, null);
  const made = depth > MOST_DEPTH ? null : newContent(known, environment, binding, depth);
  known.byRevision.set(binding.revision, made);
  return made;
}

/** The first declaration of a content that leans on nothing; null: it leans on something, or that is not kept. */
export function firstAlike(environment: Environment, id: number): Binding | null {
  return contents.get(besideOf(environment))?.leaves.get(id) ?? null;
}

const OWN = -1;
const NO_SLOT: Slot = { text: "", start: 0, role: "own" };

function newContent(known: Contents, environment: Environment, binding: Binding, depth: number): Content | null {
  const { name, kind, region } = binding;
  if (name === null || isNamed(kind)) return null;
  if (known.several && region.text.length > MOST_TEXT) return null;
  known.counts.tried += 1;
  const like = twinOf(known, binding);
  if (like !== null) {
    known.counts.alike += 1;
    return like;
  }
  const written = byText(known, environment, binding) ?? byTree(known, environment, binding);
  if (written === null) return null;
  // Of a damaged one, words of the language among the names may have been read as something else.
  if (known.several && binding.damaged && !written.match.slots.every(({ text }) => isPlainName(text))) return null;
  const { match, meant: allMeant, pattern, twins } = written;
  const { slots } = match;
  const ids: number[] = [];
  const members: Content[] = [];
  for (let i = 0; i < slots.length; i++) {
    const { role, text } = slots[i] ?? NO_SLOT;
    const meant = allMeant[i] ?? "own";
    if (role === "own" || meant === "own") {
      ids.push(OWN);
      continue;
    }
    const content =
      meant === "unknown"
        ? unknownContent(known, environment, role, text)
        : contentIn(known, environment, meant, depth + 1);
    if (content === null || !addMembers(members, content)) return null;
    ids.push(content.id);
  }
  const ownSize = match.size?.text ?? "";
  const uri = known.several ? "" : binding.uri;
  const key =
    !known.several && isLikeNone(binding)
      ? `${binding.uri} ${kind} ${name}`
      : keyOf(uri, region.text, written, ids, ownSize);
  const comparesSizes =
    (kind === "policy" && MEASURES.test(region.text)) || members.some((member) => member.comparesSizes);
  const sized =
    pattern === null || comparesSizes || isLikeNone(binding)
      ? null
      : sizedRequest(environment, region, match, pattern.shape);
  if (known.ids.has(key)) known.counts.alike += 1;
  const isAmongSizes = sized !== null && policiesMeet(known, environment, sized.api, depth);
  const uses = usesIn(match, allMeant);
  const id = idOf(known, key);
  if (!known.several && members.length === 0 && !known.leaves.has(id)) known.leaves.set(id, binding);
  const said = {
    uri: binding.uri,
    id,
    idAmongSizes: isAmongSizes ? idOf(known, keyOf(uri, region.text, written, ids, `<= ${sized.sizeClass}`)) : null,
    comparesSizes,
    leansOn: members,
    meant: allMeant,
    isAllKnown: false,
  };
  if (twins !== null && !known.several && !isLikeNone(binding))
    known.ofTwins.set(twins, { ...said, isAllKnown: areAllKnown(environment, uses) });
  return contentBy(said, binding, name, match, uses);
}

/** The content of a declaration that differs in nothing but its name from one whose content is known. */
function twinOf({ patterns, ofTwins }: Contents, binding: Binding): Content | null {
  const reading = ofTwins.size === 0 ? null : patterns.kept(binding.region);
  if (reading === null || reading.twins === null || binding.name === null) return null;
  const said = ofTwins.get(reading.twins);
  if (said === undefined || said.uri !== binding.uri) return null;
  const uses = said.isAllKnown ? NO_USES : usesIn(reading.match, said.meant);
  return contentBy(said, binding, binding.name, reading.match, uses);
}

const NO_USES: readonly NameUse[] = [];

const areAllKnown = (environment: Environment, uses: readonly NameUse[]): boolean =>
  unknownNameFindings(environment, uses).length + unknownMaskFindings(environment, uses).length === 0;

function contentBy(
  { id, idAmongSizes, comparesSizes, leansOn }: OfTwins,
  { kind, revision }: Binding,
  name: string,
  { marks }: Match,
  uses: readonly NameUse[],
): Content {
  return {
    id,
    idAmongSizes,
    comparesSizes,
    name: kind === "expect" ? "" : name,
    revision,
    marks,
    uses,
    leansOn,
  };
}

/** The names that are left out, but its own and those that stand for what is wanted in their places. */
function usesIn({ slots }: Match, meant: Written["meant"]): readonly NameUse[] {
  let uses: NameUse[] | null = null;
  for (let i = 0; i < slots.length; i++) {
    const { role, text, start } = slots[i] ?? NO_SLOT;
    if (role === "own" || isWanted(role, meant[i])) continue;
    uses ??= [];
    uses.push({ ...role, name: { text, start, end: start + text.length } });
  }
  return uses ?? NO_USES;
}

/** Whether a name stands for what may stand in its place; a mask that is declared does: whether it fits others say. */
function isWanted(role: Role, meant: Meant | "own" | undefined): boolean {
  if (meant === undefined || meant === "own" || meant === "unknown") return false;
  return role.space === "mask" || wantedKinds(role).includes(meant.kind);
}

/** What a policy tells sizes apart by. */
const MEASURES = /\b(?:order|size|pages)\b/;

/** Whether the policies that bind all requests for a function take every size alike. */
function policiesMeet(known: Contents, environment: Environment, api: string, depth: number): boolean {
  return environment
    .policiesFor(api)
    .every((policy) => contentIn(known, environment, policy, depth + 1)?.comparesSizes === false);
}

/** Adds what a declaration leans on; whether they are few, and no two of them of one content. */
function addMembers(members: Content[], content: Content): boolean {
  return (
    addMember(members, content) &&
    content.leansOn.every((member) => addMember(members, member)) &&
    members.length <= MOST_MEMBERS
  );
}

function addMember(members: Content[], member: Content): boolean {
  for (const { id, revision } of members) if (id === member.id) return revision === member.revision;
  members.push(member);
  return true;
}

let lastId = 0;

function idOf({ ids }: Contents, key: string): number {
  const known = ids.get(key);
  if (known !== undefined) return known;
  lastId += 1;
  ids.set(key, lastId);
  return lastId;
}

/** What stands for a name that nothing declares: the same for the same name in the same role. */
function unknownContent(known: Contents, environment: Environment, { space, role }: Role, name: string): Content {
  const ofFile = known.unknown.get(environment) ?? new Map<string, Content>();
  known.unknown.set(environment, ofFile);
  const key = `${space} ${role} ${name}`;
  const made = ofFile.get(key) ?? {
    id: idOf(known, `${space} ${role}`),
    idAmongSizes: null,
    comparesSizes: false,
    name,
    revision: { lastPlace: 0 },
    marks: [],
    uses: [],
    leansOn: [],
  };
  ofFile.set(key, made);
  return made;
}

/** The text without the names, and the contents in their places; `size`: what stands for that, where it is left out. */
function keyOf(
  uri: string,
  text: string,
  { match: { start, end, slots }, pattern }: Written,
  ids: readonly number[],
  size: string,
): string {
  if (pattern !== null) return `${uri}\n${pattern.id} ${size} ${ids.join(" ")}`;
  // With its length no text can be taken for another.
  let key = `${uri}\0`;
  let at = start;
  slots.forEach((slot, i) => {
    key += `${slot.start - at} ${text.slice(at, slot.start)} ${ids[i] ?? ""} `;
    at = slot.start + slot.text.length;
  });
  return key + text.slice(at, end);
}

/** It is looked at by its name: kernels have bits for so many flags, and functions of their own. */
function isNamed(kind: Declaration["kind"]): boolean {
  return kind === "memory" || kind === "flag" || kind === "scope" || kind === "allocator";
}

/**
 * Whether a name is left out of what is compared: it stands for a declaration of which nothing hangs on what it is
 * called, or for none at all. Whether there is such a thing is then told apart from all else.
 */
export function isLeftOut(environment: Environment, kind: Region["kind"], use: NameUse): boolean {
  return meantBy(environment, kind, use, use.name.text) !== null;
}

/** Null: it stays in the text, and so is the same for all. */
function meantBy(environment: Environment, kind: Region["kind"], { space, role }: Role, name: string): Meant | null {
  const found = environment.lookup(space, name);
  if (found !== null) return isNamed(found.kind) ? null : found;
  // Not all that an allocator gives on are masks.
  if (space === "mask") return kind === "allocator" || isMaskOfKernels(name) ? null : "unknown";
  if (role === "scope" || (space === "context" && isBuiltInContext(name))) return null;
  return role === "expect" && environment.lookup("mask", name) !== null ? null : "unknown";
}

// Which names are left out --------------------------------------------------------------------------------------------

/** Null: it hangs on what is not the same in all files. */
function byTree(known: Contents, environment: Environment, { declaration, region }: Binding): Written | null {
  const { declares, uses } = namesOf(region);
  const found: { readonly slot: Slot; readonly meant: Meant | "own" }[] =
    declares === null ? [] : [{ slot: { text: declares.text, start: declares.start, role: "own" }, meant: "own" }];
  for (const use of uses) {
    const { name, ...role } = use;
    const meant = meantBy(environment, region.kind, role, name.text);
    if (meant !== null) found.push({ slot: { text: name.text, start: name.start, role }, meant });
    else if (known.several && !isSameEverywhere(environment, use)) return null;
  }
  found.sort((a, b) => a.slot.start - b.slot.start);
  const { start, end } = declaration;
  const slots = found.map(({ slot }) => slot);
  const skeleton = skeletonOf(region);
  const isFit = skeleton !== null && skeleton.start === start && skeleton.end === end;
  const pattern = isFit ? patternOf(region.text, skeleton, slots) : null;
  return {
    match: matchIn(start, end, slots, skeleton?.size ?? null),
    meant: found.map(({ meant }) => meant),
    pattern: pattern === null ? null : known.patterns.note(region.kind, pattern),
    twins: null,
  };
}

/** The same for a text that is like another one but for names; null where that cannot be told so. */
function byText({ patterns }: Contents, environment: Environment, { region }: Binding): Written | null {
  return patterns.find(region, ({ match, pattern, twins }) => {
    const meant: (Meant | "own")[] = [];
    for (const { role, text } of match.slots) {
      const one = role === "own" ? "own" : meantBy(environment, region.kind, role, text);
      if (one === null) return null;
      meant.push(one);
    }
    return { match, meant, pattern, twins };
  });
}
