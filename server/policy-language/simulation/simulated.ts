import type { Kernel } from "../../model/kernels/kernel.ts";
import type { MemoryState, Outcome } from "../../model/memory/state.ts";
import type { AllocationRequest } from "../../model/request.ts";
import { simulate } from "../../model/simulate.ts";
import type { AmountText } from "../../model/slowpath/simulation.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import { stateNamed } from "../findings/memory.ts";
import { versionsText } from "../findings/over-kernels.ts";
import { requestUnder, whyOpen } from "../requests/under-kernels.ts";
import { resolvedRequestOf } from "../requests/requests.ts";
import { amountTextOf } from "./units.ts";

/** One request of a chain: the request itself, or a fallback that is tried because the one before failed. */
export interface SimulatedCall {
  readonly request: string;
  readonly outcome: Outcome;
}

/** A request on a state of memory, under kernels that all do the same. */
export interface Simulated {
  readonly request: string;
  readonly memory: string;
  /** For people: `6.12`, `until 6.11`. */
  readonly kernels: string;
  readonly names: readonly string[];
  /** The calls in their order; empty where none can be run. */
  readonly calls: readonly SimulatedCall[];
  /** Why the request, or the next of its fallbacks, cannot be run; null: it was run to its end. */
  readonly open: string | null;
}

/** What is to be run; null: all. */
export interface Wanted {
  readonly request: string | null;
  readonly memory: string | null;
  readonly steps: boolean;
}

/** Which steps of which call, both from 0, have the zones as they are after them. */
export type Pictured = (call: number, step: number) => boolean;

/** The names of the requests, and of the states of memory, that can be seen, in the order of the text. */
export function namesOf(environment: Environment, kind: "request" | "memory"): readonly string[] {
  return environment
    .visible(kind === "request" ? "subject" : "memory")
    .flatMap(({ declaration }) =>
      declaration.kind === kind && declaration.name !== null ? [declaration.name.text] : [],
    );
}

/**
 * Each request on each state of memory, on every kernel in force: its outcome, with those of its fallbacks where it
 * fails. One that cannot be run says why, and the others go on.
 */
export function simulateAll(environment: Environment, wanted: Wanted): readonly Simulated[] {
  const requests = namesOf(environment, "request").filter((name) => wanted.request === null || name === wanted.request);
  const states = namesOf(environment, "memory").filter((name) => wanted.memory === null || name === wanted.memory);
  const known: Known = { calls: new Map(), steps: wanted.steps, pictures: () => false };
  return states.flatMap((memory) => {
    const place = placeOf(environment, memory);
    return requests.flatMap((request) => simulated(environment, request, place, known));
  });
}

/** One request on one state, under one kernel; what it does not name of a state is null. */
export function simulateOn(
  environment: Environment,
  request: string,
  memory: string,
  kernel: Kernel,
  pictures: Pictured,
): Simulated {
  const binding = environment.lookup("subject", request);
  const place = placeOf(environment, memory);
  const ran = run(environment, kernel, binding, place, { calls: new Map(), steps: true, pictures });
  return { request, memory, kernels: kernel.name, names: [kernel.name], ...ran };
}

/** A state of memory, and how its amounts are told. */
interface Place {
  readonly memory: string;
  readonly state: MemoryState | null;
  readonly amount: AmountText;
}

/** What is worked out once for all states: the requests as each kernel is asked, or why it cannot be. */
interface Known {
  readonly calls: Map<Binding, Map<Kernel, AllocationRequest | string>>;
  readonly steps: boolean;
  readonly pictures: Pictured;
}

function placeOf(environment: Environment, memory: string): Place {
  return { memory, state: stateNamed(environment, memory), amount: amountTextOf(environment, memory) };
}

/** One request on one state, told apart by what the kernels in force do. */
function simulated(environment: Environment, request: string, place: Place, known: Known): readonly Simulated[] {
  const binding = environment.lookup("subject", request);
  const groups = environment.groups.map(({ kernel, members }) => ({
    members,
    ran: run(environment, kernel, binding, place, known),
  }));
  const alike = new Map<string, { readonly ran: Ran; readonly members: number[] }>();
  for (const { ran, members } of groups) {
    const key = groups.length === 1 ? "" : keyOf(ran);
    const same = alike.get(key);
    if (same === undefined) alike.set(key, { ran, members: [...members] });
    else same.members.push(...members);
  }
  return [...alike.values()].map(({ ran, members }) => {
    const sorted = members.sort((a, b) => a - b);
    return {
      request,
      memory: place.memory,
      kernels: versionsText(environment, sorted),
      names: sorted.map((index) => environment.kernels[index]?.name ?? ""),
      ...ran,
    };
  });
}

/** What tells two answers apart: the tries on the free lists, whose masks every kernel numbers its own way, do not. */
function keyOf({ calls, open }: Ran): string {
  return JSON.stringify([
    open,
    calls.map(({ request, outcome: { attempts, ...rest } }) => [request, attempts.length, rest]),
  ]);
}

type Ran = Pick<Simulated, "calls" | "open">;

function run(
  environment: Environment,
  kernel: Kernel,
  binding: Binding | null,
  { memory, state, amount }: Place,
  known: Known,
): Ran {
  if (state === null)
    return { calls: [], open: `the state of memory ${memory} cannot be: \`allocpolicy check\` says why` };
  const calls: SimulatedCall[] = [];
  const seen = new Set<Binding>();
  for (let next = binding; next !== null; ) {
    if (next.declaration.kind !== "request" || seen.has(next)) break;
    seen.add(next);
    const name = next.declaration.name?.text ?? "";
    const call = callOf(environment, kernel, next, known);
    if (typeof call === "string") return { calls, open: calls.length === 0 ? call : `its fallback ${name}: ${call}` };
    const index = calls.length;
    const pictures = (step: number): boolean => known.pictures(index, step);
    const outcome = simulate(kernel, call, state, { steps: known.steps, pictures, amount });
    calls.push({ request: name, outcome });
    if (!hasFailed(outcome)) break;
    next = resolvedRequestOf(environment, next).fallback?.binding ?? null;
  }
  return { calls, open: null };
}

function callOf(environment: Environment, kernel: Kernel, binding: Binding, known: Known): AllocationRequest | string {
  const ofKernels = known.calls.get(binding) ?? new Map<Kernel, AllocationRequest | string>();
  known.calls.set(binding, ofKernels);
  const call = ofKernels.get(kernel) ?? asCall(environment, kernel, binding);
  ofKernels.set(kernel, call);
  return call;
}

/** The request as the kernel is asked; a clause that says why it cannot be. */
function asCall(environment: Environment, kernel: Kernel, binding: Binding): AllocationRequest | string {
  if (binding.damaged) return "it has syntax errors";
  if (!environment.kernelKnown) return "the file names no kernel that the model knows";
  const resolved = resolvedRequestOf(environment, binding);
  const under = requestUnder(environment, resolved, kernel);
  if (under === null)
    return resolved.api === null
      ? "it names no function that the model knows"
      : `${resolved.api.name}() does not exist in this kernel`;
  return whyOpen(environment, resolved, under) ?? under.request;
}

/** The call came back without what was asked for: only then its fallback is tried. */
function hasFailed({ result, short }: Outcome): boolean {
  return result === "null" || /^E[A-Z]+$/.test(result) || (result === "ok" && short !== null);
}
