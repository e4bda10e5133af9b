import type { Span } from "../../grammar/ast.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { bracesOf } from "./braces.ts";
import { regionAt } from "./regions.ts";
import { childrenOf } from "./children.ts";

/** The ranges that hold the offset, innermost first: word, expression, property, block, declaration, file. */
export function selectionsAt(file: SourceFile, offset: number): readonly Span[] {
  const chain: Span[] = [{ start: 0, end: file.text.length }];
  const placed = regionAt(file, offset);
  if (placed !== null) {
    const { region, start } = placed;
    const at = offset - start;
    const spans: Span[] = [];
    if (region.item !== null) {
      spans.push(region.item);
      let level: readonly Span[] = childrenOf(region.item);
      while (level.length > 0) {
        const inner = level.find((span) => span.start <= at && at <= span.end);
        if (inner === undefined) break;
        spans.push(inner);
        level = childrenOf(inner);
      }
    }
    for (const block of bracesOf(region.text).blocks) {
      if (block.start < at && at < block.end) spans.push(block, { start: block.start + 1, end: block.end - 1 });
    }
    spans.sort((a, b) => b.end - b.start - (a.end - a.start));
    for (const span of spans) {
      const outer = chain[chain.length - 1];
      const next = { start: start + span.start, end: start + span.end };
      if (
        outer !== undefined &&
        next.start >= outer.start &&
        next.end <= outer.end &&
        next.end - next.start < outer.end - outer.start
      )
        chain.push(next);
    }
  }
  return chain.reverse();
}
