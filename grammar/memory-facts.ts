/** What is written behind the word of a fact about memory. */
export type MemoryValue =
  /** So many pages, or bytes. */
  | "amount"
  /** The same, and what share of them comes back: `percpu 300 pages returning 2 %`. */
  | "cached"
  /** Pages that someone holds, and for how long. */
  | "pins"
  /** Free blocks by order. */
  | "blocks"
  /** Amounts by name. */
  | "marks"
  /** Facts between braces. */
  | "range"
  /** `awake`, `asleep` or an amount. */
  | "kswapd"
  | "number"
  | "time";

/** A fact of a state of memory: the parser, completion, hovers and docs/language.md read it. */
export interface MemoryFact {
  readonly of: "machine" | "node" | "zone";
  readonly value: MemoryValue;
  /** An example, and what it means, with what holds where it is left out. */
  readonly syntax: string;
  readonly meaning: string;
}

/** The facts of a state of memory, told once. */
export const MEMORY_FACTS = {
  cpus: {
    of: "machine",
    value: "number",
    syntax: "cpus 16",
    meaning: "How many CPUs a drain reaches. Left out: 8.",
  },
  try: {
    of: "machine",
    value: "time",
    syntax: "try 50 us",
    meaning:
      "How long one try takes: one call of migrate_pages() with at most 32 pages, or one drain. Turns times into tries. Left out: 50 us, an assumption.",
  },
  kswapd: {
    of: "node",
    value: "kswapd",
    syntax: "kswapd asleep · kswapd awake · kswapd 4 MiB",
    meaning:
      "Whether kswapd runs, and how much it frees of what is reclaimable in the time of one round of direct reclaim. Left out: asleep, and nothing.",
  },
  managed: {
    of: "zone",
    value: "amount",
    syntax: "managed 4 GiB",
    meaning: "Pages that the buddy allocator manages in this zone. Left out: what the other facts add up to.",
  },
  free: {
    of: "zone",
    value: "blocks",
    syntax: "free order 0: 51200, order 4: 3 · free cma order 9: 8",
    meaning:
      "Free blocks by order; with `unmovable`, `movable`, `reclaimable`, `cma` or `highatomic` before them, those of that migratetype. Left out: none.",
  },
  watermarks: {
    of: "zone",
    value: "marks",
    syntax: "watermarks min 45 MiB, low 56 MiB, high 67 MiB",
    meaning:
      "The zone's watermarks. Left out: what the kernel computes at boot; with `min` alone, `low` and `high` as the kernel derives them from it. `boost` is added to each of them: a zone that recovers from fragmentation. Left out: nothing.",
  },
  lowmem_reserve: {
    of: "zone",
    value: "marks",
    syntax: "lowmem_reserve Normal 30 MiB, Movable 60 MiB",
    meaning: "What requests that may go to a higher zone must leave here. Left out: nothing.",
  },
  reclaimable: {
    of: "zone",
    value: "amount",
    syntax: "reclaimable 200 MiB",
    meaning: "What direct reclaim can free: clean page cache. Left out: nothing.",
  },
  movable: {
    of: "zone",
    value: "amount",
    syntax: "movable 1 GiB",
    meaning: "Pages in use that can be moved, on the LRU lists. Left out: nothing.",
  },
  mapping: {
    of: "zone",
    value: "amount",
    syntax: "mapping 300 MiB",
    meaning:
      "Of the movable pages, those with a mapping (page cache, shared memory): only a mask with __GFP_FS moves them out of a range. Left out: none.",
  },
  pinned: {
    of: "zone",
    value: "pins",
    syntax: "pinned 3 pages · pinned 40 pages for about 20 ms · pinned mapping 8 pages for 1 ms .. 5 ms",
    meaning:
      "Movable pages that someone holds, and for how much longer: for ever if it is not said, for a time, for `about` a time (any moment is as good as another to end), or for a time between two. May stand more than once. `mapping`: pages with a mapping, of which migration tries again; an anonymous one is passed over.",
  },
  unmovable: {
    of: "zone",
    value: "amount",
    syntax: "unmovable 64 MiB",
    meaning: "Pages of the kernel, gathered in pageblocks of their own: what holds one cannot be isolated.",
  },
  hugetlb: {
    of: "zone",
    value: "amount",
    syntax: "hugetlb 64 MiB",
    meaning: "Pages of hugetlb in use, each as large as a pageblock. Left out: none.",
  },
  percpu: {
    of: "zone",
    value: "cached",
    syntax: "percpu 512 pages returning 2 %",
    meaning:
      "Free pages on the per-cpu lists, and the share of them that is on one again after a drain. Left out: none.",
  },
  lru_cache: {
    of: "zone",
    value: "cached",
    syntax: "lru_cache 120 pages returning 5 %",
    meaning:
      "Movable pages in the LRU caches of CPUs, and the share of them that is in one again after a drain, where the kernel does not keep the caches off. Left out: none.",
  },
  cma: { of: "zone", value: "amount", syntax: "cma 64 MiB", meaning: "Of the free pages, those in CMA pageblocks." },
  cma_area: {
    of: "zone",
    value: "amount",
    syntax: "cma_area 256 MiB",
    meaning: "The pages of CMA pageblocks, free or not. Left out: those that are free.",
  },
  highatomic: {
    of: "zone",
    value: "amount",
    syntax: "highatomic 2 MiB",
    meaning: "Of the free pages, those in HIGHATOMIC pageblocks.",
  },
  range: {
    of: "zone",
    value: "range",
    syntax: "range { movable 100 MiB  pinned 2 pages }",
    meaning:
      "What lies in the range that a request asks for; all else of it is free. Left out: what the zone holds, spread over it.",
  },
} as const satisfies Readonly<Record<string, MemoryFact>>;

type Table = typeof MEMORY_FACTS;

/** The word of a fact. */
export type MemoryWord = keyof Table;

/** The words of the facts of one place whose value is of one kind. */
export type MemoryWordOf<Of extends MemoryFact["of"], Value extends MemoryValue> = {
  [Word in MemoryWord]: Table[Word] extends { readonly of: Of; readonly value: Value } ? Word : never;
}[MemoryWord];

/** The facts that a range can have of those of a zone. */
export const RANGE_FACTS: readonly MemoryWord[] = [
  "reclaimable",
  "movable",
  "mapping",
  "pinned",
  "unmovable",
  "hugetlb",
  "percpu",
  "lru_cache",
];

/** The migratetypes by which free blocks can be told apart. */
export const FREE_KINDS = ["unmovable", "movable", "reclaimable", "cma", "highatomic"] as const;

/** The units of a time. `tries`: whatever a try takes. */
export const TIME_UNITS = ["us", "ms", "s", "tries"] as const;

/** What kswapd of a node does. */
export const KSWAPD_STATES = ["awake", "asleep"] as const;

function isMemoryWord(word: string): word is MemoryWord {
  return Object.hasOwn(MEMORY_FACTS, word);
}

/** Every fact, in the order of the table. */
export const MEMORY_WORDS: readonly MemoryWord[] = Object.keys(MEMORY_FACTS).filter(isMemoryWord);

/** The entry of a fact, without the exact types of its fields. */
export function memoryFact(word: MemoryWord): MemoryFact {
  return MEMORY_FACTS[word];
}

function isOf<Of extends MemoryFact["of"], Value extends MemoryValue>(
  word: MemoryWord,
  of: Of,
  value: Value,
): word is MemoryWordOf<Of, Value> {
  const fact = memoryFact(word);
  return fact.of === of && fact.value === value;
}

/** The words of the facts of a zone whose value is of this kind. */
export function zoneWords<Value extends MemoryValue>(value: Value): readonly MemoryWordOf<"zone", Value>[] {
  const words: MemoryWordOf<"zone", Value>[] = [];
  for (const word of MEMORY_WORDS) if (isOf(word, "zone", value)) words.push(word);
  return words;
}
