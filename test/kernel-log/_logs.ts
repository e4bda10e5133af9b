// Reports as kernels print them, written by us: the formats of warn_alloc(), show_free_areas(), dump_header() and their
// ancestors, with numbers that tests choose.
import * as fc from "fast-check";

export interface LoggedZone {
  readonly node: number;
  readonly name: string;
  readonly free: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly boost: number;
  readonly highatomic: number;
  readonly anon: readonly [number, number];
  readonly file: readonly [number, number];
  readonly managed: number;
  readonly cma: number;
  readonly reserve: readonly number[];
  /** Free blocks by order, and the letters of those that have some. */
  readonly blocks: readonly number[];
  readonly letters: readonly string[];
}

/** A machine in pages, and the request that failed on it. */
export interface LoggedMachine {
  readonly zones: readonly LoggedZone[];
  readonly pageKb: number;
  readonly order: number;
  readonly mask: string;
  readonly maskNames: string;
  readonly command: string;
  readonly swapKb: readonly [number, number];
}

/** How a family of releases prints. */
export interface Style {
  readonly version: string;
  readonly header: "full-stop" | "hex" | "names" | "cpuset";
  readonly perCpu: boolean;
  readonly letters: boolean;
  readonly perNode: boolean;
  readonly boost: boolean;
  readonly highatomic: boolean;
  readonly managed: boolean;
  readonly cma: boolean;
  readonly trace: "addresses" | "symbols";
}

export const STYLES: readonly Style[] = [
  {
    version: "2.6.32-5-amd64",
    header: "full-stop",
    perCpu: true,
    letters: false,
    perNode: false,
    boost: false,
    highatomic: false,
    managed: false,
    cma: false,
    trace: "addresses",
  },
  {
    version: "3.2.102",
    header: "hex",
    perCpu: true,
    letters: false,
    perNode: false,
    boost: false,
    highatomic: false,
    managed: false,
    cma: false,
    trace: "addresses",
  },
  {
    version: "3.16.7",
    header: "hex",
    perCpu: true,
    letters: true,
    perNode: false,
    boost: false,
    highatomic: false,
    managed: true,
    cma: true,
    trace: "addresses",
  },
  {
    version: "4.9.337",
    header: "names",
    perCpu: false,
    letters: true,
    perNode: true,
    boost: false,
    highatomic: false,
    managed: true,
    cma: true,
    trace: "addresses",
  },
  {
    version: "5.4.200",
    header: "cpuset",
    perCpu: false,
    letters: true,
    perNode: true,
    boost: false,
    highatomic: false,
    managed: true,
    cma: true,
    trace: "symbols",
  },
  {
    version: "5.10.262",
    header: "cpuset",
    perCpu: false,
    letters: true,
    perNode: true,
    boost: false,
    highatomic: true,
    managed: true,
    cma: true,
    trace: "symbols",
  },
  {
    version: "6.12.117",
    header: "cpuset",
    perCpu: false,
    letters: true,
    perNode: true,
    boost: true,
    highatomic: true,
    managed: true,
    cma: true,
    trace: "symbols",
  },
];

const pages = fc.nat({ max: 4_000_000 });
const ZONE_NAMES = ["DMA", "DMA32", "Normal"];

const loggedZone = (node: number, index: number): fc.Arbitrary<LoggedZone> =>
  fc
    .record({
      blocks: fc.array(fc.nat({ max: 30_000 }), { minLength: 11, maxLength: 11 }),
      letters: fc.array(fc.constantFrom("U", "UM", "UME", "UMEH", "UMEC", "M", "C", "H"), {
        minLength: 11,
        maxLength: 11,
      }),
      min: fc.nat({ max: 20_000 }),
      boost: fc.nat({ max: 2000 }),
      highatomic: fc.nat({ max: 2000 }),
      anon: fc.tuple(pages, pages),
      file: fc.tuple(pages, pages),
      cma: fc.nat({ max: 5000 }),
      drift: fc.nat({ max: 200 }),
      reserve: fc.array(fc.nat({ max: 30_000 }), { minLength: 3 - index, maxLength: 3 - index }),
    })
    .map(({ blocks, min, anon, file, drift, reserve, ...rest }) => {
      const listed = blocks.reduce((sum, count, order) => sum + count * 2 ** order, 0);
      const low = min + Math.floor(min / 4);
      return {
        ...rest,
        blocks,
        anon,
        file,
        min,
        low,
        high: low + Math.floor(min / 4),
        node,
        name: ZONE_NAMES[index] ?? "Normal",
        free: Math.max(0, listed - drift),
        managed: listed + anon[0] + anon[1] + file[0] + file[1] + 1000,
        reserve: [...Array.from({ length: index + 1 }, () => 0), ...reserve],
      };
    });

export const loggedMachine: fc.Arbitrary<LoggedMachine> = fc
  .record({
    nodes: fc.integer({ min: 1, max: 2 }),
    pageKb: fc.constantFrom(4, 4, 16, 64),
    order: fc.nat({ max: 6 }),
    command: fc.constantFrom("kworker/2:0", "swap er", "a", "(sd-pam)", "x: y", "Isolated Web Co"),
    swapKb: fc.tuple(fc.nat({ max: 9_000_000 }), fc.nat({ max: 9_000_000 })),
  })
  .chain(({ nodes, ...rest }) =>
    fc
      .tuple(
        ...Array.from({ length: nodes }, (_, node) => fc.tuple(...[0, 1, 2].map((index) => loggedZone(node, index)))),
      )
      .map((zones) => ({ ...rest, mask: "0xcc0", maskNames: "GFP_KERNEL", zones: zones.flat() })),
  );

const kb = (machine: LoggedMachine, count: number): number => count * machine.pageKb;

function traceLines({ trace }: Style): readonly string[] {
  const functions = [
    "dump_stack+0x5c/0x80",
    "warn_alloc+0x10e/0x180",
    "__alloc_pages_nodemask+0xd3f/0xe00",
    "kmalloc_order+0x14/0x30",
    "our_driver_open+0x44/0x120 [our_driver]",
    "do_dentry_open+0x13a/0x380",
  ];
  return [
    "Call Trace:",
    ...functions.map((text, at) => (trace === "addresses" ? ` [<ffffffff8110${at}b5b>] ${text}` : ` ${text}`)),
  ];
}

function headLines(machine: LoggedMachine, style: Style): readonly string[] {
  const { command, order, mask, maskNames } = machine;
  const legacy = style.version.startsWith("2.") ? "0xd0" : "0xd0";
  const first = {
    "full-stop": `${command}: page allocation failure. order:${order}, mode:${legacy}`,
    hex: `${command}: page allocation failure: order:${order}, mode:${legacy}`,
    names: `${command}: page allocation failure: order:${order}, mode:0x24000c0(GFP_KERNEL)`,
    cpuset: `${command}: page allocation failure: order:${order}, mode:${mask}(${maskNames}), nodemask=(null),cpuset=/,mems_allowed=0-1`,
  }[style.header];
  const cpu =
    style.header === "full-stop"
      ? `Pid: 1234, comm: ${command} Not tainted ${style.version} #1`
      : `CPU: 2 PID: 1234 Comm: ${command} Not tainted ${style.version} #1`;
  return [
    first,
    ...(style.header === "names" ? [`${command} cpuset=/ mems_allowed=0-1`] : []),
    cpu,
    ...traceLines(style),
    "Mem-Info:",
  ];
}

function zoneLines(machine: LoggedMachine, style: Style): readonly string[] {
  return machine.zones.flatMap((zone) => {
    const fields: readonly (readonly [boolean, string, number, string])[] = [
      [true, "free", zone.free, "kB"],
      [style.boost, "boost", zone.boost, "kB"],
      [true, "min", zone.min, "kB"],
      [true, "low", zone.low, "kB"],
      [true, "high", zone.high, "kB"],
      [style.highatomic, "reserved_highatomic", zone.highatomic, "KB"],
      [true, "active_anon", zone.anon[0], "kB"],
      [true, "inactive_anon", zone.anon[1], "kB"],
      [true, "active_file", zone.file[0], "kB"],
      [true, "inactive_file", zone.file[1], "kB"],
      [true, "unevictable", 0, "kB"],
      [!style.perNode, "isolated(anon)", 0, "kB"],
      [!style.perNode, "isolated(file)", 1, "kB"],
      [true, "present", zone.managed + 17, "kB"],
      [style.managed, "managed", zone.managed, "kB"],
      [style.cma, "free_cma", zone.cma, "kB"],
    ];
    const values = fields.filter(([has]) => has).map(([, name, count, unit]) => `${name}:${kb(machine, count)}${unit}`);
    const end = style.perNode ? "" : " pages_scanned:0 all_unreclaimable? no";
    return [`Node ${zone.node} ${zone.name} ${values.join(" ")}${end}`, `lowmem_reserve[]: ${zone.reserve.join(" ")}`];
  });
}

function freeListLines(machine: LoggedMachine, style: Style): readonly string[] {
  return machine.zones.map(({ node, name, blocks, letters }) => {
    const shown = blocks.map((count, order) => {
      const types = style.letters && count > 0 ? ` (${letters[order] ?? "U"})` : "";
      return `${count}*${kb(machine, 2 ** order)}kB${types}`;
    });
    const total = blocks.reduce((sum, count, order) => sum + count * 2 ** order, 0);
    return `Node ${node} ${name}: ${shown.join(" ")} = ${kb(machine, total)}kB`;
  });
}

/** The lines of a page allocation failure. */
export function failureLines(machine: LoggedMachine, style: Style): readonly string[] {
  const perCpu = machine.zones.flatMap(({ node, name }) => [
    `Node ${node} ${name} per-cpu:`,
    "CPU    0: hi:  186, btch:  31 usd:   7",
    "CPU    1: hi:  186, btch:  31 usd:   0",
  ]);
  const nodes = [...new Set(machine.zones.map(({ node }) => node))];
  return [
    ...headLines(machine, style),
    ...(style.perCpu ? perCpu : []),
    "active_anon:806 inactive_anon:10372 isolated_anon:0",
    " active_file:21713 inactive_file:22283 isolated_file:0",
    " free:994 free_pcp:17 free_cma:0",
    ...(style.perNode
      ? nodes.map(
          (node) => `Node ${node} active_anon:3224kB inactive_anon:41488kB shmem_thp: 0kB all_unreclaimable? no`,
        )
      : []),
    ...zoneLines(machine, style),
    ...freeListLines(machine, style),
    "44485 total pagecache pages",
    `Free swap  = ${machine.swapKb[0]}kB`,
    `Total swap = ${machine.swapKb[1]}kB`,
    "65264 pages RAM",
    "1946 pages reserved",
  ];
}

/** The lines of an OOM report, with its tasks and its victim. */
export function oomLines(machine: LoggedMachine, style: Style): readonly string[] {
  const [, ...rest] = failureLines(machine, style);
  return [
    `${machine.command} invoked oom-killer: gfp_mask=${machine.mask}(${machine.maskNames}), order=${machine.order}, oom_score_adj=0`,
    ...rest,
    "Tasks state (memory values in pages):",
    "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
    "[    390]     0   390    39012     6739    78000       51             0 our-journal",
    "[   6576]  1000  6576  8478546  5157063 15483000  1527848           200 our database",
    "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0-1,global_oom,task_memcg=/,task=our database,pid=6576,uid=1000",
    "Out of memory: Killed process 6576 (our database) total-vm:33914184kB, anon-rss:20628252kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:15120kB oom_score_adj:200",
  ];
}

/** What loggers put before each line. */
export const PREFIXES: readonly ((line: string, index: number) => string)[] = [
  (line) => line,
  (line, index) => `[  828.${600_000 + index}] ${line}`,
  (line, index) => `[  828.${600_000 + index}][ T5241] ${line}`,
  (line) => `Jan 25 14:59:30 our-host.example kernel: ${line}`,
  (line, index) => `Jan  5 14:59:30 our-host kernel: [  828.${600_000 + index}] ${line}`,
  (line, index) => `márc 31 16:50:09 our-host kernel[${index}]: ${line}`,
  (line, index) => `<4>[  828.${600_000 + index}] ${line}`,
  (line, index) => `<4>[  828.${600_000 + index}] [C3] ${line}`.replace(" [C3]", "[   C3]"),
  (line, index) => `\u001b[32m[  828.${600_000 + index}] \u001b[0m\u001b[33m${line}\u001b[0m`,
  (line) => `2026-01-02T03:04:05,123456+01:00 ${line}`,
  (line) => `2026-01-02T03:04:05.123456+01:00 our-host kernel: ${line}`,
  (line, index) => `> > [  828.${600_000 + index}] ${line}`,
  (line) => `[Mon Mar 25 23:35:17 2019] ${line}`,
  (line) => `kern  :warn  : [Mar25 23:35] ${line}`,
  (line, index) => `our-board login: [  828.${600_000 + index}] ${line}`,
  (line, index) => `[  828.${600_000 + index} <    0.000001>] ${line}`,
  (line) => `[Mon Mar 25 23:35:17 2019 <    0.000001>] ${line}`,
  (line, index) => `4,${1200 + index},828${600_000 + index},-;${line}`,
  (line, index) => `4,${1200 + index},828${600_000 + index},-,caller=T5241;${line}`,
];

export const style: fc.Arbitrary<Style> = fc.constantFrom(...STYLES);
export const prefix = fc.constantFrom(...PREFIXES);

/** A log with one failure in it. */
export const failureLog: fc.Arbitrary<{
  readonly machine: LoggedMachine;
  readonly style: Style;
  readonly lines: readonly string[];
}> = fc.record({ machine: loggedMachine, style, prefix }).map(({ machine, style: used, prefix: put }) => ({
  machine,
  style: used,
  lines: failureLines(machine, used).map(put),
}));
