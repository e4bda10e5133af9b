import { conditionsAsMasks } from "./conditions.ts";
import type { Literal, MaskExpression } from "./expression.ts";

/** Why a text is no mask: what is wrong, and the offset in the text where it is. */
export interface NoMask {
  readonly wrong: string;
  readonly at: number;
}

const SIGNS = ["(", ")", "|", "&", "~", "!", "?", ":", "==", "!=", "&&", "||", "<<"] as const;
type Sign = (typeof SIGNS)[number];

interface Token {
  readonly kind: "name" | "number" | Sign;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = /\s*(?:([A-Za-z_]\w*)|(\d\w*)|(==|!=|&&|\|\||<<|[()|&~!?:]))/y;
const NUMBER = /^(0x[0-9a-f]+|\d+)(?:u|l|ul|lu|ll|ull|llu)?$/i;
/** What a cast is made of. */
const TYPE_WORDS: ReadonlySet<string> = new Set([
  "__force",
  "const",
  "gfp_t",
  "int",
  "long",
  "u32",
  "u64",
  "uint",
  "unsigned",
]);

/** `?` with its condition, and with the branch before `:` as soon as that is read. */
interface Pending {
  readonly condition: MaskExpression;
  readonly at: number;
  readonly yes: MaskExpression | null;
}

/** What is open: the whole text, a parenthesis, or the argument of a call. */
interface Level {
  readonly start: number;
  readonly callee: Token | null;
  readonly choices: Pending[];
  /** The operands that are complete, of `||`, `&&`, `|`, `&` and of a comparison, loosest first. */
  readonly lists: readonly [MaskExpression[], MaskExpression[], MaskExpression[], MaskExpression[], MaskExpression[]];
  comparison: "==" | "!=";
  /** The signs before the next operand. */
  unary: { readonly kind: "not" | "zero"; readonly start: number }[];
}

const levelAt = (start: number, callee: Token | null): Level => ({
  start,
  callee,
  choices: [],
  lists: [[], [], [], [], []],
  comparison: "==",
  unary: [],
});

/** How loosely an operator binds: the index of its operands in `Level.lists`. */
const LOOSENESS: ReadonlyMap<string, number> = new Map([
  ["||", 0],
  ["&&", 1],
  ["|", 2],
  ["&", 3],
  ["==", 4],
  ["!=", 4],
]);

/**
 * Reads a mask as C writes it: names, decimal and hexadecimal numbers with C's suffixes, `|`, `&`, `~`, parentheses,
 * casts, calls with one argument, `BIT(n)` and `1 << n` of numbers, and `?:` with `!`, `==`, `!=`, `&&` and `||` in its
 * condition. Places count in UTF-16 offsets of the text. No text is too long or too deep.
 */
export function parseMask(text: string): MaskExpression | NoMask {
  const plain = plainNames(text);
  if (plain !== null) return plain;
  const tokens = tokensOf(text);
  if ("wrong" in tokens) return tokens;
  const read = new Reader(text.length).read(tokens);
  if ("wrong" in read) return read;
  const [condition] = conditionsAsMasks(read);
  return condition === undefined
    ? read
    : wrongAt(
        condition.start,
        "a condition gives 1 or 0 and no mask: write it before `?`, and join masks with |, & and ~",
      );
}

const [SPACE, BAR] = [" ".charCodeAt(0), "|".charCodeAt(0)];

/** Names joined by `|`, as nearly all masks are written, without a table of tokens; null for anything else. */
function plainNames(text: string): MaskExpression | null {
  const operands: MaskExpression[] = [];
  let at = 0;
  const skipSpaces = (): void => {
    while (text.charCodeAt(at) === SPACE) at++;
  };
  for (;;) {
    skipSpaces();
    const start = at;
    while (isInName(text.charCodeAt(at), at === start)) at++;
    if (at === start) return null;
    operands.push({ kind: "name", text: text.slice(start, at), start, end: at });
    skipSpaces();
    if (at === text.length) return joined(LOOSENESS.get("|") ?? 2, operands);
    if (text.charCodeAt(at) !== BAR) return null;
    at++;
  }
}

/** `[A-Za-z_]`, and `\d` but at the start. */
function isInName(code: number, isFirst: boolean): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f ||
    (!isFirst && code >= 0x30 && code <= 0x39)
  );
}

class Reader {
  readonly #length: number;
  readonly #levels: Level[] = [];
  #level = levelAt(0, null);
  // What an operator may follow: the operand before it, or nothing yet.
  #isComplete = false;

  constructor(length: number) {
    this.#length = length;
  }

  read(tokens: readonly Token[]): MaskExpression | NoMask {
    for (const [index, token] of tokens.entries()) {
      const problem = this.#take(token, tokens[index - 1], tokens[index + 1]);
      if (problem !== null) return problem;
    }
    if (!this.#isComplete) return missingAt(this.#length, null);
    if (this.#levels.length > 0) return wrongAt(this.#level.start, "a `(` has no `)`");
    return wholeOf(this.#level);
  }

  #take(token: Token, before: Token | undefined, next: Token | undefined): NoMask | null {
    const { kind, start, end } = token;
    const isOperand = kind === "name" || kind === "number" || kind === "(" || kind === "~" || kind === "!";
    if (isOperand && this.#isComplete) return wrongAt(start, `an operator is missing before ${shown(token.text)}`);
    // `gfp ?: GFP_KERNEL` has its condition as the branch between.
    const isElvis = kind === ":" && before?.kind === "?";
    const { callee } = this.#level;
    if (kind === ")" && before?.kind === "(" && callee !== null)
      return wrongAt(
        callee.start,
        `what ${shown(callee.text)}() gives decides about the mask and is not known: write the mask of one case`,
      );
    if (!isOperand && !this.#isComplete && !isElvis) return missingAt(start, token);
    switch (kind) {
      case "name":
        if (next?.kind !== "(") this.#complete({ kind: "name", text: token.text, start, end });
        return null;
      case "number": {
        const numeral = literalOf(token.text);
        if (numeral === null) return wrongAt(start, notANumber(token.text));
        this.#complete({ kind: "number", numeral, start, end });
        return null;
      }
      case "~":
      case "!":
        this.#level.unary.push({ kind: kind === "~" ? "not" : "zero", start });
        return null;
      case "(":
        this.#levels.push(this.#level);
        this.#level = levelAt(start, before?.kind === "name" ? before : null);
        return null;
      case ")":
        return this.#close(token);
      case "?":
        this.#level.choices.push({ condition: takenFrom(this.#level), at: start, yes: null });
        this.#isComplete = false;
        return null;
      case ":":
        return this.#otherwise(start, isElvis);
      case "<<":
        return wrongAt(start, "`<<` shifts numbers only: write `1 << 3`, or the flag by its name");
      default:
        return this.#operator(kind, start);
    }
  }

  #complete(operand: MaskExpression): void {
    let node = operand;
    for (let sign = this.#level.unary.pop(); sign !== undefined; sign = this.#level.unary.pop())
      node = { kind: sign.kind, operand: node, start: sign.start, end: node.end };
    const [, , , , equals] = this.#level.lists;
    const left = equals.pop();
    equals.push(
      left === undefined
        ? node
        : {
            kind: "equal",
            isEqual: this.#level.comparison === "==",
            operands: [left, node],
            start: left.start,
            end: node.end,
          },
    );
    this.#isComplete = true;
  }

  #operator(kind: Exclude<Sign, "(" | ")" | "~" | "!" | "?" | ":" | "<<">, start: number): NoMask | null {
    const looseness = LOOSENESS.get(kind);
    if (looseness === undefined) return wrongAt(start, `an operator is missing before ${kind}`);
    if (kind === "==" || kind === "!=") this.#level.comparison = kind;
    else gather(this.#level, looseness);
    this.#isComplete = false;
    return null;
  }

  #close({ start, end }: Token): NoMask | null {
    const outer = this.#levels.pop();
    if (outer === undefined) return wrongAt(start, "a `)` has no `(`");
    const { callee, start: opened } = this.#level;
    const inner = wholeOf(this.#level);
    if ("wrong" in inner) return inner;
    this.#level = outer;
    this.#complete(
      callee === null
        ? { kind: "paren", inner, start: opened, end }
        : { kind: "call", callee, argument: inner, start: callee.start, end },
    );
    return null;
  }

  #otherwise(start: number, isElvis: boolean): NoMask | null {
    const { choices } = this.#level;
    const open = isElvis ? choices.pop() : undefined;
    if (open !== undefined) {
      choices.push({ ...open, yes: open.condition });
      return null;
    }
    let value = takenFrom(this.#level);
    for (let last = choices.pop(); last !== undefined; last = choices.pop()) {
      if (last.yes === null) {
        choices.push({ ...last, yes: value });
        this.#isComplete = false;
        return null;
      }
      value = chosen(last, last.yes, value);
    }
    return wrongAt(start, "a `:` has no `?`");
  }
}

/** Everything that binds tighter than the operator becomes one operand of it. */
function gather(level: Level, looseness: number): void {
  for (let tighter = level.lists.length - 1; tighter > looseness; tighter--) {
    const list = level.lists[tighter];
    if (list !== undefined) level.lists[tighter - 1]?.push(joined(tighter, list.splice(0)));
  }
}

/** What stands since the last `?` or `:` of the level, which starts anew. */
function takenFrom(level: Level): MaskExpression {
  gather(level, 0);
  return joined(0, level.lists[0].splice(0));
}

function wholeOf(level: Level): MaskExpression | NoMask {
  let value = takenFrom(level);
  for (let last = level.choices.pop(); last !== undefined; last = level.choices.pop()) {
    if (last.yes === null) return wrongAt(last.at, "a `?` has no `:`");
    value = chosen(last, last.yes, value);
  }
  return value;
}

const chosen = ({ condition }: Pending, yes: MaskExpression, no: MaskExpression): MaskExpression => ({
  kind: "choice",
  operands: [condition, yes, no],
  start: condition.start,
  end: no.end,
});

const zero = (operand: MaskExpression): MaskExpression => ({
  kind: "zero",
  operand,
  start: operand.start,
  end: operand.end,
});

/** The operands of one operator, by how loosely it binds; one alone is itself. */
function joined(looseness: number, operands: readonly MaskExpression[]): MaskExpression {
  const [first] = operands;
  const last = operands.at(-1);
  if (first === undefined || last === undefined) return { kind: "missing", start: 0, end: 0 };
  if (operands.length === 1) return first;
  const stretch = { start: first.start, end: last.end };
  // a || b is !!(a | b), and a && b is !(!a | !b): 1 or 0.
  if (looseness === 0) return zero(zero({ kind: "or", operands, ...stretch }));
  if (looseness === 1) return zero({ kind: "or", operands: operands.map(zero), ...stretch });
  return { kind: looseness === 2 ? "or" : "and", operands, ...stretch };
}

// Tokens --------------------------------------------------------------------------------------------------------------

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
    const kind = kindOf(match, found);
    tokens.push({ kind, text: found, start: end - found.length, end });
    shorten(tokens);
    at = end;
  }
  return tokens;
}

function kindOf(match: RegExpExecArray | null, text: string): Token["kind"] {
  if (match?.[1] !== undefined) return "name";
  if (match?.[2] !== undefined) return "number";
  return SIGNS.find((sign) => sign === text) ?? "~";
}

/** Casts go, and what C computes of numbers before anything runs is one number: `1 << 3`, `BIT(3)`. */
function shorten(tokens: Token[]): void {
  const [third, second, first] = [tokens.at(-3), tokens.at(-2), tokens.at(-1)];
  if (first?.kind === "number" && second?.kind === "<<" && third?.kind === "number") {
    // C takes `~1 << 3` as (~1) << 3.
    const isSigned = tokens.at(-4)?.kind === "~" || tokens.at(-4)?.kind === "!";
    const number = isSigned ? null : shifted(literalOf(third.text), literalOf(first.text));
    if (number !== null) tokens.splice(-3, 3, { kind: "number", text: number, start: third.start, end: first.end });
    return;
  }
  if (first?.kind !== ")") return;
  const bit = tokens.at(-4);
  if (second?.kind === "number" && third?.kind === "(" && bit?.kind === "name" && /^_*BIT(?:ULL)?$/.test(bit.text)) {
    const number = shifted({ text: "1", value: 1 }, literalOf(second.text));
    if (number !== null) tokens.splice(-4, 4, { kind: "number", text: number, start: bit.start, end: first.end });
    return;
  }
  let open = tokens.length - 2;
  while (open >= 0 && tokens[open]?.kind === "name" && TYPE_WORDS.has(tokens[open]?.text ?? "")) open--;
  if (open < tokens.length - 2 && tokens[open]?.kind === "(" && tokens[open - 1]?.kind !== "name") tokens.splice(open);
}

function shifted(number: Literal | null, by: Literal | null): string | null {
  if (number === null || by === null || by.value > 63 || number.value > 0xffffffff) return null;
  return `0x${(BigInt(number.value) << BigInt(by.value)).toString(16)}`;
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

const wrongAt = (at: number, wrong: string): NoMask => ({ wrong, at });

const missingAt = (at: number, before: Token | null): NoMask =>
  wrongAt(at, before === null || before.kind === "|" ? "a name is missing" : `a name is missing before ${before.text}`);

/** Text as long as a file is cut in messages. */
const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 36)}…` : text);
