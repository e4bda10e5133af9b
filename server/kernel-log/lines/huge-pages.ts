import { groupNumber, numberIn, type Field } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";

const LINE = /^\s*(?:Node (?<node>\d+) )?hugepages_total=\d+/d;
const VALUE = /(hugepages_\w+)=(\d+)(kB)?(?=\s|$)/g;
const MOST_LINES = 8192;

/** `Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB` (3.9 and later) */
export const hugePages: LineKind = {
  name: "huge-pages",
  begins: (message) => LINE.test(message),
  joint: (soFar, next) => (/^(?:hugepages_\w+=\d+(?:kB)?\s*)+$/.test(next) && !/kB$/.test(soFar) ? " " : null),
  read(line, draft) {
    const match = LINE.exec(line.text);
    if (match === null || draft.hugePages.length >= MOST_LINES) return;
    const fields = [...line.text.matchAll(VALUE)].map((found): Field => {
      const [, name = "", digits = "", unit] = found;
      return {
        name,
        value: numberIn(line, found.index + name.length + 1, digits),
        unit: unit === undefined ? "count" : "kB",
      };
    });
    draft.hugePages.push({ node: groupNumber(line, match, "node"), fields });
  },
};
