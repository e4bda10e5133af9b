import { groupNumber, groupText, type LogLine } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import type { Draft } from "../report.ts";

const LINE = /^\s*(?<name>[\w/.:()-]+)\s+(?<used>\d+)KB\s+(?<total>\d+)KB\s*$/d;
const MOST_CACHES = 16;

/** A cache of `Unreclaimable slab info:`: mm/slab_common.c:dump_unreclaimable_slab() (4.15 and later). */
export const slab: LineKind = {
  name: "slab",
  begins: (message) => LINE.test(message),
  read(line, draft) {
    const match = LINE.exec(line.text);
    if (match !== null) readCache(line, match, draft);
  },
};

function readCache(line: LogLine, match: RegExpExecArray, draft: Draft): void {
  const name = groupText(line, match, "name");
  const used = groupNumber(line, match, "used");
  const total = groupNumber(line, match, "total");
  if (name === null || used === null || total === null) return;
  const at = draft.slabs.findIndex((other) => other.total.value < total.value);
  draft.slabs.splice(at < 0 ? draft.slabs.length : at, 0, { name, used, total });
  draft.slabs.length = Math.min(draft.slabs.length, MOST_CACHES);
}
