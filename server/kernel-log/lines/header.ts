import { groupNumber, groupText, type LogLine } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import type { Draft, ReportKind } from "../report.ts";

/** The words with which a report begins, by what it is about. */
const TITLES: readonly { readonly kind: ReportKind; readonly words: RegExp }[] = [
  // mm/page_alloc.c:warn_alloc() (4.9 and later), warn_alloc_failed(); a full stop in 2.6.32
  { kind: "page-allocation", words: /page allocation failure(?:[.:] order:|:$)/ },
  // mm/page_alloc.c:__alloc_pages_slowpath() (4.10 to 4.14), check_alloc_stall_warn() (7.1 and later)
  { kind: "stall", words: /page allocation stalls? for/ },
  // mm/vmalloc.c
  { kind: "vmalloc", words: /vmalloc error: size|vmalloc: allocation failure|vmap allocation for size/ },
  // mm/oom_kill.c:dump_header()
  { kind: "oom", words: /invoked oom-killer:(?: gfp_mask|$)/ },
];

/** What a report that begins with this message is about; null: none begins. */
export function titleOf(message: string): ReportKind | null {
  // Nearly every line of a log goes this way.
  if (!message.includes("alloc") && !message.includes("oom-killer")) return null;
  return TITLES.find(({ words }) => words.test(message))?.kind ?? null;
}

const TITLE =
  /^(?:(?<command>.{1,64}?)(?::\s?| (?=invoked)))?(?<title>page allocation failure|page allocation stalls? for \d+ ?(?:ms|secs?)|vmalloc error: size \d+[^:]*?(?=, mode:|$)|vmalloc: allocation failure.*?(?=, mode:|$)|vmap allocation for size \d+ failed|invoked oom-killer)/d;
const ORDER = /\border[:=]\s?(?<order>-?\d+)(?=[\s,]|$)/d;
const MASK = /(?:\bmode:|\bgfp_mask=)\s?(?<mask>0x[0-9a-f]+)(?:\((?<names>[\w|]*)\))?(?=[\s,]|$)/d;
const NODEMASK = /\bnodemask=(?<nodemask>\(null\)|\d[\d,-]*?)(?=,(?:cpuset|global_oom|oom_memcg|task)|,?\s|,?$)/d;
const SIZE = /(?:vmalloc error: size |allocation failure: |vmap allocation for size |allocated \d+ of )(?<size>\d+)/d;

/** What the first line of a report tells, piece by piece. */
const PIECES: readonly RegExp[] = [
  ORDER,
  MASK,
  NODEMASK,
  SIZE,
  /\bcpuset=[^\s,]+,mems_allowed=\d/,
  /\boom_score_adj=-?\d+$/,
];

const piecesIn = (text: string): number => PIECES.filter((piece) => piece.test(text)).length;

/** A line that was broken goes on with what tells more than it did before, or with the rest of a number. */
function jointOfHeader(soFar: string, next: string): "" | " " | null {
  if (/0x[0-9a-f]*$/.test(soFar) && /^[0-9a-f]+(?:\(|$)/.test(next)) return "";
  const before = piecesIn(soFar);
  for (const between of [" ", ""] as const) if (piecesIn(soFar + between + next) > before) return between;
  return null;
}

/** The first line of a report; in its place the words that vmalloc to 4.8 puts before the report of its last page. */
export const header: LineKind = {
  name: "header",
  begins: (message) => titleOf(message) !== null,
  joint: jointOfHeader,
  read(line, draft) {
    const title = TITLE.exec(line.text) ?? null;
    if (title === null) return;
    if (draft.title.text === "") draft.title = groupText(line, title, "title") ?? draft.title;
    draft.command = groupText(line, title, "command") ?? draft.command;
    readMask(line, draft);
    const order = ORDER.exec(line.text);
    if (order !== null) draft.order = groupNumber(line, order, "order");
    const size = SIZE.exec(line.text);
    if (size !== null) draft.sizeBytes = groupNumber(line, size, "size");
    readCpuset(line, draft);
  },
};

function readMask(line: LogLine, draft: Draft): void {
  const mask = MASK.exec(line.text);
  if (mask === null) return;
  draft.mask = groupNumber(line, mask, "mask");
  draft.maskNames = groupText(line, mask, "names");
}

const CPUSET = /\bcpuset=(?<cpuset>[^\s,]+)(?=[\s,]\s*mems_allowed=)/d;
const MEMS = /\bmems_allowed=(?<mems>\d[\d,-]*?)(?=[\s,]*$|,[a-z]|\s)/d;

/** `nodemask=(null),cpuset=/,mems_allowed=0`; the cpuset in a line of its own to 4.9. */
export function readCpuset(line: LogLine, draft: Draft): void {
  const nodemask = NODEMASK.exec(line.text);
  if (nodemask !== null) draft.nodemask = groupText(line, nodemask, "nodemask");
  const cpuset = CPUSET.exec(line.text);
  const mems = MEMS.exec(line.text);
  if (cpuset !== null) draft.cpuset = groupText(line, cpuset, "cpuset");
  if (mems !== null) draft.memsAllowed = groupText(line, mems, "mems");
}
