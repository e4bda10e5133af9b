import { allocNames, bitNames, delta, type KernelNames } from "./names.ts";

/** [mask, order, alloc_flags, highest zone index, migratetype, times]; the last may lack its times. */
export type Try = readonly number[];

const ZONES = ["DMA", "DMA32", "Normal", "Movable"] as const;
const MIGRATETYPES = ["unmovable", "movable", "reclaimable", "highatomic", "CMA", "isolated"] as const;

const zone = (index: number | undefined): string => ZONES[index ?? -1] ?? `zone ${index}`;
const migratetype = (index: number | undefined): string => MIGRATETYPES[index ?? -1] ?? `migratetype ${index}`;

interface Named {
  readonly gfp: readonly string[];
  readonly order: number | undefined;
  readonly alloc: readonly string[];
  readonly zone: string;
  readonly migratetype: string;
  readonly times: number | undefined;
}

const named = ([mask = 0, order, allocFlags = 0, highest, type, times]: Try, names: KernelNames): Named => ({
  gfp: bitNames(mask, names.gfp),
  order,
  alloc: allocNames(allocFlags, names.alloc),
  zone: zone(highest),
  migratetype: migratetype(type),
  times,
});

const same = (a: Named | undefined, b: Named | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

const shown = ({ order, alloc }: Named): string => `order ${order} with ${alloc.join("|")}`;

/** What changed in one try. */
function changed(a: Named, b: Named): string {
  const parts = [
    delta(a.gfp, b.gfp),
    a.order === b.order ? "" : `order ${a.order} -> ${b.order}`,
    delta(a.alloc, b.alloc),
    a.zone === b.zone ? "" : `highest zone ${a.zone} -> ${b.zone}`,
    a.migratetype === b.migratetype ? "" : `${a.migratetype} -> ${b.migratetype}`,
    a.times === b.times ? "" : timesChange(a.times, b.times),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

const timesChange = (a: number | undefined, b: number | undefined): string =>
  (b ?? 0) > (a ?? 0) ? "made more often" : "made less often";

/**
 * How two sequences of tries on the free lists differ, told by the first try that does; null when they are alike. Masks and flags
 * are compared by name, so that a bit that moved is no difference.
 */
export function triesChange(
  before: readonly Try[],
  after: readonly Try[],
  names: readonly [KernelNames, KernelNames],
): string | null {
  const a = before.map((one) => named(one, names[0]));
  const b = after.map((one) => named(one, names[1]));
  const at = a.findIndex((one, index) => !same(one, b[index]));
  const first = at >= 0 ? at : b.length > a.length ? a.length : -1;
  if (first < 0) return null;
  const [old, now] = [a[first], b[first]];
  if (old === undefined) return now === undefined ? null : `one more try at the end: ${shown(now)}`;
  if (now === undefined) return `no more the last try: ${shown(old)}`;
  if (same(old, b[first + 1])) return `one more try before: ${shown(now)}`;
  if (same(now, a[first + 1])) return `no more the try: ${shown(old)}`;
  return `try ${first + 1}: ${changed(old, now)}`;
}
