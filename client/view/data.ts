// What the extension and its views say to each other.
import type { Matrix } from "../../protocol/matrix.ts";
import type { ModesAnswer, SimulationAnswer } from "../../protocol/simulation.ts";
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
  /** What is said beside it: that it is of an earlier text. Mostly empty. */
  readonly note: string;
}

/** From the view. */
export type FromView =
  | { readonly type: "ready" }
  | { readonly type: "shown"; readonly shown: Shown }
  | { readonly type: "reveal"; readonly span: Location }
  | { readonly type: "export" };

/** To the view of a trace. */
export type ToTrace =
  | { readonly type: "show"; readonly simulation: SimulationAnswer }
  | { readonly type: "modes"; readonly modes: ModesAnswer | null }
  | { readonly type: "note"; readonly text: string };

/** What the view of a trace shows, in its own words. */
export interface ShownTrace {
  readonly request: string;
  readonly memory: string;
  readonly steps: number;
  /** The step that the picture is of. */
  readonly step: number;
  readonly words: string;
  readonly hasChart: boolean;
}

/** From the view of a trace. */
export type FromTrace =
  | { readonly type: "ready" }
  | { readonly type: "shown"; readonly shown: ShownTrace }
  | { readonly type: "choose"; readonly request: string; readonly memory: string; readonly kernel: string }
  | { readonly type: "modes" }
  | { readonly type: "export" };
