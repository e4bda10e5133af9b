import type { Declaration } from "../../../grammar/ast.ts";
import type { Region, SourceFile } from "../../../grammar/source-file.ts";
import type { BuildOptions, Kernel } from "../../model/kernels/kernel.ts";
import type { LogState } from "./kernel-logs.ts";
import type { Severity } from "../../rules/finding.ts";
import type { SharedMemory } from "../../documents/workspace.ts";

/**
 * Names live in five spaces, by the places where they are used, so that a context and a request may share a name:
 * `mask` (flags, transforms), `context`, `subject` (what `expect`, `like`, `fallback`, `policy`, `within` speak of:
 * requests, policies, transforms), `memory`, `allocator` (functions in C).
 */
export type NameSpace = "mask" | "context" | "subject" | "memory" | "allocator";

/**
 * Stands for a declaration together with everything that it depends on. It is the same object for as long as none of
 * that has changed, so that what is computed from a declaration can be cached by it (in a WeakMap).
 */
export interface Revision {
  /** The index of the region where it was last found: an edit moves it little. */
  lastPlace: number;
}

/** Kernels that answer every question alike; the first stands for them. */
export interface KernelGroup {
  readonly kernel: Kernel;
  /** Indexes in `Environment.kernels`. */
  readonly members: readonly number[];
}

/** Stands for the names that are declared, and what by: the same object for as long as none comes, goes or changes. */
export interface DeclaredNames {
  readonly [key: string]: never;
}

/**
 * A declaration, and the file that it stands in. It is as good as its revision: where in the file it stands changes
 * with every line above, so that no binding says it. `Environment.placeOf` does.
 */
export interface Binding {
  readonly uri: string;
  readonly kind: Declaration["kind"];
  readonly name: string | null;
  /** Its tree: who can do with kind and name asks for those. */
  readonly declaration: Declaration;
  readonly region: Region;
  readonly revision: Revision;
  /** The declaration has syntax errors: what it says is not fully known. */
  readonly damaged: boolean;
}

/** Where a declaration stands in its file. */
export interface Place {
  /** Index in `SourceFile.regions`. */
  readonly index: number;
  readonly region: Region;
  /** The region's offset in the file. */
  readonly start: number;
}

/** A name, and by what it is declared. */
export interface DeclaredName {
  readonly name: string;
  readonly kind: Declaration["kind"];
}

/** What the declarations of one file are judged by: kernels, options and the names that are visible. */
export interface Environment {
  readonly uri: string;
  readonly file: SourceFile;
  /** The kernels in force, oldest first, never empty. A range holds every release in it. */
  readonly kernels: readonly Kernel[];
  /** The kernels in force, those that answer alike together: each group is asked once. */
  readonly groups: readonly KernelGroup[];
  /**
   * Where they come from: the file's header, the settings, or for want of both the newest release. `nothing`: a header
   * without any known version.
   */
  readonly kernelsFrom: "header" | "settings" | "newest" | "nothing";
  /** For messages: `6.12`, `6.1 .. 6.12`, `6.1, 6.6`. */
  readonly kernelsText: string;
  readonly options: BuildOptions;
  readonly ruleLevels: Readonly<Record<string, Severity | "off">>;
  /** Every imported file has been looked for: a name that is not found does not exist. */
  readonly complete: boolean;
  /**
   * False where the `kernel` header cannot be read or names no known version: then nothing is said about what the
   * kernel does.
   */
  readonly kernelKnown: boolean;
  /** The name stands in a declaration that cannot be read: it may be declared there. */
  readonly mayBeDamaged: (name: string) => boolean;
  /** The declaration that a name stands for, in this file or in what it imports (at any depth). */
  readonly lookup: (space: NameSpace, name: string) => Binding | null;
  /** All declarations of the name, the one that counts first: more than one is an error. */
  readonly declarationsOf: (space: NameSpace, name: string) => readonly Binding[];
  /**
   * The declaration that an own one of this file clashes with in a space: an earlier one of the file, or an imported
   * one.
   */
  readonly rivalOf: (space: NameSpace, binding: Binding) => Binding | null;
  /** The policies that bind by themselves to requests for this API. */
  readonly policiesFor: (api: string) => readonly Binding[];
  /** Where a declaration stands now; null when it is gone. */
  readonly placeOf: (binding: Pick<Binding, "uri" | "revision">) => Place | null;
  /** The declaration in a region of the file itself; null where there is none. */
  readonly bindingAt: (region: number) => Binding | null;
  readonly names: DeclaredNames;
  /** All declarations visible in a space: the file's own first, in order. */
  readonly visible: (space: NameSpace) => readonly Binding[];
  /** What they are called, in the same order: of a long file sooner told than what they are. */
  readonly called: (space: NameSpace) => readonly DeclaredName[];
  /** What it may share with other files of which it sees nothing. */
  readonly shared: SharedMemory | null;
  /** The log of a path that stands in the file `base`. */
  readonly logOf: (base: string, path: string) => LogState;
}
