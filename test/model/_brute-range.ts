// One call of alloc_contig_range() page by page, written a second time and on nothing that the model shares: a page is
// an object, and every order of events is gone through with its probability.

/** A page that is in the way of a range. */
export interface BrutePage {
  readonly kind: "free" | "movable" | "anonymous-pin" | "mapped-pin" | "percpu";
  /** Held before this try. */
  until: number;
}

export interface BruteMode {
  readonly drainsPcp: boolean;
  readonly pcpOff: boolean;
  readonly drainsLru: boolean;
  readonly tries: number;
}

export interface BruteOutcome {
  readonly won: boolean;
  readonly time: number;
  readonly moved: number;
}

/**
 * The call on these pages, in the order of page frame numbers. `returns`: which per-cpu pages are back after a drain.
 */
export function bruteCall(
  pages: readonly BrutePage[],
  mode: BruteMode,
  returns: (page: number) => boolean,
  startsAt = 0,
): BruteOutcome {
  let time = startsAt;
  let moved = 0;
  const isFree = pages.map(({ kind }) => kind === "free");
  const isLeft = pages.map(() => true);
  if (mode.drainsPcp) {
    time++;
    for (const [at, { kind }] of pages.entries()) if (kind === "percpu") isFree[at] = mode.pcpOff || !returns(at);
  }
  if (mode.drainsLru) time++;
  for (let next = 0; next < pages.length; ) {
    const list: number[] = [];
    while (next < pages.length && list.length < 32) {
      const page = pages[next];
      if (page !== undefined && !isFree[next] && page.kind !== "percpu")
        if (page.kind !== "anonymous-pin" || page.until <= time) list.push(next);
      next++;
    }
    if (list.length === 0) continue;
    let tries = 0;
    let left = list;
    while (left.length > 0 && tries < mode.tries) {
      const still: number[] = [];
      for (const at of left) {
        const page = pages[at];
        if (page !== undefined && page.kind === "mapped-pin" && page.until > time) still.push(at);
        else {
          isLeft[at] = false;
          isFree[at] = true;
          moved++;
        }
      }
      left = still;
      time++;
      tries++;
    }
    if (left.length > 0) break;
  }
  return { won: isFree.every(Boolean), time, moved };
}
