// Runs inside the matrix panel: a table that is read by eye, by keyboard and by screen reader. Only text is put into
// the page.
import type { CellKind, Matrix as MatrixOver, MatrixCell, MatrixColumn, MatrixPromise } from "../../protocol/matrix.ts";
import type { Location } from "../../protocol/places.ts";
import type { FromView, ToView, ViewState } from "./data.ts";
import { l10n, phrase } from "./words.ts";

type Matrix = MatrixOver<Location>;
type Cell = MatrixCell<Location>;
type Column = MatrixColumn<Location>;

declare function acquireVsCodeApi(): {
  readonly postMessage: (message: FromView) => void;
  readonly getState: () => ViewState | undefined;
  readonly setState: (state: ViewState) => void;
};

const editor = acquireVsCodeApi();

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
interface Spot {
  readonly element: HTMLElement;
  readonly row: string;
  readonly column: string;
  readonly details: readonly { readonly text: string; readonly differs: boolean }[];
  readonly span: Location | null;
}

const title = element("h1", "");
const subtitle = element("p", "subtitle");
const note = element("p", "note");
const table = element("table", "");
const details = element("footer", "");
let spots: readonly (readonly Spot[])[] = [];
let current: { readonly row: string; readonly column: string } | null = null;
/** The matrix that is shown. */
let matrixShown: Matrix | null = null;
/** Whether the rows that every mode forbids are shown. */
let unfolded = editor.getState()?.unfolded ?? false;

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

// Building
// ---------------------------------------------------------------------------------------------------------------

function show(matrix: Matrix): void {
  matrixShown = matrix;
  editor.setState({ uri: matrix.span.uri, policy: matrix.policy, unfolded });
  const rows: Spot[][] = [];
  table.classList.toggle("broad", matrix.columns.length > 2);
  const top = columnSpots(matrix.columns);
  rows.push([...top]);
  const head = element("thead", "", element("tr", "", corner(), ...top.map((spot) => spot.element)));
  const bodies = [
    ...(matrix.promises.length === 0
      ? []
      : [
          body(
            l10n.t("Promises"),
            matrix.promises.map(({ effect, cells }) =>
              line(
                rows,
                effect,
                "effect",
                cells.map((cell, index) => promiseSpot(effect, matrix.columns[index], cell)),
              ),
            ),
          ),
        ]),
    ...matrix.groups.flatMap((group) => {
      const said = group.rows.filter((row) => !isForbidden(row));
      return said.length === 0 ? [] : [body(group.title, said.map(flagLine))];
    }),
    ...forbiddenBody(),
  ];
  function flagLine(row: Row): HTMLElement {
    return line(
      rows,
      row.name,
      "flag",
      row.cells.map((cell, index) => cellSpot(row.name, matrix.columns[index], cell)),
    );
  }
  function body(name: string | HTMLElement, lines: readonly HTMLElement[]): HTMLElement {
    // The words stay in sight when the table is moved sideways.
    const heading = element("th", "group", element("span", "", name));
    heading.colSpan = matrix.columns.length + 1;
    heading.scope = "rowgroup";
    return element("tbody", "", element("tr", "", heading), ...lines);
  }
  /** What no mode takes says the same in every row: it stands last, and folded. */
  function forbiddenBody(): readonly HTMLElement[] {
    const forbidden = matrix.groups.flatMap((group) => group.rows.filter(isForbidden));
    if (forbidden.length === 0) return [];
    const count = forbidden.length;
    const words = unfolded
      ? `▾ ${l10n.t("Hide what every mode forbids ({0})", count)}`
      : `▸ ${l10n.t("Show what every mode forbids ({0})", count)}`;
    const fold = element("button", "fold", words);
    fold.setAttribute("aria-expanded", String(unfolded));
    fold.addEventListener("click", () => {
      unfolded = !unfolded;
      if (matrixShown !== null) show(matrixShown);
      table.querySelector<HTMLElement>("button.fold")?.focus();
    });
    return [body(fold, unfolded ? forbidden.map(flagLine) : [])];
  }

  const hadFocus = table.contains(document.activeElement);
  spots = rows;
  title.replaceChildren(...phrase(l10n.t("Policy {0}"), element("code", "", matrix.policy)));
  const apis = matrix.apis.map((api) => `${api}()`).join(", ");
  const kernels = matrix.kernel === matrix.kernels ? "" : ` (${l10n.t("newest of {0}", matrix.kernels)})`;
  subtitle.textContent = `${apis === "" ? "" : `${l10n.t("for {0}", apis)} · `}Linux ${matrix.kernel}${kernels}`;
  note.textContent = "";
  table.setAttribute("aria-label", l10n.t("Policy {0}: flags by mode", matrix.policy));
  table.replaceChildren(head, ...bodies);
  const kept =
    (current === null
      ? undefined
      : rows.flat().find(({ row, column }) => row === current?.row && column === current.column)) ??
    rows[1]?.[0] ??
    rows[0]?.[0];
  if (kept !== undefined) settle(kept, hadFocus);
  tell();
}

/** What is shown, for who asks the extension. */
function tell(): void {
  if (matrixShown === null) return;
  const { policy, columns, groups } = matrixShown;
  editor.postMessage({
    type: "shown",
    shown: {
      policy,
      columns: columns.map(({ name }) => name),
      rows: groups.flatMap((group) => group.rows.map(({ name }) => name)),
      note: note.textContent ?? "",
    },
  });
}

type Row = Matrix["groups"][number]["rows"][number];

/** Every mode forbids it, and the kernel agrees. */
const isForbidden = ({ cells }: Row): boolean =>
  cells.every(({ kind, kernel, warned }) => kind === "forbidden" && kernel === null && !warned);

function corner(): HTMLElement {
  return element("td", "corner");
}

function line(rows: Spot[][], name: string, kind: string, cells: readonly Spot[]): HTMLElement {
  rows.push([...cells]);
  const heading = element("th", kind, name);
  heading.scope = "row";
  const quiet = cells.every(({ element: cell }) => cell.classList.contains("forbidden"));
  return element("tr", quiet ? "quiet" : "", heading, ...cells.map((spot) => spot.element));
}

function columnSpots(columns: readonly Column[]): readonly Spot[] {
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

function promiseSpot(effect: string, column: Column | undefined, promise: MatrixPromise<Location> | null): Spot {
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

function cellSpot(row: string, column: Column | undefined, cell: Cell): Spot {
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

// Moving about
// -----------------------------------------------------------------------------------------------------------

/** Makes a cell the one that Tab leads to, and says what it means. */
function settle(to: Spot, focus: boolean): void {
  for (const each of spots.flat()) each.element.tabIndex = -1;
  to.element.tabIndex = 0;
  current = { row: to.row, column: to.column };
  if (focus) to.element.focus();
  details.replaceChildren(
    ...to.details.map(({ text, differs: isDifference }) => element("p", isDifference ? "differs" : "", text)),
  );
}

function spanOf(target: EventTarget | null): { readonly y: number; readonly x: number; readonly spot: Spot } | null {
  const cell = target instanceof Element ? target.closest("td, th") : null;
  for (const [y, row] of spots.entries()) {
    for (const [x, each] of row.entries()) if (each.element === cell) return { y, x, spot: each };
  }
  return null;
}

function reveal({ span }: Spot): void {
  if (span !== null) editor.postMessage({ type: "reveal", span });
}

table.setAttribute("role", "grid");
table.addEventListener("click", ({ target }) => {
  const at = spanOf(target);
  if (at === null) return;
  settle(at.spot, true);
  reveal(at.spot);
});
table.addEventListener("focusin", ({ target }) => {
  const at = spanOf(target);
  if (at !== null) settle(at.spot, false);
});
table.addEventListener("keydown", (event) => {
  const at = spanOf(event.target);
  if (at === null) return;
  const lastRow = spots.length - 1;
  const lastColumn = (spots[at.y]?.length ?? 1) - 1;
  const page = 8;
  const whole = event.ctrlKey || event.metaKey;
  let { y, x } = at;
  switch (event.key) {
    case "ArrowUp":
      y -= 1;
      break;
    case "ArrowDown":
      y += 1;
      break;
    case "ArrowLeft":
      x -= 1;
      break;
    case "ArrowRight":
      x += 1;
      break;
    case "PageUp":
      y -= page;
      break;
    case "PageDown":
      y += page;
      break;
    case "Home":
      x = 0;
      if (whole) y = 0;
      break;
    case "End":
      x = lastColumn;
      if (whole) y = lastRow;
      break;
    case "Enter":
    case " ":
      reveal(at.spot);
      event.preventDefault();
      return;
    default:
      return;
  }
  event.preventDefault();
  const to = spots[Math.min(Math.max(y, 0), lastRow)]?.[Math.min(Math.max(x, 0), lastColumn)];
  if (to === undefined) return;
  settle(to, true);
  to.element.scrollIntoView({ block: "nearest", inline: "nearest" });
});

// The page
// ---------------------------------------------------------------------------------------------------------------

const save = element("button", "", l10n.t("Export…"));
save.title = l10n.t("Write the matrix to a file, as Markdown or SVG");
save.addEventListener("click", () => editor.postMessage({ type: "export" }));
note.setAttribute("role", "status");
details.setAttribute("aria-live", "polite");
const legend = element(
  "details",
  "legend",
  element("summary", "", l10n.t("Legend")),
  ...LEGEND.map(([kind, meaning]) =>
    element("span", "", element("span", `symbol ${kind}`, SYMBOLS[kind]), ` ${meaning}`),
  ),
  element("span", "", element("span", "symbol differs", DIFFERS), ` ${l10n.t("the kernel differs")}`),
);
// Where there is little room, the table has it.
legend.open = globalThis.innerHeight > 700;
document.body.append(
  element("header", "", element("div", "", title, subtitle), save),
  note,
  element("main", "", table),
  legend,
  details,
);

window.addEventListener("message", ({ data }: MessageEvent<ToView>) => {
  switch (data.type) {
    case "show":
      show(data.matrix);
      break;
    case "note":
      note.textContent = data.text;
      tell();
      break;
  }
});
editor.postMessage({ type: "ready" });
