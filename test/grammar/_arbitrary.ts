import fc from "fast-check";
import { NUMBER_PROPERTIES } from "../../grammar/index.ts";
import { FREE_KINDS, KSWAPD_STATES, TIME_UNITS, zoneWords } from "../../grammar/memory-facts.ts";

/**
 * Whole `.allocpolicy` files for property tests: derivations of the language's grammar, as text. Names are often
 * keywords, since keywords are not reserved. `file` lays them out in the common way, `wildFile` with any white space
 * and comments.
 */

/** One token as text; `GLUE` between two tokens allows them to touch. */
type Tokens = readonly string[];

const NAMES = [
  "rx",
  "tx_ring",
  "plug_block",
  "driver",
  "_x",
  "A1",
  "GFP_KERNEL",
  "GFP_ATOMIC",
  "__GFP_NOWARN",
  "__GFP_ZERO",
  "ZONE_MODIFIERS",
  "process",
  "softirq",
  "alloc_pages",
  "kmalloc",
  "flags",
  "request",
  "policy",
  "context",
  "like",
  "for",
  "when",
  "because",
  "order",
  "B",
  "KiB",
  "pages",
  "expect",
  "memory",
  "on",
  "in",
  "has",
  "internal",
  "any",
  "null",
  "none",
  "or",
  "and",
  "not",
  "kernel",
  "config",
  "import",
  "flag",
  "transform",
  "size",
  "free",
  "mode",
  "from",
];

export const name: fc.Arbitrary<string> = fc.constantFrom(...NAMES);
/** Where a word that continues the construct would be read as such. */
const plainName = fc.constantFrom(...NAMES.slice(0, 15));
const number = fc.oneof(
  fc.nat({ max: 5000 }).map(String),
  fc.nat({ max: 0xffffff }).map((n) => `0x${n.toString(16)}`),
  fc.tuple(fc.nat({ max: 99 }), fc.constantFrom("u", "UL", "l", "ull")).map(([n, suffix]) => `${n}${suffix}`),
);
const string = fc
  .string({
    unit: fc.constantFrom("a", "b", " ", "é", "{", "}", "//", "/*", '\\"', "\\\\", "'", ".", "7"),
    maxLength: 12,
  })
  .map((text) => `"${text}"`);
const version = fc.oneof(
  fc.constantFrom("6.1", "6.6", "6.12", "5.10.200", "6.12.117").map((v) => [v]),
  fc.constantFrom("android-6.18", "7.x-dev", "5.15.0-91-generic", "3.10.0-1160.el7.x86_64").map((v) => [v]),
);
const size: fc.Arbitrary<Tokens> = fc
  .tuple(number, fc.option(fc.constantFrom("B", "KiB", "MiB", "GiB", "K", "M", "G"), { nil: null }))
  .map(([n, unit]) => (unit === null ? [n] : [n, unit]));
const amount: fc.Arbitrary<Tokens> = fc.oneof(
  size,
  number.map((n) => [n, "pages"]),
);

function cat(...parts: fc.Arbitrary<Tokens>[]): fc.Arbitrary<Tokens> {
  return fc.tuple(...parts).map((lists) => lists.flat());
}
function words(...list: string[]): fc.Arbitrary<Tokens> {
  return fc.constant(list);
}
function one(arbitrary: fc.Arbitrary<string>): fc.Arbitrary<Tokens> {
  return arbitrary.map((text) => [text]);
}
function maybe(arbitrary: fc.Arbitrary<Tokens>): fc.Arbitrary<Tokens> {
  return fc.option(arbitrary, { nil: [] });
}
function list(arbitrary: fc.Arbitrary<Tokens>, separator: string, maxLength = 3): fc.Arbitrary<Tokens> {
  return fc
    .array(arbitrary, { minLength: 1, maxLength })
    .map((items) => items.flatMap((item, i) => (i === 0 ? [...item] : [separator, ...item])));
}
function repeated(arbitrary: fc.Arbitrary<Tokens>, maxLength = 5): fc.Arbitrary<Tokens> {
  return fc.array(arbitrary, { maxLength }).map((items) => items.flat());
}
/** A line of a block. */
function line(arbitrary: fc.Arbitrary<Tokens>, semicolons = false): fc.Arbitrary<Tokens> {
  const end = semicolons ? fc.constantFrom<Tokens[]>([], [], [], [";"]) : fc.constant<Tokens>([]);
  return fc.tuple(arbitrary, end).map(([tokens, semi]) => [...tokens, ...semi, NEWLINE]);
}
const NEWLINE = "\n";

/** The tokens of a mask. */
export const mask: fc.Arbitrary<Tokens> = fc.letrec<{
  mask: Tokens;
  or: Tokens;
  and: Tokens;
  compared: Tokens;
  unary: Tokens;
}>((tie) => ({
  mask: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 6, arbitrary: tie("or") },
    { weight: 1, arbitrary: cat(tie("or"), words("?"), tie("mask"), words(":"), tie("mask")) },
  ),
  or: list(tie("and"), "|"),
  and: fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("compared"), list(tie("compared"), "&", 2)),
  compared: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 8, arbitrary: tie("unary") },
    { weight: 1, arbitrary: cat(tie("unary"), one(fc.constantFrom("==", "!=")), tie("unary")) },
  ),
  unary: fc
    .tuple(
      fc.constantFrom<Tokens[]>([], [], [], ["~"], ["~", "~"], ["!"]),
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        one(plainName),
        one(number),
        one(name),
        cat(one(plainName), words("("), tie("mask"), words(")")),
        cat(words("("), tie("mask"), words(")")),
      ),
    )
    .map(([tildes, rest]) => [...tildes, ...rest]),
})).mask;

export const predicate: fc.Arbitrary<Tokens> = fc.letrec<{ predicate: Tokens; neg: Tokens }>((tie) => ({
  predicate: list(list(tie("neg"), "and", 2), "or", 2),
  neg: fc
    .tuple(
      fc.constantFrom<Tokens[]>([], [], ["not"]),
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        cat(one(fc.constantFrom("has", "any", "lacks", "only", "is")), mask),
        cat(words("in"), one(name)),
        cat(one(fc.constantFrom("order", "size", "pages")), one(fc.constantFrom("<", "<=", ">", ">=", "==")), size),
        one(fc.constantFrom("sleeps", "may_oom", "may_fail")),
        cat(words("("), tie("predicate"), words(")")),
      ),
    )
    .map(([not, rest]) => [...not, ...rest]),
})).predicate;

const because = cat(words("because"), one(string));
const like = cat(words("like"), one(name));
const fact = cat(
  one(name),
  // Behind `in` stands a share.
  fc.oneof(words(), one(name.filter((word) => word !== "in")), one(number), cat(words("in"), one(number), words("%"))),
);
function commas(item: fc.Arbitrary<Tokens>): fc.Arbitrary<Tokens> {
  return fc
    .tuple(fc.array(item, { maxLength: 3 }), fc.boolean())
    .map(([items, trailing]) => [
      ...items.flatMap((one, i) => (i === 0 ? [...one] : [",", ...one])),
      ...(trailing && items.length > 0 ? [","] : []),
    ]);
}
const facts = cat(words("{"), commas(fact), words("}"));
const block = (lines: fc.Arbitrary<Tokens>) => cat(words("{", NEWLINE), lines, words("}"));

const ruleId = fc.constantFrom("nofail-with-range", "sleep-in-atomic", "syntax", "policy-forbids");

const property = line(
  fc.oneof(
    cat(words("api"), one(name)),
    cat(words("size"), fc.oneof(size, words("unknown"))),
    cat(one(fc.constantFrom(...NUMBER_PROPERTIES)), fc.oneof(one(number), words("unknown"))),
    cat(words("flags"), mask),
    cat(words("context"), one(name)),
    cat(words("node"), fc.oneof(words("any"), one(number))),
    cat(words("zone"), one(name)),
    cat(
      words("cache", "{"),
      repeated(
        fc.oneof(words("ctor"), words("dma"), words("account"), words("reclaimable"), cat(words("size"), size)),
        3,
      ),
      words("}"),
    ),
    cat(words("handles"), one(fc.constantFrom("null", "nothing"))),
    cat(words("fallback"), one(name)),
    cat(words("policy"), list(one(name), ",")),
    cat(words("expect"), facts),
    cat(words("waive"), one(ruleId), because),
  ),
  true,
);

const effect = cat(one(plainName), fc.oneof(list(one(name), "|"), one(number)));
const clause = line(
  fc.oneof(
    cat(one(fc.constantFrom("allow", "forbid", "warn")), predicate, maybe(because)),
    cat(words("require"), predicate, words("when"), predicate, maybe(because)),
    cat(words("ignore"), list(mask, ","), maybe(because)),
    cat(
      words("mode"),
      one(name),
      fc.oneof(cat(words("when"), predicate), words("otherwise")),
      words("{"),
      commas(effect),
      words("}"),
    ),
    cat(words("stage"), one(name), words("honours"), list(mask, ","), maybe(words("internal"))),
  ),
);

const contextItem = line(
  fc.oneof(
    cat(words("in"), one(name)),
    cat(words("holds"), one(name), maybe(one(string))),
    cat(words("scope"), list(one(name), ",")),
    cat(words("for"), list(fc.oneof(one(name), one(string)), ",")),
    cat(words("between"), one(name), words("and"), one(name)),
  ),
);

const scopeItem = line(cat(one(fc.constantFrom("clears", "adds")), mask));

const time = cat(one(number), one(fc.constantFrom(...TIME_UNITS)));
const duration = fc.oneof(words("ever"), time, cat(words("about"), time), cat(time, words(".."), time));
const freeBlock = cat(words("order"), one(number), words(":"), one(number));
const plainZoneFact = fc.oneof(
  cat(one(fc.constantFrom(...zoneWords("amount"))), amount),
  cat(one(fc.constantFrom(...zoneWords("cached"))), amount, maybe(cat(words("returning"), one(number), words("%")))),
  cat(words("pinned"), maybe(words("mapping")), amount, maybe(cat(words("for"), duration))),
  cat(words("free"), maybe(one(fc.constantFrom(...FREE_KINDS))), list(freeBlock, ",")),
  cat(one(fc.constantFrom(...zoneWords("marks"))), list(cat(one(name), amount), ",")),
);
const zoneFact = line(
  fc.oneof(plainZoneFact, plainZoneFact, cat(words("range"), block(repeated(line(plainZoneFact), 3)))),
);
const zone = line(cat(words("zone"), one(name), block(repeated(zoneFact, 4))));
const kswapd = line(cat(words("kswapd"), fc.oneof(one(fc.constantFrom(...KSWAPD_STATES)), amount)));
const node = line(cat(words("node"), one(number), block(repeated(fc.oneof(zone, zone, kswapd), 2))));
const machineFact = line(fc.oneof(cat(words("cpus"), one(number)), cat(words("try"), time)));

export const declaration: fc.Arbitrary<Tokens> = fc.oneof(
  cat(words("flags"), one(name), words("="), mask),
  cat(words("flag"), one(name)),
  cat(words("transform"), one(name), words("("), one(name), words(")", "="), mask),
  cat(words("context"), one(name), maybe(like), block(repeated(contextItem, 4))),
  cat(words("scope"), one(name), block(repeated(scopeItem, 4))),
  cat(
    words("allocator"),
    one(name),
    words("("),
    fc.oneof(fc.constant<readonly string[]>([]), list(one(name), ",")),
    words(")", "="),
    one(name),
    words("("),
    fc.oneof(fc.constant<readonly string[]>([]), list(mask, ",")),
    words(")"),
  ),
  { arbitrary: cat(words("request"), one(name), maybe(like), block(repeated(property, 6))), weight: 3 },
  {
    arbitrary: cat(
      words("policy"),
      one(name),
      maybe(like),
      maybe(cat(words("for"), list(one(name), ","))),
      block(repeated(clause, 5)),
    ),
    weight: 2,
  },
  cat(
    words("memory"),
    one(name),
    maybe(like),
    fc.oneof(
      block(repeated(fc.oneof(node, node, machineFact), 2)),
      cat(words("from"), one(string), maybe(cat(words("report"), one(number)))),
    ),
  ),
  cat(
    words("expect"),
    one(name),
    fc.oneof(
      cat(maybe(cat(words("on"), one(name))), maybe(cat(words("as"), one(name))), facts),
      cat(one(fc.constantFrom("forbids", "allows")), mask),
      cat(words("within"), one(name)),
      cat(maybe(cat(words("when"), predicate)), words("gives"), predicate),
    ),
  ),
);

export const header: fc.Arbitrary<Tokens> = fc.oneof(
  cat(words("kernel"), fc.oneof(cat(version, words(".."), version), list(version, ","))),
  cat(
    words("config", "{"),
    repeated(
      cat(one(fc.constantFrom("PREEMPT_RT", "LOCKDEP", "page", "NUMA")), fc.oneof(words("on"), words("off"), size)),
      3,
    ),
    words("}"),
  ),
  cat(words("import"), one(string)),
);

/** The tokens of each header and declaration of a file. */
export const items: fc.Arbitrary<Tokens[]> = fc
  .tuple(fc.array(header, { maxLength: 2 }), fc.array(declaration, { maxLength: 6 }))
  .map(([headers, declarations]) => [...headers, ...declarations]);

const WORD_END = /[A-Za-z0-9_]$/;
const WORD_START = /^[A-Za-z0-9_]/;

/** Whether two tokens may touch and still be two. */
function mayTouch(left: string, right: string): boolean {
  if (WORD_END.test(left) && WORD_START.test(right)) return false;
  if (/[.\-<>=!|&/]$/.test(left) && /^[.\-<>=!|&/]/.test(right)) return false;
  return true;
}

const comment = fc.constantFrom(
  "// a comment\n",
  "/* one */",
  "/* two\n lines */",
  "// } request x {\n",
  '/* " */',
  "//\n",
  "/// stray doc\n",
);
const gap = fc.oneof(
  { arbitrary: fc.constant(" "), weight: 6 },
  { arbitrary: fc.constantFrom("", "\n", "  ", "\t", "\r\n", "\n\n\n"), weight: 4 },
  { arbitrary: comment, weight: 1 },
);

/** Items as one text with white space and comments from `gaps`, used in turn. */
export function layOut(itemTokens: readonly Tokens[], gaps: readonly string[]): string {
  let out = "";
  let previous = "";
  let next = 0;
  for (const tokens of itemTokens) {
    for (const token of tokens) {
      if (token === NEWLINE) continue;
      const between = gaps[next++ % gaps.length] ?? " ";
      const glue = between === "" && !mayTouch(previous, token) ? " " : between;
      // A comment may not grow together with a `/` or `*` before it.
      out += previous === "" ? between : glue;
      out += token;
      previous = token;
    }
  }
  return `${out}\n`;
}

/** Items as people write them: one line each, blocks indented. */
export function layOutPlainly(itemTokens: readonly Tokens[]): string {
  return itemTokens
    .map((tokens) => {
      let out = "";
      let depth = 0;
      let lineStart = true;
      for (const token of tokens) {
        if (token === NEWLINE) {
          if (!lineStart) out += "\n";
          lineStart = true;
          continue;
        }
        if (token === "}") depth--;
        if (lineStart) out += "  ".repeat(Math.max(0, depth));
        else if (!/[({~]$/.test(out.slice(-1)) || /\{$/.test(out))
          out += token === "," || token === ":" || token === ")" || token === ";" ? "" : " ";
        out += token;
        if (token === "{") depth++;
        lineStart = false;
      }
      return `${out.trimEnd()}\n`;
    })
    .join("\n");
}

/** Valid files, laid out as people write them. */
export const file: fc.Arbitrary<string> = items.map(layOutPlainly);

/** Valid files with any white space and comments between tokens. */
export const wildFile: fc.Arbitrary<string> = fc
  .tuple(items, fc.array(gap, { minLength: 1, maxLength: 30 }))
  .map(([tokens, gaps]) => layOut(tokens, gaps));

/** Any text: valid files with pieces of the language strewn in, cut out, doubled. */
export const anyText: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(file, wildFile),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat({ max: 12 }),
        fc.constantFrom(
          "",
          "",
          "{",
          "}",
          "(",
          ")",
          '"',
          "/*",
          "*/",
          "//",
          "\n",
          "\nrequest r {\n",
          "flags",
          " = ",
          "|",
          "||",
          ";",
          ",",
          "@",
          "\u0000",
          "\ud800",
          "\r\n",
          "é",
          "kernel 6.1",
          "/// doc\n",
          "0x",
          "..",
          "-",
        ),
      ),
      { maxLength: 6 },
    ),
  )
  .map(([text, cuts]) =>
    cuts.reduce((out, [at, length, insert]) => {
      const start = out.length === 0 ? 0 : at % (out.length + 1);
      return out.slice(0, start) + insert + out.slice(start + length);
    }, text),
  );
