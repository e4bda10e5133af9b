// The matrix of a policy, as the language server answers it and as the view shows it. What each part means: server/service/matrix.ts.

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Span {
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

export type CellKind = "allowed" | "required" | "forbidden" | "selects" | "ignored";

export interface Cell {
  readonly kind: CellKind;
  readonly always: boolean;
  readonly conditional: boolean;
  readonly warned: boolean;
  readonly reason: string;
  readonly rule: Span | null;
  readonly kernel: string | null;
}

export interface Column {
  readonly name: string;
  readonly selectedBy: string;
  readonly span: Span | null;
  readonly reachable: boolean;
}

export interface Promised {
  readonly text: string;
  readonly span: Span;
  readonly kernel: string | null;
}

export interface Matrix {
  readonly policy: string;
  readonly span: Span;
  readonly kernel: string;
  readonly kernels: string;
  readonly apis: readonly string[];
  readonly columns: readonly Column[];
  readonly promises: readonly { readonly effect: string; readonly cells: readonly (Promised | null)[] }[];
  readonly groups: readonly {
    readonly title: string;
    readonly rows: readonly { readonly name: string; readonly cells: readonly Cell[] }[];
  }[];
}

export type MatrixAnswer =
  | { readonly kind: "matrix"; readonly matrix: Matrix }
  | { readonly kind: "unreadable"; readonly policy: string; readonly reason: string };

/** To the view: a matrix takes the place of the one before; a note stands beside the one that is shown. */
export type ToView =
  | { readonly type: "show"; readonly matrix: Matrix }
  | { readonly type: "note"; readonly text: string };

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
  | { readonly type: "reveal"; readonly span: Span }
  | { readonly type: "export" };
