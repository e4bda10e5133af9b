import { describe, expect, test } from "vitest";
import { keywordUses, NUMBER_PROPERTIES, parseFile, PROPERTY_WORDS, requestProperty } from "../../grammar/index.ts";
import { allApis } from "../../server/model/apis.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { resolveRequest } from "../../server/policy-language/requests/requests.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";

/** Those that say something else than a size. */
const further = NUMBER_PROPERTIES.filter((word) => requestProperty(word).sizeIn === undefined);

describe("The properties of a request", () => {
  test("are those that the parser takes", () => {
    const uses = keywordUses().filter(({ rule }) => rule === "property" || rule === "waiver");
    const values = ["any", "null", "nothing", "because"];
    expect(
      uses
        .map(({ word }) => word)
        .filter((word) => !values.includes(word))
        .sort(),
    ).toEqual([...PROPERTY_WORDS].sort());
  });

  test("that are numbers are read by a function: as its size, or by name", () => {
    for (const word of further)
      expect(
        allApis().filter((api) => api.numbers?.includes(word)),
        `an API whose numbers have ${word}`,
      ).not.toEqual([]);
    for (const { name, numbers = [] } of allApis())
      for (const word of numbers) expect(further, `${name} reads ${word}`).toContain(word);
  });

  test("that are numbers reach the model, those of a size in its unit and the others by name", () => {
    const lines = NUMBER_PROPERTIES.map((word, index) => `  ${word} ${index + 3}\n`).join("");
    const text = `kernel 6.12\nrequest r {\n  api alloc_pages\n${lines}}\n`;
    const uri = "file:///a.allocpolicy";
    const environment = environmentOf(withDocument(emptyWorkspace(DEFAULT_SETTINGS), uri, parseFile(text)), uri);
    const item = environment?.file.regions[1]?.item;
    if (environment === null || item?.kind !== "request") throw new Error("the text has no request");
    const { numbers, properties } = resolveRequest(environment, item);
    expect(numbers).toEqual(Object.fromEntries(further.map((word) => [word, NUMBER_PROPERTIES.indexOf(word) + 3])));
    // Of the sizes the last one counts.
    const sizes = NUMBER_PROPERTIES.filter((word) => requestProperty(word).sizeIn !== undefined);
    const replaced = sizes.filter((word) => word !== "count").length - 1;
    expect(properties).toHaveLength(1 + NUMBER_PROPERTIES.length - replaced);
  });

  test("say what they are, with an example that begins with their word", () => {
    for (const word of PROPERTY_WORDS) {
      const { syntax, meaning } = requestProperty(word);
      for (const one of syntax.split(" · ")) expect(one.startsWith(`${word} `), one).toBe(true);
      expect(meaning).toMatch(/^[A-Z].*\.$/s);
    }
  });
});
