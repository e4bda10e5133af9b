import { numberIn } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";

const LINE = /^\s*(?:lowmem_reserve|protections)\[\]:/;

/** `lowmem_reserve[]: 0 2991 6846 6846 6846`, in pages: what requests for higher zones leave in the zone above. */
export const lowmemReserve: LineKind = {
  name: "lowmem-reserve",
  begins: (message) => LINE.test(message),
  piece: /^\s*-?\d+\s*$/,
  // Where lines were broken within words, a number that is broken cannot be told from two.
  joint: (_soFar, next, draft) => (/^\s*\d[\d ]*$/.test(next) ? (draft.breaksWords ? "…" : " ") : null),
  read(line, draft) {
    const { lastZone } = draft;
    const last = lastZone === null ? undefined : draft.zones[lastZone];
    draft.lastZone = null;
    const [first] = line.pieces;
    const place = { line: first?.line ?? 0, column: first?.column ?? 0, length: line.text.length };
    if (last === undefined || lastZone === null) {
      draft.damage.push({ text: "a lowmem_reserve[] line has lost its zone", place });
      return;
    }
    const start = line.text.indexOf(":") + 1;
    const rest = line.text.slice(start);
    if (!/^(?:\s+-?\d+)+\s*$/.test(rest)) {
      draft.damage.push({ text: `the lowmem_reserve[] line of ${last.name.text} is damaged`, place });
      return;
    }
    draft.zones[lastZone] = {
      ...last,
      lowmemReserve: [...rest.matchAll(/-?\d+/g)].map((found) => numberIn(line, start + found.index, found[0])),
    };
  },
};
