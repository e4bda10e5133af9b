import type { ZoneBlock } from "../../../../grammar/ast.ts";

/** Larger orders than any kernel has are left out: the finding on them says so. */
const LARGEST_ORDER = 20;

interface FreeBlocks {
  readonly all: readonly number[];
  readonly cma?: readonly number[];
  readonly highatomic?: readonly number[];
}

/** Free blocks by order, those of CMA and HIGHATOMIC pageblocks also by themselves; null: nothing is said of them. */
export function freeBlocksOf(block: ZoneBlock): FreeBlocks | null {
  const kinds = new Map<string, number[]>();
  for (const fact of block.facts) {
    if (fact.kind !== "free") continue;
    const own = kinds.get(fact.of ?? "") ?? [];
    kinds.set(fact.of ?? "", own);
    for (const { order, count } of fact.blocks) {
      if (order.value > LARGEST_ORDER) continue;
      while (own.length <= order.value) own.push(0);
      own[order.value] = count.value;
    }
  }
  if (kinds.size === 0) return null;
  const cma = kinds.get("cma");
  const highatomic = kinds.get("highatomic");
  return {
    all: [...kinds.values()].reduce(summed, []),
    ...(cma === undefined ? {} : { cma }),
    ...(highatomic === undefined ? {} : { highatomic }),
  };
}

function summed(some: readonly number[], more: readonly number[]): number[] {
  return Array.from(
    { length: Math.max(some.length, more.length) },
    (_, order) => (some[order] ?? 0) + (more[order] ?? 0),
  );
}

/** Pages in free blocks. */
export function freePagesOf(free: readonly number[]): number {
  return free.reduce((pages, count, order) => pages + count * 2 ** order, 0);
}
