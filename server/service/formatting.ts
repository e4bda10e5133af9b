import { formattedParts } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Change } from "./actions.ts";

/**
 * The changes that format the declarations meeting [start, end): whole lines only, each where something differs. None
 * for a file with damage: the formatter must not move what the parser did not understand.
 */
export function formattingOf(file: SourceFile, start: number, end: number): readonly Change[] {
  const changes: Change[] = [];
  for (const part of formattedParts(file) ?? []) {
    for (const change of part.changes) {
      const placed = { start: part.start + change.start, end: part.start + change.end, text: change.text };
      if (placed.start < end && start < Math.max(placed.end, placed.start + 1)) changes.push(placed);
    }
  }
  return changes;
}
