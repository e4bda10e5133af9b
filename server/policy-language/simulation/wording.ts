import type { RunsResult } from "../../model/ranges/runs/runs.ts";
import type { Share } from "../../model/ranges/runs/statistics.ts";

/** `41.2 %` */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `38.2 .. 44.3 %` */
export function intervalText({ low, high }: Share): string {
  return `${(low * 100).toFixed(1)} .. ${(high * 100).toFixed(1)} %`;
}

const WHY: Readonly<Record<RunsResult["causes"][number]["cause"], string>> = {
  unmovable: "a page of the kernel lies in it",
  mapping: "pages with a mapping stay, for want of __GFP_FS",
  hugetlb: "a page of hugetlb stays",
  "in use": "this kernel takes only ranges that are wholly free",
  targets: "there is no page to move to",
  "pinned for ever": "a page is pinned for ever",
  "pinned for a while": "a page is pinned for a while",
  "lru cache": "a page lies in an LRU cache",
  percpu: "a free page lies on a per-cpu list",
};

/** What failed for what, in words, the most frequent first; and how long a caller should wait. */
export function failureText(result: RunsResult, tryMicroseconds: number): string {
  const failed = result.successes.of - result.successes.count;
  if (failed === 0) return "never fails here.";
  const causes = [...result.causes]
    .sort((a, b) => b.runs - a.runs)
    .map(({ cause, runs }) => `${percentText(runs / result.successes.of)} because ${WHY[cause]}`)
    .join(", ");
  return `fails in ${causes}. ${waitText(result, failed, tryMicroseconds)}`;
}

function waitText({ transient, wait }: RunsResult, failed: number, tryMicroseconds: number): string {
  if (transient === 0) return "None of it passes by itself: there is no use in waiting.";
  const some = transient === failed ? "All of it passes" : `${percentText(transient / failed)} of the failures pass`;
  if (wait === null) return `${some} by itself.`;
  if (wait.tries === null) return `${some} by itself, but not soon.`;
  return `${some} by itself: after ${wait.tries} tries (${timeText(wait.tries * tryMicroseconds)}) nine of ten of these calls succeed when they are made again.`;
}

/** `25.6 ms` */
function timeText(microseconds: number): string {
  if (microseconds >= 1_000_000) return `${(microseconds / 1_000_000).toFixed(1)} s`;
  return microseconds >= 1000 ? `${(microseconds / 1000).toFixed(1)} ms` : `${microseconds} us`;
}
