import type { Declaration } from "../../grammar/ast.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { BuildOptions, Kernel } from "../model/kernels/kernel.ts";

/**
 * Names live in four spaces, by the places where they are used, so that a context and a request may share a name:
 * `mask` (flags, transforms), `context`, `subject` (what `expect`, `like`, `fallback`, `policy`, `within` speak of:
 * requests, policies, transforms), `memory`.
 */
export type NameSpace = "mask" | "context" | "subject" | "memory";

/** A declaration, and where it stands. */
export interface Binding {
  readonly uri: string;
  /** Index in `SourceFile.regions` of that file. */
  readonly region: number;
  readonly declaration: Declaration;
}

/** What the declarations of one file are judged by: kernels, options and the names that are visible. */
export interface Environment {
  readonly uri: string;
  readonly file: SourceFile;
  /** The kernels in force, oldest first, never empty. A range holds every release in it. */
  readonly kernels: readonly Kernel[];
  /** Where they come from: the file's header, the settings, or for want of both the newest release. */
  readonly kernelsFrom: "header" | "settings" | "newest";
  /** For messages: `6.12`, `6.1 .. 6.12`, `6.1, 6.6`. */
  readonly kernelsText: string;
  readonly options: BuildOptions;
  /** Every imported file has been looked for: a name that is not found does not exist. */
  readonly complete: boolean;
  /** The declaration that a name stands for, in this file or in what it imports (at any depth). */
  readonly lookup: (space: NameSpace, name: string) => Binding | null;
  /** All declarations visible in a space: the file's own first, in order. */
  readonly visible: (space: NameSpace) => readonly Binding[];
}
