import type { Kernel } from "../../../model/kernels/kernel.ts";
import { DEFAULT_TRY_US, type MemoryState } from "../../../model/memory/state.ts";
import type { RunsResult } from "../../../model/ranges/runs/runs.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { Environment } from "../../analysis/environment.ts";
import { noRunsFinding, shareFindings } from "../../findings/expectations/on-memory.ts";
import { runMode } from "../../simulation/mode-runs.ts";
import type { FactsForm } from "./form.ts";

/** Enough runs to tell a share from another in most cases, and few enough to be made while somebody types. */
const RUNS = [200, 1000, 4000] as const;

const SEED = 1;

/** Runs of a request, so many as it takes to say whether it succeeds in `percent`; a sentence where there is none. */
function runsFor(
  environment: Environment,
  form: FactsForm,
  request: string,
  kernel: Kernel,
  percent: number,
): RunsResult | string {
  let last: RunsResult | string = "there are no runs";
  for (const runs of RUNS) {
    last = runMode(environment, request, form.on?.text ?? "", kernel, form.as?.text ?? null, { runs, seed: SEED });
    if (typeof last === "string") return last;
    const { low, high } = last.successes;
    if (low * 100 >= percent || high * 100 < percent) break;
  }
  return last;
}

/** What is false of shares of runs (`succeeds >= 90 %`), or cannot be told in as many runs as are made. */
export function shareFactFindings(
  environment: Environment,
  form: FactsForm,
  request: string,
  kernel: Kernel,
  state: MemoryState,
): readonly UnplacedFinding[] {
  return form.facts.flatMap((fact) => {
    if (fact.share === null || form.on === null) return [];
    const runs = runsFor(environment, form, request, kernel, fact.share.value);
    const microseconds = state.tryMicroseconds ?? DEFAULT_TRY_US;
    return typeof runs === "string"
      ? [noRunsFinding(fact, runs)]
      : shareFindings(fact, runs, form.on.text, microseconds);
  });
}
