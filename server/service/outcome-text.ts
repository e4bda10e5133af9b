import type { Outcome, Step } from "../model/memory/state.ts";
import { foldSteps } from "../model/slowpath/folded-steps.ts";
import type { Simulated } from "../policy-language/simulation/simulated.ts";

/** Text for people keeps within so many columns. */
const COLUMNS = 80;

const RESULTS: Readonly<Record<string, string>> = {
  ok: "succeeds",
  null: "fails",
  loop: "never comes back",
  throttled: "waits without end, throttled",
  oom: "ends in a panic: the OOM killer finds nobody to kill",
  died: "ends in a BUG",
  undecided: "is too much to simulate: what it comes to stays open",
  unknown: "is not known to the model",
};

/** What a call came to, in a clause: `fails; wakes kswapd, reclaims`. */
export function outcomeText(outcome: Outcome): string {
  const did = [
    ...(outcome.kswapdWoken ? ["wakes kswapd"] : []),
    ...(outcome.directReclaim ? ["reclaims"] : []),
    ...(outcome.compaction ? ["compacts"] : []),
    ...(outcome.drains ? ["drains the per-cpu lists"] : []),
    ...(outcome.oomInvoked ? ["calls the OOM killer"] : []),
    ...(outcome.failureReport ? ["prints a failure report"] : []),
    ...outcome.warnSites.map((site) => `warns (${site})`),
  ];
  return `${resultText(outcome)}${did.length > 0 ? `; ${did.join(", ")}` : ""}`;
}

function resultText({ result, short, throttled, zone, node }: Outcome): string {
  if (short !== null) return `hands out ${short.got} of ${short.wanted}`;
  const text = RESULTS[throttled ? "throttled" : result] ?? `fails with -${result}`;
  return result === "ok" && zone !== null ? `${text} from zone ${zone} of node ${node ?? 0}` : text;
}

/**
 * A request on a state of memory in lines: what it came to, under which kernels where they differ, each fallback below,
 * and the steps where they were recorded, with repeated ones told once.
 */
export function simulatedLines(
  { request, memory, kernels, calls, open }: Simulated,
  tellKernels: boolean,
): readonly string[] {
  const head = `${request} on ${memory}${tellKernels ? ` (${kernels})` : ""}`;
  const lines: string[] = [];
  for (const [index, call] of calls.entries()) {
    const who = index === 0 ? head : `  then ${call.request}`;
    lines.push(...wrapped(`${who}: ${outcomeText(call.outcome)}`, "  "));
    lines.push(...stepLines(call.outcome.steps, index === 0 ? "    " : "      "));
  }
  if (open !== null) lines.push(...wrapped(`${calls.length === 0 ? head : "  then"}: cannot be run: ${open}`, "  "));
  return lines;
}

/** Steps in lines. A round that repeats itself is told once, with how often it came and what the last one said. */
function stepLines(steps: readonly Step[], indent: string): readonly string[] {
  return foldSteps(steps).flatMap(({ first, times, last }) => {
    if (times === 1) return first.flatMap((step) => stepLine(step, indent));
    const [only] = first;
    if (only === undefined) return [];
    if (first.length === 1) {
      const ends = last.at(-1)?.text ?? only.text;
      return [
        ...stepLine({ at: only.at, text: `${times} times: ${only.text}` }, indent),
        ...(ends === only.text ? [] : wrapped(`${indent}  … ${ends}`, `${indent}    `)),
      ];
    }
    return [
      `${indent}${times} times:`,
      ...first.flatMap((step) => stepLine(step, `${indent}  `)),
      ...(last.at(-1)?.text === first.at(-1)?.text
        ? []
        : wrapped(`${indent}  … at last ${last.at(-1)?.text ?? ""}`, `${indent}    `)),
    ];
  });
}

function stepLine({ at, text }: Step, indent: string): readonly string[] {
  return wrapped(`${indent}${at}: ${text}`, `${indent}  `);
}

/** A line broken between words so that it keeps within COLUMNS; the lines after the first begin with `hang`. */
export function wrapped(line: string, hang: string): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/(?<=\S) /)) {
    if (current !== "" && current.length + 1 + word.length > COLUMNS) {
      lines.push(current);
      current = hang + word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
