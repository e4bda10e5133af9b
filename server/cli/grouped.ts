import { knownKernels, mainlineReleases } from "../model/kernels/kernels.ts";

/** Stands before the kernels that are not mainline releases: their order is another one. */
const OTHER_TREES = "stable and vendor trees that were read:\n";

/** The known kernels that are not mainline releases. */
export function otherTrees(): readonly string[] {
  const mainline = new Set(mainlineReleases());
  return knownKernels().filter((name) => !mainline.has(name));
}

export interface Row {
  readonly name: string;
  readonly text: string;
}

/**
 * Tables that stand one below the other, their columns in line; in each, neighbours with the same answer have one line:
 * `5.4 .. 5.13  GFP_KERNEL`.
 */
export function grouped(...tables: readonly (readonly Row[])[]): readonly string[] {
  const all = tables.map(lines);
  const width = Math.max(...all.flat().map(({ name }) => name.length));
  return all.map((rows) => rows.map(({ name, text }) => `${name.padEnd(width)}  ${text}\n`).join(""));
}

function lines(rows: readonly Row[]): readonly Row[] {
  const groups: { readonly first: string; last: string; readonly text: string }[] = [];
  for (const { name, text } of rows) {
    const group = groups.at(-1);
    if (group !== undefined && group.text === text) group.last = name;
    else groups.push({ first: name, last: name, text });
  }
  return groups.map(({ first, last, text }) => ({ name: first === last ? first : `${first} .. ${last}`, text }));
}

/** The tables of `--all`: kernels that are older than the model, mainline releases, and other trees. */
export function allKernelsText(older: readonly Row[], mainline: readonly Row[], others: readonly Row[]): string {
  const [first = "", second = "", third = ""] = grouped(older, mainline, others);
  return first + second + OTHER_TREES + third;
}
