import { bareMask, type BareMask } from "../../rules/bare-request.ts";
import { apiNamed, maskOfCall, needsMask } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import { namedContext } from "../../model/kernel-contexts.ts";
import { combine, contextOf, isScopeName, withScope, type Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { newestRelease } from "../../model/kernels/kernels.ts";
import type { MemoryState } from "../../model/memory/state.ts";
import type { AllocationRequest, CacheFacts } from "../../model/request.ts";
import { kernelFrom } from "../kernels.ts";
import {
  booleanFrom,
  LineError,
  listFrom,
  numberFrom,
  objectFrom,
  onlyFields,
  stringFrom,
  type Fields,
} from "./json-fields.ts";
import { memoryFrom } from "./memory-from-json.ts";

const FIELDS: ReadonlySet<string> = new Set([
  "id",
  "kernel",
  "config",
  "api",
  "flags",
  "order",
  "size",
  "pages",
  "count",
  "context",
  "task",
  "scopes",
  "node",
  "cache",
  "numbers",
  "pool",
  "memory",
]);

/** What a line asks. */
export interface Question extends Assumed {
  readonly api: Api;
  /** As written; null: no mask is. */
  readonly flags: string | null;
  readonly written: BareMask | null;
  readonly request: AllocationRequest;
  readonly memory: MemoryState | null;
}

/** Throws what is wrong with a line. */
export function askedIn(input: Fields): Question {
  for (const field of Object.keys(input)) if (!FIELDS.has(field)) throw new LineError(`there is no field '${field}'`);
  const { kernel, assumed } = kernelFor(input);
  const apiName = stringFrom(input, "api");
  if (apiName === null) throw new LineError("'api' is missing");
  const api = apiNamed(apiName);
  if (api === null) throw new LineError(`the model does not know the API '${apiName}'`);
  const flags = stringFrom(input, "flags");
  if (flags === null && needsMask(api)) throw new LineError(`'flags' is missing: ${apiName} takes a mask`);
  const written: BareMask | { readonly wrong: string } = bareMask(kernel, flags ?? "0");
  if ("wrong" in written) throw new LineError(written.wrong);
  const size = numberFrom(input, "size");
  const pages = numberFrom(input, "pages");
  const request: AllocationRequest = {
    api: apiName,
    mask: maskOfCall(kernel, api, flags === null ? null : written.mask),
    order: numberFrom(input, "order"),
    // `size` is as the API takes it: pages for those that count in pages.
    sizeBytes: api.size === "pages" ? null : size,
    pages: pages ?? (api.size === "pages" ? size : null),
    count: numberFrom(input, "count"),
    context: contextFrom(input, kernel),
    node: numberFrom(input, "node"),
    cache: cacheFrom(input.cache),
    ...(input.numbers === undefined ? {} : { numbers: numbersFrom(input.numbers, api) }),
    poolEmpty: poolEmptyFrom(input.pool),
  };
  const memory = input.memory === undefined ? null : memoryFrom(input.memory);
  return { kernel, assumed, api, flags, written: flags === null ? null : written, request, memory };
}

interface Assumed {
  readonly kernel: Kernel;
  readonly assumed: string | null;
}

/** Few kernels are asked for, again and again: those without options, by their text. */
const plainKernels = new Map<string, Assumed>();

const MOST_KERNELS = 256;

function kernelFor(input: Fields): Assumed {
  const { kernel: version, config } = input;
  if (typeof version !== "string" || config !== undefined) return configuredKernel(input);
  const known = plainKernels.get(version);
  if (known !== undefined) return known;
  const made = configuredKernel(input);
  if (plainKernels.size >= MOST_KERNELS) plainKernels.clear();
  plainKernels.set(version, made);
  return made;
}

function configuredKernel(input: Fields): Assumed {
  const version = stringFrom(input, "kernel") ?? newestRelease();
  const config = input.config === undefined ? {} : objectFrom(input.config, "'config'");
  const settings = Object.entries(config).map(([name, value]) => {
    if (typeof value !== "boolean" && typeof value !== "number" && typeof value !== "string")
      throw new LineError(`the option ${name} is no switch`);
    return `${name}=${String(value)}`;
  });
  let assumed: string | null = null;
  const kernel = kernelFrom(version, settings, (sentence) => {
    assumed = sentence;
  });
  return { kernel, assumed };
}

/** What a context comes to by its name, without and with PREEMPT_RT: there are few that are asked about. */
const namedContexts = [new Map<string, Context>(), new Map<string, Context>()] as const;

function contextNamed(name: string, isRt: boolean): Context {
  const known = namedContexts[isRt ? 1 : 0];
  const found = known.get(name) ?? namedContext(name, isRt);
  if (found === null) throw new LineError(`there is no context '${name}'`);
  known.set(name, found);
  return found;
}

function contextFrom(input: Fields, kernel: Kernel): Context {
  const named = contextNamed(stringFrom(input, "context") ?? "process", kernel.options.PREEMPT_RT);
  if (input.task === undefined && input.scopes === undefined) return named;
  const task = listFrom(input, "task").map((state) => {
    const isTaskState =
      state === "reclaim" || state === "oom_victim" || state === "rt_task" || state === "sigkill_pending";
    if (!isTaskState) throw new LineError("'task' takes reclaim, oom_victim, rt_task and sigkill_pending");
    return contextOf(state);
  });
  return listFrom(input, "scopes").reduce<Context>(
    (context, scope) => {
      if (typeof scope !== "string" || !isScopeName(scope))
        throw new LineError("'scopes' takes nofs, noio, noreclaim, memalloc and pin");
      return withScope(context, scope);
    },
    combine(named, ...task),
  );
}

function cacheFrom(value: unknown): CacheFacts | null {
  if (value === undefined || value === null) return null;
  const cache = objectFrom(value, "'cache'");
  onlyFields(cache, ["ctor", "dma", "account", "reclaimable", "size"], "'cache'");
  return {
    ctor: booleanFrom(cache, "ctor", false),
    dma: booleanFrom(cache, "dma", false),
    account: booleanFrom(cache, "account", false),
    reclaimable: booleanFrom(cache, "reclaimable", false),
    sizeBytes: numberFrom(cache, "size"),
  };
}

/** What the API takes besides: numbers by the names of their properties. */
function numbersFrom(value: unknown, { name: api, numbers = [] }: Api): Readonly<Record<string, number>> {
  if (value === undefined || value === null) return {};
  const given = objectFrom(value, "'numbers'");
  onlyFields(given, numbers, `'numbers' of ${api}`);
  return Object.fromEntries(
    Object.keys(given).flatMap((name) => {
      const number = numberFrom(given, name);
      return number === null ? [] : [[name, number]];
    }),
  );
}

function poolEmptyFrom(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  const pool = objectFrom(value, "'pool'");
  onlyFields(pool, ["empty"], "'pool'");
  return booleanFrom(pool, "empty", false);
}
