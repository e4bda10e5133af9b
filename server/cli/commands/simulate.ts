import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { stateNamed } from "../../policy-language/check/expectations.ts";
import { requestUnder, resolveRequest, whyOpen } from "../../policy-language/requests/requests.ts";
import { environmentOf } from "../../policy-language/analysis/file-analysis.ts";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import type { Outcome } from "../../model/memory/state.ts";
import { simulate as simulateRequest } from "../../model/simulate.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { readText, workspaceFolder } from "../files.ts";
import { kernelFrom } from "../kernels.ts";
import { parsed, type Options } from "../options.ts";
import { jsonText } from "../../service/visible.ts";
import { outcomeFields } from "../verdict-lines.ts";
import { workspaceWith } from "../workspace.ts";

interface Run {
  readonly request: string;
  readonly memory: string;
  readonly outcome: Outcome;
}

const OPTIONS = {
  request: { type: "string", takes: "R", means: "only this request of the file" },
  memory: { type: "string", takes: "M", means: "only on this state of memory" },
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "the kernel; without it the newest that the file names",
  },
  trace: { type: "boolean", default: false, means: "each step that the allocator takes" },
  json: { type: "boolean", default: false, means: "answer in JSON" },
} as const satisfies Options;

export const simulate: Command = {
  name: "simulate",
  operands: "FILE",
  operandWords: "files",
  options: OPTIONS,
  examples: [
    {
      line: "allocpolicy simulate examples/memory.allocpolicy --trace",
      does: "every request on every state of memory, step by step",
    },
  ],
  summary: "run the requests of a file on its states of memory; --trace: step by step",
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("name one file");
    if (values.kernel !== undefined) kernelFrom(values.kernel);
    const absolutePath = resolve(io.cwd, path);
    const settings = { ...DEFAULT_SETTINGS, forcedKernel: values.kernel ?? null };
    const environment = environmentOf(
      workspaceWith(
        [{ absolutePath, text: readText(io.cwd, path) }],
        [workspaceFolder(io.cwd, absolutePath)],
        settings,
      ),
      pathToFileURL(absolutePath).href,
    );
    if (environment === null) throw new UsageError(`cannot judge ${path}`);
    const runs = runsOf(environment, values.request, values.memory, values.trace);
    await io.write(
      values.json
        ? `${jsonText(
            runs.map((run) => jsonOf(run, values.trace)),
            2,
          )}\n`
        : runs.map((run) => textOf(run)).join(""),
    );
    return OK;
  },
};

/** Every request on every state of memory, under the newest kernel in force; those named, where they are. */
function runsOf(
  environment: Environment,
  request: string | undefined,
  memory: string | undefined,
  steps: boolean,
): readonly Run[] {
  const kernel = environment.kernels.at(-1);
  if (kernel === undefined) throw new UsageError("the file names no kernel that the model knows");
  const requests = environment
    .visible("subject")
    .flatMap(({ declaration }) => (declaration.kind === "request" ? [declaration] : []));
  const states = environment
    .visible("memory")
    .flatMap(({ declaration }) => (declaration.kind === "memory" ? [declaration] : []));
  const wanted = requests.filter(({ name }) => request === undefined || name?.text === request);
  const on = states.filter(({ name }) => memory === undefined || name?.text === memory);
  if (wanted.length === 0)
    throw new UsageError(request === undefined ? "the file has no request" : `there is no request '${request}'`);
  if (on.length === 0)
    throw new UsageError(memory === undefined ? "the file has no state of memory" : `there is no memory '${memory}'`);
  return on.flatMap((declaration) => {
    const memoryName = declaration.name?.text ?? "";
    const state = stateNamed(environment, memoryName);
    if (state === null)
      throw new UsageError(`the state of memory '${memoryName}' cannot be used: 'allocpolicy check' says why`);
    return wanted.flatMap((one) => {
      const resolved = resolveRequest(environment, one);
      const under = requestUnder(environment, resolved, kernel);
      const name = one.name?.text ?? "";
      if (under === null)
        throw new UsageError(`the request '${name}' names no call of ${kernel.name}: 'allocpolicy check' says why`);
      const open = whyOpen(environment, resolved, under);
      if (open !== null) throw new UsageError(`the request '${name}' cannot be run: ${open}`);
      return [{ request: name, memory: memoryName, outcome: simulateRequest(kernel, under.request, state, { steps }) }];
    });
  });
}

function jsonOf({ request, memory, outcome }: Run, trace: boolean): object {
  return { request, memory, ...outcomeFields(outcome), ...(trace ? { steps: outcome.steps } : {}) };
}

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

function textOf({ request, memory, outcome }: Run): string {
  const did = [
    ...(outcome.kswapdWoken ? ["wakes kswapd"] : []),
    ...(outcome.directReclaim ? ["reclaims"] : []),
    ...(outcome.compaction ? ["compacts"] : []),
    ...(outcome.drains ? ["drains the per-cpu lists"] : []),
    ...(outcome.oomInvoked ? ["calls the OOM killer"] : []),
    ...(outcome.failureReport ? ["prints a failure report"] : []),
    ...outcome.warnSites.map((site) => `warns (${site})`),
  ];
  const where =
    outcome.result === "ok" && outcome.zone !== null ? ` from zone ${outcome.zone} of node ${outcome.node ?? 0}` : "";
  const result =
    outcome.short === null
      ? (RESULTS[outcome.throttled ? "throttled" : outcome.result] ?? `fails with -${outcome.result}`)
      : `hands out ${outcome.short.got} of ${outcome.short.wanted}`;
  const head = `${request} on ${memory}: ${result}${where}${did.length > 0 ? `; ${did.join(", ")}` : ""}\n`;
  return head + outcome.steps.map(({ at, text }) => `    ${at}: ${text}\n`).join("");
}
