import { jointByWords, type Words } from "./_joints.ts";
import type { LogLine, PrintedNumber, PrintedText } from "../printed.ts";
import { groupNumber, groupText } from "../printed.ts";

/** Zones by the names that kernels print (mm/page_alloc.c:zone_names). */
const ZONES = "DMA|DMA32|Normal|HighMem|Movable|Device";

/** `Node 0 Normal` at the beginning of a line, as groups `node` and `zone`. */
export const PLACE = `^\\s*(?:Node (?<node>\\d+)[ ,]+)?(?<zone>${ZONES})`;

export interface ZonePlace {
  readonly node: PrintedNumber | null;
  readonly zone: PrintedText;
}

/** The groups of `PLACE` in a match. */
export function zonePlace(line: LogLine, match: RegExpExecArray): ZonePlace | null {
  const zone = groupText(line, match, "zone");
  return zone === null ? null : { node: groupNumber(line, match, "node"), zone };
}

/** Both are the same zone of the same node. */
export function isSameZone(
  a: { readonly node: PrintedNumber | null; readonly zone: string },
  b: { readonly node: PrintedNumber | null; readonly zone: string },
): boolean {
  return a.zone === b.zone && a.node?.value === b.node?.value;
}

/** Of a line of `name:123kB`. */
const FIELD_WORDS: Words = {
  whole:
    /^(?:[a-z_]+(?:\([a-z]+\))?:(?:\d+[kK]B)?|\d+kB|pages_scanned:\d+|all_unreclaimable\?|yes|no|Node|\d|DMA|DMA32|Normal|HighMem|Movable|Device)$/,
  begun: /^(?:[a-z_]*(?:\([a-z]*\)?)?:?\d*[kK]?|all_unreclaimable)$/,
};

/** What stood where a line of `name:123kB` was broken. */
export function jointOfFields(soFar: string, next: string): "" | " " | null {
  return /all_unreclaimable\? (?:yes|no)$/.test(soFar) ? null : jointByWords(FIELD_WORDS, soFar, next);
}

/** `all_unreclaimable? yes` */
export function unreclaimableIn(text: string): boolean | null {
  const [, answer] = /all_unreclaimable\? (yes|no)(?:\s|$)/.exec(text) ?? [];
  return answer === undefined ? null : answer === "yes";
}
