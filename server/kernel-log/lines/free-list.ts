import { jointByWords, type Words } from "./_joints.ts";
import { numberIn, placeIn, textIn, type LogLine } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import type { Draft, FreeBlocks } from "../report.ts";
import { isSameZone, PLACE, zonePlace } from "./_zones.ts";

const LINE = new RegExp(`${PLACE}:(?=\\s+\\d+\\*\\d*|\\s*$)`, "d");
const BLOCKS = /\s*(\d+)\*(\d+)kB(?:\s+\(([A-Z]+)\))?(?=\s|$)/y;
const TOTAL = /\s*=\s*(\d+)kB(?=\s|$)/y;
const WORDS: Words = {
  whole: /^(?:\d+\*\d+kB|\([A-Z]+\)|=|\d+kB|\w+:)$/,
  begun: /^(?:\d*(?:\*\d*k?)?|\d+k|\([A-Z]*)$/,
};
const MOST_LISTS = 4096;

/** `Node 0 Normal: 651*4kB (UMEC) 693*8kB (UME) … = 41076kB`: free blocks by order. */
export const freeList: LineKind = {
  name: "free-list",
  begins: (message) => LINE.test(message),
  piece: /^\s*(?:(?:\d+\*\d+kB|\([A-Z]+\))\s*)*(?:=\s*\d+kB\s*)?$/,
  joint: (soFar, next) => (/= \d+kB$/.test(soFar.trimEnd()) ? null : jointByWords(WORDS, soFar, next)),
  read(line, draft) {
    const match = LINE.exec(line.text);
    const place = match === null ? null : zonePlace(line, match);
    if (match === null || place === null || draft.freeLists.length >= MOST_LISTS) return;
    const name = place.zone.text;
    if (
      draft.freeLists.some((other) => isSameZone({ node: other.node, zone: other.zone.text }, { ...place, zone: name }))
    ) {
      draft.damage.push({
        text: `the free list of ${name} is there twice: the second one is left out`,
        place: place.zone.place,
      });
      return;
    }
    const blocks = blocksIn(line, match[0].length);
    const end = blocks.end;
    TOTAL.lastIndex = end;
    const total = TOTAL.exec(line.text);
    const totalKb = total === null ? null : numberIn(line, end + total[0].lastIndexOf(total[1] ?? ""), total[1] ?? "");
    draft.freeLists.push({ node: place.node, zone: place.zone, blocks: blocks.found, totalKb });
    const sum = blocks.found.reduce((kb, { count, sizeKb }) => kb + count.value * sizeKb.value, 0);
    if (totalKb === null)
      damaged(draft, line, `the free list of ${name} is cut off after order ${blocks.found.length - 1}`);
    else if (sum !== totalKb.value)
      damaged(draft, line, `the free list of ${name} adds up to ${sum} kB, and the kernel printed ${totalKb.text} kB`);
  },
};

function damaged(draft: Draft, line: LogLine, text: string): void {
  draft.damage.push({ text, place: placeIn(line, 0, line.text.length) });
}

/** The blocks from order 0 up to the first that is damaged, and where they end. */
function blocksIn(line: LogLine, start: number): { readonly found: readonly FreeBlocks[]; readonly end: number } {
  const found: FreeBlocks[] = [];
  let end = start;
  for (;;) {
    BLOCKS.lastIndex = end;
    const match = BLOCKS.exec(line.text);
    if (match === null) break;
    const [all, count = "", size = "", types] = match;
    const previous = found.at(-1);
    // Each order is twice as large as the one before it; what is not was cut, or stands in another line.
    if (previous !== undefined && Number(size) !== 2 * previous.sizeKb.value) break;
    const at = end + all.indexOf(count);
    const atSize = at + count.length + 1;
    found.push({
      count: numberIn(line, at, count),
      sizeKb: numberIn(line, atSize, size),
      types: types === undefined ? null : textIn(line, end + all.lastIndexOf(types), types),
    });
    end = BLOCKS.lastIndex;
  }
  return { found, end };
}
