// Packs the extension: dist/ must have been built. usage: node scripts/package.ts
import { createVSIX } from "@vscode/vsce";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { inRoot, isProgram, VSIX } from "./paths.ts";

/** Writes out/allocpolicy.vsix. @returns its size in bytes */
export async function packageExtension(): Promise<number> {
  mkdirSync(dirname(VSIX), { recursive: true });
  await createVSIX({
    cwd: inRoot(),
    packagePath: VSIX,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return statSync(VSIX).size;
}

if (isProgram(import.meta.url)) console.log(`${VSIX}: ${Math.ceil((await packageExtension()) / 1000)} kB`);
