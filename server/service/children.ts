import type { Span } from "../../grammar/ast.ts";

/** The parts of a tree node that have a span of their own, in the order of the text. */
export function childrenOf(node: Span): readonly Span[] {
  const children: Span[] = [];
  for (const value of Object.values(node)) collect(value, children);
  return children.sort((a, b) => a.start - b.start);
}

function collect(value: unknown, into: Span[]): void {
  if (Array.isArray(value)) {
    for (const each of value) collect(each, into);
  } else if (isSpan(value)) {
    into.push(value);
  } else if (typeof value === "object" && value !== null) {
    // A holder without a place of its own, as a memory's `source`.
    for (const each of Object.values(value)) collect(each, into);
  }
}

function isSpan(value: unknown): value is Span {
  return (
    typeof value === "object" &&
    value !== null &&
    "start" in value &&
    "end" in value &&
    typeof value.start === "number" &&
    typeof value.end === "number"
  );
}
