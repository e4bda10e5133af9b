import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the clone. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** @returns the absolute path of a place in the clone. */
export const inRoot = (...parts: readonly string[]): string => join(ROOT, ...parts);

/** Where scripts/package.ts puts the extension. */
export const VSIX = inRoot("out", "allocpolicy.vsix");

/** True when this module is the program that was started (and not imported by another). */
export const isProgram = (moduleUrl: string): boolean => process.argv[1] === fileURLToPath(moduleUrl);
