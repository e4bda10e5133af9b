import { beginOf, change, freshName, propertyAround, type At, type Refactoring } from "./at.ts";

/** A built-in context of a request becomes a declared one, which can then say more. */
export function nameContext(at: At): Refactoring | null {
  const property = propertyAround(at, "context");
  if (property?.kind !== "context" || property.context === null || at.item.kind !== "request") return null;
  const { context } = property;
  if (at.environment.lookup("context", context.text) !== null) return null;
  const name = freshName(at.environment, "context", `${at.item.name?.text ?? "request"}_context`);
  const begin = beginOf(at);
  return {
    title: `Name the context ${name}`,
    kind: "extract",
    changes: [
      change(at, begin, begin, `context ${name} {\n  in ${context.text}\n}\n\n`),
      change(at, context.start, context.end, name),
    ],
  };
}
