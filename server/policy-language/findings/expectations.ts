import type { Fact, Name } from "../../../grammar/ast.ts";
import { explain } from "../../model/explain.ts";
import type { Certainty, Reason, Verdict } from "../../model/request.ts";
import type { MemoryState, Outcome } from "../../model/memory/state.ts";
import type { RunsResult } from "../../model/ranges/runs/runs.ts";
import { simulate } from "../../model/simulate.ts";
import { didYouMean, listText, replacements, report } from "./report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { KernelRequest } from "../requests/requests.ts";
import { nearest } from "../names/suggest.ts";
import { failureText, intervalText, percentText } from "../simulation/wording.ts";
import type { LanguageRule } from "./language-rule.ts";
import { isZone, ZONE_NAMES } from "../../model/kernels/kernel.ts";

const expectationFails: LanguageRule = {
  id: "expectation-fails",
  group: "expectations",
  title: "A belief that does not hold",
  severity: "error",
  source: "expectation",
  explanation:
    "`expect` states what the author believes the kernel or a policy to do. The model, or the policy, says otherwise, and the message says why. Of `may`: it holds where the kernel may or will. With `on`, the model runs the request on that state of memory; how often it succeeds is found by runs with a fixed seed.",
  advice: "Correct the belief, or the request.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n\nexpect small { sleeps never }\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n\nexpect small { sleeps may }\n",
  },
};

const unknownFact: LanguageRule = {
  id: "expectation-unknown-fact",
  group: "expectations",
  title: "A fact that no expectation can state",
  severity: "error",
  source: "expectation",
  explanation:
    "Facts come from a closed list: `sleeps`, `oom`, `fails`, `warns` with never, may or always; `reclaim` with none, kswapd or direct; `reserves` with none, high, atomic or all; `zone` and `mode` with a name. With `on MEMORY`: `succeeds`, `succeeds in N %`, `fails`, `oom`, `drains`, `node`, `retries`.",
  advice: "Write one of these.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n\nexpect small { sleep may }\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n\nexpect small { sleeps may }\n",
  },
};

export const EXPECTATION_RULES: readonly LanguageRule[] = [expectationFails, unknownFact];

const CERTAINTIES = ["never", "may", "always"] as const;
const STATIC_FACTS = ["sleeps", "oom", "fails", "warns", "reclaim", "reserves", "zone", "mode"] as const;
const MEMORY_FACTS = ["succeeds", "fails", "oom", "drains", "node", "retries"] as const;
const RECLAIM = ["none", "kswapd", "direct"];
const RESERVES = ["none", "high", "atomic", "all"];
const DRAINS = ["none", "pcp", "lru"];

// What can be asked ---------------------------------------------------------------------------------------------------

/** Facts that mean nothing, whatever the kernel. */
export function unknownFactFindings(facts: readonly Fact[], onMemory: boolean): readonly UnplacedFinding[] {
  return facts.flatMap((fact) => {
    const finding = onMemory ? unknownMemoryFact(fact) : unknownStaticFact(fact);
    return finding === null ? [] : [finding];
  });
}

/** How often: of successes alone, and of no more than all. */
function unknownShare(fact: Fact): UnplacedFinding | null {
  if (fact.name.text !== "succeeds")
    return report(unknownFact, fact, `\`${fact.name.text}\` is no matter of how often: write \`succeeds in 95 %\`.`);
  return fact.share === null || fact.share.value <= 100
    ? null
    : report(unknownFact, fact.share, "No request succeeds in more than 100 % of the runs.");
}

function unknownStaticFact(fact: Fact): UnplacedFinding | null {
  if (fact.share !== null && fact.name.text !== "succeeds") return unknownShare(fact);
  switch (fact.name.text) {
    case "sleeps":
    case "oom":
    case "fails":
    case "warns":
      return wordValue(fact, CERTAINTIES);
    case "reclaim":
      return wordValue(fact, RECLAIM);
    case "reserves":
      return wordValue(fact, RESERVES);
    case "zone": {
      const name = valueText(fact);
      return name !== null && isZone(name) ? null : valueFinding(fact, ZONE_NAMES);
    }
    case "mode":
      return fact.value !== null && "text" in fact.value && !("value" in fact.value)
        ? null
        : report(unknownFact, fact, "`mode` takes the name of a mode.");
    default:
      return nameFinding(
        fact,
        STATIC_FACTS,
        MEMORY_FACTS.some((name) => name === fact.name.text)
          ? `\`${fact.name.text}\` is decided on a state of memory: write \`on MEMORY\` before the facts.`
          : null,
      );
  }
}

function unknownMemoryFact(fact: Fact): UnplacedFinding | null {
  if (fact.share !== null) return unknownShare(fact);
  switch (fact.name.text) {
    case "succeeds":
      return fact.value === null ? null : report(unknownFact, fact.value, "`succeeds` takes no value.");
    case "fails":
    case "oom":
      return fact.value === null ? null : wordValue(fact, ["never", "always"]);
    case "drains":
      return fact.value === null ? null : wordValue(fact, DRAINS);
    case "node":
    case "retries":
      return fact.value !== null && "value" in fact.value
        ? null
        : report(unknownFact, fact, `\`${fact.name.text}\` takes a number.`);
    default:
      return nameFinding(
        fact,
        MEMORY_FACTS,
        STATIC_FACTS.some((name) => name === fact.name.text)
          ? `\`${fact.name.text}\` is true of every state of memory: state it without \`on\`.`
          : null,
      );
  }
}

function wordValue(fact: Fact, words: readonly string[]): UnplacedFinding | null {
  const text = valueText(fact);
  return text !== null && words.includes(text) ? null : valueFinding(fact, words);
}

function valueText(fact: Fact): string | null {
  return fact.value?.text ?? null;
}

function valueFinding(fact: Fact, words: readonly string[]): UnplacedFinding {
  const text = valueText(fact);
  const near = text === null ? [] : nearest(text, words);
  return report(unknownFact, fact.value ?? fact, `\`${fact.name.text}\` is ${listText(words, "or")}.`, {
    fixes: fact.value === null ? [] : replacements(fact.value, near),
  });
}

function nameFinding(fact: Fact, known: readonly string[], instead: string | null): UnplacedFinding {
  const near = nearest(fact.name.text, known);
  const message =
    instead ??
    `No expectation speaks of \`${fact.name.text}\`${near.length > 0 ? didYouMean(near) : `: there are ${listText(known)}.`}`;
  return report(unknownFact, fact.name, message, { fixes: instead === null ? replacements(fact.name, near) : [] });
}

// What is true --------------------------------------------------------------------------------------------------------

/**
 * The facts that one kernel makes false, of a request that can be judged (`whyOpen`). `modes` are those that the
 * request selects; null: not known.
 */
export function staticFactFindings(
  facts: readonly Fact[],
  under: KernelRequest,
  modes: readonly string[] | null,
): readonly UnplacedFinding[] {
  const { kernel, request, verdict } = under;
  return facts.flatMap((fact) => {
    const expected = valueText(fact);
    if (unknownStaticFact(fact) !== null || expected === null) return [];
    if (fact.name.text === "mode") {
      if (modes === null || modes.includes(expected)) return [];
      return [
        report(
          expectationFails,
          fact,
          modes.length === 0
            ? "The request selects no mode of its policies."
            : `The request selects ${listText(modes.map((mode) => `\`mode ${mode}\``))}.`,
        ),
      ];
    }
    const actual = actualFact(verdict, fact.name.text);
    if (actual === null || actual === expected) return [];
    if (expected === "may" && actual === "always") return [];
    const why = reasonFor(explain(kernel, request), fact.name.text);
    return [report(expectationFails, fact, `The kernel's answer is \`${fact.name.text} ${actual}\`${why}.`)];
  });
}

function actualFact(verdict: Verdict, name: string): string | null {
  switch (name) {
    case "sleeps":
      return verdict.sleeps satisfies Certainty;
    case "oom":
      return verdict.oom;
    case "fails":
      return verdict.fails;
    case "warns":
      return verdict.warns;
    case "reclaim":
      return verdict.reclaim;
    case "reserves":
      return verdict.reserves;
    case "zone":
      return verdict.zone;
    default:
      return null;
  }
}

function reasonFor(reasons: readonly Reason[], about: string): string {
  const reason =
    reasons.find((candidate) => candidate.about === about) ??
    (about === "fails" ? reasons.find((candidate) => candidate.about === "refused") : undefined);
  return reason === undefined ? "" : `: ${reason.text.replace(/\.$/, "")} [${reason.evidence}]`;
}

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
