import { groupNumber, groupText, numberIn, type Field, type LogLine } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";

const FIRST = /^\s*(?:SLUB|SLAB): Unable to allocate memory on (?:CPU \d+ \(of node -?\d+\) on )?node (?<node>-?\d+)/d;
const MASK = /gfp=(?<mask>0x[0-9a-f]+)/d;
const CACHE = /^\s*cache: (?<cache>\S+), object size: \d+/d;

/** `SLUB: Unable to allocate memory on node -1, gfp=…` and its cache: mm/slub.c:slab_out_of_memory() */
export const slub: LineKind = {
  name: "slub",
  begins: (message) => FIRST.test(message) || CACHE.test(message),
  read(line, draft) {
    const first = FIRST.exec(line.text);
    if (first !== null) {
      const mask = MASK.exec(line.text);
      draft.slub = {
        node: groupNumber(line, first, "node"),
        mask: mask === null ? null : groupNumber(line, mask, "mask"),
        cache: null,
        fields: [],
      };
    }
    const cache = CACHE.exec(line.text);
    if (cache !== null && draft.slub !== null)
      draft.slub = { ...draft.slub, cache: groupText(line, cache, "cache"), fields: sizesIn(line) };
  },
};

function sizesIn(line: LogLine): readonly Field[] {
  return [...line.text.matchAll(/(object size|buffer size|default order|min order): (\d+)(?=,|\s|$)/g)].map((found) => {
    const [, name = "", digits = ""] = found;
    return { name, value: numberIn(line, found.index + name.length + 2, digits), unit: "count" };
  });
}
