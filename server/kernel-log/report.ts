import type { Field, Place, PrintedNumber, PrintedText } from "./printed.ts";

/**
 * What a report is about. `page-allocation`: warn_alloc() of the page allocator; `vmalloc`: the same of vmalloc, and
 * alloc_vmap_area(); `stall`: an allocation that takes long and goes on; `oom`: the OOM killer.
 */
export type ReportKind = "page-allocation" | "vmalloc" | "stall" | "oom";

/** One function of the call trace, innermost first. */
export interface TraceEntry {
  readonly symbol: PrintedText;
  readonly module: string | null;
  /** Printed with a `?`: it lay on the stack, and may be no caller. */
  readonly isGuess: boolean;
  /** The stack that it stands on, where the trace says so: `IRQ`, `NMI`, `SOFTIRQ`, `TASK`, … */
  readonly stack: string | null;
}

/** A node as it is printed: kernels without CONFIG_NUMA print none. */
export type NodeNumber = PrintedNumber | null;

/** `Node 0 active_anon:…kB … all_unreclaimable? no` (4.8 and later). */
export interface NodeLine {
  readonly node: PrintedNumber;
  readonly fields: readonly Field[];
  readonly isUnreclaimable: boolean | null;
  /** All of the line is there. */
  readonly isWhole: boolean;
}

/** `Node 0 Normal free:…kB … min:…kB …` and the `lowmem_reserve[]:` below it. */
export interface ZoneLine {
  readonly node: NodeNumber;
  readonly name: PrintedText;
  readonly fields: readonly Field[];
  /** In pages, by zone; null: the line is missing or damaged. */
  readonly lowmemReserve: readonly PrintedNumber[] | null;
  readonly isUnreclaimable: boolean | null;
}

/** `5*4kB (UME)` */
export interface FreeBlocks {
  readonly count: PrintedNumber;
  readonly sizeKb: PrintedNumber;
  /** The migratetypes that have blocks of this order, a letter each (3.9 and later); null: not said. */
  readonly types: PrintedText | null;
}

/** `Node 0 Normal: 5*4kB (UME) … = 3508kB`: free blocks by order. */
export interface FreeListLine {
  readonly node: NodeNumber;
  readonly zone: PrintedText;
  /** From order 0 up, without a gap. */
  readonly blocks: readonly FreeBlocks[];
  /** The sum that the kernel prints, in kB; null: the end of the line is missing. */
  readonly totalKb: PrintedNumber | null;
}

/** One CPU's list of pages (to 4.1): `CPU    0: hi:  186, btch:  31 usd:   0`. */
export interface PerCpuLine {
  readonly node: NodeNumber;
  readonly zone: string;
  readonly cpu: PrintedNumber;
  readonly high: PrintedNumber;
  readonly batch: PrintedNumber;
  readonly used: PrintedNumber;
}

/** `Node 0 hugepages_total=0 … hugepages_size=2048kB` */
export interface HugePagesLine {
  readonly node: NodeNumber;
  readonly fields: readonly Field[];
}

/** `1361051 total pagecache pages`, `Free swap  = 0kB`: a number of all the machine, by its words. */
export interface Counter {
  readonly name: string;
  readonly value: PrintedNumber;
  readonly unit: "kB" | "count";
}

/** A process of the task list, as far as it is told alike by all kernels. */
export interface Task {
  readonly pid: PrintedNumber;
  readonly name: PrintedText;
  /** In pages. */
  readonly totalVm: PrintedNumber;
  readonly rss: PrintedNumber;
  readonly oomScoreAdj: PrintedNumber;
}

/** A cache of `Unreclaimable slab info:`, or of SLUB's complaint, with its numbers. */
export interface SlabLine {
  readonly name: PrintedText;
  readonly used: PrintedNumber;
  readonly total: PrintedNumber;
}

/** The memory cgroup at whose limit an OOM report is. */
export interface MemcgLines {
  /** `memory`, `swap`, `memory+swap`, `kmem`: usage and limit in kB, failcnt a count. */
  readonly counters: readonly { readonly name: string; readonly fields: readonly Field[] }[];
  readonly path: PrintedText | null;
  /** `anon 123` below `Memory cgroup stats for`; to 5.1 `rss:123KB`. */
  readonly stats: readonly Field[];
}

/** Who was killed, or why nobody. */
export interface KillLine {
  /** `Out of memory`, `Memory cgroup out of memory`, `Out of memory (oom_kill_allocating_task)` */
  readonly message: string;
  readonly pid: PrintedNumber | null;
  readonly name: PrintedText | null;
  readonly fields: readonly Field[];
}

/** SLUB's own words about a failure: `SLUB: Unable to allocate memory on node -1, gfp=…`. */
export interface SlubLines {
  readonly node: PrintedNumber | null;
  readonly mask: PrintedNumber | null;
  readonly cache: PrintedText | null;
  /** `object size`, `buffer size`, `default order`, `min order` */
  readonly fields: readonly Field[];
}

/** A report of a kernel log, as it is printed there: nothing is added, and what is missing is null or not in a list. */
export interface KernelReport {
  readonly kind: ReportKind;
  /** Of the file: from 1. */
  readonly number: number;
  readonly firstLine: number;
  readonly lastLine: number;
  /** The words that make the report: `page allocation failure`, `invoked oom-killer`, `vmalloc error: …`. */
  readonly title: PrintedText;
  readonly command: PrintedText | null;
  readonly order: PrintedNumber | null;
  readonly mask: PrintedNumber | null;
  /** As the kernel prints them (4.6 and later). */
  readonly maskNames: PrintedText | null;
  /** What vmalloc was asked for. */
  readonly sizeBytes: PrintedNumber | null;
  readonly nodemask: PrintedText | null;
  readonly cpuset: PrintedText | null;
  readonly memsAllowed: PrintedText | null;
  readonly cpu: PrintedNumber | null;
  readonly pid: PrintedNumber | null;
  /** `5.15.0-69-generic` */
  readonly kernel: PrintedText | null;
  readonly trace: readonly TraceEntry[];
  /** `active_anon:134320 …` below `Mem-Info:`, in pages, of all nodes. */
  readonly totals: readonly Field[];
  readonly nodes: readonly NodeLine[];
  readonly zones: readonly ZoneLine[];
  readonly freeLists: readonly FreeListLine[];
  readonly perCpu: readonly PerCpuLine[];
  readonly hugePages: readonly HugePagesLine[];
  readonly counters: readonly Counter[];
  /** The largest by rss, and how many were listed. */
  readonly tasks: readonly Task[];
  readonly taskCount: number;
  readonly slabs: readonly SlabLine[];
  readonly slub: SlubLines | null;
  readonly memcg: MemcgLines | null;
  /** `CONSTRAINT_NONE`, `CONSTRAINT_CPUSET`, `CONSTRAINT_MEMORY_POLICY`, `CONSTRAINT_MEMCG` */
  readonly constraint: PrintedText | null;
  readonly kill: KillLine | null;
  /** What is damaged, where, as sentences. What is missing: `missingFrom()`. */
  readonly damage: readonly { readonly text: string; readonly place: Place }[];
}

/** A report while it is read. */
export type Draft = {
  -readonly [Key in keyof KernelReport]: KernelReport[Key] extends readonly (infer Item)[] ? Item[] : KernelReport[Key];
} & {
  /** What the line before was about, for lines that belong to another. */
  lastZone: number | null;
  lastPerCpu: { readonly node: NodeNumber; readonly zone: string } | null;
  stack: string | null;
  inMemcgStats: boolean;
  taskColumns: readonly string[] | null;
  /** A terminal broke its lines, and where: within words. */
  breaksWords: boolean;
};
