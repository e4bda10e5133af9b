// What the extension says in words of its own can be said in another language: it stands in l10n/bundle.l10n.json, and
// what stands in package.json in package.nls.json.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inRoot } from "../scripts/paths.ts";

const files = readdirSync(inRoot("client"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, code: withoutComments(readFileSync(inRoot("client", path), "utf8")) }));

function withoutComments(code: string): string {
  return code.replace(
    /("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\/.*|\/\*[\s\S]*?\*\//g,
    (_, text?: string) => text ?? "",
  );
}

const translated = (code: string): readonly string[] =>
  [...code.matchAll(/l10n\.t\(\s*("(?:[^"\\\n]|\\.)*")/g)].map(([, text = '""']): string => JSON.parse(text));

/** Literals that read like words for people: more than one word, or one that begins with a capital. */
function wordsIn(code: string): readonly string[] {
  const rest = code.replace(/l10n\.t\(\s*"(?:[^"\\\n]|\\.)*"/g, "");
  const literals = [...rest.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map(
    ([, quoted, template]) => quoted ?? (template ?? "").replace(/\$\{[^{}]*\}/g, ""),
  );
  return literals.filter((text) => /[A-Za-z]{2,}[ ,:]+[a-z]{2,}/.test(text) || /^[A-Z][a-z]+…?$/.test(text));
}

/** Names of things that have one name in every language, and what is no text for people. */
const NAMES = new Set([
  "AllocPolicy",
  "Markdown",
  "Linux",
  "ArrowDown",
  "ArrowRight",
  "ArrowUp",
  "ArrowLeft",
  "PageDown",
  "PageUp",
  "Home",
  "End",
  "Enter",
  "Escape",
]);
/** Styles, the beginning of a new file in its own language, and what language models read. */
const NO_WORDS: ReadonlySet<string> = new Set([
  "matrix-page.ts",
  "trace-page.ts",
  "view-page.ts",
  "new-file.ts",
  "tools.ts",
]);
/** Of the style, and selectors. */
const CLASSES = /^(?:[a-z-]+,? )*[a-z-]+$/;

describe("the extension", () => {
  test.each(files.filter(({ path }) => !NO_WORDS.has(path)))(
    "says nothing past its translations in $path",
    ({ code }) => {
      const said = wordsIn(code).filter((text) => !NAMES.has(text) && !CLASSES.test(text));
      expect(said).toEqual([]);
    },
  );

  test("has all that it says in its list of words, and nothing else", () => {
    const bundle: Record<string, string> = JSON.parse(readFileSync(inRoot("l10n/bundle.l10n.json"), "utf8"));
    const keys = [...new Set(files.flatMap(({ code }) => translated(code)))].sort();
    expect(Object.keys(bundle).sort()).toEqual(keys);
    expect(Object.entries(bundle).filter(([key, text]) => key !== text)).toEqual([]);
  });

  test("uses every number of a sentence from 0 on", () => {
    for (const { code } of files)
      for (const text of translated(code)) {
        const numbers = [...text.matchAll(/\{(\d+)\}/g)].map(([, number]) => Number(number));
        expect([text, [...new Set(numbers)].sort()]).toEqual([text, [...new Set(numbers)].map((_, at) => at)]);
      }
  });
});

test("package.json says in words what package.nls.json has, and nothing else", () => {
  const manifest = readFileSync(inRoot("package.json"), "utf8");
  const words: Record<string, string> = JSON.parse(readFileSync(inRoot("package.nls.json"), "utf8"));
  const used = new Set([...manifest.matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key));
  expect([...used].sort()).toEqual(Object.keys(words).sort());
  // What describes a parameter is read by language models, as `modelDescription` is.
  const contributes = JSON.stringify(JSON.parse(manifest).contributes, (key, value: unknown) =>
    key === "inputSchema" ? undefined : value,
  );
  const plain = [
    ...contributes.matchAll(
      /"(?:title|label|description|markdownDescription|displayName|userDescription)":"([^"%][^"]*)"/g,
    ),
  ];
  expect(plain.map(([, text]) => text).filter((text) => text !== "AllocPolicy")).toEqual([]);
});
