import type { SizeUnit } from "../../grammar/ast.ts";

const UNITS: ReadonlySet<string> = new Set<SizeUnit>(["B", "KiB", "MiB", "GiB", "K", "M", "G"]);

export function isUnit(text: string): text is SizeUnit {
  return UNITS.has(text);
}
