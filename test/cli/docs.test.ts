import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inRoot } from "../../scripts/paths.ts";
import { COMMANDS } from "../../server/cli/commands/index.ts";
import { findingsIn } from "../policy-language/_fixture.ts";

const PAGES: readonly (readonly [page: string, text: string])[] = [
  "README.md",
  "CONTRIBUTING.md",
  "recordings/README.md",
  ...readdirSync(inRoot("docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].map((page) => [page, readFileSync(inRoot(page), "utf8")]);

const fenced = (text: string, language: string): readonly string[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].flatMap(([, name, body = ""]) => (name === language ? [body] : []));

/** Parts of an example that others on its page complete: what they name may stand there. */
const COMPLETED: ReadonlySet<string> = new Set(["unknown-name", "no-kernel"]);
const OF_THE_TEXT = /^(?:syntax|unknown-.*|wrong-.*|missing-.*|duplicate-.*|import-.*)$/;

describe("the documentation", () => {
  test.each(PAGES.flatMap(([page, text]) => fenced(text, "allocpolicy").map((body) => [page, body] as const)))(
    "%s shows policies that can be read: %s",
    (_, body) => {
      const wrong = findingsIn(body).filter(({ rule }) => OF_THE_TEXT.test(rule) && !COMPLETED.has(rule));
      expect(wrong.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
    },
  );

  test.each(PAGES)("%s shows no policy that is wider than a window", (_, text) => {
    const lines = fenced(text, "allocpolicy").flatMap((body) => body.split("\n"));
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  test.each(PAGES)("%s names commands and options that there are", async (_, text) => {
    const lines = text.matchAll(/\ballocpolicy (?!-)([a-z]+)((?: [^\n`|;>]*)?)/g);
    const wrong: string[] = [];
    for (const [line, name = "", rest = ""] of lines) {
      // In prose the word behind the name of the program may be any.
      const command = await COMMANDS.get(name)?.();
      if (command === undefined) continue;
      const options = [...rest.matchAll(/(?<=\s|\[)--([a-z][\w-]*)/g)].map(([, option = ""]) => option);
      if (options.some((option) => !Object.hasOwn(command.options, option))) wrong.push(line);
    }
    expect(wrong).toEqual([]);
  });

  test("starts programs by commands that there are", () => {
    const started = PAGES.flatMap(([, text]) =>
      [...fenced(text, "sh"), ...fenced(text, "yaml")].flatMap((body) =>
        [...body.matchAll(/(?:^|[|"(] *|xargs [^|\n]*)allocpolicy ([a-z]+)/gm)].map(([, name = ""]) => name),
      ),
    );
    expect(started.length).toBeGreaterThan(8);
    expect(started.filter((name) => !COMMANDS.has(name))).toEqual([]);
  });

  test("gives the action inputs that it has", () => {
    const inputs = [...readFileSync(inRoot("action.yml"), "utf8").matchAll(/^ {2}([\w-]+):\n {4}description/gm)];
    const given = PAGES.flatMap(([, text]) => fenced(text, "yaml")).flatMap((body) =>
      [...body.matchAll(/uses: allocpolicy\/.*\n {8}with:(?: \{ (.*) \}\n|\n((?: {10}.*\n)+))/g)].flatMap(
        ([, inline = "", block = ""]) => [
          ...[...inline.matchAll(/(?:^|, )([\w-]+): /g)].map(([, name]) => name),
          ...[...block.matchAll(/^ {10}([\w-]+):/gm)].map(([, name]) => name),
        ],
      ),
    );
    expect(given.length).toBeGreaterThan(6);
    expect(given.filter((name) => !inputs.some(([, input]) => input === name))).toEqual([]);
  });

  test.each(PAGES)("%s leads to pages that there are", (page, text) => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, path = ""]) => path);
    const here = inRoot(page).replace(/[^/]*$/, "");
    const missing = links.filter((path) => {
      try {
        readdirSync(`${here}${path}`);
        return false;
      } catch (error) {
        return !(error instanceof Error && "code" in error && error.code === "ENOTDIR");
      }
    });
    expect(missing).toEqual([]);
  });
});
