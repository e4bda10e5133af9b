// Packs the extension from what is in dist/. usage: npm run package, which builds first
import { createVSIX } from "@vscode/vsce";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { inRoot, isProgram, VSIX } from "./paths.ts";

/** Writes out/allocpolicy.vsix. @returns its size in bytes */
export async function packageExtension(): Promise<number> {
  mkdirSync(dirname(VSIX), { recursive: true });
  // Links and pictures of the README become addresses in the repository that package.json names: docs/ is not packed.
  await createVSIX({ cwd: inRoot(), packagePath: VSIX, dependencies: false });
  return statSync(VSIX).size;
}

if (isProgram(import.meta.url)) console.log(`${VSIX}: ${Math.ceil((await packageExtension()) / 1000)} kB`);
