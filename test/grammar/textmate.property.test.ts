import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { format, keywordUses, parseFile, TIME_UNITS, UNITS, type NameRole } from "../../grammar/index.ts";
import { lex } from "../../grammar/lexer.ts";
import { isTextMateStale, SCOPES, scopesOfKeyword, textMateGrammar } from "../../scripts/textmate.ts";
import { allApis } from "../../server/model/apis.ts";
import { CONTEXT_NAMES, LOCK, SCOPE } from "../../server/model/contexts.ts";
import { FLAG_GROUPS } from "../../server/model/kernels/flags/groups.ts";
import { ZONE_NAMES } from "../../server/model/kernels/kernel.ts";
import { COMPOSITE_NAMES, FLAG_NAMES } from "../../server/model/masks/mask.ts";
import { compositeText, flagText } from "../../server/model/masks/names.ts";
import { CONFIG_OPTIONS } from "../../server/policy-language/analysis/checked-kernels.ts";
import { EFFECTS, FACTS, WATERMARKS } from "../../server/service/descriptions/words.ts";
import { derivation, type Leaf } from "./_derive.ts";
import { scopesOf } from "./_textmate.ts";

const grammar = textMateGrammar();

/** What may stand for a role, and the scope that it must get; null where names are the author's own. */
const NAMES: Readonly<Record<NameRole, { readonly words: readonly string[]; readonly scope: string | null }>> = {
  declared: { words: ["ring", "rx_poll"], scope: null },
  mask: {
    words: [...FLAG_NAMES.map(flagText), ...COMPOSITE_NAMES.map(compositeText), ...Object.keys(FLAG_GROUPS)],
    scope: SCOPES.flag,
  },
  api: { words: allApis().map(({ name }) => name), scope: SCOPES.api },
  context: { words: CONTEXT_NAMES, scope: SCOPES.context },
  lock: { words: Object.keys(LOCK), scope: SCOPES.lock },
  scope: { words: Object.keys(SCOPE), scope: SCOPES.contextScope },
  zone: { words: ZONE_NAMES, scope: SCOPES.zone },
  option: { words: CONFIG_OPTIONS, scope: SCOPES.option },
  "option-value": { words: ["4"], scope: SCOPES.number },
  version: { words: ["6"], scope: SCOPES.version },
  subject: { words: ["ring"], scope: null },
  request: { words: ["ring"], scope: null },
  fallback: { words: ["ring", "none"], scope: null },
  policy: { words: ["driver"], scope: null },
  memory: { words: ["roomy"], scope: null },
  rule: { words: ["nofail"], scope: SCOPES.rule },
  fact: { words: Object.keys(FACTS), scope: SCOPES.property },
  "fact-value": { words: Object.values(FACTS).flatMap(({ values }) => Object.keys(values)), scope: SCOPES.value },
  effect: { words: Object.keys(EFFECTS), scope: SCOPES.property },
  "effect-value": { words: Object.values(EFFECTS).flatMap(({ values }) => Object.keys(values)), scope: SCOPES.value },
  watermark: { words: Object.keys(WATERMARKS), scope: SCOPES.property },
  mode: { words: ["hard"], scope: null },
  rest: { words: ["x"], scope: null },
  separator: { words: [","], scope: null },
};

const MARKS: Readonly<Record<string, readonly string[]>> = {
  LCurly: ["{"],
  RCurly: ["}"],
  LParen: ["("],
  RParen: [")"],
  Pipe: ["|"],
  Amp: ["&"],
  Tilde: ["~"],
  Comma: [","],
  Semi: [";"],
  Colon: [":"],
  Equals: ["="],
  Compare: ["<", "<=", ">", ">="],
  EqualTo: ["=="],
  NotEqual: ["!="],
  Question: ["?"],
  Bang: ["!"],
  Dot: ["."],
  DotDot: [".."],
  Minus: ["-"],
  Percent: ["%"],
};

interface Written {
  readonly text: string;
  /** The scopes of which it must have one; null: any. */
  readonly scopes: readonly string[] | null;
}

/** A pattern does not know the rule: a keyword of several has the scope of one of them. */
const keywordScopes = new Map<string, readonly string[]>();
for (const { word, rule } of keywordUses())
  keywordScopes.set(word, [...(keywordScopes.get(word) ?? []), scopesOfKeyword(word, rule)]);

const one = (scope: string | null): readonly string[] | null => (scope === null ? null : [scope]);

/** A text for a token of the grammar; `pick` decides which. */
function write({ type, role, rule }: Leaf, pick: number): Written {
  const any = (words: readonly string[]): string => words[pick % words.length] ?? "";
  if (type.name.startsWith("keyword_")) {
    const word = type.name.slice("keyword_".length);
    return { text: word, scopes: keywordScopes.get(word) ?? [] };
  }
  switch (type.name) {
    case "Name": {
      const { words, scope } = NAMES[role ?? "declared"];
      if (rule === "version") return { text: role === "version" ? "android" : "x", scopes: null };
      return { text: any(words), scopes: one(scope) };
    }
    case "Number":
      return { text: String(pick % 90), scopes: rule === "version" ? null : [SCOPES.number] };
    case "String":
      return { text: '"a reason"', scopes: [SCOPES.string] };
    case "TimeUnit":
      return { text: any(TIME_UNITS), scopes: [SCOPES.unit] };
    case "Unit":
      return { text: any(UNITS), scopes: [SCOPES.unit] };
    default:
      return { text: any(MARKS[type.name] ?? []), scopes: null };
  }
}

interface Laid {
  readonly text: string;
  readonly tokens: readonly Written[];
}

/** The text of a derivation on one line. */
function layOut(leaves: readonly Leaf[], picks: readonly number[]): Laid {
  let text = "";
  const tokens = leaves.map((leaf, index) => {
    const token = write(leaf, picks[index % picks.length] ?? 0);
    text += (text === "" || leaf.glued ? "" : " ") + token.text;
    return token;
  });
  return { text, tokens };
}

/** A header or declaration by the parser's own rules. */
const written = fc
  .tuple(derivation, fc.array(fc.nat(), { minLength: 1, maxLength: 30 }))
  // The formatter leaves semicolons out.
  .map(([leaves, picks]) =>
    layOut(
      leaves.filter(({ type }) => type.name !== "Semi"),
      picks,
    ),
  );

/** Each token has one of its scopes, from its first character to its last. */
function checkColours(text: string, tokens: readonly Written[]): void {
  const coloured = scopesOf(grammar, text);
  const placed = lex(text).tokens;
  expect(placed.map(({ image }) => image)).toEqual(tokens.map((token) => token.text));
  placed.forEach(({ image, startOffset, endOffset }, index) => {
    const scopes = tokens[index]?.scopes ?? null;
    if (scopes === null) return;
    for (const at of [startOffset, endOffset]) {
      const found = coloured.find(({ start, end }) => start <= at && at < end)?.scopes ?? [];
      expect(
        found.some((each) => scopes.includes(each)),
        `${image} at ${at} in ${text}: ${found.join(" ")} for ${scopes.join(" or ")}`,
      ).toBe(true);
    }
  });
}

function checkBothLayouts({ text, tokens }: Laid): void {
  const problems = parseFile(text).regions.flatMap((region) => region.problems);
  expect(problems, text).toEqual([]);
  checkColours(text, tokens);
  const formatted = format(text);
  expect(formatted.kind).toBe("formatted");
  if (formatted.kind === "formatted") checkColours(formatted.text, tokens);
}

describe("The TextMate grammar", () => {
  test("is the one that the parser and the model make", () => {
    expect(isTextMateStale(), "run npm run build").toBe(false);
  });

  test("colours every word where the parser's rules have it", () => {
    fc.assert(fc.property(written, checkBothLayouts), { seed: 501, numRuns: 150 });
  });

  test("colours every keyword of every rule, none left out", () => {
    const missing = new Set(keywordUses().map(({ word }) => word));
    // Some words stand deep in the grammar: as many samples as it takes to see each, up to a bound.
    for (let seed = 502; seed < 522 && missing.size > 0; seed++) {
      for (const laid of fc.sample(written, { seed, numRuns: 10_000 })) {
        const news = laid.tokens.filter(({ text }) => missing.delete(text));
        if (news.length > 0) checkBothLayouts(laid);
      }
    }
    expect([...missing]).toEqual([]);
  });

  test.each([
    ["API", "api $0", NAMES.api],
    ["flag, composite and group", "flags $0", NAMES.mask],
    ["context", "context $0", NAMES.context],
    ["zone", "zone $0", NAMES.zone],
    ["fact", "expect { $0 }", NAMES.fact],
    ["effect", "mode m otherwise { $0 never }", NAMES.effect],
    ["lock", "holds $0", NAMES.lock],
    ["scope", "scope $0", NAMES.scope],
    ["build option", "config { $0 on }", NAMES.option],
    ["unit", "size 4 $0", { words: UNITS, scope: SCOPES.unit }],
  ] as const)("colours every %s", (_, marked, { words, scope }) => {
    expect(words.length).toBeGreaterThan(2);
    for (const word of words) {
      const start = marked.indexOf("$0");
      const coloured = scopesOf(grammar, marked.replace("$0", word));
      const at = coloured.find((each) => each.start <= start && start < each.end);
      expect(at?.scopes, word).toContain(scope);
      expect(at?.end, word).toBe(start + word.length);
    }
  });

  test("has a scope for every keyword of every rule", () => {
    expect(keywordUses().length).toBeGreaterThan(70);
    for (const { word, rule } of keywordUses()) expect(scopesOfKeyword(word, rule)).toMatch(/\.allocpolicy$/);
  });
});
