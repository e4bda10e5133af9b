import type { Effect } from "../../../grammar/ast.ts";

/** A promise as it is written: `drain lru | pcp`, `retries 5`. */
export function effectText({ name, values }: Effect): string {
  if (values === null) return name.text;
  return `${name.text} ${"value" in values ? values.text : values.map(({ text }) => text).join(" | ")}`;
}
