import type { NameSpace } from "./environment.ts";
import type { Place } from "./finding.ts";
import type { Workspace } from "./workspace.ts";

/** What a name in the text is. */
export type Symbol =
  | { readonly kind: "declared"; readonly space: NameSpace; readonly name: string }
  /** The parameter of the transform in that region. */
  | { readonly kind: "parameter"; readonly region: number; readonly name: string }
  /** A mode or stage of a policy, by the policy's name. */
  | { readonly kind: "mode"; readonly policy: string; readonly name: string };

export interface SymbolPlace {
  readonly uri: string;
  /** Index of the region in that file. */
  readonly region: number;
  readonly place: Place;
  /** It is the declaration, not a use. */
  readonly declares: boolean;
}

/** The declared symbol whose name stands at an offset of the file (either edge included); null: none, or a built-in name. */
export declare function symbolAt(workspace: Workspace, uri: string, offset: number): (SymbolPlace & { readonly symbol: Symbol }) | null;
/** Where the symbol, seen from a file, is declared. */
export declare function definitionOf(workspace: Workspace, uri: string, symbol: Symbol): SymbolPlace | null;
/** All its uses and its declaration, in every file of the workspace that sees the same declaration. */
export declare function referencesOf(workspace: Workspace, uri: string, symbol: Symbol): readonly SymbolPlace[];
