import type { Call } from "./call.ts";
import { NO_USE } from "./results.ts";
import { ALLOCATE_INSIDE } from "./tables/inside.ts";

/** What such a call is judged as: a function without a mask of which no size is known. */
export const INSIDE_AS = "alloc_percpu";

/** A call of a function that allocates with a mask of its own, as one that is judged; null: it is none. */
export function allocatesInside(call: Call): Call | null {
  const evidence = call.allocation !== null || call.isMember ? undefined : ALLOCATE_INSIDE.get(call.name);
  if (evidence === undefined) return null;
  const because = `${call.name}() allocates by itself: ${evidence}`;
  return {
    ...call,
    allocation: {
      api: INSIDE_AS,
      mask: null,
      result: NO_USE,
      through: { arguments: [], isFixed: true, isInside: true, held: [], sure: "certain", because },
    },
  };
}

/** Those that send a message over USB ask for their memory with GFP_NOIO, or say so. */
export const doesNoIo = ({ name }: Call): boolean => name.startsWith("usb_");
