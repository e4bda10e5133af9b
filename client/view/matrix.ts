// Runs inside the matrix panel: a table that is read by eye, by keyboard and by screen reader. Only text is put into
// the page.
import type { Matrix as MatrixOver } from "../../protocol/matrix.ts";
import type { Location } from "../../protocol/places.ts";
import type { FromView, ToView, ViewState } from "./data.ts";
import { cellSpot, columnSpots, isForbidden, legend, promiseSpot, type Row, type Spot } from "./matrix-cells.ts";
import { code, element, exportButton, movedBy, noteLine } from "./page.ts";
import { l10n, phrase } from "./words.ts";

type Matrix = MatrixOver<Location>;

declare function acquireVsCodeApi(): {
  readonly postMessage: (message: FromView) => void;
  readonly getState: () => ViewState | undefined;
  readonly setState: (state: ViewState) => void;
};

const editor = acquireVsCodeApi();

const title = element("h1", "");
const subtitle = element("p", "subtitle");
const note = noteLine();
const table = element("table", "");
const details = element("footer", "");
let spots: readonly (readonly Spot[])[] = [];
let current: { readonly row: string; readonly column: string } | null = null;
/** The matrix that is shown. */
let matrixShown: Matrix | null = null;
/** Whether the rows that every mode forbids are shown. */
let unfolded = editor.getState()?.unfolded ?? false;

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
  title.replaceChildren(...phrase(l10n.t("Policy {0}"), code(matrix.policy)));
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
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    reveal(at.spot);
    return;
  }
  const moved = movedBy(event, at, { y: spots.length - 1, x: (spots[at.y]?.length ?? 1) - 1 });
  const to = moved === null ? undefined : spots[moved.y]?.[moved.x];
  if (to === undefined) return;
  settle(to, true);
  to.element.scrollIntoView({ block: "nearest", inline: "nearest" });
});

const save = exportButton(l10n.t("Write the matrix to a file, as Markdown or SVG"), () =>
  editor.postMessage({ type: "export" }),
);
details.setAttribute("aria-live", "polite");
const signs = legend();
// Where there is little room, the table has it.
signs.open = globalThis.innerHeight > 700;
document.body.append(
  element("header", "", element("div", "", title, subtitle), save),
  note,
  element("main", "", table),
  signs,
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
