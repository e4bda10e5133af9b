// The cells of a matrix as they stand on the page: what each shows, says and leads to.
import type { CellKind, Matrix, MatrixCell, MatrixColumn, MatrixPromise } from "../../protocol/matrix.ts";
import type { Location } from "../../protocol/places.ts";
import { element } from "./page.ts";
import { l10n } from "./words.ts";

type Cell = MatrixCell<Location>;
type Column = MatrixColumn<Location>;

const SYMBOLS: Readonly<Record<CellKind | "conditional", string>> = {
  allowed: "✓",
  conditional: "◐",
  required: "■",
  forbidden: "✕",
  selects: "▶",
  ignored: "○",
};
const LEGEND: readonly (readonly [keyof typeof SYMBOLS, string])[] = [
  ["selects", l10n.t("selects the mode")],
  ["required", l10n.t("every mask has it")],
  ["allowed", l10n.t("some masks have it")],
  ["conditional", l10n.t("the rest of the request decides")],
  ["ignored", l10n.t("accepted, without effect")],
  ["forbidden", l10n.t("no mask has it")],
];
/** Where "differs" is said. */
const DIFFERS = "⚠";

/** A cell of the page, and what it says and leads to. */
export interface Spot {
  readonly element: HTMLElement;
  readonly row: string;
  readonly column: string;
  readonly details: readonly { readonly text: string; readonly differs: boolean }[];
  readonly span: Location | null;
}

export type Row = Matrix<Location>["groups"][number]["rows"][number];

/** Every mode forbids it, and the kernel agrees. */
export const isForbidden = ({ cells }: Row): boolean =>
  cells.every(({ kind, kernel, warned }) => kind === "forbidden" && kernel === null && !warned);

export function columnSpots(columns: readonly Column[]): readonly Spot[] {
  return columns.map((column) => {
    const made = element(
      "th",
      column.reachable ? "mode" : "mode unreachable",
      element("span", "name", column.name),
      element("span", "when", column.selectedBy),
    );
    made.scope = "col";
    const about =
      column.selectedBy === ""
        ? l10n.t("the policy has no modes")
        : column.selectedBy === "otherwise"
          ? l10n.t("selected by what no other mode takes")
          : l10n.t("selected when {0}", column.selectedBy);
    return spot(
      made,
      "",
      column.name,
      [
        { text: l10n.t("mode {0}: {1}", column.name, about), differs: false },
        ...(column.reachable ? [] : [{ text: l10n.t("no mask that the policy takes selects it"), differs: true }]),
      ],
      column.span,
    );
  });
}

export function promiseSpot(effect: string, column: Column | undefined, promise: MatrixPromise<Location> | null): Spot {
  const name = column?.name ?? "";
  if (promise === null)
    return spot(
      element("td", "none"),
      effect,
      name,
      [{ text: l10n.t("{0}, mode {1}: nothing promised", effect, name), differs: false }],
      column?.span ?? null,
    );
  const made = element("td", "promise", promise.text, ...mark(promise.kernel));
  return spot(
    made,
    effect,
    name,
    [
      { text: l10n.t("mode {0} promises {1} {2}", name, effect, promise.text), differs: false },
      ...differs(promise.kernel),
    ],
    promise.span,
  );
}

export function cellSpot(row: string, column: Column | undefined, cell: Cell): Spot {
  const name = column?.name ?? "";
  const shown = cell.conditional ? "conditional" : cell.kind;
  const made = element(
    "td",
    shown,
    element("span", "symbol", SYMBOLS[shown]),
    element("span", "word", ` ${cell.conditional ? "depends" : cell.kind}${cell.warned ? ", warns" : ""}`),
    ...mark(cell.kernel),
  );
  return spot(
    made,
    row,
    name,
    [
      {
        text: `${row}, ${column?.span === null ? name : `mode ${name}`}: ${cell.kind}, ${cell.reason}`,
        differs: false,
      },
      ...differs(cell.kernel),
    ],
    cell.rule,
  );
}

function mark(kernel: string | null): readonly HTMLElement[] {
  if (kernel === null) return [];
  const made = element("span", "differs", DIFFERS);
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", l10n.t("the kernel differs"));
  return [made];
}

function differs(kernel: string | null): Spot["details"] {
  return kernel === null ? [] : [{ text: `${DIFFERS} ${kernel}`, differs: true }];
}

function spot(made: HTMLElement, row: string, column: string, says: Spot["details"], span: Location | null): Spot {
  made.tabIndex = -1;
  made.title = says.map(({ text }) => text).join("\n");
  made.setAttribute("role", made.tagName === "TH" ? "columnheader" : "gridcell");
  return { element: made, row, column, details: says, span };
}

/** What the symbols mean. */
export function legend(): HTMLDetailsElement {
  return element(
    "details",
    "legend",
    element("summary", "", l10n.t("Legend")),
    ...LEGEND.map(([kind, meaning]) =>
      element("span", "", element("span", `symbol ${kind}`, SYMBOLS[kind]), ` ${meaning}`),
    ),
    element("span", "", element("span", "symbol differs", DIFFERS), ` ${l10n.t("the kernel differs")}`),
  );
}
