import { readAs } from "./lexer.ts";
import * as T from "./tokens.ts";
import type { Token } from "./tokens.ts";
import { quoted } from "./wording.ts";

/** A problem that is plain from the tokens alone; offsets are those of the tokens. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly fix?: { readonly title: string; readonly start: number; readonly end: number; readonly text: string };
}

export interface Mended {
  readonly tokens: readonly Token[];
  /** In the order of the text. */
  readonly findings: readonly Finding[];
}

const TYPE = {
  name: T.indexOf(T.Name),
  lparen: T.indexOf(T.LParen),
  rparen: T.indexOf(T.RParen),
  number: T.indexOf(T.Number_),
  tilde: T.indexOf(T.Tilde),
};

/** C operators that people write in masks, and what does their work here. */
const OPERATORS: ReadonlyMap<
  string,
  { readonly type: typeof T.Pipe; readonly message: string; readonly write: string | null }
> = new Map([
  ["||", { type: T.Pipe, message: "`||` is not a mask operator: write `|`.", write: "|" }],
  ["&&", { type: T.Amp, message: "`&&` is not a mask operator: write `&`, or `and` between conditions.", write: "&" }],
  ["+", { type: T.Pipe, message: "`+` is not a mask operator: write `|`.", write: "|" }],
  ["^", { type: T.Pipe, message: "`^` is not a mask operator: write the flags with `|`, `&` and `~`.", write: null }],
  ["<<", { type: T.Pipe, message: "`<<` is not a mask operator: write the number, such as `0x400`.", write: null }],
  [">>", { type: T.Pipe, message: "`>>` is not a mask operator: write the number, such as `0x400`.", write: null }],
  ["|=", { type: T.Equals, message: "`|=` assigns nothing here: write `=` and all flags.", write: null }],
  ["&=", { type: T.Equals, message: "`&=` assigns nothing here: write `=` and all flags.", write: null }],
]);

const CAST_WORDS = new Set([
  "unsigned",
  "signed",
  "int",
  "long",
  "short",
  "char",
  "__force",
  "u8",
  "u16",
  "u32",
  "u64",
  "const",
]);

function isCastWord(token: Token | undefined): boolean {
  return token !== undefined && (CAST_WORDS.has(token.image) || /^\w+_t$/.test(token.image));
}

/** The index after a C cast that begins at `index`, or `index` if none does. */
function castEnd(tokens: readonly Token[], index: number): number {
  if (tokens[index]?.tokenTypeIdx !== TYPE.lparen || !isCastWord(tokens[index + 1])) return index;
  let end = index + 1;
  while (isCastWord(tokens[end])) end++;
  if (tokens[end]?.tokenTypeIdx !== TYPE.rparen) return index;
  const operand = tokens[end + 1];
  if (operand === undefined || operand.indent >= 0) return index;
  const type = operand.tokenTypeIdx;
  const before = tokens[index - 1];
  if (
    before !== undefined &&
    before.tokenTypeIdx === TYPE.name &&
    /^[a-z]/.test(before.image) &&
    before.endOffset + 1 === tokens[index]?.startOffset
  )
    return index;
  const isOperand = type === TYPE.number || type === TYPE.lparen || type === TYPE.tilde || /^\w/.test(operand.image);
  return isOperand ? end + 1 : index;
}

/**
 * Replaces tokens that the language does not have by what they are meant to be, and says so, so that the parser goes on
 * as if they had been written right: C operators and casts, stray characters, strings and comments without an end, a
 * misspelt first word.
 */
export function mend(tokens: readonly Token[]): Mended {
  const out: Token[] = [];
  const findings: Finding[] = [];
  const say = (token: Token, message: string, fix?: { title: string; text: string }, until: Token = token) => {
    const start = token.startOffset;
    const end = until.endOffset + 1;
    findings.push(fix === undefined ? { start, end, message } : { start, end, message, fix: { ...fix, start, end } });
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    const afterCast = castEnd(tokens, i);
    const last = tokens[afterCast - 1];
    if (afterCast > i && last !== undefined) {
      say(token, "A mask takes no cast: remove it.", { title: "Remove the cast", text: "" }, last);
      i = afterCast - 1;
      continue;
    }
    switch (token.tokenType) {
      case T.OpenString:
        say(token, 'This text has no end: write `"` before the line ends.');
        out.push(readAs(token, T.String_, `${token.image}"`));
        break;
      case T.OpenComment:
        say(token, "This comment has no end: write `*/`.");
        break;
      case T.WrongName: {
        const clean = token.image.replace(/[^A-Za-z0-9_]/g, "");
        say(token, `A name has only letters, digits and \`_\`: ${quoted(token.image)} has others.`, {
          title: `Write ${clean}`,
          text: clean,
        });
        out.push(readAs(token, T.KEYWORDS.get(clean) ?? T.Name, clean));
        break;
      }
      case T.Wrong: {
        const operator = OPERATORS.get(token.image);
        if (isBetweenNumbers(tokens, i)) {
          say(token, `${quoted(token.image)} computes nothing here: write the number.`);
          out.push(readAs(token, T.Pipe, token.image));
        } else if (operator !== undefined) {
          say(
            token,
            operator.message,
            operator.write === null ? undefined : { title: `Write ${operator.write}`, text: operator.write },
          );
          out.push(readAs(token, operator.type, operator.write ?? token.image));
        } else {
          const text = isBetweenWords(tokens, i) ? " " : "";
          say(token, `${quoted(token.image)} means nothing here: remove it.`, { title: "Remove it", text });
        }
        break;
      }
      case T.Bang:
        if (isAtCondition(tokens, i) && isOneOf(CONDITIONS, tokens[i + 1])) {
          say(token, "`!` is not used here: write `not` before the condition.", { title: "Write not", text: "not " });
          out.push(readAs(token, T.Not, "not"));
        } else if (isAtCondition(tokens, i) && isOneOf(BEGINS_OPERAND, tokens[i + 1])) {
          say(token, "`!` is not used here: write `lacks` before the mask.", { title: "Write lacks", text: "lacks " });
          out.push(readAs(token, T.Lacks, "lacks"));
        } else out.push(token);
        break;
      case T.NotEqual:
        if (isMeasure(tokens[i - 1])) {
          say(token, "`!=` is not a comparison here: write `not` before the condition and `==`.");
          out.push(readAs(token, T.EqualTo, "=="));
        } else out.push(token);
        break;
      default:
        out.push(
          out.length === 0 && findings.length === 0
            ? firstWord(token, tokens[i + 1], say)
            : (whenWord(token, tokens[i + 1], say) ?? conditionWord(tokens, i, token, say)),
        );
    }
  }
  return { tokens: out, findings };
}

/** Whether a token multiplies or divides, as far as that can be seen. */
function isBetweenNumbers(tokens: readonly Token[], index: number): boolean {
  const [before, token, after] = [tokens[index - 1], tokens[index], tokens[index + 1]];
  if ((token?.image !== "*" && token?.image !== "/") || token.indent >= 0) return false;
  return before?.tokenTypeIdx === TYPE.number && isOneOf(BEGINS_OPERAND, after) && (after?.indent ?? 0) < 0;
}

/** Whether what stands on both sides of a token would become one word without it. */
function isBetweenWords(tokens: readonly Token[], index: number): boolean {
  const [before, token, after] = [tokens[index - 1], tokens[index], tokens[index + 1]];
  return (
    before?.endOffset === (token?.startOffset ?? 0) - 1 &&
    after?.startOffset === (token?.endOffset ?? 0) + 1 &&
    /\w$/.test(before.image) &&
    /^\w/.test(after.image)
  );
}

const MASK_TESTS = ["has", "any", "lacks", "only", "is"] as const;
const CONDITIONS: ReadonlySet<number> = new Set(T.CONDITION_WORDS.map(T.indexOf));
const AFTER_WHEN: ReadonlySet<number> = new Set([...CONDITIONS, ...[T.Not, T.Otherwise].map(T.indexOf)]);

const isOneOf = (types: ReadonlySet<number>, token: Token | undefined): boolean =>
  token !== undefined && types.has(token.tokenTypeIdx);

const BEFORE_CONDITIONS: ReadonlySet<string> = new Set([
  "allow",
  "forbid",
  "warn",
  "require",
  "when",
  "and",
  "or",
  "not",
  "gives",
]);
const BEGINS_OPERAND: ReadonlySet<number> = new Set([TYPE.name, TYPE.number, TYPE.tilde, TYPE.lparen]);

/** `order`, `size` and `pages`, which a policy compares. */
const isMeasure = (token: Token | undefined): boolean =>
  token !== undefined && ["order", "size", "pages"].includes(token.image);

/** A misspelt keyword at the beginning, read as the one that is meant. */
function firstWord(
  token: Token,
  next: Token | undefined,
  say: (token: Token, message: string, fix: { title: string; text: string }) => void,
): Token {
  if (token.tokenTypeIdx !== TYPE.name || next === undefined || next.indent >= 0) return token;
  const keyword = T.ITEM_KEYWORDS.map((type) => type.name.slice("keyword_".length)).find((word) =>
    isNear(token.image, word),
  );
  const type = keyword === undefined ? undefined : T.KEYWORDS.get(keyword);
  if (keyword === undefined || type === undefined) return token;
  say(token, `\`${token.image}\` begins no declaration: write \`${keyword}\`.`, {
    title: `Write ${keyword}`,
    text: keyword,
  });
  return readAs(token, type, keyword);
}

/** Whether a condition begins at the index, or would if it were written right. */
function isAtCondition(tokens: readonly Token[], index: number): boolean {
  let before = index - 1;
  while (tokens[before]?.tokenTypeIdx === TYPE.lparen) before--;
  return BEFORE_CONDITIONS.has(tokens[before]?.image ?? "");
}

/** What other languages write for `when`. */
function whenWord(
  token: Token,
  next: Token | undefined,
  say: (token: Token, message: string, fix?: { title: string; text: string }) => void,
): Token | null {
  if (!isOneOf(AFTER_WHEN, next) || (token.image !== "if" && token.image !== "unless")) return null;
  if (token.image === "if") say(token, "`if` is not used here: write `when`.", { title: "Write when", text: "when" });
  else say(token, "`unless` is not used here: write `when not (…)`.");
  return readAs(token, T.When, "when");
}

/** A misspelt word before the mask of a condition, read as the one that is meant. */
function conditionWord(
  tokens: readonly Token[],
  index: number,
  token: Token,
  say: (token: Token, message: string, fix: { title: string; text: string }) => void,
): Token {
  if (token.tokenTypeIdx !== TYPE.name || !isAtCondition(tokens, index)) return token;
  const next = tokens[index + 1];
  if (next === undefined || next.indent >= 0 || !BEGINS_OPERAND.has(next.tokenTypeIdx)) return token;
  const meant = MASK_TESTS.find((word) => isNear(token.image, word));
  const type = meant === undefined ? undefined : T.KEYWORDS.get(meant);
  if (meant === undefined || type === undefined) return token;
  say(token, `\`${token.image}\` is no condition: write \`${meant}\`.`, { title: `Write ${meant}`, text: meant });
  return readAs(token, type, meant);
}

/** Whether two words differ by one letter inserted, left out, replaced or swapped with its neighbour. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}
