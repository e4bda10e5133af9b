// What the extension and the view of a matrix say to each other.
import type { Matrix } from "../../protocol/matrix.ts";
import type { Location } from "../../protocol/places.ts";

/** To the view: a matrix takes the place of the one before; a note stands beside the one that is shown. */
export type ToView =
  | { readonly type: "show"; readonly matrix: Matrix<Location> }
  | { readonly type: "note"; readonly text: string };

/** What the view keeps over a reload of the window: what it is about, and what is unfolded in it. */
export interface ViewState {
  readonly uri: string;
  readonly policy: string;
  readonly unfolded: boolean;
}

/** What the view shows, in its own words. */
export interface Shown {
  readonly policy: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
}

/** From the view. */
export type FromView =
  | { readonly type: "ready" }
  | { readonly type: "shown"; readonly shown: Shown }
  | { readonly type: "reveal"; readonly span: Location }
  | { readonly type: "export" };
