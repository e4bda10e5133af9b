import type { CFile } from "../functions/c-file.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import type { Outline } from "../functions/outline.ts";

/** A C file with its path, as reports name it. */
export interface NamedFile {
  readonly path: string;
  readonly file: CFile;
}

/** A function of the files that are linked. */
export interface LinkedFunction {
  readonly file: number;
  readonly start: number;
  readonly read: FunctionRead;
  readonly outline: Outline;
}
