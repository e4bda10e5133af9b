import type { Literal, MaskExpression } from "./expression.ts";

/** Why a text is no mask: what is wrong, and the offset in the text where it is. */
export interface NoMask {
  readonly wrong: string;
  readonly at: number;
}

interface Token {
  readonly kind: "name" | "number" | "(" | ")" | "|" | "&" | "~";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = /\s*(?:([A-Za-z_]\w*)|(\d\w*)|([()|&~]))/y;
const NUMBER = /^(0x[0-9a-f]+|\d+)(?:u|l|ul|lu|ll|ull|llu)?$/i;

/** What is open: the whole text, a parenthesis, or the argument of a call. */
interface Level {
  readonly start: number;
  readonly callee: Token | null;
  /** The operands of `|` that are complete, and of the `&` that is not. */
  readonly ors: MaskExpression[];
  ands: MaskExpression[];
  /** Where each `~` before the next operand stands. */
  nots: number[];
}

const levelAt = (start: number, callee: Token | null): Level => ({ start, callee, ors: [], ands: [], nots: [] });

/**
 * Reads a mask as C writes it: names, decimal and hexadecimal numbers with C's suffixes, `|`, `&`, `~`, parentheses,
 * and calls with one argument. Places count in UTF-16 offsets of the text. No text is too long or too deep.
 */
export function parseMask(text: string): MaskExpression | NoMask {
  const tokens = tokensOf(text);
  if ("wrong" in tokens) return tokens;
  const levels: Level[] = [];
  let level = levelAt(0, null);
  // What an operator may follow: the operand before it, or nothing yet.
  let isComplete = false;
  const complete = (operand: MaskExpression): void => {
    let node = operand;
    for (let start = level.nots.pop(); start !== undefined; start = level.nots.pop())
      node = { kind: "not", operand: node, start, end: node.end };
    level.ands.push(node);
    isComplete = true;
  };
  for (const [index, token] of tokens.entries()) {
    const { kind, start, end } = token;
    const isOperand = kind === "name" || kind === "number" || kind === "(" || kind === "~";
    if (isOperand && isComplete) return wrongAt(start, `an operator is missing before ${shown(token.text)}`);
    if (!isOperand && !isComplete) return missingAt(start, token);
    switch (kind) {
      case "name":
        if (tokens[index + 1]?.kind !== "(") complete({ kind: "name", text: token.text, start, end });
        break;
      case "number": {
        const numeral = literalOf(token.text);
        if (numeral === null) return wrongAt(start, notANumber(token.text));
        complete({ kind: "number", numeral, start, end });
        break;
      }
      case "~":
        level.nots.push(start);
        break;
      case "(": {
        const before = tokens[index - 1];
        levels.push(level);
        level = levelAt(start, before?.kind === "name" ? before : null);
        break;
      }
      case "|":
        level.ors.push(joined("and", level.ands));
        level.ands = [];
        isComplete = false;
        break;
      case "&":
        isComplete = false;
        break;
      case ")": {
        const outer = levels.pop();
        if (outer === undefined) return wrongAt(start, "a `)` has no `(`");
        const { callee } = level;
        const inner = wholeOf(level);
        const opened = level.start;
        level = outer;
        complete(
          callee === null
            ? { kind: "paren", inner, start: opened, end }
            : { kind: "call", callee, argument: inner, start: callee.start, end },
        );
        break;
      }
    }
  }
  if (!isComplete) return missingAt(text.length, null);
  return levels.length > 0 ? wrongAt(level.start, "a `(` has no `)`") : wholeOf(level);
}

function tokensOf(text: string): readonly Token[] | NoMask {
  const tokens: Token[] = [];
  const length = text.trimEnd().length;
  for (let at = 0; at < length; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const found = match?.[1] ?? match?.[2] ?? match?.[3];
    if (found === undefined) {
      const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
      const strange = String.fromCodePoint(text.codePointAt(start) ?? 0);
      return wrongAt(start, `\`${strange}\` means nothing in a mask: write names and numbers with |, & and ~`);
    }
    const end = TOKEN.lastIndex;
    tokens.push({ kind: kindOf(match, found), text: found, start: end - found.length, end });
    at = end;
  }
  return tokens;
}

function kindOf(match: RegExpExecArray | null, text: string): Token["kind"] {
  if (match?.[1] !== undefined) return "name";
  if (match?.[2] !== undefined) return "number";
  switch (text) {
    case "(":
    case ")":
    case "|":
    case "&":
      return text;
    default:
      return "~";
  }
}

/** A number without its suffix; null for what C does not read as one, or reads as octal. */
function literalOf(text: string): Literal | null {
  const digits = NUMBER.exec(text)?.[1];
  return digits === undefined || /^0\d/.test(digits) ? null : { text, value: Number(digits) };
}

function notANumber(text: string): string {
  return /^0\d+$/.test(text)
    ? `C reads ${shown(text)} as octal: write it in hexadecimal`
    : `${shown(text)} is no number`;
}

function wholeOf({ ors, ands }: Level): MaskExpression {
  return joined("or", [...ors, joined("and", ands)]);
}

function joined(kind: "or" | "and", operands: readonly MaskExpression[]): MaskExpression {
  const [first] = operands;
  const last = operands.at(-1);
  if (first === undefined || last === undefined) return { kind: "missing", start: 0, end: 0 };
  return operands.length === 1 ? first : { kind, operands, start: first.start, end: last.end };
}

const wrongAt = (at: number, wrong: string): NoMask => ({ wrong, at });

const missingAt = (at: number, before: Token | null): NoMask =>
  wrongAt(at, before === null || before.kind === "|" ? "a name is missing" : `a name is missing before ${before.text}`);

/** Text as long as a file is cut in messages. */
const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 36)}…` : text);
