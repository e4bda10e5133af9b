import type { Item } from "../../grammar/ast.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { bracesOf } from "./braces.ts";

export interface Fold {
  /** Offsets in the file; whoever shows the fold turns them into lines and drops those on one line. */
  readonly start: number;
  readonly end: number;
  readonly kind: "block" | "comment" | "imports";
}

/** What can be folded: braces, comments over several lines, and a run of imports. At most `limit` folds. */
export function foldsOf(file: SourceFile, limit: number): readonly Fold[] {
  const folds: Fold[] = [];
  let imports: { start: number; end: number } | null = null;
  for (let index = 0; index < file.regions.length && folds.length < limit; index += 1) {
    const region = file.regions[index];
    const start = file.starts[index];
    if (region === undefined || start === undefined) continue;
    const { blocks, comments } = bracesOf(region.text);
    for (const comment of comments)
      folds.push({ start: start + comment.start, end: start + comment.end, kind: "comment" });
    for (const block of blocks) folds.push({ start: start + block.start, end: start + block.end, kind: "block" });
    imports = nextImports(region.item, start, imports, folds);
  }
  if (imports !== null) folds.push({ ...imports, kind: "imports" });
  return folds.slice(0, limit);
}

function nextImports(
  item: Item | null,
  start: number,
  run: { start: number; end: number } | null,
  folds: Fold[],
): { start: number; end: number } | null {
  if (item?.kind === "import") return { start: run?.start ?? start + item.start, end: start + item.end };
  if (item === null) return run;
  if (run !== null) folds.push({ ...run, kind: "imports" });
  return null;
}
