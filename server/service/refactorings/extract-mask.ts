import type { Mask, Span } from "../../../grammar/ast.ts";
import { beginOf, change, freshName, oneLine, propertyAround, textOf, type At, type Refactoring } from "./at.ts";

/** Where the mask of a request, at the offset, becomes a `flags` before it. */
export function extractMask(at: At): Refactoring | null {
  const property = propertyAround(at, "flags");
  if (property?.kind !== "flags" || property.mask.kind === "missing" || property.mask.kind === "name") return null;
  const mask = selectedOf(property.mask, at) ?? property.mask;
  const request = at.item.kind === "request" ? (at.item.name?.text ?? "request") : "request";
  const name = freshName(at.environment, "mask", `${request.toUpperCase()}_FLAGS`);
  const begin = beginOf(at);
  return {
    title:
      mask === property.mask
        ? `Extract the mask to flags ${name}`
        : `Extract ${oneLine(textOf(at, mask))} to flags ${name}`,
    kind: "extract",
    changes: [
      change(at, begin, begin, `flags ${name} = ${oneLine(textOf(at, mask))}\n\n`),
      change(at, mask.start, mask.end, name),
    ],
  };
}

/** The flags of an `or` that are selected, where it is several of them and not all. */
function selectedOf(mask: Mask, { start, end }: Span): Span | null {
  const inner = mask.kind === "paren" ? [mask.inner] : "operands" in mask ? mask.operands : [];
  const around = inner.find((one) => one.start <= start && end <= one.end);
  if (around !== undefined) return selectedOf(around, { start, end });
  if (mask.kind !== "or") return null;
  const selected = mask.operands.filter((one) => start < one.end && one.start < end);
  const [first, last] = [selected.at(0), selected.at(-1)];
  if (first === undefined || last === undefined || selected.length === mask.operands.length) return null;
  return selected.length > 1 ? { start: first.start, end: last.end } : null;
}
