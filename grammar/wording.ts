/** How the parser names what it wants and what it found. */

const TOKEN_NAMES: ReadonlyMap<string, string> = new Map([
  ["Name", "a name"],
  ["Number", "a number"],
  ["String", "a text in double quotes"],
  ["LCurly", "`{`"],
  ["RCurly", "`}`"],
  ["LParen", "`(`"],
  ["RParen", "`)`"],
  ["Equals", "`=`"],
  ["Compare", "a comparison such as `>`"],
  ["EqualTo", "`==`"],
  ["NotEqual", "`!=`"],
  ["Question", "`?`"],
  ["Bang", "`!`"],
  ["Dot", "`.`"],
  ["DotDot", "`..`"],
  ["Minus", "`-`"],
  ["Colon", "`:`"],
  ["Comma", "`,`"],
  ["Pipe", "`|`"],
  ["Unit", "a unit"],
  ["TimeUnit", "a unit of time"],
  ["Percent", "`%`"],
]);

/** Where a rule of the grammar has a better word for what it wants than the token's. */
const RULE_WANTS: ReadonlyMap<string, string> = new Map([
  ["version", "a version such as `6.12`"],
  ["version Minus", "a version such as `6.12`"],
  ["version Dot", "a version such as `6.12`"],
  ["version Number", "a version such as `6.12`"],
  ["size Number", "a size such as `4 KiB`"],
  ["amount Number", "an amount such as `64 MiB` or `3 pages`"],
  ["predicate", "a condition"],
  ["condition Name", "the name of a context"],
  ["waiver Name", "the name of a rule"],
  ["reason String", "a reason in double quotes"],
  ["waiver String", "a reason in double quotes"],
  ["waiver Because", "`because` and a reason"],
  ["importHeader String", "a file name in double quotes"],
  ["names Name", "a name"],
  ["memoryDeclaration String", "the name of a kernel log in double quotes"],
  ["memoryDeclaration Number", "the number of a report of the log, from 1"],
  ["fact Name", "a fact"],
  ["effect Name", "an effect"],
  ["time TimeUnit", "a unit of time: `us`, `ms`, `s` or `tries`"],
  ["time Number", "a time such as `20 ms` or `3 tries`"],
  ["returning Number", "a share such as `2 %`"],
  ["freeBlocks Order", "`order N: COUNT`"],
  ["sizeValue", "`unknown` or a size such as `4 KiB`"],
  ["numberValue", "a number or `unknown`"],
  ["functions", "the name of a function in C"],
  ["masks", "a flag"],
  ["measureTest", "`<`, `<=`, `>`, `>=` or `==`"],
  ["freeBlocks", "`order N: COUNT`"],
  ["nodeItem", "`awake` or `asleep`"],
  ["mask", "a flag"],
  ["operand", "a flag"],
  ["measureTest Compare", "`<`, `<=`, `>`, `>=` or `==`"],
]);

function readable(tokenName: string): string {
  if (tokenName.startsWith("keyword_")) return `\`${tokenName.slice("keyword_".length)}\``;
  return TOKEN_NAMES.get(tokenName) ?? "something else";
}

/** What the text ran into: `found "x"`. */
export function found(image: string): string {
  return image === "" ? "found the end" : `found ${quoted(image)}`;
}

const LONGEST_QUOTE = 40;

/**
 * A piece of text in a message: between backquotes, shortened, control characters and lone surrogates as code points.
 */
export function quoted(text: string): string {
  let out = "";
  for (const char of text.slice(0, LONGEST_QUOTE + 1)) {
    if (out.length >= LONGEST_QUOTE) return `\`${out}…\``;
    const code = char.codePointAt(0) ?? 0;
    const hidden =
      code < 32 ||
      (code >= 127 && code < 161) ||
      (code >= 0xd800 && code < 0xe000) ||
      code === 0xfeff ||
      (code >= 0x2000 && code < 0x2010) ||
      code === 0x3000;
    out += hidden ? `U+${code.toString(16).toUpperCase().padStart(4, "0")}` : char;
  }
  return `\`${out}\``;
}

/** What a rule wants where it cannot go on. */
export function wanted(ruleName: string, tokenName: string): string {
  return (
    RULE_WANTS.get(`${ruleName} ${tokenName}`.trim()) ?? (tokenName === "" ? "something else" : readable(tokenName))
  );
}

/** A whole message where something else stands: what is wanted, what is found. */
export const expected = (wants: string, image: string): string => `Expected ${wants}, ${found(image)}.`;

/** A whole message where nothing stands, as when somebody is still writing. */
export const missing = (wants: string, behind: string): string =>
  `${wants.slice(0, 1).toUpperCase()}${wants.slice(1)} is missing after \`${behind}\`.`;

export function beginsNothing(image: string): string {
  if (image === "}") return "This `}` closes nothing: remove it.";
  if (image === "{") return "This `{` belongs to no declaration: write what it declares before it.";
  return `${quoted(image)} begins no declaration: one begins with \`flags\`, \`flag\`, \`transform\`, \`allocator\`, \`context\`, \`scope\`, \`request\`, \`policy\`, \`memory\` or \`expect\`.`;
}

export function left(image: string): string {
  if (image === "}") return "This `}` closes nothing: remove it.";
  return `${quoted(image)} stands behind the end of the declaration: remove it, or begin a declaration with it.`;
}
