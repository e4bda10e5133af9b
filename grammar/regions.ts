import { copy, slice, type Cut } from "./cut.ts";
import { noteShape, regionOf, shapeOf, stretchAt, WINDOW } from "./known-shapes.ts";
import { lender, scan, type Scan, type Tokens } from "./lexer.ts";
import { parser } from "./parser.ts";
import { PADDING } from "./parser/token-numbers.ts";
import { noteDifference } from "./difference.ts";
import { bareRegion, mayLead, TO_THE_END, type Edit, type Region, type SourceFile } from "./source-file.ts";
import { splice } from "./splice.ts";
import type { Item } from "./ast.ts";
import * as T from "./tokens.ts";
import type { Token } from "./tokens.ts";
import { docBetween, regionEnd } from "./trivia.ts";

/**
 * Splits a text into regions, each one header or declaration with the comments before it.
 *
 * A region begins in the same state wherever it stands (outside of comments, strings and braces), and where it ends
 * follows from the text behind its start alone (and from whether a line begins there). So a valid declaration ends
 * where the strict parser says; a damaged one ends before the next place that looks like the beginning of another; and
 * an edit re-splits only the regions whose reach it touches.
 */

const KIND = {
  name: T.indexOf(T.Name),
  lcurly: T.indexOf(T.LCurly),
  rcurly: T.indexOf(T.RCurly),
  equals: T.indexOf(T.Equals),
  lparen: T.indexOf(T.LParen),
  number: T.indexOf(T.Number_),
  string: T.indexOf(T.String_),
  minus: T.indexOf(T.Minus),
  like: T.indexOf(T.Like),
  for: T.indexOf(T.For),
  from: T.indexOf(T.From),
  end: T.indexOf(T.EOF),
  kernel: T.indexOf(T.Kernel),
  config: T.indexOf(T.Config),
  import: T.indexOf(T.Import),
  flags: T.indexOf(T.Flags),
  transform: T.indexOf(T.Transform),
  allocator: T.indexOf(T.Allocator),
  flag: T.indexOf(T.Flag),
  semi: T.indexOf(T.Semi),
  context: T.indexOf(T.Context),
  scope: T.indexOf(T.Scope),
  request: T.indexOf(T.Request),
  policy: T.indexOf(T.Policy),
  memory: T.indexOf(T.Memory),
  expect: T.indexOf(T.Expect),
};
const ITEM_KEYWORDS: ReadonlySet<number> = new Set(T.ITEM_KEYWORDS.map(T.indexOf));
const NAMES: ReadonlySet<number> = new Set([KIND.name, ...[...T.KEYWORDS.values()].map(T.indexOf)]);
/** Words that begin a declaration and are properties of a request as well. */
const ALSO_PROPERTIES: ReadonlySet<number> = new Set([
  KIND.flags,
  // `flags` with a letter lost.
  KIND.flag,
  KIND.context,
  KIND.policy,
  KIND.expect,
]);
/** What a name follows: a keyword behind it on the same line is that name. */
const BEFORE_NAMES: ReadonlySet<number> = new Set(
  [
    T.Like,
    T.For,
    T.On,
    T.Within,
    T.In,
    T.Comma,
    T.Mode,
    T.Stage,
    T.Api,
    T.Context,
    T.Zone,
    T.Fallback,
    T.Policy,
    T.Holds,
    T.Scope,
    T.Between,
    T.And,
    T.Has,
    T.Any,
    T.Lacks,
    T.Only,
    T.Is,
    T.Flags,
    T.Ignore,
    T.Honours,
    T.Waive,
    T.Watermarks,
    T.LowmemReserve,
    T.As,
    T.Pipe,
    T.Amp,
    T.Tilde,
    T.Bang,
    T.Question,
    T.EqualTo,
    T.NotEqual,
    T.LParen,
    T.Equals,
  ].map(T.indexOf),
);
function kindAt(tokens: readonly Token[], index: number): number {
  return tokens[index]?.tokenTypeIdx ?? KIND.end;
}

/** Whether a header or declaration begins at `index`, by its first three tokens; true for every valid one. */
function beginsItem(tokens: readonly Token[], index: number): boolean {
  const first = kindAt(tokens, index);
  if (!ITEM_KEYWORDS.has(first)) return false;
  const second = kindAt(tokens, index + 1);
  const third = kindAt(tokens, index + 2);
  switch (first) {
    case KIND.kernel:
      return second === KIND.number || (NAMES.has(second) && third === KIND.minus);
    case KIND.config:
      return second === KIND.lcurly;
    case KIND.import:
      return second === KIND.string;
  }
  if (!NAMES.has(second)) return false;
  switch (first) {
    case KIND.flags:
      return third === KIND.equals;
    // Nothing stands behind the name.
    case KIND.flag: {
      const behind = tokens[index + 2];
      return third === KIND.end || third === KIND.semi || ITEM_KEYWORDS.has(third) || (behind?.indent ?? 0) >= 0;
    }
    case KIND.transform:
    case KIND.allocator:
      return third === KIND.lparen;
    case KIND.policy:
      return third === KIND.lcurly || third === KIND.like || third === KIND.for;
    case KIND.memory:
      return third === KIND.lcurly || third === KIND.like || third === KIND.from;
    case KIND.expect:
      return parser().first.expectForm.has(third);
    default:
      return third === KIND.lcurly || third === KIND.like;
  }
}

/**
 * Whether a keyword is a name where this stands before it on the line. Behind a `{`, `kernel 6` is a fact and its
 * value.
 */
function isNameBehind(before: number, keyword: number): boolean {
  return BEFORE_NAMES.has(before) || (before === KIND.lcurly && keyword === KIND.kernel);
}

/** Two names and then what only stands behind a declaration's name: a misspelt declaration. */
function mayBeginItem(tokens: readonly Token[], index: number): boolean {
  if (!NAMES.has(kindAt(tokens, index)) || !NAMES.has(kindAt(tokens, index + 1))) return false;
  const third = kindAt(tokens, index + 2);
  return third === KIND.lcurly || third === KIND.equals || third === KIND.like || third === KIND.lparen;
}

/** Whether a word that begins a declaration may be a part of the one that begins with `head`. */
function isAlsoPart(head: number, kind: number): boolean {
  return (head === KIND.request && ALSO_PROPERTIES.has(kind)) || (head === KIND.context && kind === KIND.scope);
}

/** The index of the token before which a damaged item that begins at `index` ends. */
function damagedEnd(tokens: readonly Token[], index: number, count: number): number {
  const head = tokens[index];
  if (head === undefined) return count;
  const indent = Math.max(0, head.indent);
  let depth = head.tokenTypeIdx === KIND.lcurly ? 1 : 0;
  // Without either, what follows is the rest of a head that a newline broke.
  let hasBody = depth > 0;
  for (let i = index + 1; i < count; i++) {
    const token = tokens[i];
    if (token === undefined) return count;
    const kind = token.tokenTypeIdx;
    if (kind === KIND.lcurly || kind === KIND.equals) hasBody = true;
    if (kind === KIND.lcurly) depth++;
    else if (kind === KIND.rcurly) depth = Math.max(0, depth - 1);
    else if (NAMES.has(kind)) {
      const leads = token.indent >= 0 && token.indent <= indent;
      if (ITEM_KEYWORDS.has(kind)) {
        if (beginsItem(tokens, i)) {
          if (!leads && (i === index + 1 || isNameBehind(kindAt(tokens, i - 1), kind))) continue;
          if (depth === 0 || leads || !isAlsoPart(head.tokenTypeIdx, kind)) return i;
        } else if (leads && depth === 0 && (NAMES.has(kindAt(tokens, i + 1)) || kindAt(tokens, i + 1) === KIND.lcurly))
          return i;
      } else if (leads && depth === 0 && hasBody && mayBeginItem(tokens, i)) return i;
    }
  }
  return count;
}

interface Piece {
  readonly region: Region;
  /** As in `SourceFile.reaches`. */
  readonly reach: number;
  readonly end: number;
  /** The index of the first token behind the region. */
  readonly next: number;
  /** Of its tokens, how many the strict parser looked at before it gave up; null: it did not. */
  readonly givenUp: number | null;
  /** It is one valid item, as far as the parser looked. */
  readonly isValid: boolean;
}

const NOT_ENOUGH = "not enough";

/**
 * The region of `text` that begins at `start`; `index` is its first token. Asks for more tokens if they end too soon.
 * @param known where the strict parser gives up, as `Piece.givenUp`; null: that is not known
 */
function readRegion(
  text: string,
  start: number,
  { tokens, complete, openComment }: Tokens,
  index: number,
  cut: Cut,
  known: number | null,
): Piece | typeof NOT_ENOUGH {
  const count = tokens.length - PADDING;
  const head = tokens[index];
  if (head === undefined || index >= count) {
    if (!complete) return NOT_ENOUGH;
    return {
      region: bareRegion(cut(text, start, text.length)),
      reach: TO_THE_END,
      end: text.length,
      next: index,
      givenUp: null,
      isValid: false,
    };
  }
  const found = docBetween(text, start, head.startOffset);
  const doc = found === null ? null : cut(found, 0, found.length);
  let next = index;
  let seen = index + 1;
  let item: Region["item"] = null;
  let givenUp = known;
  if (known !== null) seen = index + known;
  else if (ITEM_KEYWORDS.has(head.tokenTypeIdx)) {
    const strict = parser().readStrict(tokens, index, start, doc);
    if (strict.valid) {
      next = strict.next;
      if (endsAt(tokens, head, next, count)) item = strict.item;
      seen = next + WINDOW;
    } else {
      seen = strict.seen + 1;
      givenUp = seen - index;
    }
  }
  if (item === null) {
    next = damagedEnd(tokens, index, count);
    seen = Math.max(seen, next + WINDOW);
  }
  if (seen >= count && !complete) return NOT_ENOUGH;
  const last = tokens[next - 1] ?? head;
  const end = regionEnd(
    text,
    last.endOffset + 1,
    tokens[next]?.tokenTypeIdx === KIND.end ? text.length : (tokens[next]?.startOffset ?? text.length),
  );
  const farthest = seen >= count ? undefined : tokens[seen];
  const open = openComment && tokens.slice(index, seen + 1).some((token) => token.tokenType === T.OpenComment);
  const reach = farthest === undefined || open ? TO_THE_END : farthest.endOffset + 2 - start;
  const tolerant = item === null ? parser().readTolerant(tokens.slice(index, next), start, doc) : null;
  const region = readRegionOf(cut(text, start, end), item ?? tolerant?.node ?? null, tolerant?.problems ?? []);
  return { region, reach, end, next, givenUp, isValid: item !== null };
}

function readRegionOf(text: string, item: Item | null, problems: Region["problems"]): Region {
  const name = item !== null && "name" in item ? (item.name?.text ?? null) : null;
  return { text, kind: item?.kind ?? null, name, item, problems };
}

/** Whether a declaration that is valid up to `next` ends there, or goes on with something that does not belong. */
function endsAt(tokens: readonly Token[], head: Token, next: number, count: number): boolean {
  const token = tokens[next];
  if (token === undefined || next >= count || beginsItem(tokens, next)) return true;
  return token.indent >= 0 && token.indent <= Math.max(0, head.indent);
}

/** How much text of a whole file is lexed at once: few tokens at a time die young, which the collector likes. */
const FILE_CHUNK = 1 << 13;
/** How much text is lexed at first around an edit. */
const CHUNK = 2_000;

/** For the one reader that there is at a time. */
const columnsOfReader = lender();

/** Reads regions of a text; what was lexed for one serves the next that begins where it ended. */
class RegionReader {
  readonly #text: string;
  readonly #cut: Cut;
  #size: number;
  #scan: Scan | null = null;
  /** The tokens of the scan, for as long as what begins at `#at` must be parsed. */
  #tokens: Tokens | null = null;
  #index = 0;
  #at = 0;

  constructor(text: string, size: number, cut: Cut) {
    this.#text = text;
    this.#cut = cut;
    this.#size = size;
  }

  read(start: number): Piece {
    for (;;) {
      const scanned = this.#scan === null || this.#at !== start ? this.#read(start) : this.#scan;
      const piece = this.#piece(start, scanned);
      if (piece !== NOT_ENOUGH) {
        this.#at = piece.end;
        this.#index = piece.next;
        return piece;
      }
      // A region that does not fit a whole chunk needs a larger one; who reads on is likely to read more.
      this.#size = this.#index === 0 ? this.#size * 4 : Math.min(this.#size * 4, FILE_CHUNK);
      this.#read(start);
    }
  }

  #piece(start: number, scanned: Scan): Piece | typeof NOT_ENOUGH {
    const index = this.#index;
    const { columns } = scanned;
    const stretch = stretchAt(this.#text, start, scanned, index);
    // Where it is not the first, it is read anew with what follows.
    if (stretch === "unfinished" && index > 0) return NOT_ENOUGH;
    const like = stretch === "unfinished" ? null : stretch;
    const known = like === null ? null : shapeOf(columns, like);
    if (like !== null && known?.seen === null) {
      const { next } = like;
      const reach = next + WINDOW < columns.count ? (columns.ends[next + WINDOW] ?? 0) + 1 - start : TO_THE_END;
      const { region, end } = regionOf(this.#text, start, columns, index, next, this.#cut);
      return { region, reach, end, next, givenUp: null, isValid: true };
    }
    this.#tokens ??= this.#padded(scanned);
    const piece = readRegion(this.#text, start, this.#tokens, index, this.#cut, known?.seen ?? null);
    if (piece === NOT_ENOUGH || like === null || known !== null) return piece;
    const { givenUp } = piece;
    if (piece.isValid ? piece.next === like.next : givenUp !== null && givenUp < like.next + WINDOW - index)
      noteShape(columns, like, givenUp);
    return piece;
  }

  #read(start: number): Scan {
    const scanned = scan(this.#text, start, start + this.#size, columnsOfReader());
    // What stands behind the last token counts as well.
    if (scanned.complete) scanned.columns.pad(KIND.end, this.#text.length, WINDOW);
    this.#scan = scanned;
    this.#tokens = null;
    this.#index = 0;
    this.#at = start;
    return scanned;
  }

  #padded({ columns, complete, openComment }: Scan): Tokens {
    const tokens = Array.from({ length: columns.count + PADDING }, (_, i) =>
      i < columns.count ? columns.token(this.#text, i, this.#cut) : T.END,
    );
    return { tokens, complete, openComment };
  }
}

/** Reads a whole text. Never fails; what is wrong is in the problems of its regions. */
export function parseFile(text: string): SourceFile {
  const regions: Region[] = [];
  const starts: number[] = [];
  const reaches: number[] = [];
  const leading: number[] = [];
  const reader = new RegionReader(text, FILE_CHUNK, slice);
  for (let at = 0; at < text.length; ) {
    const { region, reach, end } = reader.read(at);
    if (mayLead(region)) leading.push(regions.length);
    regions.push(region);
    starts.push(at);
    reaches.push(reach);
    at = end;
  }
  return { kind: "allocpolicy", text, regions, starts, reaches, leading };
}

/**
 * What a region's reading depends on that stands before it: whether it begins a line, and whether it begins the file
 * with a byte-order mark, which is one nowhere else.
 */
function beginningOf(text: string, at: number): "mark" | "line" | "middle" {
  if (at === 0 && text.charCodeAt(0) === 0xfeff) return "mark";
  return at === 0 || text.charCodeAt(at - 1) === 10 ? "line" : "middle";
}

/** Earlier texts of a file, the last first: what is undone is there already. So many, and so much text of them. */
const MOST_EARLIER = 8;
const MOST_EARLIER_TEXT = 8_000_000;

/** An earlier text, and how the one that remembers it differs: not before `start`, nor behind the two ends. */
interface Earlier {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
  readonly endNow: number;
}

const earlier = new WeakMap<SourceFile, readonly Earlier[]>();

/** The file after an edit, if that was the text of one before; notes what it was made of. */
function remembered(file: SourceFile, edit: Edit, make: () => SourceFile): SourceFile {
  const before = (earlier.get(file) ?? []).map((known) => afterEdit(known, edit));
  // What follows keeps the list, or each would keep all before it.
  earlier.delete(file);
  const same = before.find((known) => isSameText(known, file, edit));
  const next = same?.file ?? make();
  const most = Math.min(MOST_EARLIER, Math.ceil(MOST_EARLIER_TEXT / (next.text.length + 1)));
  const last = { file, start: edit.start, end: edit.end, endNow: edit.start + edit.text.length };
  earlier.set(next, [last, ...before.filter((known) => known !== same)].slice(0, most));
  return next;
}

/** How an earlier text differs from the one after an edit. */
function afterEdit({ file, start, end, endNow }: Earlier, edit: Edit): Earlier {
  const more = Math.max(0, edit.end - endNow);
  return {
    file,
    start: Math.min(start, edit.start),
    end: end + more,
    endNow: endNow + more + edit.text.length - (edit.end - edit.start),
  };
}

/** Whether the text after an edit is the earlier one: only where they may differ is looked at. */
function isSameText({ file: known, start, end, endNow }: Earlier, file: SourceFile, edit: Edit): boolean {
  if (end !== endNow) return false;
  const before = file.text.slice(start, edit.start);
  const behind = file.text.slice(edit.end, edit.end + endNow - edit.start - edit.text.length);
  return known.text.slice(start, end) === before + edit.text + behind;
}

/**
 * The file after an edit: what `parseFile` makes of the new text, with every region that the edit left alone taken over
 * as the same object; where the text is one that it had before, that very file. Costs what the touched declarations
 * cost, beside joining the text and copying the arrays; and of one that was there before less than that.
 */
export function editFile(file: SourceFile, edit: Edit): SourceFile {
  return remembered(file, edit, () => {
    const text = file.text.slice(0, edit.start) + edit.text + file.text.slice(edit.end);
    return editedFile(file, edit, text);
  });
}

function editedFile(file: SourceFile, edit: Edit, text: string): SourceFile {
  const shift = edit.text.length - (edit.end - edit.start);
  const touchedEnd = edit.start + edit.text.length;
  const count = file.regions.length;
  const oldStart = (index: number) => file.starts[index] ?? file.text.length;
  const reachOf = (index: number) => file.reaches[index] ?? TO_THE_END;
  let old = 0;
  while (old < count && oldStart(old) + reachOf(old) <= edit.start) old++;
  const first = old;
  const regions: Region[] = [];
  const starts: number[] = [];
  const reaches: number[] = [];
  const reader = new RegionReader(text, CHUNK, copy);
  /** What was read in the place of [first, end), and the rest as it was. */
  const joined = (end: number): SourceFile => {
    const all = splice(file.regions, first, end, regions);
    noteDifference(file.regions, all, first, end);
    return {
      kind: "allocpolicy",
      text,
      regions: all,
      starts: moved(splice(file.starts, first, end, starts), first + starts.length, shift),
      reaches: splice(file.reaches, first, end, reaches),
      leading: leadingOf(file, first, end, regions),
    };
  };
  let at = Math.min(oldStart(old), text.length);
  while (at < text.length) {
    const region = file.regions[old];
    const before = oldStart(old) === at && at <= edit.start;
    const beginsAlike = beginningOf(text, at) === beginningOf(file.text, oldStart(old));
    if (beginsAlike && at >= touchedEnd && oldStart(old) >= edit.end && oldStart(old) + shift === at)
      return joined(old);
    const piece =
      region !== undefined && before && at + reachOf(old) <= edit.start
        ? { region, reach: reachOf(old), end: at + region.text.length }
        : reader.read(at);
    // The same text makes the same region, once in a file: caches that hang on the object stay good.
    const same =
      region !== undefined &&
      beginsAlike &&
      ((before && at < edit.start) || oldStart(old) + shift === at) &&
      region.text === piece.region.text;
    regions.push(same ? region : piece.region);
    starts.push(at);
    reaches.push(piece.reach);
    at = piece.end;
    while (old < count && (oldStart(old) < edit.start ? oldStart(old) < at : oldStart(old) + shift < at)) old++;
  }
  return joined(count);
}

function moved(starts: number[], from: number, by: number): number[] {
  for (let i = from; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + by;
  return starts;
}

/** Which regions may lead to other files, where those in [first, end) were replaced by others. */
function leadingOf(before: SourceFile, first: number, end: number, fresh: readonly Region[]): readonly number[] {
  const leading = before.leading.filter((index) => index < first);
  for (const [i, region] of fresh.entries()) if (mayLead(region)) leading.push(first + i);
  for (const index of before.leading) if (index >= end) leading.push(index + first + fresh.length - end);
  return leading;
}
