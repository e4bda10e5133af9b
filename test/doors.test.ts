// What a newcomer reads and types: every command that a document or a message names is there, and no list leaves one
// out.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { BUNDLES } from "../scripts/build.ts";
import { KERNEL_C } from "../scripts/pieces.ts";
import { staleTables } from "../scripts/doc-tables.ts";
import { inRoot } from "../scripts/paths.ts";
import { COMMANDS } from "../server/cli/commands/index.ts";
import { ruleUrl } from "../server/rules/rule-page.ts";
import { PROGRAM_FOLDERS, sourceFiles } from "./_sources.ts";

interface Manifest {
  readonly homepage: string;
  readonly repository: { readonly url: string };
  readonly bugs: { readonly url: string };
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
}

const manifest: Manifest = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
const textOf = (path: string): string => readFileSync(inRoot(path), "utf8");

const documents: readonly string[] = [
  ...readdirSync(inRoot()).filter((file) => file.endsWith(".md")),
  ...readdirSync(inRoot("docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
  "docs/rules/README.md",
  "conformance/fixtures/README.md",
];
const sources: readonly string[] = [
  ...[...PROGRAM_FOLDERS, "conformance", "scripts", "test"].flatMap(sourceFiles),
  "scripts/run.mjs",
  ".vscode/tasks.json",
  ".ci/run",
];

describe("the tasks of the project", () => {
  test("are named by package.json wherever a document, a comment or a message says npm run", () => {
    const named = [...documents, ...sources].flatMap((path) =>
      [...textOf(path).matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)]
        .filter(([all]) => !/^npm (?:ci|install|link|pack|audit)$/.test(all))
        .filter(([all]) => all.startsWith("npm run ") || /^npm (?:start|test)$/.test(all))
        .map(([, task = ""]) => ({ path, task })),
    );
    expect(named.map(({ task }) => task)).toEqual(
      expect.arrayContaining(["start", "test", "docs", "indexes", "bench"]),
    );
    expect(named.filter(({ task }) => !Object.hasOwn(manifest.scripts, task))).toEqual([]);
  });

  test("run on the oldest Node that package.json promises: no one is told to start a TypeScript file with it", () => {
    const wrong = [...documents, ...sources].flatMap((path) =>
      [...textOf(path).matchAll(/\bnode [\w./-]+\.ts\b/g)].map(([command]) => `${path}: ${command}`),
    );
    expect(wrong).toEqual([]);
    for (const [name, command] of Object.entries(manifest.scripts))
      expect(command, name).not.toMatch(/\bnode \S+\.ts\b/);
  });

  test("have a script each", () => {
    const called = Object.values(manifest.scripts).flatMap((command) =>
      [...command.matchAll(/scripts\/run\.mjs (\S+)/g)].map(([, task = ""]) => `scripts/${task}.ts`),
    );
    expect(called.length).toBeGreaterThan(5);
    expect(called.filter((path) => !existsSync(inRoot(path)))).toEqual([]);
  });
});

describe("the address of the project", () => {
  const repository = manifest.repository.url.replace(/\.git$/, "");

  test("is one: of the repository, its issues, its front page and the pages of the rules", () => {
    expect(manifest.bugs.url).toBe(`${repository}/issues`);
    expect(manifest.homepage).toBe(`${repository}#readme`);
    expect(ruleUrl("sleep-in-atomic")).toBe(`${repository}/blob/main/docs/rules/sleep-in-atomic.md`);
  });
});

describe("the documents and comments", () => {
  const files = new Set(
    [
      ...documents,
      ...sources,
      ...BUNDLES.flatMap(({ outfile }) => outfile ?? []),
      KERNEL_C.outfile,
      "dist/cli.mjs",
    ].map((path) => basename(path)),
  );
  /** What a document says, or the comments of a source file. */
  const prose = (path: string): string =>
    path.endsWith(".md") ? textOf(path) : (textOf(path).match(/\/\/.*|^ *(?:\/\*\*|\*).*/gm) ?? []).join("\n");

  test("name files and folders that are there", () => {
    const missing = [...documents, ...sources].flatMap((path) => {
      const text = prose(path);
      const places = [
        ...text.matchAll(/(?<![\w./-])(?:protocol|grammar|server|client|scripts|test|docs|examples)\/[\w./<-]+/g),
      ]
        // Of `server/cli/commands/<name>.ts` the folder.
        .map(([place]) => place.replace(/[^/]*<.*/, "").replace(/[.]+$/, ""))
        .filter((place) => !existsSync(inRoot(place)));
      const names = [...text.matchAll(/(?<![\w/.<-])[a-z][\w-]*\.(?:ts|mjs)\b/g)]
        .map(([name]) => name)
        .filter((name) => !files.has(name));
      return [...places, ...names].map((name) => `${path}: ${name}`);
    });
    expect(missing).toEqual([]);
  });

  test.each(documents)("%s leads to files that are there", (path) => {
    const broken = [...textOf(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^https?:/.test(target) && !existsSync(inRoot(path, "..", target)));
    expect(broken).toEqual([]);
  });
});

describe("the command line's documents", () => {
  test("have tables that list what there is: npm run docs writes them", () => {
    expect([...staleTables().keys()]).toEqual([]);
  });

  test.each([...COMMANDS.keys()])("the README lists %s", (name) => {
    const table = textOf("README.md")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(
      table.some((line) => line.includes(`\`allocpolicy ${name}`) || line.includes(`\`${name}\``)),
      name,
    ).toBe(true);
  });
});
