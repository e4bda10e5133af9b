import type { Matrix, MatrixCell } from "./spans.ts";

/** What the written forms of a matrix share: its lines as text, and the numbered notes on where the kernel differs. */
export interface MatrixLines {
  readonly title: string;
  readonly subtitle: string;
  readonly columns: readonly { readonly name: string; readonly selectedBy: string }[];
  readonly groups: readonly MatrixLineGroup[];
  /** Note n is `notes[n - 1]`. */
  readonly notes: readonly string[];
  /** On what a flag depends that only some requests may have, or must have, by letter. */
  readonly conditions: readonly { readonly letter: string; readonly text: string }[];
}

export interface MatrixLineGroup {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly cells: readonly MatrixCellText[] }[];
}

export interface MatrixCellText {
  /** `promise`: what a mode promises; `none`: nothing to say. */
  readonly kind: MatrixCell["kind"] | "promise" | "none";
  readonly symbol: string;
  readonly text: string;
  readonly reason: string;
  /** The number of its note; null where the kernel does what the policy says. */
  readonly note: number | null;
  /** The letter of its condition. */
  readonly condition: string | null;
}

/** For what is allowed, or needed, by some requests only. */
const CONDITIONAL = { symbol: "◐", text: "depends", meaning: "the rest of the request decides" } as const;

const SYMBOLS: Readonly<Record<MatrixCell["kind"], string>> = {
  allowed: "✓",
  required: "■",
  forbidden: "✕",
  selects: "▶",
  ignored: "○",
};

const MEANINGS: Readonly<Record<MatrixCell["kind"], string>> = {
  selects: "the flag selects the mode",
  required: "every mask of the mode has it",
  allowed: "some masks of the mode have it",
  ignored: "accepted, without effect",
  forbidden: "no mask of the mode has it",
};

const NONE: MatrixCellText = { kind: "none", symbol: "", text: "", reason: "", note: null, condition: null };
const A = "a".charCodeAt(0);

/** The matrix as text, for whatever writes it down. */
export function linesOfMatrix(matrix: Matrix): MatrixLines {
  const notes: string[] = [];
  const noteOf = (text: string | null): number | null => {
    if (text === null) return null;
    const known = notes.indexOf(text);
    return known >= 0 ? known + 1 : notes.push(text);
  };
  const reasons: string[] = [];
  const letterOf = (index: number): string => String.fromCharCode(A + (index % 26)).repeat(Math.floor(index / 26) + 1);
  const conditionOf = ({ conditional, reason }: MatrixCell): string | null => {
    if (!conditional) return null;
    const known = reasons.indexOf(reason);
    return letterOf(known >= 0 ? known : reasons.push(reason) - 1);
  };
  const promises: MatrixLineGroup = {
    title: "Promises",
    rows: matrix.promises.map(({ effect, cells }) => ({
      name: effect,
      cells: cells.map(
        (promise): MatrixCellText =>
          promise === null
            ? NONE
            : {
                kind: "promise",
                symbol: "",
                text: promise.text,
                reason: "",
                note: noteOf(promise.kernel),
                condition: null,
              },
      ),
    })),
  };
  const flags = matrix.groups.map(
    ({ title, rows }): MatrixLineGroup => ({
      title,
      rows: rows.map(({ name, cells }) => ({
        name,
        cells: cells.map(
          (cell): MatrixCellText => ({
            kind: cell.kind,
            symbol: cell.conditional ? CONDITIONAL.symbol : SYMBOLS[cell.kind],
            text: `${cell.conditional ? CONDITIONAL.text : cell.kind}${cell.warned ? ", warns" : ""}`,
            reason: cell.reason,
            note: noteOf(cell.kernel),
            condition: conditionOf(cell),
          }),
        ),
      })),
    }),
  );
  const apis = matrix.apis.map((api) => `${api}()`);
  return {
    title: `Policy ${matrix.policy}`,
    subtitle: `${apis.length === 0 ? "" : `for ${apis.join(", ")}, `}Linux ${matrix.kernel}${matrix.kernel === matrix.kernels ? "" : ` (the newest of ${matrix.kernels})`}`,
    columns: matrix.columns.map(({ name, selectedBy, reachable }) => ({
      name,
      selectedBy: reachable ? selectedBy : `${selectedBy} (never selected)`,
    })),
    groups: matrix.promises.length === 0 ? flags : [promises, ...flags],
    notes,
    conditions: reasons.map((text, index) => ({ letter: letterOf(index), text: text.replace(/^depends on /, "") })),
  };
}

/** Symbols and words with what they mean, those first that say most. */
export function legendOf({ groups }: MatrixLines): readonly string[] {
  const used = new Set(groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ symbol }) => symbol))));
  const kinds = (["selects", "required", "allowed", "ignored", "forbidden"] as const).map((kind) => ({
    symbol: SYMBOLS[kind],
    text: kind,
    meaning: MEANINGS[kind],
  }));
  return [...kinds.slice(0, 3), CONDITIONAL, ...kinds.slice(3)]
    .filter(({ symbol }) => used.has(symbol))
    .map(({ symbol, text, meaning }) => `${symbol} ${text}: ${meaning}`);
}
