import { KSWAPD_STATES, MEMORY_FACTS, TIME_UNITS } from "./memory-facts.ts";
import { PROPERTY_WORDS } from "./request-properties.ts";
import { createToken, EOF, Lexer, type IToken, type TokenType } from "chevrotain";

/**
 * The token types of the language. Keywords are not reserved: each one is also a `Name` (a Chevrotain category), so
 * that it is accepted wherever a name stands. The lexer is ours (`lexer.ts`); Chevrotain gets finished tokens and
 * builds none.
 */

/** A token as the parser reads it. `endOffset` is inclusive, as Chevrotain has it. */
export interface Token extends IToken {
  readonly endOffset: number;
  /** The column if the token is the first on its line, else -1. */
  readonly indent: number;
}

function token(name: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, pattern: Lexer.NA, categories });
}

export const Name = token("Name");

/** One token type for each keyword, by its text. */
export const KEYWORDS = new Map<string, TokenType>();

function keyword(text: string): TokenType {
  const type = token(`keyword_${text}`, [Name]);
  KEYWORDS.set(text, type);
  return type;
}

/** The type of a keyword by its text. @throws for a word that is none: the caller's table is wrong */
export function keywordType(text: string): TokenType {
  const type = KEYWORDS.get(text);
  if (type === undefined) throw new Error(`${text} is no keyword`);
  return type;
}

export const Kernel = keyword("kernel");
export const Config = keyword("config");
export const Import = keyword("import");
export const Flags = keyword("flags");
export const Flag = keyword("flag");
export const Transform = keyword("transform");
export const Allocator = keyword("allocator");
export const Context = keyword("context");
export const Request = keyword("request");
export const Policy = keyword("policy");
export const Memory = keyword("memory");
export const Expect = keyword("expect");

export const Like = keyword("like");
export const For = keyword("for");
export const In = keyword("in");
export const Holds = keyword("holds");
export const Scope = keyword("scope");
export const Clears = keyword("clears");
export const Adds = keyword("adds");
export const Between = keyword("between");
export const Unknown = keyword("unknown");
export const Api = keyword("api");
export const SizeWord = keyword("size");
export const Order = keyword("order");
export const Pages = keyword("pages");
export const Count = keyword("count");
export const Node = keyword("node");
export const Zone = keyword("zone");
export const Cache = keyword("cache");
export const Handles = keyword("handles");
export const Fallback = keyword("fallback");
export const Waive = keyword("waive");
export const Because = keyword("because");
export const Any = keyword("any");
export const Null = keyword("null");
export const Nothing = keyword("nothing");
export const Ctor = keyword("ctor");
export const Dma = keyword("dma");
export const Account = keyword("account");
export const Reclaimable = keyword("reclaimable");
export const On = keyword("on");
export const Off = keyword("off");
export const Allow = keyword("allow");
export const Forbid = keyword("forbid");
export const Warn = keyword("warn");
export const Require = keyword("require");
export const When = keyword("when");
export const Ignore = keyword("ignore");
export const Mode = keyword("mode");
export const Otherwise = keyword("otherwise");
export const Stage = keyword("stage");
export const Honours = keyword("honours");
export const Internal = keyword("internal");
export const Or = keyword("or");
export const And = keyword("and");
export const Not = keyword("not");
export const Has = keyword("has");
export const Lacks = keyword("lacks");
export const Only = keyword("only");
export const Is = keyword("is");
export const Sleeps = keyword("sleeps");
export const MayOom = keyword("may_oom");
export const MayFail = keyword("may_fail");
export const Movable = keyword("movable");
export const Unmovable = keyword("unmovable");
export const Mapping = keyword("mapping");
export const Pinned = keyword("pinned");
export const Cma = keyword("cma");
export const Highatomic = keyword("highatomic");
export const Free = keyword("free");
export const Watermarks = keyword("watermarks");
export const LowmemReserve = keyword("lowmem_reserve");
export const Range = keyword("range");
export const Returning = keyword("returning");
export const About = keyword("about");
export const Ever = keyword("ever");
export const As = keyword("as");
export const From = keyword("from");
export const Report = keyword("report");
export const Forbids = keyword("forbids");
export const Allows = keyword("allows");
export const Within = keyword("within");
export const Gives = keyword("gives");

for (const word of KSWAPD_STATES) keyword(word);
for (const word of Object.keys(MEMORY_FACTS)) if (!KEYWORDS.has(word)) keyword(word);
for (const word of PROPERTY_WORDS) if (!KEYWORDS.has(word)) keyword(word);

/** `B`, `KiB`, …; all of one type, told apart by their text. */
export const Unit = token("Unit", [Name]);
export const UNITS = ["B", "KiB", "MiB", "GiB", "K", "M", "G"] as const;
for (const unit of UNITS) KEYWORDS.set(unit, Unit);

/** `us`, `ms`, …: all of one type too. */
export const TimeUnit = token("TimeUnit", [Name]);
for (const unit of TIME_UNITS) KEYWORDS.set(unit, TimeUnit);

export const Number_ = token("Number");
export const String_ = token("String");
export const LCurly = token("LCurly");
export const RCurly = token("RCurly");
export const LParen = token("LParen");
export const RParen = token("RParen");
export const Pipe = token("Pipe");
export const Amp = token("Amp");
export const Tilde = token("Tilde");
export const Comma = token("Comma");
export const Semi = token("Semi");
export const Colon = token("Colon");
export const Equals = token("Equals");
export const Compare = token("Compare");
export const EqualTo = token("EqualTo");
export const NotEqual = token("NotEqual");
export const Question = token("Question");
export const Bang = token("Bang");
export const Dot = token("Dot");
export const DotDot = token("DotDot");
export const Minus = token("Minus");
export const Percent = token("Percent");

/** A character or an operator that the language does not have. */
export const Wrong = token("Wrong");
/** A name with a character in it that names do not have. */
export const WrongName = token("WrongName");
/** A string that its line does not end. */
export const OpenString = token("OpenString");
/** A block comment that nothing ends; it covers the rest of its line. */
export const OpenComment = token("OpenComment");

export const VOCABULARY: TokenType[] = [
  Name,
  ...new Set(KEYWORDS.values()),
  Number_,
  String_,
  LCurly,
  RCurly,
  LParen,
  RParen,
  Pipe,
  Amp,
  Tilde,
  Comma,
  Semi,
  Colon,
  Equals,
  Compare,
  EqualTo,
  NotEqual,
  Question,
  Bang,
  Dot,
  DotDot,
  Minus,
  Percent,
  Wrong,
  WrongName,
  OpenString,
  OpenComment,
];

/** The words that begin a condition, but for `not`. */
export const CONDITION_WORDS = [
  ...[Has, Any, Lacks, Only, Is, In],
  ...[Order, SizeWord, Pages],
  ...[Sleeps, MayOom, MayFail],
];

/** The words that begin a header or a declaration. */
export const ITEM_KEYWORDS = [
  Kernel,
  Config,
  Import,
  Flags,
  Flag,
  Transform,
  Allocator,
  Context,
  Scope,
  Request,
  Policy,
  Memory,
  Expect,
] as const;

/** Words that are no name by themselves, though most may stand where a name does. */
export const isKeyword = (word: string): boolean => KEYWORDS.has(word);

/** The index by which Chevrotain compares types; every type that `createToken` made has one. */
export function indexOf(type: TokenType): number {
  return type.tokenTypeIdx ?? 0;
}

/** Stands behind the last token. */
export const END: Token = {
  tokenType: EOF,
  tokenTypeIdx: indexOf(EOF),
  image: "",
  startOffset: -1,
  endOffset: -1,
  indent: 0,
};

export { EOF };
