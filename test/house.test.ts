// The plan of the house, kept: which floor knows which, and what stays out of the lower floors.
import { build, transform } from "esbuild";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { indexes } from "../scripts/indexes.ts";
import { inRoot } from "../scripts/paths.ts";
import { circlesOf, importsOf, PROGRAM_FOLDERS, sourceFiles, type Import } from "./_sources.ts";

interface Floor {
  readonly path: string;
  /** The other floors that it may import from. */
  readonly knows: readonly string[];
  /** Packages that it may import. */
  readonly packages: RegExp;
}

const NOTHING = /^$/;
const FLOORS: readonly Floor[] = [
  { path: "protocol", knows: [], packages: NOTHING },
  { path: "grammar", knows: [], packages: /^chevrotain$/ },
  { path: "server/model", knows: [], packages: NOTHING },
  { path: "server/rules", knows: ["server/model"], packages: NOTHING },
  { path: "server/c-source", knows: ["server/model", "server/rules"], packages: NOTHING },
  { path: "server/kernel-log", knows: ["server/model"], packages: NOTHING },
  { path: "server/documents", knows: ["server/model", "server/rules"], packages: NOTHING },
  {
    path: "server/policy-language",
    knows: ["server/kernel-log", "grammar", "server/model", "server/rules", "server/documents"],
    packages: NOTHING,
  },
  {
    path: "server/service",
    knows: [
      "server/kernel-log",
      "protocol",
      "grammar",
      "server/model",
      "server/rules",
      "server/c-source",
      "server/documents",
      "server/policy-language",
    ],
    packages: NOTHING,
  },
  { path: "server/disk", knows: [], packages: /^node:/ },
  { path: "conformance", knows: ["server/model"], packages: /^node:/ },
  { path: "recordings", knows: ["conformance"], packages: /^node:/ },
  {
    path: "server/lsp",
    knows: [
      "protocol",
      "grammar",
      "server/rules",
      "server/documents",
      "server/policy-language",
      "server/service",
      "server/disk",
    ],
    packages: /^(vscode-languageserver(\/|$)|node:)/,
  },
  {
    path: "server/cli",
    knows: [
      "grammar",
      "server/model",
      "server/rules",
      "server/c-source",
      "server/documents",
      "server/policy-language",
      "server/service",
      "server/kernel-log",
      "server/disk",
    ],
    packages: /^node:/,
  },
  { path: "client", knows: ["protocol"], packages: /^(vscode$|vscode-languageclient(\/|$))/ },
];

/** What a floor keeps to itself: helpers, the single things behind an index, and the steps of parsing. */
const INSIDES: readonly RegExp[] = [
  /\/_[^/]+$/,
  /^grammar\/(tokens|lexer|parser|follow|expected|roles|trivia|recovery|regions|wording)\.ts$/,
  /^grammar\/parser\//,
  /^server\/model\/kernels\/releases\//,
];

const isInside = (file: string, floor: string): boolean => file.startsWith(`${floor}/`);

/** What a floor imports, each file once. */
const imports = (floor: string): readonly Import[] =>
  sourceFiles(floor).flatMap((file) => [...new Map(importsOf(file).map((one) => [one.target, one])).values()]);
const told = (found: readonly Import[]): readonly string[] =>
  found.map(({ file, target }) => `${file} imports ${target}`);

describe("the house", () => {
  test.each(FLOORS)("$path imports only along the arrows", ({ path, knows, packages }) => {
    const wrong = imports(path).filter(
      ({ target }) => !packages.test(target) && ![path, ...knows].some((floor) => isInside(target, floor)),
    );
    expect(told(wrong)).toEqual([]);
  });

  test("has no file outside of its floors", () => {
    const homeless = [...PROGRAM_FOLDERS, "conformance"]
      .flatMap(sourceFiles)
      .filter((file) => !FLOORS.some(({ path }) => isInside(file, path)));
    expect(homeless).toEqual([]);
  });

  test("sees the imports of every floor", () => {
    for (const { path } of FLOORS.filter((floor) => sourceFiles(floor.path).length > 0))
      expect(imports(path), path).not.toEqual([]);
  });

  test("has no circle of imports, types included", () => {
    const files = [...PROGRAM_FOLDERS, "conformance", "scripts", "test"].flatMap(sourceFiles);
    const arrows = new Map(files.map((file) => [file, importsOf(file).map(({ target }) => target)]));
    expect(arrows.get("server/cli/main.ts")).toContain("server/cli/commands/index.ts");
    expect(circlesOf(arrows).map((circle) => circle.join(" <-> "))).toEqual([]);
  });

  test("enters a floor by its doors, not through its insides", () => {
    const wrong = FLOORS.flatMap(({ path }) =>
      imports(path).filter(({ target }) => !isInside(target, path) && INSIDES.some((inside) => inside.test(target))),
    );
    expect(told(wrong)).toEqual([]);
  });

  test("takes more than types of the protocol's library in one place", () => {
    const VALUES = /^(?:import|export) \{\s*(?!type )[^}]*\} from "vscode-languageserver";$/m;
    const takers = sourceFiles("server/lsp").filter((file) => VALUES.test(readFileSync(inRoot(file), "utf8")));
    expect(takers).toEqual(["server/lsp/library.ts"]);
  });

  test("says in protocol/ what messages are, and does nothing", async () => {
    const code = await Promise.all(
      sourceFiles("protocol").map(
        async (file) => (await transform(readFileSync(inRoot(file), "utf8"), { loader: "ts" })).code,
      ),
    );
    expect(code.join("")).toBe("");
  });

  test("compares version numbers nowhere but in server/model/kernels", () => {
    const comparison =
      /(?:[=!]==|[<>]=?)\s*["'`]v?\d+\.\d+|["'`]v?\d+\.\d+[^"'`\s]*["'`]\s*(?:[=!]==|[<>]=?)|\.mainlineIndex\s*[<>]|\bcompareVersion|startsWith\("\d+\./;
    const wrong = FLOORS.flatMap(({ path }) => sourceFiles(path))
      .filter((file) => !isInside(file, "server/model/kernels"))
      .flatMap((file) =>
        readFileSync(inRoot(file), "utf8")
          .split("\n")
          .flatMap((line, index) => (comparison.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
      );
    expect(wrong).toEqual([]);
  });

  test("is formatted, and the linter has nothing to say: npm run format, npm run lint", () => {
    const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
    const lint = [biome, "ci", "--colors=off", "--error-on-warnings", "."];
    const { status, stdout, stderr } = spawnSync(process.execPath, lint, { cwd: inRoot(), encoding: "utf8" });
    expect(status === 0 ? "" : stdout + stderr).toBe("");
  });

  test("calls its tests alike: test(), .property where fast-check makes the cases, a _ before what only helps", () => {
    const files = sourceFiles("test").filter((file) => !/^test\/(?:bench|editor)\//.test(file));
    const wrong = files.filter((file) => {
      const text = readFileSync(inRoot(file), "utf8");
      if (!file.endsWith(".test.ts")) return !/\/_[^/]+$/.test(file);
      return (
        /\.property\./.test(file) !== /^import .* from "fast-check"/m.test(text) || /^\s*it(?:\.\w+)*\(/m.test(text)
      );
    });
    expect(wrong).toEqual([]);
  });

  test("has no test that changes what another test file sees but those called .isolated: the others share their modules", () => {
    const shared =
      /\bvi\.(?:mock|doMock|resetModules|stubGlobal|stubEnv)\b|\bconfigureGlobal\b|\bprocess\.chdir\(|\bprocess\.env(?:\.\w+|\[[^\]]+\]) = |\bglobalThis\.\w+ = |\.prototype\.\w+ = /;
    const wrong = sourceFiles("test")
      .filter((file) => /(?<!\.isolated)\.test\.ts$/.test(file) && file !== "test/house.test.ts")
      .filter((file) => shared.test(readFileSync(inRoot(file), "utf8")));
    expect(wrong).toEqual([]);
  });

  test("ends its comments at 120 columns", () => {
    const files = [...PROGRAM_FOLDERS, "conformance", "scripts", "test"].flatMap(sourceFiles);
    const long = files.flatMap((file) =>
      readFileSync(inRoot(file), "utf8")
        .split("\n")
        .flatMap((line, index) =>
          /^ *(?:\/\/|\/\*\*|\* )/.test(line) && line.length > 120 ? [`${file}:${index + 1}`] : [],
        ),
    );
    expect(long).toEqual([]);
  });

  test("has fresh indexes", () => {
    const stale = indexes()
      .filter(({ wanted, present }) => wanted !== present)
      .map(({ path }) => `${path}: run npm run indexes`);
    expect(stale).toEqual([]);
  });

  test.each(["client/browser.ts", "server/lsp/browser.ts"])(
    "bundles %s for the browser without anything of Node",
    async (entry) => {
      const { metafile } = await build({
        entryPoints: [inRoot(entry)],
        absWorkingDir: inRoot(),
        bundle: true,
        write: false,
        metafile: true,
        platform: "browser",
        format: "esm",
        external: ["vscode"],
        logLevel: "silent",
      });
      const outside = Object.values(metafile.inputs)
        .flatMap((input) => input.imports)
        .filter(({ external, path }) => external === true && path !== "vscode");
      expect(outside.map(({ path }) => path)).toEqual([]);
      const builtIn = Object.keys(metafile.inputs).filter((path) =>
        builtinModules.includes(path.replace(/^node:/, "")),
      );
      expect(builtIn).toEqual([]);
    },
  );
});
