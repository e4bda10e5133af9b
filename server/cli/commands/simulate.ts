import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import { foldSteps } from "../../model/slowpath/folded-steps.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { compareModes, type ModeComparison, type RunSettings } from "../../policy-language/simulation/mode-runs.ts";
import { namesOf, simulateAll, type Simulated } from "../../policy-language/simulation/simulated.ts";
import { modeChart } from "../../service/mode-chart.ts";
import { modeLines } from "../../service/mode-table.ts";
import { simulatedLines, wrapped } from "../../service/outcome-text.ts";
import { FOUND, OK, UsageError, type Command } from "../command.ts";
import { readText, workspaceFolder } from "../files.ts";
import { forcedKernels } from "../kernels.ts";
import { parsed, type Options } from "../options.ts";
import { jsonText } from "../../service/visible.ts";
import { outcomeFields } from "../verdict/answer-fields.ts";
import { workspaceWith } from "../workspace.ts";

const OPTIONS = {
  request: { type: "string", takes: "R", means: "only this request of the file" },
  memory: { type: "string", takes: "M", means: "only on this state of memory" },
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "the kernel; without it all that the file names",
  },
  trace: { type: "boolean", default: false, means: "each step that the allocator takes, repeated ones once" },
  runs: {
    type: "string",
    takes: "N",
    means: "ranges of pages N times by chance, the modes of their policies side by side",
  },
  seed: { type: "string", takes: "S", default: "1", means: "what the chance of --runs hangs on" },
  svg: { type: "boolean", default: false, means: "with --runs: the modes of one request as a picture" },
  json: { type: "boolean", default: false, means: "answer in JSON" },
} as const satisfies Options;

/** More runs than this say nothing more. */
const MOST_RUNS = 1_000_000;

export const simulate: Command = {
  name: "simulate",
  operands: "FILE",
  operandWords: "files",
  options: OPTIONS,
  fails: "a request cannot be run",
  examples: [
    {
      line: "allocpolicy simulate examples/field-report.allocpolicy --trace",
      does: "every request on every state of memory, step by step",
    },
    {
      line: "allocpolicy simulate examples/hard-mode.allocpolicy --runs 1000",
      does: "how often a range can be had, mode by mode",
    },
  ],
  summary: "run the requests of a file on its states of memory; --trace: step by step; --runs: by chance",
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("name one file");
    const settings =
      values.runs === undefined
        ? null
        : {
            runs: wholeNumber("--runs", values.runs, 1, MOST_RUNS),
            seed: wholeNumber("--seed", values.seed, 0, 2 ** 53 - 1),
          };
    const environment = environmentFor(io.cwd, path, forcedKernels(values.kernel, io));
    const wanted = {
      request: values.request ?? null,
      memory: values.memory ?? null,
      steps: values.trace,
    };
    refuseUnknown(environment, "request", "request", wanted.request);
    refuseUnknown(environment, "memory", "memory", wanted.memory);
    if (settings !== null) {
      const compared = compareAll(environment, wanted, settings);
      if (values.svg) {
        await io.writeExactly(chartOf(compared, environment));
        return OK;
      }
      await io.write(
        values.json ? `${jsonText(compared.map(comparedFields), 2)}\n` : comparedText(compared, environment),
      );
      return compared.some(({ open }) => open !== null) ? FOUND : OK;
    }
    const simulated = simulateAll(environment, wanted);
    await io.write(
      values.json
        ? `${jsonText(
            simulated.map((one) => simulatedFields(one, values.trace)),
            2,
          )}\n`
        : simulatedText(simulated),
    );
    return simulated.some(({ open }) => open !== null) ? FOUND : OK;
  },
};

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new UsageError(`${option} takes a whole number from ${least} to ${most}`);
  return number;
}

function environmentFor(cwd: string, path: string, forcedKernel: string | null): Environment {
  const absolutePath = resolve(cwd, path);
  const environment = environmentOf(
    workspaceWith([{ absolutePath, text: readText(cwd, path) }], [workspaceFolder(cwd, absolutePath)], {
      ...DEFAULT_SETTINGS,
      forcedKernel,
    }),
    pathToFileURL(absolutePath).href,
  );
  if (environment === null) throw new UsageError(`cannot judge ${path}`);
  return environment;
}

function refuseUnknown(environment: Environment, kind: "request" | "memory", noun: string, name: string | null): void {
  const names = namesOf(environment, kind);
  if (names.length === 0) throw new UsageError(`the file has no ${kind === "memory" ? "state of memory" : noun}`);
  if (name !== null && !names.includes(name)) throw new UsageError(`there is no ${noun} '${name}'`);
}

// As outcomes
// ----------------------------------------------------------------------------------------------------------

function simulatedText(simulated: readonly Simulated[]): string {
  const several = new Set<string>();
  const seen = new Set<string>();
  for (const { request, memory } of simulated) {
    const key = `${request} ${memory}`;
    if (seen.has(key)) several.add(key);
    seen.add(key);
  }
  return simulated
    .flatMap((one) => simulatedLines(one, several.has(`${one.request} ${one.memory}`)))
    .map((line) => `${line}\n`)
    .join("");
}

function simulatedFields({ request, memory, names, calls, open }: Simulated, trace: boolean): object {
  const [first, ...fallbacks] = calls.map(({ request: called, outcome }) => ({
    request: called,
    ...outcomeFields(outcome),
    ...(trace ? { steps: foldSteps(outcome.steps) } : {}),
  }));
  return {
    ...first,
    request,
    memory,
    kernels: names,
    ...(fallbacks.length > 0 ? { fallbacks } : {}),
    ...(open === null ? {} : { error: open }),
  };
}

// As runs
// --------------------------------------------------------------------------------------------------------------

interface Compared {
  readonly request: string;
  readonly memory: string;
  readonly kernel: string;
  readonly comparison: ModeComparison | null;
  readonly open: string | null;
}

function compareAll(
  environment: Environment,
  wanted: { readonly request: string | null; readonly memory: string | null },
  settings: RunSettings,
): readonly Compared[] {
  const named = (kind: "request" | "memory"): readonly string[] =>
    namesOf(environment, kind).filter((name) => wanted[kind] === null || name === wanted[kind]);
  return named("memory").flatMap((memory) =>
    named("request").flatMap((request) =>
      environment.groups.map(({ kernel }) => {
        const comparison = compareModes(environment, request, memory, kernel, settings);
        const isOpen = typeof comparison === "string";
        return {
          request,
          memory,
          kernel: kernel.name,
          comparison: isOpen ? null : comparison,
          open: isOpen ? comparison : null,
        };
      }),
    ),
  );
}

function comparedText(compared: readonly Compared[], { options }: Environment): string {
  return compared
    .map(({ request, memory, kernel, comparison, open }) =>
      comparison === null
        ? wrapped(`${request} on ${memory}, ${kernel}: cannot be run: ${open ?? ""}`, "  ")
        : modeLines(comparison, options.pageBytes),
    )
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
}

/** One picture has one request and one kernel. */
function chartOf(compared: readonly Compared[], { options }: Environment): string {
  const found = compared.flatMap(({ comparison }) => comparison ?? []);
  const [first] = found;
  if (first === undefined) throw new UsageError("there is no range to be had, and nothing to draw");
  const one = found.filter(({ request, kernel }) => request === first.request && kernel === first.kernel);
  return modeChart(one, options.pageBytes, "file");
}

function comparedFields({ request, memory, kernel, comparison, open }: Compared): object {
  return comparison ?? { request, memory, kernel, error: open };
}
