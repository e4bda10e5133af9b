import type { Call } from "./call.ts";
import type { FunctionRead } from "./function-read.ts";
import type { LinkedFunction, NamedFile } from "./linked.ts";
import { CALLED_BACK, REGISTRATIONS } from "./tables/callbacks.ts";

/** A function that a call can come to. */
export interface Target {
  readonly fn: LinkedFunction;
  /** Nothing else is known that the call could come to. */
  readonly isOnly: boolean;
}

/** Which functions calls come to: by name, through a parameter, through a member of a structure. */
export interface Targets {
  /** The function of that name that a file means; null: it is none of these files. */
  readonly named: (file: number, name: string) => LinkedFunction | null;
  /** The functions that a value is, as it is written in a file: a name, a cast, `x ? f : g`, a member. */
  readonly valued: (file: number, text: string) => readonly LinkedFunction[];
  /** @param bindings what the parameters of the calling function are */
  readonly of: (fn: LinkedFunction, call: Call, bindings: Readonly<Record<string, string>>) => readonly Target[];
}

/** Where more could be meant, nothing is said. */
const MOST = 6;
const NONE: readonly Target[] = [];
const CAST = /^\s*\(\s*(?:\w+|[\w\s]*\(\s*\*\s*\)\s*\([^()]*\)|void\s*\*)\s*\)\s*(?=[&\w])/;

/** The functions of some files, and what can be called through pointers that they keep and pass on. */
export function targetsIn(files: readonly NamedFile[], functions: readonly LinkedFunction[]): Targets {
  const own = files.map(() => new Map<string, LinkedFunction>());
  const shared = new Map<string, LinkedFunction>();
  for (const fn of functions) {
    const names = own[fn.file];
    if (names !== undefined && !names.has(fn.read.name)) names.set(fn.read.name, fn);
    if (!fn.read.isStatic && !shared.has(fn.read.name)) shared.set(fn.read.name, fn);
  }
  const named = (file: number, name: string): LinkedFunction | null => own[file]?.get(name) ?? shared.get(name) ?? null;
  const given = givenIn(functions, named);
  const members = membersIn(files, functions, named, given);
  // Tables of other types have members by the same name.
  const inTables = new Set(
    files.flatMap(({ file }) => file.tables.flatMap((table) => table.members.map(({ member }) => member))),
  );
  const valued = (file: number, text: string): readonly LinkedFunction[] => {
    const name = /^[&\s]*(\w+)$/.exec(text.replace(CAST, ""))?.[1];
    if (name !== undefined) return [named(file, name)].flatMap((fn) => fn ?? []);
    const choice = /^[^?]+\?\s*(\w+)\s*:\s*(\w+)$/.exec(text);
    if (choice !== null) return choice.slice(1).flatMap((one) => named(file, one) ?? []);
    const found = members.get(/(?:->|\.)\s*(\w+)$|^(\w+)\s*\[/.exec(text)?.slice(1).join("") ?? "");
    return found === undefined || found.length > MOST ? [] : found;
  };
  return {
    named,
    valued,
    of: (fn, call, bindings) => {
      if (call.isMember) return kept(members.get(call.name) ?? [], fn, call, !inTables.has(call.name));
      const isParameter = fn.read.parameters.some(({ name }) => name === call.name);
      if (isParameter) {
        const bound = Object.hasOwn(bindings, call.name) ? named(fn.file, bindings[call.name] ?? "") : null;
        return bound !== null
          ? [{ fn: bound, isOnly: true }]
          : kept([...(given.get(fn)?.get(call.name) ?? [])], fn, call, true);
      }
      const target = named(fn.file, call.name);
      if (target !== null) return [{ fn: target, isOnly: true }];
      const back = CALLED_BACK.get(call.name);
      const text = back === undefined ? undefined : call.arguments[back]?.text;
      if (text === undefined) return passed(fn, call, named);
      // Whether it is the last one that puts a count is seldom seen.
      const isOnly = !call.name.startsWith("kref_put");
      return valued(fn.file, text).map((one) => ({ fn: one, isOnly }));
    },
  };
}

/** What a function by such a name is given is called later, and elsewhere. */
const LATER =
  /init|setup|regist|request|create|install|queue|work|thread|timer|sched|start|defer|async|set_|_set|declare|alloc|irq|rcu/i;

/** The functions that one of another module is given: it may call them at once. */
function passed(from: LinkedFunction, call: Call, named: Named): readonly Target[] {
  if (LATER.test(call.name) || REGISTRATIONS.has(call.name)) return NONE;
  const found: Target[] = [];
  for (const { text } of call.arguments) {
    const fn = /^[a-z_]\w*$/.test(text) ? named(from.file, text) : null;
    if (fn !== null) found.push({ fn, isOnly: false });
  }
  return found;
}

/** Those that take as much as they are given, where they are few. */
function kept(found: readonly LinkedFunction[], from: LinkedFunction, call: Call, isSure: boolean): readonly Target[] {
  const fit = found.filter(({ read }) => parameterCount(read.parameters) === call.arguments.length);
  if (fit.length === 0 || fit.length > MOST) return NONE;
  const [only, ...more] = fit;
  const isOnly = isSure && more.length === 0 && only?.file === from.file;
  return fit.map((fn) => ({ fn, isOnly }));
}

const parameterCount = (parameters: readonly { readonly name: string; readonly type: string }[]): number =>
  parameters.length === 1 && parameters[0]?.type === "void" ? 0 : parameters.length;

type Named = (file: number, name: string) => LinkedFunction | null;

type Given = ReadonlyMap<LinkedFunction, ReadonlyMap<string, ReadonlySet<LinkedFunction>>>;

/** The functions that stand in members of structures, by the member, and in arrays, by the array. */
function membersIn(
  files: readonly NamedFile[],
  functions: readonly LinkedFunction[],
  named: Named,
  given: Given,
): ReadonlyMap<string, readonly LinkedFunction[]> {
  const found = new Map<string, LinkedFunction[]>();
  const add = (member: string, fn: LinkedFunction | null): void => {
    if (fn === null) return;
    const known = found.get(member);
    if (known === undefined) found.set(member, [fn]);
    else if (known.length <= 8 * MOST && !known.includes(fn)) known.push(fn);
  };
  files.forEach(({ file }, index) => {
    for (const { name, members } of file.tables)
      for (const { member, value } of members) add(member === "" ? name : member, named(index, value));
  });
  for (const fn of functions)
    for (const { member, value } of fn.read.kept) {
      const passed = given.get(fn)?.get(value);
      if (passed === undefined) add(member, named(fn.file, value));
      else for (const one of passed) add(member, one);
    }
  return found;
}

/** A function that did not change is the same object as before. */
const used = new WeakMap<FunctionRead, readonly string[]>();

/** The parameters that a function calls or keeps. */
function usedParameters(read: FunctionRead): readonly string[] {
  const known = used.get(read);
  if (known !== undefined) return known;
  const { parameters, calls, kept: keeps } = read;
  const names = parameters.flatMap(({ name }) =>
    name !== "" &&
    (calls.some((call) => !call.isMember && call.name === name) || keeps.some(({ value }) => value === name))
      ? [name]
      : [],
  );
  used.set(read, names);
  return names;
}

/** The functions that are passed to others, which call or keep them, by the parameter. */
function givenIn(functions: readonly LinkedFunction[], named: Named): Given {
  const calling = new Map<LinkedFunction, Map<string, Set<LinkedFunction>>>();
  for (const fn of functions) {
    const used = usedParameters(fn.read);
    if (used.length > 0) calling.set(fn, new Map(used.map((name) => [name, new Set()])));
  }
  if (calling.size === 0) return calling;
  for (const { file, read } of functions) {
    for (const call of read.calls) {
      const target = call.isMember ? null : named(file, call.name);
      const parameters = target === null ? undefined : calling.get(target);
      if (target === null || parameters === undefined) continue;
      target.read.parameters.forEach(({ name }, index) => {
        const text = call.arguments[index]?.text.replace(/^&\s*/, "") ?? "";
        const fn = /^\w+$/.test(text) ? named(file, text) : null;
        if (fn !== null) parameters.get(name)?.add(fn);
      });
    }
  }
  return calling;
}
