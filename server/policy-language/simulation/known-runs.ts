import { runRanges, type RangeRuns, type RunsResult } from "../../model/ranges/runs/runs.ts";

/** The same runs are asked for of every kernel that does the same, and again after every keystroke elsewhere. */
const known = new Map<string, RunsResult>();
const MOST_KNOWN = 500;

/** What `runRanges` gives, which hangs on what it is asked and on nothing else; the last ones are remembered. */
export function knownRuns(asked: RangeRuns): RunsResult {
  const key = keyOf(asked);
  const before = known.get(key);
  if (before !== undefined) return before;
  const result = runRanges(asked);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, result);
  return result;
}

/** All but the names of modes, which are for people. JSON has no word for what never ends. */
function keyOf(asked: RangeRuns): string {
  return JSON.stringify(asked, (name, value: unknown) => {
    if (value === Number.POSITIVE_INFINITY) return "without end";
    return name === "name" ? undefined : value;
  });
}
