import type { Call } from "./call.ts";
import type { WalkedCall } from "./called.ts";
import { isMaskAt, isMaskText, type FileNames } from "./mask-names.ts";
import type { Observation } from "./observations.ts";
import { argumentsBetween } from "../text/items.ts";
import { signatureOfId } from "../text/signatures.ts";
import { AMPERSAND, BOTH, EITHER, EQUAL, NAME, OPEN, QUESTION, UNEQUAL, type Tokens } from "../text/tokens.ts";

/** Text longer than this is no mask that anybody wrote. */
const LONGEST_MASK = 500;

/** Calls of which the mask is none. */
export function misplacedMasks(
  tokens: Tokens,
  names: FileNames,
  walked: readonly WalkedCall[],
  calls: readonly Call[],
): readonly Observation[] {
  return walked.flatMap((call, index): readonly Observation[] => {
    const read = calls[index];
    const signature = signatureOfId(tokens.names[call.name] ?? 0);
    if (signature === null || read?.arguments.length !== signature.parameters) return [];
    const given = read.arguments[signature.mask];
    if (given === undefined || given.text.length > LONGEST_MASK) return [];
    if (isMaskText(given.text) && !/\|\||&&|\w\s*&\s*_*GFP_/.test(given.text)) return [];
    const wrong = wrongIn(tokens, names, call, signature.mask);
    if (wrong === null) return [];
    const place = { start: given.start, end: given.end, proof: [] };
    return wrong === "swapped"
      ? [{ kind: "arguments-swapped", call: index, ...place }]
      : [{ kind: "mask-made-logically", operator: wrong, ...place }];
  });
}

/** What is wrong with the arguments of a call; null: nothing, or it is another function by that name. */
function wrongIn(
  tokens: Tokens,
  names: FileNames,
  { open, close }: WalkedCall,
  mask: number,
): "swapped" | "||" | "&&" | "&" | null {
  const slices = argumentsBetween(tokens, open + 1, close);
  const hasMask = slices.map(({ from, to }) => {
    for (let at = from; at < to; at++) if (isMaskAt(tokens, names, at)) return true;
    return false;
  });
  const slice = slices[mask];
  if (slice === undefined || hasMask[mask] !== true)
    return slice !== undefined && hasMask.includes(true) ? "swapped" : null;
  const { from, to } = slice;
  for (let at = from; at < to; at++) {
    const partner = tokens.partners[at] ?? -1;
    const kind = tokens.kinds[at];
    if (partner > at && kind === OPEN && tokens.kinds[at - 1] === NAME) at = partner;
    else if (kind === EITHER) return "||";
    else if (kind === BOTH) return "&&";
    else if (kind === QUESTION || kind === EQUAL || kind === UNEQUAL) return null;
    else if (kind === AMPERSAND && at === from + 1 && at + 2 === to)
      return isMaskAt(tokens, names, from) && isMaskAt(tokens, names, at + 1) ? "&" : null;
  }
  return null;
}
