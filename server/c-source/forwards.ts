import type { FunctionRead } from "./function-read.ts";

/** A function of a header that calls what a table has: `int own_tx(o, skb) { return o->ops->tx(o, skb); }`. */
export interface Forward {
  readonly member: string;
  readonly argumentCount: number;
}

/** Null: it calls through no member, through several, or under a lock or a scope of its own. */
export function forwardOf({ calls }: FunctionRead): Forward | null {
  const [call, ...more] = calls.filter(({ isMember }) => isMember);
  if (call === undefined || more.some(({ name }) => name !== call.name)) return null;
  const { held, released, isCut, sleptAt } = call.state;
  if (held.length + released.length > 0 || isCut || sleptAt >= 0) return null;
  return { member: call.name, argumentCount: call.arguments.length };
}
