import { groupNumber, numberIn, type LogLine } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import type { Draft } from "../report.ts";

const PAGES =
  /^\s*(?<count>\d+) (?<name>total pagecache pages|pages in swap cache|pages RAM|pages of RAM|pages HighMem\/MovableOnly|pages HighMem|pages of HIGHMEM|pages reserved|reserved pages|free pages|pages cma reserved|pages hwpoisoned|pages shared|pages non-shared|pages swap cached|pages cached|slab pages)\s*$/d;
const SWAP = /^\s*(?<name>Free swap|Total swap)\s+=\s*(?<size>\d+)kB\s*$/d;
const STATS = /^\s*Swap cache stats: (?<rest>.*)$/d;

/** Numbers of the whole machine, a line each: `148793 total pagecache pages`, `Free swap  = 0kB`. */
export const counter: LineKind = {
  name: "counter",
  begins: (message) => PAGES.test(message) || SWAP.test(message) || STATS.test(message),
  joint: (soFar, next) => (STATS.test(soFar) && /^(?:add|delete|find) \d+/.test(next) ? " " : null),
  read(line, draft) {
    const pages = PAGES.exec(line.text);
    const swap = SWAP.exec(line.text);
    const stats = STATS.exec(line.text);
    if (pages !== null) add(draft, pages.groups?.name ?? "", groupNumber(line, pages, "count"), "count");
    if (swap !== null) add(draft, swap.groups?.name ?? "", groupNumber(line, swap, "size"), "kB");
    if (stats !== null) readStats(line, draft);
  },
};

/** `add 36522, delete 35628, find 35755/36229` */
function readStats(line: LogLine, draft: Draft): void {
  for (const found of line.text.matchAll(/(add|delete|find|race) (\d+)(?:\/(\d+))?(?:\+(\d+))?(?=,|\s|$)/g)) {
    const [, name = "", first = "", second] = found;
    const at = found.index + name.length + 1;
    add(draft, `swap cache ${name}`, numberIn(line, at, first), "count");
    if (second !== undefined)
      add(draft, `swap cache ${name} total`, numberIn(line, at + first.length + 1, second), "count");
  }
}

function add(draft: Draft, name: string, value: ReturnType<typeof groupNumber>, unit: "kB" | "count"): void {
  if (value !== null && !draft.counters.some((other) => other.name === name))
    draft.counters.push({ name, value, unit });
}
