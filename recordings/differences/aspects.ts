import { observedFields } from "../../conformance/observed.ts";
import type { Fields, Row } from "../../conformance/row.ts";
import { eventOf, numberOf, textOf, textsOf } from "../../conformance/row.ts";
import { isUnstable } from "../../conformance/runner.ts";
import type { Change } from "./change.ts";
import { bitNames, delta, type KernelNames } from "./names.ts";
import { pureChanges } from "./pure.ts";
import type { SiteNames } from "./sites.ts";
import { triesChange, type Try } from "./tries.ts";

/** What both recordings have to be read with. */
export interface Reading {
  readonly names: readonly [KernelNames, KernelNames];
  readonly sites: readonly [SiteNames, SiteNames];
  /** Events that only one of the two could watch: `ev.drain`. */
  readonly unwatched: readonly string[];
}

interface Side {
  readonly row: Row;
  readonly fields: Fields;
  readonly names: KernelNames;
  readonly sites: SiteNames;
}

/** What one side says of an aspect; null: nothing that could be compared. */
interface Aspect {
  readonly name: string;
  /** The field of `observedFields` that it hangs on, or the raw one: by it the aspect is known to be unstable. */
  readonly field: string;
  readonly says: (side: Side) => string | null;
}

const RESULTS: Readonly<Record<string, string>> = {
  null: "NULL",
  loop: "does not end",
  died: "the kernel dies",
  hang: "the machine hangs",
  stuck: "the machine hangs",
  "zero-size": "ZERO_SIZE_PTR",
};
const ZONES = ["DMA", "DMA32", "Normal", "Movable"] as const;
const ERRNO: Readonly<Record<number, string>> = { [-4]: "-EINTR", [-12]: "-ENOMEM", [-16]: "-EBUSY", [-22]: "-EINVAL" };

const resultOf = ({ fields }: Side): string => String(fields.result);
const isOk = (side: Side): boolean => resultOf(side) === "ok";
const survived = (side: Side): boolean => !["died", "hang", "stuck"].includes(resultOf(side));
/** What a call that was ended from outside did in the end is the recorder's doing. */
const cameBack = (side: Side): boolean => survived(side) && resultOf(side) !== "loop";

const yesNo = (name: string, field: string, when: (side: Side) => boolean = cameBack): Aspect => ({
  name,
  field,
  says: (side) => (when(side) ? (side.fields[field] === true ? "yes" : "no") : null),
});

const sitesAspect = (name: string, field: "warn" | "bug"): Aspect => ({
  name,
  field,
  says: ({ row, sites }) => {
    const names = textsOf(row, field).map((site) => sites.get(site) ?? site);
    return names.length === 0 ? "none" : names.join(", ");
  },
});

const has = ({ row, names }: Side, flag: string): boolean =>
  bitNames(Number(textOf(row, "g")), names.gfp).includes(flag);

const ASPECTS: readonly Aspect[] = [
  { name: "result", field: "result", says: (side) => RESULTS[resultOf(side)] ?? resultOf(side) },
  {
    name: "error",
    field: "err",
    says: (side) => {
      const code = numberOf(side.row, "err");
      return isOk(side) || code === null ? null : (ERRNO[code] ?? String(code));
    },
  },
  {
    name: "pages of a bulk call",
    field: "got",
    says: (side) => {
      const got = numberOf(side.row, "got");
      return got === null || "start_free" in side.row ? null : String(got);
    },
  },
  {
    name: "node and zone",
    field: "zone",
    says: (side) => {
      const { node, zone } = side.fields;
      return isOk(side) && typeof zone === "number" ? `node ${node} ${ZONES[zone] ?? `zone ${zone}`}` : null;
    },
  },
  sitesAspect("warning", "warn"),
  sitesAspect("BUG", "bug"),
  yesNo("sleeps where it must not", "sleep", () => true),
  {
    name: "failure report",
    field: "report",
    says: (side) => (cameBack(side) ? String(side.fields.report ?? "none") : null),
  },
  {
    name: "slab complains about the mask",
    field: "fixup",
    says: (side) => (survived(side) ? (textOf(side.row, "fixup") === "" ? "no" : "yes") : null),
  },
  yesNo("wakes kswapd", "kswapd"),
  yesNo("enters direct reclaim", "directReclaim"),
  yesNo("enters direct compaction", "compaction"),
  yesNo("drains the per-cpu lists", "drain"),
  yesNo("calls the OOM killer", "oom"),
  yesNo("a process is killed", "killed"),
  yesNo("page from the reserves", "pfmemalloc", isOk),
  {
    name: "memory is zeroed",
    field: "zero",
    says: (side) => (isOk(side) && has(side, "__GFP_ZERO") ? (side.row.zero === 1 ? "yes" : "no") : null),
  },
  {
    name: "charged to the memory cgroup",
    field: "kmem",
    says: (side) => (isOk(side) ? (side.row.kmem === 1 ? "yes" : "no") : null),
  },
  {
    name: "range loses memory",
    field: "lost_pages",
    says: (side) => (survived(side) ? ("lost_pages" in side.row ? "yes" : "no") : null),
  },
];

function shrinkerMask({ row }: Side): number | null {
  const list = row.shrinker;
  return Array.isArray(list) && typeof list[1] === "string" ? Number(list[1]) : null;
}

function shrinkerChange(before: Side, after: Side): Change | null {
  const [a, b] = [shrinkerMask(before), shrinkerMask(after)];
  if (a === null || b === null) return null;
  const change = delta(bitNames(a, before.names.gfp), bitNames(b, after.names.gfp));
  return change === "" ? null : { aspect: "mask that shrinkers are called with", change };
}

/** Whether an area of vmalloc has page tables already is chance: the tries for them are passed over. */
function isForPageTable({ row, names }: Side, [mask = 0, order]: Try): boolean {
  if (order !== 0 || !/^(?:__vmalloc|kvmalloc|kvzalloc)$/.test(textOf(row, "api"))) return false;
  const flags = bitNames(mask, names.gfp);
  // The data pages of vmalloc may lie anywhere or in a zone that the caller names.
  return flags.includes("__GFP_ZERO") && !flags.some((flag) => /^__GFP_(?:HIGHMEM|DMA|DMA32)$/.test(flag));
}

const triesOf = (side: Side): readonly Try[] => {
  const { attempts } = side.fields;
  const tries: readonly Try[] = Array.isArray(attempts) ? attempts : [];
  return tries.filter((one) => !isForPageTable(side, one));
};

/** What hangs on whether an object lay ready in a slab cache, and where: by the raw fields. */
const CACHE_PLACE = ["nid", "zone"] as const;
const CACHE_WORK = [
  ...["attempts", "fixup", "warn", "failmsg"],
  ...["ev.gpff", "ev.wake", "ev.dreclaim", "ev.trycompact", "ev.drain", "ev.oom", "ev.oomkill"],
] as const;

/** The raw fields that differ by chance, whatever the kernel. */
function chanceOf(before: Row, after: Row): readonly string[] {
  const newSlabs = [before, after].map((row) => eventOf(row, "newslab") > 0);
  if (newSlabs[0] !== newSlabs[1]) return [...CACHE_PLACE, ...CACHE_WORK];
  const isFromCache = newSlabs[0] === false && (before.slab === 1 || after.slab === 1);
  return isFromCache ? CACHE_PLACE : [];
}

function triesAspect(before: Side, after: Side): Change | null {
  if (!cameBack(before) || !cameBack(after)) return null;
  const change = triesChange(triesOf(before), triesOf(after), [before.names, after.names]);
  return change === null ? null : { aspect: "tries on the free lists", change };
}

/** Levels at which a stream of calls met something, above the zone's min watermark. */
const LEVELS: readonly (readonly [string, string])[] = [
  ["free_at_kswapd_wake", "wakes kswapd"],
  ["free_at_slowpath", "enters the slow path"],
  ["free_at_reclaim", "enters direct reclaim"],
  ["free_at_mayoom", "comes to the OOM killer"],
  ["free_at_null", "gets NULL"],
];
/** Watermarks are rounded shares of the zone, which a patch makes larger or smaller by some pages. */
const LEVEL_TOLERANCE_PAGES = 3;

function levelChanges(before: Row, after: Row): readonly Change[] {
  return LEVELS.flatMap(([field, what]) => {
    const [a, b] = [levelOf(before, field), levelOf(after, field)];
    if (a === b || (a !== null && b !== null && Math.abs(a - b) <= LEVEL_TOLERANCE_PAGES)) return [];
    const how = a === null ? "now does" : b === null ? "no more does" : b > a ? "earlier" : "later";
    return [{ aspect: `a stream of calls ${what}`, change: how }];
  });
}

/** Pages above the min watermark; null when it did not come to that. */
function levelOf(row: Row, field: string): number | null {
  const value = numberOf(row, field) ?? -1;
  return value < 0 ? null : value - (numberOf(row, "min") ?? 0);
}

const READ_AS_SEEN = { sites: {} };

/**
 * What a row does otherwise in the second recording.
 * @returns the changes, and how many aspects were left out because they did not repeat or were not watched
 */
export function changesOf(
  before: Row,
  after: Row,
  { names, sites, unwatched }: Reading,
): { readonly changes: readonly Change[]; readonly leftOut: number } {
  if (!("api" in before)) return { changes: pureChanges(before, after, names), leftOut: 0 };
  const a: Side = { row: before, fields: observedFields(before, READ_AS_SEEN), names: names[0], sites: sites[0] };
  const b: Side = { row: after, fields: observedFields(after, READ_AS_SEEN), names: names[1], sites: sites[1] };
  const unstable = [
    ...textsOf(before, "unstable"),
    ...textsOf(after, "unstable"),
    ...unwatched,
    ...chanceOf(before, after),
  ];
  const changes: Change[] = [];
  let leftOut = 0;
  const compare = (field: string, change: Change | null): void => {
    if (change === null) return;
    if (isUnstable(field, unstable)) leftOut++;
    else changes.push(change);
  };
  for (const { name, field, says } of ASPECTS) {
    const [old, now] = [says(a), says(b)];
    compare(field, old === null || now === null || old === now ? null : { aspect: name, change: `${old} -> ${now}` });
  }
  // A stream's tries are those of its last call, and which that is depends on the size of the zone.
  if ("start_free" in before) for (const change of levelChanges(before, after)) compare("depth", change);
  else compare("attempts", triesAspect(a, b));
  compare("attempts", shrinkerChange(a, b));
  return { changes, leftOut };
}

/** Aspects in the order in which they are told: what the caller sees first. */
export const aspectRank = (name: string): number => {
  const at = ASPECTS.findIndex((aspect) => aspect.name === name);
  return at < 0 ? ASPECTS.length : at;
};
