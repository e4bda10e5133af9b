import { hasPfMemalloc, inInterrupt, PLACE, TASK, type Context } from "../contexts.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { alsoAsked, noted, type Questions } from "../kernels/questions.ts";
import { COSTLY_ORDER, pageblockOrder } from "../limits.ts";
import { ALLOC, pfmemallocFlags, reserveFlags } from "../masks/alloc-flags.ts";
import { mask, type FlagName, type Mask } from "../masks/mask.ts";
import { canCompact, gfpCompactionAllowed, MIGRATE, migratetype, withoutAtomic } from "../masks/properties.ts";
import { isLowZone } from "../masks/zone.ts";

/**
 * What a decision of the slow path can look at, a bit each. Those that most decisions look at come first: they choose
 * the walk (`table.ts`).
 */
export const FACT = {
  /** __GFP_DIRECT_RECLAIM: the call may block. */
  mayReclaim: 1 << 0,
  /** The order is above 0, above 1, above PAGE_ALLOC_COSTLY_ORDER. */
  highOrder: 1 << 1,
  aboveOne: 1 << 2,
  costly: 1 << 3,
  nofail: 1 << 4,
  noretry: 1 << 5,
  retryMayfail: 1 << 6,
  thisNode: 1 << 7,
  fs: 1 << 8,
  nowarn: 1 << 9,
  /** PF_MEMALLOC: the task reclaims, or is in a noreclaim scope. */
  pfMemalloc: 1 << 10,
  /** The order is a pageblock at least. */
  hugeOrder: 1 << 11,
  wakesKswapd: 1 << 12,
  high: 1 << 13,
  /** The __GFP_ATOMIC bit, where there is one. */
  atomicFlag: 1 << 14,
  memallocFlag: 1 << 15,
  nomemalloc: 1 << 16,
  dma: 1 << 17,
  /** The migratetype is MOVABLE. */
  movable: 1 << 18,
  /** The highest zone allowed lies below Normal. */
  lowZone: 1 << 19,
  /** The slow path counts on compaction: `can_compact` of __alloc_pages_slowpath(). */
  canCompact: 1 << 20,
  /** try_to_compact_pages() does anything: compaction is built in and __GFP_IO is there, in every version. */
  compactionRuns: 1 << 21,
  oomVictim: 1 << 22,
  /** A fatal signal is pending. */
  dying: 1 << 23,
  /** in_interrupt() */
  interrupt: 1 << 24,
  /** A hard interrupt or an NMI is being served. */
  hardInterrupt: 1 << 25,
  /** __gfp_pfmemalloc_flags() opens something: all reserves, or the share of an OOM victim. */
  opensReserves: 1 << 26,
  /** ALLOC_NO_WATERMARKS */
  noWatermarks: 1 << 27,
  /** ALLOC_MIN_RESERVE, called ALLOC_HIGH to 6.2. */
  minReserve: 1 << 28,
  /** ALLOC_NON_BLOCK, called ALLOC_HARDER to 6.2. */
  nonBlock: 1 << 29,
} as const;

export type FactName = keyof typeof FACT;

export function isFactName(name: string): name is FactName {
  return Object.hasOwn(FACT, name);
}

/**
 * What a fact is read from: flags of the mask; orders, where it changes above one; the task or the place of the call.
 */
export interface Reads {
  readonly flags: readonly FlagName[];
  readonly orderAbove: ((kernel: Kernel) => number) | null;
  readonly context: boolean;
}

const ofMask = (...flags: readonly FlagName[]): Reads => ({ flags, orderAbove: null, context: false });
const ofOrder = (orderAbove: (kernel: Kernel) => number): Reads => ({ flags: [], orderAbove, context: false });
const ofBoth = (...flags: readonly FlagName[]): Reads => ({ flags, orderAbove: null, context: true });
const ofContext: Reads = ofBoth();

/** What each fact is read from; nothing else changes it. */
export const READS: Readonly<Record<FactName, Reads>> = {
  mayReclaim: ofMask("DIRECT_RECLAIM"),
  highOrder: ofOrder(() => 0),
  aboveOne: ofOrder(() => 1),
  costly: ofOrder(() => COSTLY_ORDER),
  hugeOrder: ofOrder((kernel) => pageblockOrder(kernel) - 1),
  wakesKswapd: ofMask("KSWAPD_RECLAIM"),
  nofail: ofMask("NOFAIL"),
  noretry: ofMask("NORETRY"),
  retryMayfail: ofMask("RETRY_MAYFAIL"),
  thisNode: ofMask("THISNODE"),
  fs: ofMask("FS"),
  nowarn: ofMask("NOWARN"),
  high: ofMask("HIGH"),
  atomicFlag: ofMask("ATOMIC"),
  memallocFlag: ofMask("MEMALLOC"),
  nomemalloc: ofMask("NOMEMALLOC"),
  dma: ofMask("DMA"),
  movable: ofMask("MOVABLE", "RECLAIMABLE"),
  lowZone: ofMask("DMA", "HIGHMEM", "DMA32", "MOVABLE"),
  canCompact: ofMask("IO"),
  compactionRuns: ofMask("IO"),
  pfMemalloc: ofContext,
  oomVictim: ofContext,
  dying: ofContext,
  interrupt: ofContext,
  hardInterrupt: ofContext,
  opensReserves: ofBoth("MEMALLOC", "NOMEMALLOC"),
  noWatermarks: ofBoth("MEMALLOC", "NOMEMALLOC"),
  minReserve: ofBoth("HIGH", "DIRECT_RECLAIM", "ATOMIC"),
  nonBlock: ofBoth("DIRECT_RECLAIM", "ATOMIC", "NOMEMALLOC"),
};

/** The facts of a mask alone, read one by one. */
function readMask(kernel: Kernel, value: Mask): number {
  const { bits } = kernel;
  const flag = (bit: Mask, fact: number): number => ((value & bit) === 0 ? 0 : fact);
  return (
    flag(bits.DIRECT_RECLAIM, FACT.mayReclaim) |
    flag(bits.KSWAPD_RECLAIM, FACT.wakesKswapd) |
    flag(bits.NOFAIL, FACT.nofail) |
    flag(bits.NORETRY, FACT.noretry) |
    flag(bits.RETRY_MAYFAIL, FACT.retryMayfail) |
    flag(bits.THISNODE, FACT.thisNode) |
    flag(bits.FS, FACT.fs) |
    flag(bits.NOWARN, FACT.nowarn) |
    flag(bits.HIGH, FACT.high) |
    flag(bits.ATOMIC, FACT.atomicFlag) |
    flag(bits.MEMALLOC, FACT.memallocFlag) |
    flag(bits.NOMEMALLOC, FACT.nomemalloc) |
    flag(bits.DMA, FACT.dma) |
    (migratetype(kernel, value) === MIGRATE.MOVABLE ? FACT.movable : 0) |
    (isLowZone(kernel, value) ? FACT.lowZone : 0) |
    (canCompact(kernel, value) ? FACT.canCompact : 0) |
    (gfpCompactionAllowed(kernel, value) ? FACT.compactionRuns : 0)
  );
}

/** Facts of masks and orders of one kernel, looked up: a byte of the mask each, since no fact looks at two of them. */
export interface FactTables {
  readonly kernel: Kernel;
  /** What was asked of the kernel for the tables: for masks with __GFP_IO, for any other, and for orders. */
  readonly questions: { readonly withIo: Questions; readonly withoutIo: Questions; readonly orders: Questions };
  /** By the lowest byte of the mask, and so on. */
  readonly lowest: Int32Array;
  readonly second: Int32Array;
  readonly third: Int32Array;
  readonly highest: Int32Array;
  readonly orders: Int32Array;
}

const LARGEST_ORDER = 63;

export function factTables(kernel: Kernel): FactTables {
  const ofMasks = noted(kernel, () => maskTables(kernel));
  const orders = noted(kernel, () => orderTable(kernel));
  const withIo = noted(kernel, () => readMask(kernel, kernel.bits.IO));
  const questions = { withIo: withIo.questions, withoutIo: ofMasks.questions, orders: orders.questions };
  return { kernel, ...ofMasks.value, orders: orders.value, questions };
}

function maskTables(kernel: Kernel): Pick<FactTables, "lowest" | "second" | "third" | "highest"> {
  const byte = (shift: number): Int32Array =>
    Int32Array.from({ length: 256 }, (_, value) => readMask(kernel, mask(value << shift)));
  return { lowest: byte(0), second: byte(8), third: byte(16), highest: byte(24) };
}

function orderTable(kernel: Kernel): Int32Array {
  const byOrder = (["highOrder", "aboveOne", "costly", "hugeOrder"] as const).map((name) => ({
    fact: FACT[name],
    above: READS[name].orderAbove?.(kernel) ?? LARGEST_ORDER,
  }));
  return Int32Array.from({ length: LARGEST_ORDER + 1 }, (_, order) =>
    byOrder.reduce((facts, { fact, above }) => (order > above ? facts | fact : facts), 0),
  );
}

/** The facts of a mask and an order, whoever asks. */
export function requestFacts(tables: FactTables, value: Mask, order: number): number {
  const { withIo, withoutIo, orders } = tables.questions;
  alsoAsked((value & tables.kernel.bits.IO) === 0 ? withoutIo : withIo);
  alsoAsked(orders);
  return (
    (tables.lowest[value & 0xff] ?? 0) |
    (tables.second[(value >>> 8) & 0xff] ?? 0) |
    (tables.third[(value >>> 16) & 0xff] ?? 0) |
    (tables.highest[value >>> 24] ?? 0) |
    (tables.orders[order] ?? 0)
  );
}

/** What was worked out for a context, by its places, task and scopes; -1: nothing yet. */
const contexts = new Int32Array(1 << 16).fill(-1);

/** The facts of the task and the place alone. */
export function contextFacts(context: Context): number {
  const { places, task, scopes } = context;
  const at = (places & 0x7f) | ((task & 0xf) << 7) | ((scopes & 0x1f) << 11);
  const known = contexts[at] ?? -1;
  if (known >= 0) return known;
  const facts =
    (hasPfMemalloc(context) ? FACT.pfMemalloc : 0) |
    ((task & TASK.oom_victim) !== 0 ? FACT.oomVictim : 0) |
    ((task & TASK.sigkill_pending) !== 0 ? FACT.dying : 0) |
    (inInterrupt(context) ? FACT.interrupt : 0) |
    ((places & (PLACE.hardirq | PLACE.nmi)) !== 0 ? FACT.hardInterrupt : 0);
  contexts[at] = facts;
  return facts;
}

/** The flags that what is open to a request is read from. */
export const RESERVE_FLAGS: readonly FlagName[] = [
  ...new Set(
    (["opensReserves", "noWatermarks", "minReserve", "nonBlock"] as const).flatMap((name) => READS[name].flags),
  ),
];

/** What is open to a request: the facts of its alloc flags. __gfp_pfmemalloc_flags(), gfp_to_alloc_flags(). */
export function reserveFacts(kernel: Kernel, value: Mask, context: Context): number {
  const entitled = pfmemallocFlags(kernel, value, context);
  const flags = reserveFlags(kernel, withoutAtomic(kernel, value), context);
  return (
    (entitled === 0
      ? 0
      : (entitled & ALLOC.NO_WATERMARKS) !== 0
        ? FACT.opensReserves | FACT.noWatermarks
        : FACT.opensReserves) |
    ((flags & ALLOC.MIN_RESERVE) !== 0 ? FACT.minReserve : 0) |
    ((flags & ALLOC.NON_BLOCK) !== 0 ? FACT.nonBlock : 0)
  );
}

/** All facts of one try of the page allocator: the mask after scopes, an order from 0 to 63, and who asks. */
export function factsOf(tables: FactTables, value: Mask, order: number, context: Context): number {
  return requestFacts(tables, value, order) | contextFacts(context) | reserveFacts(tables.kernel, value, context);
}
