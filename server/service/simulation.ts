import type { Span } from "../../grammar/ast.ts";
import type { ModesAnswer, SimulationAnswer, SimulationPlace, TraceStep } from "../../protocol/simulation.ts";
import type { Workspace } from "../documents/workspace.ts";
import { hasModes } from "../model/ranges/runs/survey.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { Step, ZonePicture } from "../model/memory/state.ts";
import type { AmountText } from "../model/slowpath/simulation.ts";
import { foldSteps } from "../model/slowpath/folded-steps.ts";
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

/** A request run on a state, as the trace view shows it; null where there is no such request, or no state. */
export function simulationOf(workspace: Workspace, uri: string, asked: SimulationAsked): SimulationAnswer | null {
  const chosen = choose(workspace, uri, asked);
  if (chosen === null) return null;
  const { environment, request, memory, kernel } = chosen;
  const ran = simulateOn(environment, request, memory, kernel, true);
  const told = pathOf(ran);
  const amount = amountTextOf(environment, memory);
  const scale = scaleOf(told.pictures);
  return {
    request,
    memory,
    kernel: kernel.name,
    requests: namesOf(environment, "request"),
    memories: namesOf(environment, "memory"),
    kernels: environment.kernels.map(({ name }) => name),
    outcome: sentenceOf(ran),
    steps: told.steps,
    pictures: told.pictures.map((zones) => ({
      svg: zonesSvg(zones, scale, amount, "page"),
      words: zonesText(zones, amount),
    })),
    hasModes: asksForRanges(chosen),
  };
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
function pathOf({ calls }: Simulated): Path {
  const steps: TraceStep[] = [];
  const pictures: (readonly ZonePicture[])[] = [];
  const known = new Map<string, number>();
  const pictured = (zones: readonly ZonePicture[]): number => {
    const key = JSON.stringify(zones);
    const at = known.get(key) ?? pictures.push(zones) - 1;
    known.set(key, at);
    return at;
  };
  const add = ({ at, text, zones = [] }: Step, times: number, said = text): void => {
    steps.push({ at, text: said, times, picture: pictured(zones) });
  };
  for (const [index, { request, outcome }] of calls.entries()) {
    if (index > 0) steps.push({ at: "fallback", text: request, times: 1, picture: Math.max(0, pictures.length - 1) });
    for (const { first, times, last } of foldSteps(outcome.steps)) {
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
export function simulationMarkdown(workspace: Workspace, uri: string, asked: SimulationAsked): string | null {
  const chosen = choose(workspace, uri, asked);
  if (chosen === null) return null;
  const { environment, request, memory, kernel } = chosen;
  const ran = simulateOn(environment, request, memory, kernel, true);
  const amount = amountTextOf(environment, memory);
  const modes = modesOf(workspace, uri, asked);
  return [
    `# ${code(request)} on ${code(memory)}, Linux ${kernel.name}`,
    sentenceOf(ran),
    fenced(simulatedLines(ran, false).join("\n")),
    ...momentsOf(ran, amount),
    ...(modes === null
      ? []
      : [
          "## Modes",
          fenced(
            modesAnswer(
              modes,
              modes.rows.map((run) => run()),
            ).text,
          ),
        ]),
    "",
  ].join("\n\n");
}

function momentsOf({ calls }: Simulated, amount: AmountText): readonly string[] {
  const steps = calls.flatMap(({ outcome }) => outcome.steps);
  const [first, last] = [steps[0]?.zones, steps.at(-1)?.zones];
  if (first === undefined || last === undefined) return [];
  return [
    "## Memory",
    `After the first step: ${zonesText(first, amount)}`,
    `After the last: ${zonesText(last, amount)}`,
  ];
}

/** For a request for ranges the chart of its modes, else memory after the last step: as an SVG that stands alone. */
export function simulationSvg(workspace: Workspace, uri: string, asked: SimulationAsked): string | null {
  const modes = modesOf(workspace, uri, asked);
  if (modes !== null)
    return modeChart([{ ...modes.about, rows: modes.rows.map((run) => run()) }], modes.pageBytes, "file");
  const chosen = choose(workspace, uri, asked);
  if (chosen === null) return null;
  const { environment, request, memory, kernel } = chosen;
  const { pictures } = pathOf(simulateOn(environment, request, memory, kernel, true));
  const last = pictures.at(-1);
  return last === undefined ? null : zonesSvg(last, scaleOf(pictures), amountTextOf(environment, memory), "file");
}
