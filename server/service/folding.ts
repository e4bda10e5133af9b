import type { Region, SourceFile } from "../../grammar/source-file.ts";
import { bracesOf } from "./braces.ts";
import { kept, runsOf, type Run } from "./runs.ts";

export interface Fold {
  /** Offsets in its run; whoever shows the fold turns them into lines and drops those on one line. */
  readonly start: number;
  readonly end: number;
  readonly kind: "block" | "comment" | "imports";
  /** It ends with a closing brace. */
  readonly isClosed: boolean;
}

/** What can be folded: braces, comments over several lines, and runs of imports. At most `limit` folds. */
export function foldsOf(file: SourceFile, limit: number): readonly Run<Fold>[] {
  const runs = runsOf(file, limit, foldsIn);
  const left = limit - runs.reduce((sum, { items }) => sum + items.length, 0);
  return [...runs, ...importFolds(file).slice(0, left)];
}

const foldsIn = kept(({ text }: Region): readonly Fold[] => {
  const { blocks, comments } = bracesOf(text);
  return [
    ...comments.map(({ start, end }): Fold => ({ start, end, kind: "comment", isClosed: false })),
    ...blocks.map(({ start, end }): Fold => ({ start, end, kind: "block", isClosed: text[end - 1] === "}" })),
  ];
});

/** Imports with nothing between fold together. */
function importFolds({ regions, starts }: SourceFile): readonly Run<Fold>[] {
  const runs: Run<Fold>[] = [];
  let open: { readonly start: number; readonly end: number } | null = null;
  const close = (): void => {
    if (open !== null)
      runs.push({
        start: open.start,
        items: [{ start: 0, end: open.end - open.start, kind: "imports", isClosed: false }],
      });
    open = null;
  };
  regions.forEach((region, index) => {
    const start = starts[index] ?? 0;
    const item = region.kind === "import" ? region.item : null;
    if (item !== null) open = { start: open?.start ?? start + item.start, end: start + item.end };
    else if (region.kind !== null) close();
  });
  close();
  return runs;
}
