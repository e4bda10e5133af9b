import { bareMask, datedFindings, type BareMask } from "../rules/bare-request.ts";
import { alikeRequest } from "../model/alike-requests.ts";
import { apiNamed, maskOfCall, needsMask } from "../model/apis.ts";
import type { Api } from "../model/apis/api.ts";
import { namedContext } from "../model/kernel-contexts.ts";
import { combine, contextOf, isScopeName, withScope, type Context } from "../model/contexts.ts";
import { madeOnce } from "../model/kept.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { newestRelease } from "../model/kernels/kernels.ts";
import { decode } from "../model/masks/names.ts";
import type { MemoryState, NodeState, Outcome, RangeState, ZoneState } from "../model/memory/state.ts";
import { isZone, ZONE_NAMES } from "../model/kernels/kernel.ts";
import type { AllocationRequest, CacheFacts, Verdict } from "../model/request.ts";
import { simulate } from "../model/simulate.ts";
import { verdict } from "../model/verdict.ts";
import { UsageError } from "./command.ts";
import { kernelFrom } from "./kernels.ts";
import { jsonText } from "../service/visible.ts";

/** What is wrong with one line; the other lines go on. */
class LineError extends Error {}

/** Answers that are kept by line, and as many by what is asked, in UTF-16 units: scripts ask the same over and over. */
const MOST_KEPT = 16 * 1024 * 1024;

/** Texts by their keys; when they are too many they are all forgotten. */
class KeptTexts {
  readonly #texts = new Map<string, string>();
  #size = 0;

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }

  keep(key: string, text: string): void {
    const size = key.length + text.length;
    if (this.#size + size > MOST_KEPT) {
      this.#texts.clear();
      this.#size = 0;
    }
    this.#texts.set(key, text);
    this.#size += size;
  }
}

/** An `id` that stands first and is a plain word or number: the rest of the line is what is asked. */
const FIRST_ID = /^\s*\{\s*"id"\s*:\s*(0|-?[1-9]\d{0,14}|"[ !#-[\]-~]*")\s*,\s*(?=")/;

/**
 * Answers lines of JSON: each with a verdict, or an error that says what is wrong with the line. What was asked before
 * is answered from memory, which has a bound.
 */
export class LineAnswers {
  /** By the line without its `id`: the answer without `{` and `id`. */
  readonly #known = new KeptTexts();
  /** By the requests that come to the same. */
  readonly #alike = new KeptTexts();

  /** Whether the answer is there without work. */
  isKnown(line: string): boolean {
    const [, question] = partsOf(line);
    return this.#known.get(question) !== undefined;
  }

  /** The answer as JSON, in one line. */
  answer(line: string): string {
    const [id, question] = partsOf(line);
    const known = this.#known.get(question);
    if (known !== undefined) return withId(id, known);
    const input = inputFrom(question);
    if ("error" in input || input.id === undefined) return withId(id, this.#answered(question, input));
    // Its id stands elsewhere, or it has two, and the last one counts.
    const { id: own, ...rest } = input.fields;
    return withId(jsonText(own), this.#answered(JSON.stringify(rest), { fields: rest, id: undefined }));
  }

  #answered(question: string, input: Input): string {
    const known = this.#known.get(question);
    if (known !== undefined) return known;
    const { text, isNew } = answerTo(input, this.#alike);
    // What is like another line is answered as fast as it is looked up.
    if (isNew) this.#known.keep(question, text);
    return text;
  }
}

/** A line in its `id`, if it begins with one, and what is asked. */
function partsOf(line: string): readonly [id: string | null, question: string] {
  const found = FIRST_ID.exec(line);
  return found === null ? [null, line] : [found[1] ?? "", `{${line.slice(found[0].length)}`];
}

/** @param text an answer without `{` and `id` */
function withId(id: string | null, text: string): string {
  return id === null ? `{${text}` : `{"id":${id},${text}`;
}

/** A line as an object, or why it is none. */
type Input = { readonly fields: Fields; readonly id: unknown } | { readonly error: string };

function inputFrom(line: string): Input {
  try {
    const fields = objectFrom(parseJson(line), "the line");
    return { fields, id: fields.id };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** An answer as JSON without `{` and `id`, and whether it had to be worked out. */
interface AnswerText {
  readonly text: string;
  readonly isNew: boolean;
}

function answerTo(input: Input, alike: KeptTexts): AnswerText {
  if ("error" in input) return { text: jsonText(input).slice(1), isNew: true };
  try {
    const asked = askedIn(input.fields);
    const { assumed } = asked;
    const { text, isNew } = textOf(asked, alike);
    return assumed === null ? { text, isNew } : { text: `"assumed":${jsonText(assumed)},${text}`, isNew };
  } catch (error) {
    return { text: jsonText({ error: messageOf(error) }).slice(1), isNew: true };
  }
}

function textOf(asked: Question, alike: KeptTexts): AnswerText {
  const key = keyOf(asked);
  const known = key === null ? undefined : alike.get(key);
  if (known !== undefined) return { text: known, isNew: false };
  const text = jsonText(answer(asked)).slice(1);
  if (key !== null) alike.keep(key, text);
  return { text, isNew: true };
}

/** The same for requests that come to the same; null: it is like no other. */
function keyOf({ kernel, api, flags, request, memory }: Question): string | null {
  const { cache, numbers, poolEmpty, mask, count, context } = request;
  if (memory !== null || cache !== null || poolEmpty || numbers !== undefined) return null;
  const { places, locks, scopes, task } = context;
  const { order, sizeBytes, pages, node } = alikeRequest(kernel, api, request);
  const size = `${order} ${sizeBytes} ${pages} ${count} ${node}`;
  return `${kernelNumber(kernel)} ${api.name} ${size} ${places} ${locks} ${scopes} ${task} ${mask} ${flags}`;
}

const kernelNumbers = new WeakMap<Kernel, number>();
let lastKernel = 0;

function kernelNumber(kernel: Kernel): number {
  return madeOnce(kernelNumbers, kernel, () => ++lastKernel);
}

/** What is wrong with a line; throws what is wrong with the program. */
function messageOf(error: unknown): string {
  if (error instanceof LineError || error instanceof UsageError) return error.message;
  throw error;
}

type Fields = Readonly<Record<string, unknown>>;

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
interface Question extends Assumed {
  readonly api: Api;
  /** As written; null: no mask is. */
  readonly flags: string | null;
  readonly written: BareMask | null;
  readonly request: AllocationRequest;
  readonly memory: MemoryState | null;
}

/** Throws what is wrong with a line. */
function askedIn(input: Fields): Question {
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

function answer({ kernel, written, request, memory }: Question): object {
  const given = verdict(kernel, request);
  return {
    ...verdictFields(kernel, given),
    findings: datedFindings(kernel, request, written, null, given),
    ...(memory === null ? {} : { outcome: outcomeFields(simulate(kernel, request, memory, { steps: false })) }),
  };
}

/** The verdict in the names of the contract. What the model does not know says so, and `unknown_because` why. */
export function verdictFields(kernel: Kernel, given: Verdict): object {
  const known = given.unknown === null;
  const said = <T>(value: T): T | "unknown" => (known ? value : "unknown");
  return {
    mask: given.mask,
    names: decode(kernel, given.mask).names,
    unknown: given.undefinedBits,
    effective: given.effective,
    zone: given.zone,
    zone_valid: given.zoneValid,
    migratetype: given.migratetype,
    blocking: given.blocking,
    zonelist: given.zonelist,
    alloc_flags: { fast: given.fastAllocFlags, slow: given.slowAllocFlags },
    sleeps: said(given.sleeps),
    reclaim: said(given.reclaim),
    compaction: said(given.compaction),
    kswapd: said(given.kswapd),
    oom: said(given.oom),
    fails: said(given.fails),
    warns: said(given.warns),
    reserves: said(given.reserves),
    loops: said(given.loops),
    dies: said(given.dies),
    ...(known ? {} : { unknown_because: given.unknown }),
  };
}

/** An outcome in the names of the contract. */
export function outcomeFields(outcome: Outcome): object {
  return {
    result: outcome.result,
    throttled: outcome.throttled,
    node: outcome.node,
    zone: outcome.zone,
    warn_sites: outcome.warnSites,
    bug_sites: outcome.bugSites,
    sleep_splat: outcome.sleepSplat,
    failure_report: outcome.failureReport,
    direct_reclaim: outcome.directReclaim,
    compaction: outcome.compaction,
    kswapd_woken: outcome.kswapdWoken,
    oom_invoked: outcome.oomInvoked,
    attempts: outcome.attempts.map(({ mask, order, allocFlags, highestZone, migratetype }) => [
      mask,
      order,
      allocFlags,
      highestZone,
      migratetype,
    ]),
  };
}

// Reading a line ------------------------------------------------------------------------------------------------------

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new LineError("the line is no JSON");
  }
}

function objectFrom(value: unknown, what: string): Fields {
  if (!isObject(value)) throw new LineError(`${what} is no JSON object`);
  return value;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function stringFrom(input: Fields, field: string): string | null {
  const value = input[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw new LineError(`'${field}' is no string`);
  return value;
}

function numberFrom(input: Fields, field: string): number | null {
  const value = input[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== "number" || !(value >= 0) || !Number.isInteger(value))
    throw new LineError(`'${field}' is no whole number from 0 on`);
  return value;
}

function listFrom(input: Fields, field: string): readonly unknown[] {
  const value = input[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new LineError(`'${field}' is no list`);
  return value;
}

function booleanFrom(input: Fields, field: string, otherwise: boolean): boolean {
  const value = input[field];
  if (value === undefined) return otherwise;
  if (typeof value !== "boolean") throw new LineError(`'${field}' is neither true nor false`);
  return value;
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

function onlyFields(fields: Fields, known: readonly string[], what: string): void {
  for (const field of Object.keys(fields))
    if (!known.includes(field)) throw new LineError(`${what} has no field '${field}'`);
}

// Memory --------------------------------------------------------------------------------------------------------------

/** A memory state in JSON; all amounts in pages. Throws `LineError` for one that cannot be. */
function memoryFrom(value: unknown): MemoryState {
  const memory = objectFrom(value, "'memory'");
  onlyFields(memory, ["nodes", "oom_killable", "watermark_boost", "range"], "'memory'");
  const nodes = listFrom(memory, "nodes").map(nodeFrom);
  if (nodes.length === 0) throw new LineError("'memory' has no nodes");
  return {
    nodes,
    oomKillable: booleanFrom(memory, "oom_killable", true),
    watermarkBoost: booleanFrom(memory, "watermark_boost", false),
    ...(memory.range === undefined || memory.range === null ? {} : { range: rangeFrom(memory.range) }),
  };
}

const RANGE_FIELDS = ["node", "zone", "movable", "mapping", "pinned", "unmovable", "reclaimable"];

/** What the range holds that a request asks for. */
function rangeFrom(value: unknown): RangeState {
  const range = objectFrom(value, "'range'");
  onlyFields(range, RANGE_FIELDS, "'range'");
  const { zone } = range;
  if (typeof zone !== "string" || !isZone(zone)) throw new LineError(`'range' lies in one of ${ZONE_NAMES.join(", ")}`);
  const amount = (field: string): number => numberFrom(range, field) ?? 0;
  return {
    node: amount("node"),
    zone,
    movablePages: amount("movable"),
    mappingPages: amount("mapping"),
    pinnedPages: amount("pinned"),
    unmovablePages: amount("unmovable"),
    cachePages: amount("reclaimable"),
  };
}

function nodeFrom(value: unknown): NodeState {
  const node = objectFrom(value, "a node");
  onlyFields(node, ["id", "zones", "kswapd_awake", "kswapd_pages_per_round"], "a node");
  const id = numberFrom(node, "id");
  if (id === null) throw new LineError("a node has no 'id'");
  const kswapdAwake = booleanFrom(node, "kswapd_awake", false);
  const kswapdPagesPerRound = numberFrom(node, "kswapd_pages_per_round") ?? 0;
  return { id, zones: listFrom(node, "zones").map(zoneFrom), kswapdAwake, kswapdPagesPerRound };
}

const ZONE_FIELDS = [
  "name",
  "managed",
  "free",
  "min",
  "low",
  "high",
  "lowmem_reserve",
  "reclaimable",
  "movable",
  "mapping",
  "pinned",
  "unmovable",
  "cma",
  "highatomic",
];

function zoneFrom(value: unknown): ZoneState {
  const zone = objectFrom(value, "a zone");
  onlyFields(zone, ZONE_FIELDS, "a zone");
  const { name } = zone;
  if (typeof name !== "string" || !isZone(name)) throw new LineError(`a zone is one of ${ZONE_NAMES.join(", ")}`);
  const amount = (field: string): number => numberFrom(zone, field) ?? 0;
  const amounts = (field: string): readonly number[] =>
    listFrom(zone, field).map((entry) => {
      if (typeof entry !== "number" || !(entry >= 0) || !Number.isInteger(entry))
        throw new LineError(`'${field}' of zone ${name} holds whole numbers from 0 on`);
      return entry;
    });
  const free = amounts("free");
  const freePages = free.reduce((sum, count, order) => sum + count * 2 ** order, 0);
  const managed = numberFrom(zone, "managed") ?? freePages;
  if (freePages > managed) throw new LineError(`zone ${name} has ${freePages} free pages of ${managed} managed ones`);
  const [min, low, high] = [
    amount("min"),
    numberFrom(zone, "low") ?? amount("min"),
    numberFrom(zone, "high") ?? numberFrom(zone, "low") ?? amount("min"),
  ];
  const unmovable = numberFrom(zone, "unmovable");
  if (min > low || low > high) throw new LineError(`the watermarks of zone ${name} are not in order`);
  return {
    name,
    managed,
    free,
    min,
    low,
    high,
    lowmemReserve: amounts("lowmem_reserve"),
    reclaimable: amount("reclaimable"),
    movable: amount("movable"),
    mappingPages: amount("mapping"),
    pinned: amount("pinned"),
    cma: amount("cma"),
    highatomic: amount("highatomic"),
    ...(unmovable === null ? {} : { unmovable }),
  };
}
