import type { Span } from "../../grammar/ast.ts";
import type { ModesAnswer, SimulationAnswer, SimulationPlace, TraceStep } from "../../protocol/simulation.ts";
import type { Workspace } from "../documents/workspace.ts";
import { hasModes } from "../model/ranges/runs/survey.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { Step, ZonePicture } from "../model/memory/state.ts";
import type { AmountText } from "../model/slowpath/simulation.ts";
import { foldSteps, type FoldedSteps } from "../model/slowpath/folded-steps.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { resolvedRequestOf } from "../policy-language/requests/requests.ts";
import { modesToRun, type ModeRow, type ModesToRun } from "../policy-language/simulation/mode-runs.ts";
import { namesOf, simulateOn, type Simulated } from "../policy-language/simulation/simulated.ts";
import { amountTextOf } from "../policy-language/simulation/units.ts";
import { code, fenced } from "./markdown.ts";
import { modeChart } from "./mode-chart.ts";
import { modeLines } from "./mode-table.ts";
import { outcomeText, simulatedLines } from "./outcome-text.ts";
import type { Steps } from "./steps.ts";
import { scaleOf, zonesSvg, zonesText } from "./zone-picture.ts";

/** Which request on which state, under which kernel; null: the first state, the newest kernel. */
export interface SimulationAsked {
  readonly request: string;
  readonly memory: string | null;
  readonly kernel: string | null;
}

/** Where simulations begin in a file that has a state: its requests, and its expectations on a state. */
export function simulationPlaces(workspace: Workspace, uri: string): readonly SimulationPlace<Span>[] {
  const environment = environmentOf(workspace, uri);
  if (environment === null || namesOf(environment, "memory").length === 0) return [];
  const { file } = environment;
  return file.regions.flatMap(({ item }, index): readonly SimulationPlace<Span>[] => {
    const start = file.starts[index] ?? 0;
    if (item === null || (item.kind !== "request" && item.kind !== "expect") || item.name === null) return [];
    const range = { start: start + item.name.start, end: start + item.name.end };
    if (item.kind === "request") return [{ request: item.name.text, memory: null, range }];
    if (item.form?.kind !== "facts" || item.form.on === null) return [];
    const memory = item.form.on.text;
    return [{ request: item.name.text, memory, range }];
  });
}

interface Chosen {
  readonly environment: Environment;
  readonly memory: string;
  readonly kernel: Kernel;
  readonly request: string;
}

function choose(workspace: Workspace, uri: string, asked: SimulationAsked): Chosen | null {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return null;
  const memories = namesOf(environment, "memory");
  const memory = memories.find((name) => name === asked.memory) ?? memories[0];
  const kernel = environment.kernels.find(({ name }) => name === asked.kernel) ?? environment.kernels.at(-1);
  if (memory === undefined || kernel === undefined || !namesOf(environment, "request").includes(asked.request))
    return null;
  return { environment, memory, kernel, request: asked.request };
}

/**
 * A request run on a state, as the trace view shows it, in steps; null where there is no such request, or no state.
 */
export function* simulationOf(
  workspace: Workspace,
  uri: string,
  asked: SimulationAsked,
): Steps<SimulationAnswer | null> {
  const chosen = choose(workspace, uri, asked);
  if (chosen === null) return null;
  const { environment, request, memory, kernel } = chosen;
  const traced = yield* tracedOf(chosen);
  const told = pathOf(traced);
  const amount = amountTextOf(environment, memory);
  const scale = scaleOf(told.pictures);
  const pictures: SimulationAnswer["pictures"][number][] = [];
  for (const zones of told.pictures) {
    yield [pictures.length, told.pictures.length];
    pictures.push({ svg: zonesSvg(zones, scale, amount, "page"), words: zonesText(zones, amount) });
  }
  return {
    request,
    memory,
    kernel: kernel.name,
    requests: namesOf(environment, "request"),
    memories: namesOf(environment, "memory"),
    kernels: environment.kernels.map(({ name }) => name),
    outcome: sentenceOf(traced.ran),
    steps: told.steps,
    pictures,
    hasModes: asksForRanges(chosen),
  };
}

/** What was run, its steps with what repeats itself told once, and memory after each of those. */
interface Traced {
  readonly ran: Simulated;
  readonly folded: readonly (readonly FoldedSteps[])[];
  readonly zonesAfter: (step: Step) => readonly ZonePicture[];
}

/** So many steps of a call have their pictures at once. Of more nearly all repeat each other, and are never shown. */
const FEW_STEPS = 1000;

/** Runs a request: where it takes very many steps a second time, for the pictures of those that are shown. */
function* tracedOf({ environment, request, memory, kernel }: Chosen): Steps<Traced> {
  const ran = simulateOn(environment, request, memory, kernel, (_, step) => step < FEW_STEPS);
  yield [0, 0];
  const folded = ran.calls.map(({ outcome }) => foldSteps(outcome.steps));
  const zonesAfter = new Map<Step, readonly ZonePicture[]>();
  for (const { outcome } of ran.calls)
    for (const step of outcome.steps.slice(0, FEW_STEPS)) zonesAfter.set(step, step.zones ?? []);
  const shown = new Set(folded.flat().flatMap(({ first, last }) => [...first, ...last.slice(-1)]));
  for (const { outcome } of ran.calls) for (const step of outcome.steps.slice(-1)) shown.add(step);
  if ([...shown].some((step) => !zonesAfter.has(step))) {
    yield [0, 0];
    const again = simulateOn(environment, request, memory, kernel, (call, index) => {
      const step = ran.calls[call]?.outcome.steps[index];
      return step !== undefined && shown.has(step);
    });
    for (const [call, { outcome }] of ran.calls.entries())
      outcome.steps.forEach((step, index) => {
        const zones = again.calls[call]?.outcome.steps[index]?.zones;
        if (zones !== undefined) zonesAfter.set(step, zones);
      });
  }
  return { ran, folded, zonesAfter: (step) => zonesAfter.get(step) ?? [] };
}

function sentenceOf({ request, memory, calls, open }: Simulated): string {
  const told = calls.map(({ request: called, outcome }, index) =>
    index === 0 ? `${called} on ${memory} ${outcomeText(outcome)}` : `then ${called} ${outcomeText(outcome)}`,
  );
  if (open !== null) told.push(`${calls.length === 0 ? `${request} on ${memory}` : "then"} cannot be run: ${open}`);
  return `${told.join(". ")}.`;
}

interface Path {
  readonly steps: readonly TraceStep[];
  readonly pictures: readonly (readonly ZonePicture[])[];
}

/** The steps of all calls of a chain, repeated rounds once, each with the picture after it. */
function pathOf({ ran: { calls }, folded, zonesAfter }: Traced): Path {
  const steps: TraceStep[] = [];
  const pictures: (readonly ZonePicture[])[] = [];
  const known = new Map<string, number>();
  const pictured = (zones: readonly ZonePicture[]): number => {
    const key = JSON.stringify(zones);
    const at = known.get(key) ?? pictures.push(zones) - 1;
    known.set(key, at);
    return at;
  };
  const add = (step: Step, times: number, said = step.text): void => {
    steps.push({ at: step.at, text: said, times, picture: pictured(zonesAfter(step)) });
  };
  for (const [index, { request }] of calls.entries()) {
    if (index > 0) steps.push({ at: "fallback", text: request, times: 1, picture: Math.max(0, pictures.length - 1) });
    for (const { first, times, last } of folded[index] ?? []) {
      for (const step of first) add(step, times);
      const end = last.at(-1);
      if (times > 1 && end !== undefined) add(end, 1, `the last of them: ${end.text}`);
    }
  }
  return { steps, pictures };
}

// Modes
// ----------------------------------------------------------------------------------------------------------------

/** Enough for a chart that is read by eye. */
const RUNS = 1000;
const SEED = 1;

function asksForRanges({ environment, request }: Chosen): boolean {
  const binding = environment.lookup("subject", request);
  if (binding === null || binding.declaration.kind !== "request") return false;
  return hasModes(resolvedRequestOf(environment, binding).api);
}

/** The modes of a request on one state, ready to run one after the other. */
interface ModesToShow extends ModesToRun {
  readonly pageBytes: number;
}

/** Null where there is nothing to run. */
export function modesOf(workspace: Workspace, uri: string, asked: SimulationAsked): ModesToShow | null {
  const chosen = choose(workspace, uri, asked);
  if (chosen === null || !asksForRanges(chosen)) return null;
  const { environment, request, memory, kernel } = chosen;
  const found = modesToRun(environment, request, memory, kernel, { runs: RUNS, seed: SEED });
  return typeof found === "string" ? null : { ...found, pageBytes: environment.options.pageBytes };
}

/** The chart for a page, and the same as text, of rows that have been run. */
export function modesAnswer({ about, pageBytes }: ModesToShow, rows: readonly ModeRow[]): ModesAnswer {
  const comparison = { ...about, rows };
  return { svg: modeChart([comparison], pageBytes, "page"), text: modeLines(comparison, pageBytes).join("\n") };
}

// Export
// ---------------------------------------------------------------------------------------------------------------

/** The trace, and the modes of a request for ranges, as Markdown. */
export function* simulationMarkdown(workspace: Workspace, uri: string, asked: SimulationAsked): Steps<string | null> {
  const chosen = choose(workspace, uri, asked);
  if (chosen === null) return null;
  const { environment, request, memory, kernel } = chosen;
  const traced = yield* tracedOf(chosen);
  const { ran } = traced;
  const amount = amountTextOf(environment, memory);
  const modes = modesOf(workspace, uri, asked);
  return [
    `# ${code(request)} on ${code(memory)}, Linux ${kernel.name}`,
    sentenceOf(ran),
    fenced(simulatedLines(ran, false).join("\n")),
    ...momentsOf(traced, amount),
    ...(modes === null ? [] : ["## Modes", fenced(modesAnswer(modes, yield* ranRows(modes)).text)]),
    "",
  ].join("\n\n");
}

/** Runs all modes, one after the other. */
function* ranRows({ rows }: ModesToShow): Steps<readonly ModeRow[]> {
  const ran: ModeRow[] = [];
  for (const run of rows) {
    yield [ran.length, rows.length];
    ran.push(run());
  }
  return ran;
}

function momentsOf({ ran, zonesAfter }: Traced, amount: AmountText): readonly string[] {
  const steps = ran.calls.flatMap(({ outcome }) => outcome.steps);
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined || zonesAfter(first).length === 0) return [];
  return [
    "## Memory",
    `After the first step: ${zonesText(zonesAfter(first), amount)}`,
    `After the last: ${zonesText(zonesAfter(last), amount)}`,
  ];
}

/** For a request for ranges the chart of its modes, else memory after the last step: as an SVG that stands alone. */
export function* simulationSvg(workspace: Workspace, uri: string, asked: SimulationAsked): Steps<string | null> {
  const modes = modesOf(workspace, uri, asked);
  if (modes !== null) return modeChart([{ ...modes.about, rows: yield* ranRows(modes) }], modes.pageBytes, "file");
  const chosen = choose(workspace, uri, asked);
  if (chosen === null) return null;
  const { environment, memory } = chosen;
  const { pictures } = pathOf(yield* tracedOf(chosen));
  const last = pictures.at(-1);
  return last === undefined ? null : zonesSvg(last, scaleOf(pictures), amountTextOf(environment, memory), "file");
}
