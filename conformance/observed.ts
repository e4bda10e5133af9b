import type { Fields, Row } from "./row.ts";
import { eventOf, numberOf, textOf, textsOf } from "./row.ts";
import type { RecordedKernel } from "./kernels/recorded-kernel.ts";
import { siteNames } from "./sites.ts";

/** [mask, order, alloc_flags, highest zone index, migratetype, times]: equal neighbours folded. */
export type FoldedAttempt = readonly [number, number, number, number, number, number];

/**
 * The fields of an allocation row as the model speaks of them:
 *
 * `result` ok | null | loop | throttled | died | zero-size; `node`, `zone` (null unless ok); `warn`, `bug` (site names
 * of sites.ts, in order); `sleep` (a splat was printed); `report` (a failure report was printed: "page", "vmalloc" or
 * null); `directReclaim`, `kswapd`, `compaction` (try_to_compact_pages() was entered), `oom` (out_of_memory() was
 * entered), `killed` as booleans; `drain`; `pfmemalloc`; `attempts` (folded, at most the first 14 and the 14th without
 * its count, as recorded).
 */
export function observedFields(row: Row, kernel: Pick<RecordedKernel, "sites">): Fields {
  const ok = textOf(row, "out") === "ok" && row.loop === undefined;
  return {
    ...row,
    result: observedResult(row),
    node: ok ? numberOf(row, "nid") : null,
    zone: ok ? numberOf(row, "zone") : null,
    warn: warnSites(row, kernel),
    bug: siteNames(kernel, textsOf(row, "bug"), "bug"),
    sleep: textsOf(row, "sleep").length > 0,
    report: textOf(row, "failmsg") === "" ? null : textOf(row, "failmsg"),
    directReclaim: eventOf(row, "dreclaim") > 0,
    kswapd: eventOf(row, "wake") > 0,
    compaction: eventOf(row, "trycompact") > 0,
    oom: eventOf(row, "oom") > 0,
    killed: eventOf(row, "oomkill") > 0,
    drain: eventOf(row, "drain") > 0,
    pfmemalloc: ok ? numberOf(row, "pfm") === 1 : null,
    attempts: observedAttempts(row),
  };
}

function warnSites(row: Row, kernel: Pick<RecordedKernel, "sites">): readonly string[] {
  const names = siteNames(kernel, textsOf(row, "warn"), "warn");
  return row.loop === undefined ? names : withoutRelease(names);
}

/**
 * The warnings of a call that did not come back, without that of taking a page at last: after the recorder had released
 * memory the call got one, and whether it had warned there before cannot be told.
 */
export function withoutRelease(names: readonly string[]): readonly string[] {
  return names.filter((name) => name !== "rmqueue: nofail above order 1");
}

function observedResult(row: Row): string {
  if (row.loop !== undefined) return row.loop === "throttle" ? "throttled" : "loop";
  const out = textOf(row, "out");
  if (out === "NULL") return "null";
  if (out === "ZERO_SIZE_PTR") return "zero-size";
  return out;
}

const RECORDED_ATTEMPTS = 14;

function observedAttempts(row: Row): readonly (readonly number[])[] {
  const list = row.attempts;
  if (!Array.isArray(list)) return [];
  const attempts: (readonly number[])[] = [];
  for (const item of list) if (Array.isArray(item)) attempts.push(item.map(Number));
  return cutAttempts(row.loop === "throttle" ? beforeRelease(row, attempts) : attempts);
}

/** The tries that were made before the recorder stepped in. */
function beforeRelease(row: Row, attempts: readonly (readonly number[])[]): readonly (readonly number[])[] {
  let left = numberOf(row, "loop_attempts") ?? Number.POSITIVE_INFINITY;
  const before: (readonly number[])[] = [];
  for (const attempt of attempts) {
    const times = Math.min(left, attempt[5] ?? 0);
    if (times > 0) before.push([...attempt.slice(0, 5), times]);
    left -= times;
  }
  return before;
}

/** The recorder kept 14 folded attempts, and counted into the last one every later attempt that equals it. */
export function cutAttempts(folded: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return folded
    .slice(0, RECORDED_ATTEMPTS)
    .map((attempt, index) => (index === RECORDED_ATTEMPTS - 1 ? attempt.slice(0, 5) : attempt));
}

/** Attempts of a trace in the form of `observedFields`. */
export function foldAttempts(
  attempts: readonly {
    readonly mask: number;
    readonly order: number;
    readonly allocFlags: number;
    readonly highestZone: number;
    readonly migratetype: number;
  }[],
): readonly (readonly number[])[] {
  const folded: number[][] = [];
  for (const attempt of attempts) {
    const key = [attempt.mask, attempt.order, attempt.allocFlags, attempt.highestZone, attempt.migratetype];
    const last = folded.at(-1);
    if (last !== undefined && key.every((value, index) => last[index] === value)) last[5] = (last[5] ?? 0) + 1;
    else folded.push([...key, 1]);
  }
  return cutAttempts(folded);
}
