import type { Region, SourceFile } from "../../grammar/source-file.ts";
import { bracesOf } from "./braces.ts";
import { kept, runsOf, type Asked, type Run } from "./runs.ts";

export interface Fold {
  /** Offsets in its run; whoever shows the fold turns them into lines and drops those on one line. */
  readonly start: number;
  readonly end: number;
  readonly kind: "block" | "comment" | "imports";
  /** It ends with a closing brace. */
  readonly isClosed: boolean;
}

/** What can be folded: braces, comments over several lines, and runs of imports, each at the last of them. */
export function foldsOf(file: SourceFile, asked: Asked): readonly Run<Fold>[] {
  return runsOf(file, asked, (region, index) => {
    const imports = region.kind === "import" ? importFold(file, index) : null;
    return imports === null ? foldsIn(region) : [...foldsIn(region), imports];
  });
}

const foldsIn = kept(({ text }: Region): readonly Fold[] => {
  const { blocks, comments } = bracesOf(text);
  return [
    ...comments.map(({ start, end }): Fold => ({ start, end, kind: "comment", isClosed: false })),
    ...blocks.map(({ start, end }): Fold => ({ start, end, kind: "block", isClosed: text[end - 1] === "}" })),
  ];
});

/** Imports with nothing between fold together: null where others follow. */
function importFold({ regions, starts }: SourceFile, index: number): Fold | null {
  const nextItem = regions.slice(index + 1).find(({ kind }) => kind !== null);
  if (nextItem?.kind === "import") return null;
  let first = index;
  for (let at = index; at >= 0 && (regions[at]?.kind ?? "import") === "import"; at -= 1)
    if (regions[at]?.kind === "import") first = at;
  const [from, to] = [regions[first]?.item?.start ?? 0, regions[index]?.item?.end ?? 0];
  return { start: (starts[first] ?? 0) + from - (starts[index] ?? 0), end: to, kind: "imports", isClosed: false };
}
