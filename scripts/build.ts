// Bundles the program into dist/ and the editor's test suite into out/.
// usage: npm run build [-- --dev]   --dev: not minified, with source maps
import { build as bundle, type BuildOptions, type Plugin } from "esbuild";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { writeIndexes } from "./indexes.ts";
import { bundledPackages, noticesText } from "./notices.ts";
import { inRoot, isProgram } from "./paths.ts";
import { bundlesOf, KERNEL_C } from "./pieces.ts";

const NODE: BuildOptions = { platform: "node", format: "cjs", target: "node20" };
const ON_OLD_NODE: BuildOptions = { inject: ["scripts/node20.ts"] };
const BROWSER: BuildOptions = { platform: "browser", target: "es2023", define: { global: "globalThis" } };

interface Bundle extends BuildOptions {
  readonly entryPoints: [string];
}

/**
 * What is never asked of Chevrotain, by the ends of its modules' names. In place of its lexer, a third of it, stands
 * grammar/lexer.ts: tokens ask only for the pattern of those that no lexer finds. grammar/parser/recovering.ts says
 * that the grammar is not to be validated, brings a lookahead and words of its own, recovers by itself, gives up where
 * no alternative fits, and builds its own tree.
 */
const NEVER_ASKED: Readonly<Record<string, string>> = {
  "scan/lexer_public": "export const Lexer = { NA: /NOT_APPLICABLE/ }; export const LexerDefinitionErrorType = {};",
  "parse/grammar/checks":
    "export { none as validateGrammar, none as validateLookahead, none as validateRuleIsOverridden };" +
    'function none() { throw new Error("a grammar is not validated in a bundle"); }',
  "parse/grammar/llk_lookahead": "export class LLkLookaheadStrategy {}",
  "parse/grammar/lookahead":
    "export const PROD_TYPE = {};" +
    "export { none as getLookaheadPaths, none as getLookaheadPathsForOptionalProd, none as getLookaheadPathsForOr };" +
    'function none() { throw new Error("paths are not looked for in a bundle"); }',
  "parse/grammar/interpreter":
    "export class None {}" +
    ["Token", "Many", "ManySep", "AtLeastOne", "AtLeastOneSep"]
      .map((one) => `export { None as Next${one === "Token" ? "" : "Terminal"}After${one}Walker };`)
      .join(""),
  "parse/parser/traits/recoverable":
    'export const IN_RULE_RECOVERY_EXCEPTION = "";' +
    "export class Recoverable { initRecoverable() { this.recoveryEnabled = false; } attemptInRepetitionRecovery() {} }",
  "parse/cst/cst_visitor":
    "export { none as createBaseSemanticVisitorConstructor, none as createBaseVisitorConstructorWithDefaults };" +
    'function none() { throw new Error("no visitor is made in a bundle"); }',
  "parse/errors_public":
    "export const defaultParserErrorProvider = {}, defaultGrammarResolverErrorProvider = {}," +
    " defaultGrammarValidatorErrorProvider = {};",
};

const CHEVROTAIN_IN_PART: Plugin = {
  name: "Chevrotain without what is never asked of it",
  setup({ onLoad }) {
    for (const [module, contents] of Object.entries(NEVER_ASKED))
      onLoad({ filter: new RegExp(`/chevrotain/lib/src/${module}\\.js$`) }, () => ({ contents }));
  },
};

/** The library asks which VS Code it runs in. The manifest asks for more, and without that nothing is installed. */
const CLIENT_OF_THE_MANIFEST: Plugin = {
  name: "The client library without its own range of versions",
  setup({ onLoad }) {
    const functions = { parse: "(version) => ({ version })", satisfies: "() => true" };
    for (const [name, made] of Object.entries(functions))
      onLoad({ filter: new RegExp(`/semver/functions/${name}\\.js$`) }, () => ({
        contents: `module.exports = ${made}`,
      }));
  },
};

/** dist/cli.mjs, and in dist/cli/ the pieces that it loads when a command needs them. */
const COMMAND_LINE: Bundle = {
  ...NODE,
  ...ON_OLD_NODE,
  entryPoints: ["server/cli/node.ts"],
  outdir: "dist",
  entryNames: "cli",
  chunkNames: "cli/[name]-[hash]",
  outExtension: { ".js": ".mjs" },
  format: "esm",
  splitting: true,
  plugins: [CHEVROTAIN_IN_PART],
};

const WHOLE: Bundle = {
  ...NODE,
  ...ON_OLD_NODE,
  entryPoints: ["server/lsp/whole.ts"],
  outfile: "dist/server/whole.js",
  format: "iife",
  globalName: "server",
  footer: { js: "if(typeof module=='object')module.exports=server" },
  conditions: ["node", "browser"],
  // A file that is no module does not know where it stands; a worker is not asked.
  banner: { js: 'var whole=typeof __filename=="string"?require("url").pathToFileURL(__filename).href:"";' },
  define: { global: "globalThis", "import.meta.url": "whole" },
  plugins: [CHEVROTAIN_IN_PART],
};

/**
 * The bundles of the program: where each begins and ends. package.json says "type": "module", so CommonJS files end in
 * .cjs. The whole server is read by Node and by a web worker, which wants a .js: dist/package.json says that it is no
 * module. dist/server.js is what Node begins with; what is said of C stands in dist/server/c.js (pieces.ts).
 */
export const BUNDLES: readonly Bundle[] = [
  {
    ...NODE,
    entryPoints: ["client/node.ts"],
    outfile: "dist/client.cjs",
    external: ["vscode"],
    plugins: [CLIENT_OF_THE_MANIFEST],
  },
  {
    ...NODE,
    entryPoints: ["server/lsp/main.ts"],
    outfile: "dist/server.js",
    // Node's loader of modules alone costs more than this file.
    supported: { "dynamic-import": false },
    plugins: [builtBeside("./whole.ts", "./server/whole.js"), initializeResults()],
  },
  WHOLE,
  COMMAND_LINE,
  {
    ...NODE,
    entryPoints: ["server/cli/bin.ts"],
    outfile: "dist/allocpolicy.cjs",
    target: "node14",
    banner: { js: "#!/usr/bin/env node" },
  },
  {
    ...BROWSER,
    entryPoints: ["client/browser.ts"],
    outfile: "dist/client.browser.cjs",
    external: ["vscode"],
    format: "cjs",
  },
  { ...BROWSER, entryPoints: ["client/view/matrix.ts"], outfile: "dist/matrix-view.js", format: "iife" },
  { ...BROWSER, entryPoints: ["client/view/trace.ts"], outfile: "dist/trace-view.js", format: "iife" },
];

/** The whole server as it is built, without what is said of C, and the piece that has that. */
export const serverBundles = (): ReturnType<typeof bundlesOf> => bundlesOf(KERNEL_C, WHOLE);

/** A module that stands in a file of its own. */
function builtBeside(module: string, file: string): Plugin {
  return {
    name: `${module} in ${file}`,
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path }) => (path === module ? { path: file, external: true } : null));
    },
  };
}

/** The server's answers to `initialize`, in the place of the module that has none. */
function initializeResults(): Plugin {
  return {
    name: "answers to initialize",
    setup({ onLoad }) {
      onLoad({ filter: /\/server\/lsp\/initialize-results\.ts$/ }, async () => {
        // Reads the indexes: not before they are written.
        const server = await import("../server/lsp/server.ts");
        return { contents: `export const INITIALIZE_RESULTS = ${JSON.stringify(server.initializeResults())};` };
      });
    },
  };
}

/** The tests that run in VS Code. */
const EDITOR_SUITE: Bundle = {
  ...NODE,
  entryPoints: ["test/editor/index.ts"],
  outfile: "out/editor-suite.cjs",
  external: ["vscode", "mocha"],
  minify: false,
};

/** Where the licences of what the bundles carry stand. */
export const NOTICES = "dist/THIRD-PARTY-NOTICES.txt";

/**
 * Writes the stale indexes and the TextMate grammar, then all bundles and their notices.
 * @throws what esbuild reports
 */
export async function build(options: { readonly dev: boolean }): Promise<void> {
  for (const path of writeIndexes()) console.error(`wrote ${path}`);
  // Reads the indexes: not before they are written.
  const { writeTextMate } = await import("./textmate.ts");
  for (const path of writeTextMate()) console.error(`wrote ${path}`);
  rmSync(inRoot("dist"), { recursive: true, force: true });
  const common: BuildOptions = {
    bundle: true,
    minify: !options.dev,
    sourcemap: options.dev,
    legalComments: "eof",
    logLevel: "warning",
    absWorkingDir: inRoot(),
  };
  const { piece, rest } = await serverBundles();
  const bundles = BUNDLES.map((one) => (one === WHOLE ? rest : one));
  const [built] = await Promise.all([
    Promise.all([...bundles, piece].map((one) => bundle({ ...common, ...one, metafile: true }))),
    bundle({ ...common, ...EDITOR_SUITE }),
  ]);
  const carried = bundledPackages(built.map(({ metafile }) => metafile));
  writeFileSync(inRoot(NOTICES), noticesText(carried));
  writeFileSync(inRoot("dist/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
  chmodSync(inRoot("dist/allocpolicy.cjs"), 0o755);
}

if (isProgram(import.meta.url)) {
  // esbuild has printed its errors itself.
  await build({ dev: process.argv.includes("--dev") }).catch((error: unknown) => {
    if (!(error instanceof Error && "errors" in error)) console.error(error);
    process.exitCode = 1;
  });
}
