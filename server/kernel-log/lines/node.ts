import { fieldsIn, groupNumber } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";
import { jointOfFields, unreclaimableIn } from "./_zones.ts";

const LINE = /^\s*Node (?<node>\d+) active_anon:\d+kB/d;

/** `Node 0 active_anon:537280kB … all_unreclaimable? no` (4.8 and later) */
export const node: LineKind = {
  name: "node",
  begins: (message) => LINE.test(message),
  joint: jointOfFields,
  read(line, draft) {
    const match = LINE.exec(line.text);
    const number = match === null ? null : groupNumber(line, match, "node");
    if (number === null || draft.nodes.some((other) => other.node.value === number.value)) return;
    const isUnreclaimable = unreclaimableIn(line.text);
    draft.nodes.push({ node: number, fields: fieldsIn(line), isUnreclaimable, isWhole: isUnreclaimable !== null });
  },
};
