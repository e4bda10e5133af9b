import type { Row } from "../../conformance/row.ts";

/** One row of `alloc_pages` with nothing free, as the recorder in the kernel prints it. */
export const CALL: Row = {
  id: 1,
  kind: "pressure",
  api: "alloc_pages",
  g: "0x2800",
  n: "GFP_NOWAIT",
  ctx: "process",
  order: 0,
  state: "zero",
  out: "NULL",
  ev: { gpff: 3, slow: 1, wake: 4, warn_alloc: 1 },
  attempts: [
    ["0x2800", 0, "0x901", 2, 0, 1],
    ["0x2800", 0, "0x850", 2, 0, 2],
  ],
};

/** A row's announcement. */
export const begin = ({ ev: _, attempts: __, out: ___, ...head }: Row): Row => ({ begin: 1, ...head });

/** Rows as the recorder's port has them. */
export const lines = (...rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
