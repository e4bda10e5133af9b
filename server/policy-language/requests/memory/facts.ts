import type { Duration, NodeBlock, Time, ZoneFact } from "../../../../grammar/ast.ts";
import { isZone } from "../../../model/kernels/kernel.ts";
import type { CachedPages, InTheWay, Lasts, Pin, RangeState } from "../../../model/memory/state.ts";
import { pagesOfAmount } from "../../analysis/sizes.ts";

/** What turns amounts into pages and times into tries. */
export interface Scale {
  readonly pageBytes: number;
  readonly tryMicroseconds: number;
}

/** The amount of a fact, in pages; of one written twice the last; undefined where there is none. */
export function amountOf(facts: readonly ZoneFact[], kind: string, pageBytes: number): number | undefined {
  let pages: number | undefined;
  for (const fact of facts)
    if (fact.kind === kind && "amount" in fact && fact.amount !== null) pages = pagesOfAmount(fact.amount, pageBytes);
  return pages;
}

function cachedOf(
  facts: readonly ZoneFact[],
  kind: "percpu" | "lru_cache",
  pageBytes: number,
): CachedPages | undefined {
  const fact = facts.findLast((each) => each.kind === kind);
  if (fact?.kind !== kind || fact.amount === null) return undefined;
  return { pages: pagesOfAmount(fact.amount, pageBytes), returningPercent: fact.returning?.value ?? 0 };
}

/** What stands in the way of ranges, as far as it is written. */
export function inTheWay(facts: readonly ZoneFact[], scale: Scale): InTheWay {
  const mappingPages = amountOf(facts, "mapping", scale.pageBytes);
  const hugetlbPages = amountOf(facts, "hugetlb", scale.pageBytes);
  const percpu = cachedOf(facts, "percpu", scale.pageBytes);
  const lruCache = cachedOf(facts, "lru_cache", scale.pageBytes);
  const pins = pinsOf(facts, scale);
  return {
    ...(mappingPages === undefined ? {} : { mappingPages }),
    ...(hugetlbPages === undefined ? {} : { hugetlbPages }),
    ...(percpu === undefined ? {} : { percpu }),
    ...(lruCache === undefined ? {} : { lruCache }),
    ...(pins === null ? {} : { pins }),
  };
}

/** The pinned pages of facts; null: they say nothing of pins. */
export function pinsOf(facts: readonly ZoneFact[], scale: Scale): readonly Pin[] | null {
  const pins: Pin[] = [];
  let told = false;
  for (const fact of facts) {
    if (fact.kind !== "pinned") continue;
    told = true;
    if (fact.amount === null) continue;
    const pages = pagesOfAmount(fact.amount, scale.pageBytes);
    pins.push({ pages, mapped: fact.mapped, lasts: lastsOf(fact.lasts, scale) });
  }
  return told ? pins : null;
}

/** All pages that are pinned. */
export const pagesOfPins = (pins: readonly Pin[]): number => pins.reduce((pages, pin) => pages + pin.pages, 0);

const MICROSECONDS = { us: 1, ms: 1000, s: 1_000_000 } as const;

/** A time in microseconds. */
export function microsecondsOf({ number, unit }: Time): number {
  return unit === "tries" ? 0 : number.value * MICROSECONDS[unit];
}

/** A time in tries; one that is begun counts. */
function triesOf(time: Time, { tryMicroseconds }: Scale): number {
  if (time.unit === "tries") return time.number.value;
  return Math.ceil(microsecondsOf(time) / Math.max(1, tryMicroseconds));
}

function lastsOf(lasts: Duration | null, scale: Scale): Lasts {
  if (lasts === null || lasts.kind === "ever") return { kind: "ever" };
  if (lasts.kind === "between")
    return { kind: "between", from: triesOf(lasts.from, scale), to: triesOf(lasts.to, scale) };
  return { kind: lasts.kind, tries: triesOf(lasts.time, scale) };
}

/** The ranges that a node names. */
export function rangesOf(node: NodeBlock, scale: Scale): readonly RangeState[] {
  return node.zones.flatMap((zone) => {
    const name = zone.name?.text ?? "";
    const range = factNamed(zone, "range");
    if (range === null || node.number === null || !isZone(name)) return [];
    const amount = (kind: string): number => amountOf(range.facts, kind, scale.pageBytes) ?? 0;
    return [
      {
        ...inTheWay(range.facts, scale),
        node: node.number.value,
        zone: name,
        movablePages: amount("movable"),
        pinnedPages: pagesOfPins(pinsOf(range.facts, scale) ?? []),
        unmovablePages: amount("unmovable"),
        cachePages: amount("reclaimable"),
      },
    ];
  });
}

/** The first fact of this kind; null: none is written. */
export function factNamed<K extends ZoneFact["kind"]>(
  block: { readonly facts: readonly ZoneFact[] },
  kind: K,
): Extract<ZoneFact, { readonly kind: K }> | null {
  for (const fact of block.facts) if (isKind(fact, kind)) return fact;
  return null;
}

function isKind<K extends ZoneFact["kind"]>(fact: ZoneFact, kind: K): fact is Extract<ZoneFact, { readonly kind: K }> {
  return fact.kind === kind;
}
