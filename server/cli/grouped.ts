import { knownKernels, mainlineReleases } from "../model/kernels/kernels.ts";

/** Stands before the kernels that are not mainline releases: their order is another one. */
export const OTHER_TREES = "stable and vendor trees that were read:\n";

/** The known kernels that are not mainline releases. */
export function otherTrees(): readonly string[] {
  const mainline = new Set(mainlineReleases());
  return knownKernels().filter((name) => !mainline.has(name));
}

export interface Row {
  readonly name: string;
  readonly text: string;
}

/** Rows in columns, neighbours with the same answer in one line: `5.4 .. 5.13  GFP_KERNEL`. */
export function grouped(rows: readonly Row[]): string {
  const groups: { readonly first: string; last: string; readonly text: string }[] = [];
  for (const { name, text } of rows) {
    const group = groups.at(-1);
    if (group !== undefined && group.text === text) group.last = name;
    else groups.push({ first: name, last: name, text });
  }
  const labels = groups.map(({ first, last }) => (first === last ? first : `${first} .. ${last}`));
  const width = Math.max(...labels.map((label) => label.length));
  return groups.map(({ text }, index) => `${(labels[index] ?? "").padEnd(width)}  ${text}\n`).join("");
}
