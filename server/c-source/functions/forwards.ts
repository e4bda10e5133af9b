import type { FunctionRead } from "./function-read.ts";

/** What a function of a header calls: a function by its name, or what a table has. */
export interface ForwardedTo {
  readonly name: string;
  readonly isMember: boolean;
  readonly argumentCount: number;
}

/** `int own_tx(o, skb) { return o->ops->tx(o, skb); }`: what it comes to is what it calls. */
export type Forward = readonly ForwardedTo[];

/** Functions that call more do more than to hand on. */
const MOST_CALLS = 8;
/** Functions of headers that call functions of headers. */
const DEEPEST = 3;
const NOTHING: Forward = [];

/** What is called with nothing held or given back of its own; several members are several ways to go. */
export function forwardOf({ calls }: FunctionRead): Forward {
  const found = new Map<string, ForwardedTo>();
  for (const { name, isMember, state, arguments: given } of calls) {
    const { held, released, isCut, sleptAt } = state;
    if (held.length + released.length > 0 || isCut || sleptAt >= 0) continue;
    if (!isMember && !/^[a-z_]\w*$/.test(name)) continue;
    found.set(`${isMember} ${name}`, { name, isMember, argumentCount: given.length });
  }
  const members = [...found.values()].filter(({ isMember }) => isMember);
  return found.size > MOST_CALLS || members.length > 1 ? NOTHING : [...found.values()];
}

/** What a function comes to, functions of headers that it calls followed. */
export function forwardedTo(name: string, forwards: ReadonlyMap<string, Forward>): Forward {
  const follow = (one: ForwardedTo, depth: number): Forward => {
    const more = one.isMember || depth > DEEPEST ? undefined : forwards.get(one.name);
    return more === undefined ? [one] : more.flatMap((next) => follow(next, depth + 1));
  };
  const found = (forwards.get(name) ?? NOTHING).flatMap((one) => follow(one, 1));
  return found.length > 2 * MOST_CALLS ? NOTHING : found;
}
