import { apiNamed } from "../../model/apis.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { namedMask } from "../../model/masks/evaluation/named-mask.ts";
import type { MaskScope } from "../../model/masks/mask-scope.ts";
import { parameterIn, type Allocator } from "../functions/allocators.ts";
import { readCFile, type CFile } from "../functions/c-file.ts";
import type { Call } from "../functions/call.ts";
import type { FunctionRead } from "../functions/function-read.ts";
import { guardHolds, isConstant } from "../functions/guards.ts";
import type { NamedFile } from "../link/link.ts";
import { casesOf, type MaskCase } from "../functions/masks.ts";
import { NO_USE } from "../functions/results.ts";
import { signatureNamed } from "../text/signatures.ts";
import { fileScope, namesIn, readingsOf, type MaskReading } from "./site.ts";

/** A call that comes to one of the functions that were asked for, with a mask of its own. */
export interface Caller {
  readonly file: NamedFile;
  readonly function: FunctionRead;
  readonly call: Call;
  /** Offset of the call in its file. */
  readonly start: number;
  /** The function that was asked for, and the wrappers between, from the call on. */
  readonly api: string;
  readonly via: readonly string[];
  /** The masks that it can come with; null: not known; empty: the function takes none. */
  readonly masks: readonly MaskReading[] | null;
  /** The argument that says the mask, as it is written; empty: there is none. */
  readonly text: string;
}

/** A function that hands its own mask, or what decides it, on: its callers count in its place. */
export interface Wrapper {
  readonly file: NamedFile;
  readonly function: FunctionRead;
  readonly start: number;
  readonly api: string;
  readonly via: readonly string[];
  /** Callers that were found of it, wrappers of it included. */
  readonly callers: number;
}

export interface Callers {
  readonly callers: readonly Caller[];
  readonly wrappers: readonly Wrapper[];
}

/** What of a function its masks are read by. */
type Names = Pick<FunctionRead, "parameters" | "writes">;

/** What a parameter is on a way. */
interface Given {
  readonly constant: string | null;
  readonly masks: readonly MaskReading[] | null;
}

type Givens = ReadonlyMap<string, Given>;

interface Wanted {
  readonly index: number;
  readonly as: "mask" | "choice";
}

/** A function whose calls are looked for. */
interface Target {
  readonly api: string;
  readonly name: string;
  /** Only calls in this file mean it; null: it is seen everywhere. */
  readonly file: NamedFile | null;
  /** The arguments that count: masks, and what chooses between masks. */
  readonly wants: readonly Wanted[];
  readonly via: readonly string[];
  /** The masks that come of what these arguments are. */
  readonly masksWith: (given: ReadonlyMap<number, Given>) => readonly MaskReading[] | null;
  readonly wrapper: { callers: number } | null;
}

/** Wrappers of wrappers that are followed. */
const DEEPEST = 8;
/** Where an allocator of a policy file is declared, there is no C. */
const NO_FILE = readCFile("");
const NO_FUNCTION: Names = { parameters: [], writes: [] };
const MOST_MASKS = 16;

/** Since 6.10 the function behind the name carries a suffix: include/linux/alloc_tag.h, alloc_hooks(). */
const NOPROF = "_noprof";
const plainName = (name: string): string => (name.endsWith(NOPROF) ? name.slice(0, -NOPROF.length) : name);

/**
 * Finds every call of some functions, and of those that hand their mask on to them.
 * @param apis the functions that are asked for, by the model's names
 * @param allocators functions that stand for others: those of them that stand for one that is asked for are followed
 * @param filesWith all files in which one of these names stands, those included that were given before
 */
export function findCallers(
  apis: readonly string[],
  filesWith: (names: readonly string[]) => readonly NamedFile[],
  allocators: ReadonlyMap<string, Allocator> = new Map(),
): Callers {
  const search = new Search(new Set(apis));
  let wanted: readonly Target[] = [
    ...apis.map((api) => targetOf(api)),
    ...[...allocators].flatMap(([name, one]) => (apis.includes(one.callee) ? [standingFor(name, one)] : [])),
  ];
  for (let round = 0; round <= DEEPEST && wanted.length > 0; round++) {
    const files = filesWith([...new Set(wanted.flatMap(({ name }) => [name, name + NOPROF]))]);
    wanted = wanted.flatMap((target) => search.callsOf(target, files));
  }
  return { callers: search.callers, wrappers: search.wrappers };
}

function targetOf(api: string): Target {
  const mask = signatureNamed(api)?.mask ?? -1;
  return {
    api,
    name: api,
    file: null,
    wants: mask === -1 ? [] : [{ index: mask, as: "mask" }],
    via: [],
    masksWith: (given) => (mask === -1 ? [] : (given.get(mask)?.masks ?? null)),
    wrapper: null,
  };
}

/** The calls of a function that stands for another. */
function standingFor(name: string, { parameters, callee, arguments: given }: Allocator): Target {
  const argument = given[signatureNamed(callee)?.mask ?? -1];
  const index = argument === undefined ? -1 : parameterIn(argument, parameters);
  return {
    api: callee,
    name,
    file: null,
    wants: index === -1 ? [] : [{ index, as: "mask" }],
    via: [name],
    masksWith: (givens) => {
      if (argument === undefined) return [];
      const own = givens.get(index);
      const outer = new Map(own === undefined ? [] : [[parameters[index] ?? "", own]]);
      return masksIn(argument, 0, NO_FILE, NO_FUNCTION, outer);
    },
    wrapper: null,
  };
}

class Search {
  readonly callers: Caller[] = [];
  readonly wrappers: Wrapper[] = [];
  readonly #apis: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(apis: ReadonlySet<string>) {
    this.#apis = apis;
  }

  /** Takes down the calls of a target, and gives the wrappers and macros among those that make them. */
  callsOf(target: Target, files: readonly NamedFile[]): readonly Target[] {
    const found: Target[] = [];
    for (const file of target.file === null ? files : [target.file]) {
      const isHidden = target.file === null && file.file.functions.some(({ read }) => isOther(read, target));
      if (isHidden) continue;
      // Who calls a macro of the file that makes the call.
      if (target.via.length === 0)
        for (const [name, one] of file.file.macros.allocators)
          if (one.callee === target.name) found.push({ ...standingFor(name, one), file });
      for (const { start, read } of file.file.functions) {
        for (const call of read.calls) {
          if (plainName(call.name) !== target.name || plainName(read.name) === target.name) continue;
          if (target.wrapper !== null) target.wrapper.callers++;
          const wrapper = this.#take(target, file, read, start, call);
          if (wrapper !== null) found.push(wrapper);
        }
      }
    }
    return found;
  }

  #take(target: Target, file: NamedFile, read: FunctionRead, start: number, call: Call): Target | null {
    const open = opensOf(target, read, call);
    const name = plainName(read.name);
    if (open.size > 0 && this.#apis.has(name)) return null;
    if (open.size > 0 && target.via.length < DEEPEST) return this.#follow(target, file, read, start, call, open);
    this.callers.push({
      file,
      function: read,
      call,
      start: start + call.start,
      api: target.api,
      via: target.via,
      masks: target.masksWith(givensAt(target, file.file, read, call, new Map())),
      text: target.wants.map(({ index }) => call.arguments[index]?.text ?? "").join(", "),
    });
    return null;
  }

  #follow(
    target: Target,
    file: NamedFile,
    read: FunctionRead,
    start: number,
    call: Call,
    open: ReadonlyMap<string, Wanted["as"]>,
  ): Target | null {
    const via = [plainName(read.name), ...target.via];
    const key = `${target.api} ${file.path} ${read.name} ${call.start} ${target.via.join(" ")}`;
    if (this.#seen.has(key)) return null;
    this.#seen.add(key);
    const wants = read.parameters.flatMap(({ name }, index): readonly Wanted[] => {
      const as = open.get(name);
      return as === undefined ? [] : [{ index, as }];
    });
    const known = this.wrappers.find((one) => one.function === read && one.api === target.api);
    const counted = { callers: 0 };
    if (known === undefined)
      this.wrappers.push({
        file,
        function: read,
        start: start + call.start,
        api: target.api,
        via: target.via,
        get callers() {
          return counted.callers;
        },
      });
    return {
      api: target.api,
      name: plainName(read.name),
      file: read.isStatic && !file.path.endsWith(".h") ? file : null,
      wants,
      via,
      masksWith: (given) => {
        const outer = new Map<string, Given>();
        for (const { index } of wants) {
          const parameter = read.parameters[index]?.name;
          const value = given.get(index);
          if (parameter !== undefined && value !== undefined) outer.set(parameter, value);
        }
        return target.masksWith(givensAt(target, file.file, read, call, outer));
      },
      wrapper: counted,
    };
  }
}

/** A file has a function of its own of that name, and means that one. */
const isOther = (read: FunctionRead, { name, via }: Target): boolean =>
  via.length > 0 && read.name === name && read.isStatic;

/** The parameters of a function that the masks of a call hang on: masks, and what chooses between masks. */
function opensOf({ wants }: Target, read: FunctionRead, call: Call): ReadonlyMap<string, Wanted["as"]> {
  const found = new Map<string, Wanted["as"]>();
  const parameters = new Map(read.parameters.map(({ name, type }) => [name, type]));
  const addMask = ({ expression, guards }: MaskCase): void => {
    for (const name of namesIn(expression)) if (/\bgfp_t\b/.test(parameters.get(name) ?? "")) found.set(name, "mask");
    for (const { name } of guards) if (parameters.has(name) && !found.has(name)) found.set(name, "choice");
  };
  for (const { index, as } of wants) {
    const text = call.arguments[index]?.text.trim() ?? "";
    if (as === "choice") {
      // What is computed is not followed: it may be anything.
      if (parameters.has(text) && !found.has(text)) found.set(text, "choice");
      continue;
    }
    const cases = casesOf(text) ?? [];
    cases.forEach(addMask);
    const variables = new Set(cases.flatMap(({ expression }) => namesIn(expression)));
    for (const { variable, cases: written } of read.writes) if (variables.has(variable)) written.forEach(addMask);
  }
  return found;
}

function givensAt(
  target: Target,
  file: CFile,
  read: FunctionRead,
  call: Call,
  outer: Givens,
): ReadonlyMap<number, Given> {
  return new Map(
    target.wants.map(({ index }): [number, Given] => {
      const argument = call.arguments[index];
      if (argument === undefined) return [index, { constant: null, masks: withoutArgument(target) }];
      const text = argument.text.trim();
      return [index, outer.get(text) ?? givenBy(text, argument.start, file, read, outer)];
    }),
  );
}

/** A mask that is left out is the function's own where that is allowed: `kmalloc_obj(*p)` since 7.0. */
const withoutArgument = ({ api, via }: Target): readonly MaskReading[] | null =>
  via.length > 0 || apiNamed(api)?.withoutMask === undefined ? null : [];

function givenBy(text: string, at: number, file: CFile, read: FunctionRead, outer: Givens): Given {
  return { constant: isConstant(text) ? text : null, masks: masksIn(text, at, file, read, outer) };
}

/**
 * The masks that an argument can be, with the parameters of its function being what they are on the way.
 * @param at where it stands in the function: what is written into a variable before, it has there
 */
function masksIn(text: string, at: number, file: CFile, read: Names, outer: Givens): readonly MaskReading[] | null {
  const cases = casesOf(text);
  if (cases === null) return null;
  const constants = constantsOf(outer);
  const masks: MaskReading[] = [];
  for (const one of cases) {
    if (one.guards.some((guard) => guardHolds(guard, constants) === false)) continue;
    const used = namesIn(one.expression).filter((name) => outer.has(name));
    const more = used.length === 0 ? plain(one, at, file, read, constants) : substituted(one, file, used, outer);
    if (more === null || masks.length + more.length > MOST_MASKS) return null;
    masks.push(...more);
  }
  return masks;
}

function constantsOf(outer: Givens): Readonly<Record<string, string>> {
  const constants: Record<string, string> = {};
  for (const [name, { constant }] of outer) if (constant !== null) constants[name] = constant;
  return constants;
}

function plain(
  one: MaskCase,
  at: number,
  file: CFile,
  read: Names,
  constants: Readonly<Record<string, string>>,
): readonly MaskReading[] | null {
  const cases = [{ ...one, expression: { ...one.expression, start: at } }];
  const allocation = { api: null, mask: { index: 0, cases, isWritten: true }, result: NO_USE, through: null };
  return readingsOf(file, read, allocation, constants);
}

/** `gfp | __GFP_NOWARN` for each mask that `gfp` can be. */
function substituted(
  { expression }: MaskCase,
  file: CFile,
  used: readonly string[],
  outer: Givens,
): readonly MaskReading[] | null {
  const [name, ...others] = new Set(used);
  const given = name === undefined ? null : (outer.get(name)?.masks ?? null);
  if (name === undefined || given === null || others.length > 0) return null;
  return given.map((reading) => ({
    expression,
    isInCall: false,
    scopeOf: (kernel: Kernel): MaskScope => {
      const own = fileScope(file, kernel);
      const value = namedMask(reading.scopeOf(kernel), reading.expression, null);
      return { kernel, lookup: (wanted) => (wanted === name ? value : own.lookup(wanted)) };
    },
  }));
}
