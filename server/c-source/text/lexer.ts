import { partnersOf } from "./brackets.ts";
import { closeBranches, nextBranch, openBranches } from "./conditionals.ts";
import { codeAt, firstOf, giveBackTable, idOf, intern, nameOf, takeTable } from "./names.ts";
import type { Build, Scan } from "./scan.ts";
import {
  AND_ASSIGN,
  BEHIND,
  ARROW,
  BLOCK_OPEN,
  BOTH,
  CHARACTER,
  COMPARED,
  EITHER,
  ELLIPSIS,
  EQUAL,
  NAME,
  NUMBER,
  OR_ASSIGN,
  OTHER_ASSIGN,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  STEP,
  STRING,
  UNEQUAL,
  type Tokens,
} from "./tokens.ts";

const OTHER = 0;
const SPACE = 1;
const LETTER = 2;
const DIGIT = 3;

const CLASSES = new Uint8Array(256);
for (const space of " \t\r\f\v\n") CLASSES[space.charCodeAt(0)] = SPACE;
for (let code = 48; code < 58; code++) CLASSES[code] = DIGIT;
for (let code = 65; code < 91; code++) CLASSES[code] = LETTER;
for (let code = 97; code < 123; code++) CLASSES[code] = LETTER;
CLASSES[95] = LETTER;
CLASSES[36] = LETTER;
// What is not ASCII, see `BEYOND`, is a letter.
CLASSES.fill(LETTER, 128);

const NEWLINE = 10;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const SLASH = 47;
const ASTERISK = 42;
const BACKSLASH = 92;

/**
 * The tokens of a C file that no preprocessor has seen. Total: any text. Of the branches of `#if` those are kept that
 * `conditionals.ts` says; macros stay as they are written, and their bodies are kept aside.
 * @param known what is passed over, in order: what stands between braces that are met as such
 */
export function tokensOf(text: string, build: Build, known: Iterable<Known> = []): Tokens {
  const lists = takeLists(text.length);
  codesOf(text, lists.codes);
  const table = takeTable(text, lists.codes);
  const scan: Scan = {
    text,
    codes: lists.codes,
    at: 0,
    count: 0,
    kinds: lists.kinds,
    starts: lists.starts,
    ends: lists.ends,
    names: lists.names,
    table,
    defines: [],
    braces: 0,
    parens: 0,
    open: [],
    build,
  };
  let passed = 0;
  for (const { from, to } of known) {
    readUntil(scan, from);
    if (scan.at !== from || scan.kinds[scan.count - 1] !== BLOCK_OPEN || scan.ends[scan.count - 1] !== from) continue;
    scan.at = to;
    passed++;
  }
  readUntil(scan, text.length);
  while (scan.open.length > 0) closeBranches(scan);
  const { count, kinds, starts, ends, names, codes } = scan;
  // Who looks a little ahead at the end of the text sees nothing, and not what the list held before.
  kinds.fill(0, count, count + BEHIND);
  names.fill(0, count, count + BEHIND);
  starts.fill(text.length, count, count + BEHIND);
  ends.fill(text.length, count, count + BEHIND);
  const isFirst = (token: number): boolean => {
    const start = starts[token] ?? 0;
    return start === 0 || codes[start - 1] === NEWLINE;
  };
  const partners = partnersOf(count, kinds, isFirst, lists.partners);
  return {
    text,
    count,
    kinds,
    starts,
    ends,
    names,
    partners,
    nameOf: (id) => nameOf(table, id),
    firstOf: (id) => firstOf(table, id),
    idOf: (name) => idOf(table, name),
    nameCount: table.count,
    defines: scan.defines,
    has: (id) => table.used[id] === 1,
    isFirst,
    passed,
    giveBack: () => {
      // A list that grew is the larger one.
      if (spare === null || spare.kinds.length < kinds.length) spare = { codes, kinds, starts, ends, names, partners };
      giveBackTable(table);
    },
  };
}

/** Where something stands that is known: offsets behind one brace and at the other. */
interface Known {
  readonly from: number;
  readonly to: number;
}

interface Lists extends Pick<Tokens, "kinds" | "starts" | "ends" | "names" | "partners"> {
  readonly codes: Uint8Array;
}

/** Lists that nobody uses any more: a megabyte for each file would be most of the work of the garbage collector. */
let spare: Lists | null = null;

/** Lists for a text of so many characters. */
function takeLists(length: number): Lists {
  const most = (length >> 2) + BEHIND;
  const found = spare;
  spare = null;
  if (found !== null && found.kinds.length >= most && found.codes.length > length) return found;
  return {
    codes: new Uint8Array(length + 1),
    kinds: new Uint8Array(most),
    starts: new Int32Array(most),
    ends: new Int32Array(most),
    names: new Int32Array(most),
    partners: new Int32Array(most),
  };
}

/** As every engine that this runs in has it. */
declare class TextEncoder {
  encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number };
}
const encoder = new TextEncoder();

/** A shorter text is written sooner than the engine is asked. */
const FEW = 200;

/**
 * The characters of a text as numbers, those beyond ASCII as one, and 0 behind the last: an engine reads these faster
 * than those of a string.
 */
function codesOf(text: string, into: Uint8Array): void {
  into[text.length] = 0;
  if (text.length > FEW) {
    const { read, written } = encoder.encodeInto(text, into);
    if (read === text.length && written === text.length) return;
  }
  for (let at = 0; at < text.length; at++) into[at] = codeAt(text, at);
}

/** Reads on until a token ends at or behind an offset. */
function readUntil(scan: Scan, end: number): void {
  const { codes } = scan;
  let at = scan.at;
  while (at < end) {
    const code = codes[at] ?? 0;
    const kind = CLASSES[code];
    if (kind === SPACE) {
      at++;
    } else if (kind === LETTER) {
      const start = at;
      let hash = 0;
      for (let next = code; (CLASSES[next] ?? OTHER) >= LETTER; next = codes[at] ?? 0) {
        hash = (Math.imul(hash, 31) + next) | 0;
        at++;
      }
      push(scan, NAME, start, at, intern(scan.table, hash, start, at));
    } else {
      scan.at = at;
      if (kind === DIGIT) readNumber(scan, at);
      else readOther(scan, at, code);
      at = scan.at;
    }
  }
  scan.at = at;
}

function push(scan: Scan, kind: number, start: number, end: number, name: number): void {
  const { count } = scan;
  if (count === scan.kinds.length) growScan(scan);
  scan.kinds[count] = kind;
  scan.starts[count] = start;
  scan.ends[count] = end;
  scan.names[count] = name;
  scan.count = count + 1;
  scan.at = end;
}

function growScan(scan: Scan): void {
  const size = scan.kinds.length * 2;
  const kinds = new Uint8Array(size);
  kinds.set(scan.kinds);
  scan.kinds = kinds;
  const larger = (from: Int32Array): Int32Array => {
    const to = new Int32Array(size);
    to.set(from);
    return to;
  };
  scan.starts = larger(scan.starts);
  scan.ends = larger(scan.ends);
  scan.names = larger(scan.names);
}

function readNumber(scan: Scan, start: number): void {
  const { text, codes } = scan;
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = codes[at] ?? 0;
    if ((CLASSES[code] ?? OTHER) < LETTER && code !== 46) break;
  }
  push(scan, NUMBER, start, at, 0);
}

function readOther(scan: Scan, start: number, code: number): void {
  const { text, codes } = scan;
  const next = start + 1 < text.length ? (codes[start + 1] ?? 0) : 0;
  switch (code) {
    case QUOTE:
      push(scan, STRING, start, endOfQuoted(scan, start, QUOTE), 0);
      return;
    case APOSTROPHE:
      push(scan, CHARACTER, start, endOfQuoted(scan, start, APOSTROPHE), 0);
      return;
    case SLASH:
      if (next === ASTERISK || next === SLASH) {
        scan.at = endOfComment(text, start);
        return;
      }
      break;
    case BACKSLASH:
      scan.at = start + 1;
      return;
    case HASH:
      if (beginsLine(codes, start)) {
        readDirective(scan, start);
        return;
      }
      break;
    case 123:
      scan.braces++;
      break;
    case 125:
      scan.braces--;
      break;
    case 40:
      scan.parens++;
      break;
    case 41:
      scan.parens--;
      break;
  }
  const length = lengthOfPunctuator(text, start, code, next);
  push(scan, length === 1 ? code & 127 : kindOfPunctuator(code, next, length), start, start + length, 0);
}

/** A text or character ends with its line at the latest: one that is not closed costs no more. */
function endOfQuoted({ text, codes }: Scan, start: number, quote: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = codes[at];
    if (code === quote) return at + 1;
    if (code === BACKSLASH) at++;
    else if (code === NEWLINE) return at;
  }
  return text.length;
}

function endOfComment(text: string, start: number): number {
  const isBlock = text.charCodeAt(start + 1) === ASTERISK;
  const end = isBlock ? text.indexOf("*/", start + 2) : text.indexOf("\n", start);
  if (end === -1) return text.length;
  return isBlock ? end + 2 : end;
}

function beginsLine(codes: Uint8Array, at: number): boolean {
  for (let before = at - 1; before >= 0; before--) {
    const code = codes[before];
    if (code === NEWLINE) return true;
    if (code !== 32 && code !== 9) return false;
  }
  return true;
}

const PAIRS: ReadonlyMap<string, number> = new Map([
  ["==", EQUAL],
  ["!=", UNEQUAL],
  ["->", ARROW],
  ["&&", BOTH],
  ["||", EITHER],
  ["<<", SHIFT_LEFT],
  [">>", SHIFT_RIGHT],
  ["|=", OR_ASSIGN],
  ["&=", AND_ASSIGN],
  ["+=", OTHER_ASSIGN],
  ["-=", OTHER_ASSIGN],
  ["*=", OTHER_ASSIGN],
  ["/=", OTHER_ASSIGN],
  ["%=", OTHER_ASSIGN],
  ["^=", OTHER_ASSIGN],
  ["++", STEP],
  ["--", STEP],
  ["<=", COMPARED],
  [">=", COMPARED],
]);
const pairCodes = new Uint8Array(128 * 128);
for (const [pair, kind] of PAIRS) pairCodes[pair.charCodeAt(0) * 128 + pair.charCodeAt(1)] = kind;

function lengthOfPunctuator(text: string, start: number, code: number, next: number): number {
  if (code >= 128 || !(next < 128)) return 1;
  if (code === 46 && next === 46 && text.charCodeAt(start + 2) === 46) return 3;
  if ((pairCodes[code * 128 + next] ?? 0) === 0) return 1;
  const isShift = (code === 60 || code === 62) && next === code;
  return isShift && text.charCodeAt(start + 2) === 61 ? 3 : 2;
}

function kindOfPunctuator(code: number, next: number, length: number): number {
  if (length === 3) return code === 46 ? ELLIPSIS : OTHER_ASSIGN;
  return pairCodes[code * 128 + next] ?? code;
}

// Directives ----------------------------------------------------------------------------------------------------------

const DIRECTIVE = /#[ \t]*([a-z]*)[ \t]*/y;

function readDirective(scan: Scan, start: number): void {
  const { text } = scan;
  DIRECTIVE.lastIndex = start;
  const name = DIRECTIVE.exec(text)?.[1] ?? "";
  const body = DIRECTIVE.lastIndex === 0 ? start + 1 : DIRECTIVE.lastIndex;
  const end = endOfDirective(scan, body);
  switch (name) {
    case "define":
      readDefine(scan, body, end);
      break;
    case "if":
    case "ifdef":
    case "ifndef":
      openBranches(scan, name, text.slice(body, end));
      break;
    case "elif":
    case "else":
      nextBranch(scan, name, text.slice(body, end));
      break;
    case "endif":
      closeBranches(scan);
      break;
  }
  scan.at = end;
}

/** The end of the line, or of the last of those that a backslash or a comment joins. */
function endOfDirective({ text, codes }: Scan, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = codes[at];
    if (code === NEWLINE) return at;
    if (code === BACKSLASH) {
      if (text.charCodeAt(at + 1) === 13) at++;
      at++;
    } else if (code === SLASH && text.charCodeAt(at + 1) === ASTERISK) at = endOfComment(text, at) - 1;
  }
  return text.length;
}

const DEFINED = /([A-Za-z_]\w*)(?:\(([^)]*)\))?/y;

function readDefine(scan: Scan, start: number, end: number): void {
  DEFINED.lastIndex = start;
  const match = DEFINED.exec(scan.text);
  if (match === null) return;
  const [all, name = "", parameters] = match;
  scan.defines.push({
    name,
    parameters: parameters === undefined ? null : parameters.split(",").map((one) => one.replace(/[\s\\]/g, "")),
    start: Math.min(start + all.length, end),
    end,
  });
}
