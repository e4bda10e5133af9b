import { apart } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import { NONE } from "../../model/apis/wrappers/wrapper.ts";
import type { Call } from "./call.ts";
import { NO_USE } from "./results.ts";
import { ALLOCATE_INSIDE } from "../tables/inside.ts";

/** A call of a function that allocates with a mask of its own, as one that is judged; null: it is none. */
export function allocatesInside(call: Call): Call | null {
  const inside = call.allocation !== null || call.isMember ? undefined : ALLOCATE_INSIDE.get(call.name);
  if (inside === undefined) return null;
  const because = `${call.name}() allocates by itself: ${inside.evidence}`;
  return {
    ...call,
    allocation: {
      api: call.name,
      mask: null,
      result: NO_USE,
      through: { arguments: [], isFixed: true, isInside: true, held: [], sure: "certain", because },
    },
  };
}

let made: ReadonlyMap<string, Api> | null = null;

/** The function of that name as the model would have it: it allocates with its mask, and how much is not known. */
export function insideNamed(name: string): Api | null {
  made ??= new Map(
    apart(
      [...ALLOCATE_INSIDE].map(([name, { mask, evidence }]) => ({
        name,
        signature: `${name}()`,
        calls: "kmalloc",
        size: NONE,
        mask,
        evidence,
      })),
    ).map((api) => [api.name, api]),
  );
  return made.get(name) ?? null;
}
