import type { Fact, Name } from "../../../../grammar/ast.ts";
import type { MemoryState, Outcome } from "../../../model/memory/state.ts";
import type { RunsResult } from "../../../model/ranges/runs/runs.ts";
import { simulate } from "../../../model/simulate.ts";
import { listText, report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { KernelRequest } from "../../requests/under-kernels.ts";
import { failureText, intervalText, percentText } from "../../simulation/wording.ts";
import { expectationFails } from "../expectations.ts";
import { unknownFact, unknownMemoryFact, valueText } from "./facts.ts";

/**
 * The facts that a run on a state of memory makes false, under one kernel, of a request that can be judged (`whyOpen`).
 */
export function memoryFactFindings(
  facts: readonly Fact[],
  under: KernelRequest,
  memory: MemoryState,
  memoryName: string,
): readonly UnplacedFinding[] {
  const { kernel, request } = under;
  if (facts.length === 0) return [];
  const outcome = simulate(kernel, request, memory, { steps: true });
  if (outcome.result === "unknown") return [];
  const stopped = outcome.result === "undecided";
  return facts.flatMap((fact) => {
    if (fact.share !== null) return [];
    if (unknownMemoryFact(fact) !== null || (!stopped && factHolds(fact, outcome))) return [];
    return [report(expectationFails, fact, `On ${memoryName} the request ${outcomeText(outcome)}.`)];
  });
}

/** What `succeeds in N %` makes of runs; `runs`: those of the request on the state, in the mode that is asked for. */
export function shareFindings(
  fact: Fact,
  runs: RunsResult,
  memoryName: string,
  tryMicroseconds: number,
): readonly UnplacedFinding[] {
  if (fact.share === null || unknownMemoryFact(fact) !== null) return [];
  const { successes } = runs;
  const share = successes.count / Math.max(1, successes.of);
  if (share * 100 >= fact.share.value) return [];
  const message = `On ${memoryName} it succeeds in ${percentText(share)} (${successes.of} runs, ${intervalText(successes)} with 95 % confidence). It ${failureText(runs, tryMicroseconds)}`;
  return [report(expectationFails, fact, message)];
}

/** A share that cannot be found out is none that holds. */
export function noRunsFinding(fact: Fact, why: string): UnplacedFinding {
  return report(expectationFails, fact, `It cannot be run: ${why}.`);
}

/** `as MODE` without a state to run on. */
export function noMemoryFinding(mode: Name): UnplacedFinding {
  return report(unknownFact, mode, "A mode is run on a state of memory: write `on MEMORY` before `as`.");
}

/** Facts of a request in a mode: how often, and nothing else, is decided by runs in it. */
export function modeFactFindings(facts: readonly Fact[]): readonly UnplacedFinding[] {
  return facts.flatMap((fact) =>
    fact.share === null
      ? [report(unknownFact, fact, "Of a mode it is asked how often it succeeds: write `succeeds in 95 %`.")]
      : [],
  );
}

function factHolds(fact: Fact, outcome: Outcome): boolean {
  const never = valueText(fact) === "never" || valueText(fact) === "none";
  switch (fact.name.text) {
    case "succeeds":
      // A bulk call that hands out a part has not given what was asked for.
      return outcome.result === "ok" && outcome.short === null;
    case "fails":
      return (outcome.result === "null" || /^E[A-Z]+$/.test(outcome.result)) !== never;
    case "oom":
      return outcome.oomInvoked !== never;
    case "drains":
      return outcome.drains !== never;
    case "node":
      return fact.value !== null && "value" in fact.value && outcome.node === fact.value.value;
    // The first try is no retry.
    case "retries":
      return (
        fact.value !== null &&
        "value" in fact.value &&
        outcome.result !== "loop" &&
        outcome.attempts.length - 1 <= fact.value.value
      );
    default:
      return true;
  }
}

function outcomeText(outcome: Outcome): string {
  const how = [
    ...(outcome.oomInvoked ? ["calls the OOM killer"] : []),
    ...(outcome.drains ? ["drains the per-cpu lists"] : []),
    `makes ${outcome.attempts.length} ${outcome.attempts.length === 1 ? "try" : "tries"} on the free lists`,
  ];
  const last = outcome.steps.at(-1);
  return `${resultText(outcome)} (it ${listText(how)}${last === undefined ? "" : `; last: ${last.text.replace(/\.$/, "")} [${last.at}]`})`;
}

function resultText(outcome: Outcome): string {
  switch (outcome.result) {
    case "ok":
      return `${outcome.short === null ? "succeeds" : `hands out ${outcome.short.got} of ${outcome.short.wanted}`}${outcome.node === null ? "" : ` on node ${outcome.node}`}${outcome.zone === null ? "" : `, zone ${outcome.zone}`}`;
    case "null":
      return "fails with NULL";
    case "loop":
      return outcome.throttled ? "waits without end" : "loops without end";
    case "oom":
      return "ends in a panic: the OOM killer finds nobody to kill";
    case "died":
      return "stops at a BUG";
    case "undecided":
      return "is too much to simulate, so that this stays open";
    default:
      return `fails with -${outcome.result}`;
  }
}
