/**
 * What reading kernel C adds to the extension: `npm run bench c-size` bundles the server with what is about C and
 * without it, and prints bytes, as they are and deflated as a .vsix stores them. `npm run bench c-size -- --modules`
 * also prints what each module of the piece has of them.
 */
import type { Plugin } from "esbuild";
import { serverBundles } from "../../scripts/build.ts";
import { built, deflatedBytes } from "../_bundles.ts";

/** Of the rest of the server what is about C: the rules of C code, and what loads the piece. */
const ABOUT_C: Readonly<Record<string, string>> = {
  "server/rules/source/index.ts": "export const ALL_SOURCE_RULES = [];",
  "server/service/kernel-c/piece.ts": "export const kernelC = null;",
};

const WITHOUT_C: Plugin = {
  name: "without C",
  setup({ onLoad }) {
    for (const [path, contents] of Object.entries(ABOUT_C))
      onLoad({ filter: new RegExp(`/${path.replaceAll(".", "\\.")}$`) }, () => ({ contents, loader: "ts" }));
  },
};

const { piece, rest } = await serverBundles();
const [c, withC, without] = await Promise.all([
  built(piece),
  built(rest),
  built({ ...rest, plugins: [WITHOUT_C, ...(rest.plugins ?? [])] }),
]);

const rows: readonly (readonly [what: string, bytes: number, deflated: number])[] = [
  ["c.js, read where C is", c.code.length, deflatedBytes(c.code)],
  [
    "whole.js has more",
    withC.code.length - without.code.length,
    deflatedBytes(withC.code) - deflatedBytes(without.code),
  ],
];
const all = [
  "together",
  rows.reduce((sum, row) => sum + row[1], 0),
  rows.reduce((sum, row) => sum + row[2], 0),
] as const;
console.log("what".padEnd(24), "bytes".padStart(9), "in a .vsix".padStart(11));
for (const [what, bytes, packed] of [...rows, all])
  console.log(what.padEnd(24), bytes.toLocaleString("en").padStart(9), packed.toLocaleString("en").padStart(11));
if (process.argv.includes("--modules"))
  for (const [path, bytes] of [...c.bytes].sort((a, b) => b[1] - a[1])) console.log(String(bytes).padStart(8), path);
