import type { FlagName } from "../../model/masks/mask.ts";
import { flagsIn } from "../../model/masks/names.ts";
import { evaluateMask } from "../../policy-language/requests/masks.ts";
import { change, freshName, indentOf, inStyle, oneLine, textOf, type At, type Refactoring } from "./at.ts";

/** How hard the page allocator tries: of these a mask has one at most. */
const EFFORTS: readonly FlagName[] = ["NORETRY", "RETRY_MAYFAIL", "NOFAIL"];

/** A request becomes a first try that gives up early and, behind it, the request as it was. */
export function splitRequest(at: At): Refactoring | null {
  const { item } = at;
  if (item.kind !== "request" || item.name === null) return null;
  const onName = item.name.start <= at.end && at.start <= item.name.end;
  const flags = item.properties.find((property) => property.kind === "flags");
  if (!onName || flags?.kind !== "flags" || flags.mask.kind === "missing") return null;
  if (item.properties.some(({ kind }) => kind === "fallback")) return null;
  const { mask: written } = flags;
  const asked = at.environment.kernels.map((kernel) => {
    const value = evaluateMask(at.environment, kernel, written);
    return new Set(flagsIn(kernel, value.mask));
  });
  // What may not sleep has one try as it is, and what says how hard to try has said it.
  if (asked.some((all) => !all.has("DIRECT_RECLAIM") || EFFORTS.some((effort) => all.has(effort)))) return null;
  const added = asked.every((all) => all.has("NOWARN")) ? "__GFP_NORETRY" : "__GFP_NORETRY | __GFP_NOWARN";
  const mask = oneLine(textOf(at, flags.mask));
  const name = freshName(at.environment, "subject", `${item.name.text}_hard`);
  const isOr = ["name", "or", "number", "call", "paren"].includes(flags.mask.kind);
  const first = `${isOr ? mask : `(${mask})`} | ${added}`;
  const indent = indentOf(at, flags);
  const rest = `\n\nrequest ${name} like ${item.name.text} {\n  flags    ${mask}\n  fallback none\n}`;
  return inStyle(at, {
    title: `Split into a first try and a fallback ${name}`,
    kind: "rewrite",
    changes: [
      change(at, flags.mask.start, flags.mask.end, `${first}${indent}fallback ${name}`),
      change(at, item.end, item.end, rest),
    ],
  });
}
