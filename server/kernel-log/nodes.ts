import type { NodeNumber } from "./report.ts";

/** Both are the same node: a kernel without CONFIG_NUMA prints none, and that is one too. */
export function isSameNode(a: NodeNumber, b: NodeNumber): boolean {
  return (a?.value ?? 0) === (b?.value ?? 0);
}
