import type { Forward, ForwardedTo } from "../functions/forwards.ts";
import { OWN_VARIABLE } from "../functions/function-read.ts";
import type { LinkedFunction, NamedFile } from "./linked.ts";
import { callsOneOf, type Lead } from "../functions/outline.ts";

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
  readonly of: (fn: LinkedFunction, lead: Lead, bindings: Readonly<Record<string, string>>) => readonly Target[];
}

/** Where more could be meant, nothing is said. */
const MOST = 6;
/** Where all of them stand in tables of one type. */
const MOST_OF_A_TYPE = 12;
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
  const variables = variablesIn(files, named);
  // Tables of other types have members by the same name.
  const inTables = typesIn(files);
  const valued = (file: number, text: string): readonly LinkedFunction[] => {
    const name = /^[&\s]*(\w+)$/.exec(text.replace(CAST, ""))?.[1];
    if (name !== undefined) {
      const fn = named(file, name);
      return fn === null ? (variables[file]?.get(name) ?? []) : [fn];
    }
    const choice = /^[^?]+\?\s*(\w+)\s*:\s*(\w+)$/.exec(text);
    if (choice !== null) return choice.slice(1).flatMap((one) => named(file, one) ?? []);
    const found = members.get(/(?:->|\.)\s*(\w+)$|^(\w+)\s*\[/.exec(text)?.slice(1).join("") ?? "");
    return found === undefined || found.length > MOST ? [] : found;
  };
  // `const struct chip_ops a_ops = { "a", a_init, a_isr };` has no members: which one is which its name says.
  const placed = files.flatMap(({ file }, index) =>
    file.tables.flatMap((table) =>
      table.members.flatMap(({ member, value }) => (member === "" ? (named(index, value) ?? []) : [])),
    ),
  );
  const mostOf = (member: string): number => (inTables.get(member)?.size === 1 ? MOST_OF_A_TYPE : MOST);
  const forwardFrom = ({ file }: LinkedFunction, name: string): Forward | null => {
    const forwards = files[file]?.file.forwards ?? {};
    return Object.hasOwn(forwards, name) ? (forwards[name] ?? null) : null;
  };
  const forwarded = (fn: LinkedFunction, { name, isMember, argumentCount }: ForwardedTo): readonly Target[] => {
    if (isMember) return kept(members.get(name) ?? byPlace(name), fn, argumentCount, false, mostOf(name));
    const target = named(fn.file, name);
    return target === null ? NONE : [{ fn: target, isOnly: false }];
  };
  const asked = new Map<string, readonly LinkedFunction[]>();
  const byPlace = (member: string): readonly LinkedFunction[] => {
    if (placed.length === 0) return placed;
    const found = asked.get(member) ?? placed.filter(({ read }) => read.name.endsWith(`_${member}`));
    asked.set(member, found);
    return found;
  };
  return {
    named,
    valued,
    of: (fn, { call, isParameter, calledBack, passed }, bindings) => {
      if (call.isMember) {
        const found = members.get(call.name);
        const count = call.arguments.length;
        if (found !== undefined) return kept(found, fn, count, !inTables.has(call.name), mostOf(call.name));
        return kept(byPlace(call.name), fn, count, false);
      }
      if (isParameter) {
        const bound = Object.hasOwn(bindings, call.name) ? named(fn.file, bindings[call.name] ?? "") : null;
        return bound !== null
          ? [{ fn: bound, isOnly: true }]
          : kept([...(given.get(fn)?.get(call.name) ?? [])], fn, call.arguments.length, true);
      }
      const target = named(fn.file, call.name);
      if (target !== null) return [{ fn: target, isOnly: true }];
      const forward = forwardFrom(fn, call.name);
      if (forward !== null) return forward.flatMap((one) => forwarded(fn, one));
      if (calledBack !== null) {
        // Whether it is the last one that puts a count is seldom seen.
        const isOnly = !call.name.startsWith("kref_put");
        return valued(fn.file, calledBack).map((one) => ({ fn: one, isOnly }));
      }
      if (passed.length === 0) return NONE;
      const found = passed.flatMap((name) => named(fn.file, name) ?? []);
      return found.length === 0 ? NONE : found.map((one) => ({ fn: one, isOnly: false }));
    },
  };
}

/** Those that take as much as they are given, where they are few. */
function kept(
  found: readonly LinkedFunction[],
  from: LinkedFunction,
  argumentCount: number,
  isSure: boolean,
  most = MOST,
): readonly Target[] {
  if (found.length === 0) return NONE;
  const fit = found.filter(({ read }) => parameterCount(read.parameters) === argumentCount);
  if (fit.length === 0 || fit.length > most) return NONE;
  const [only, ...more] = fit;
  const isOnly = isSure && more.length === 0 && only?.file === from.file;
  return fit.map((fn) => ({ fn, isOnly }));
}

const parameterCount = (parameters: readonly { readonly name: string; readonly type: string }[]): number =>
  parameters.length === 1 && parameters[0]?.type === "void" ? 0 : parameters.length;

/** The types of the tables that have a member by that name. */
function typesIn(files: readonly NamedFile[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { file } of files)
    for (const { type, members } of file.tables)
      for (const { member } of members) found.set(member, (found.get(member) ?? new Set()).add(type));
  return found;
}

type Named = (file: number, name: string) => LinkedFunction | null;

/** The functions that variables of functions hold, by their names, for each file. */
const variablesIn = (
  files: readonly NamedFile[],
  named: Named,
): readonly ReadonlyMap<string, readonly LinkedFunction[]>[] =>
  files.map(({ file }, index) => {
    const found = new Map<string, readonly LinkedFunction[]>();
    for (const { read } of file.functions)
      for (const { owner, member, value } of read.kept) {
        const fn = owner === OWN_VARIABLE ? named(index, value) : null;
        if (fn !== null) found.set(member, [...(found.get(member) ?? []), fn]);
      }
    return found;
  });

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
    for (const { owner, member, value } of fn.read.kept) {
      if (owner === OWN_VARIABLE) continue;
      const passed = given.get(fn)?.get(value);
      if (passed === undefined) add(member, named(fn.file, value));
      else for (const one of passed) add(member, one);
    }
  return found;
}

/** The functions that are passed to others, which call or keep them, by the parameter. */
function givenIn(functions: readonly LinkedFunction[], named: Named): Given {
  const calling = new Map<LinkedFunction, Map<string, Set<LinkedFunction>>>();
  for (const fn of functions) {
    const used = fn.outline.usedParameters;
    if (used.length > 0) calling.set(fn, new Map(used.map((name) => [name, new Set()])));
  }
  if (calling.size === 0) return calling;
  const names = new Set([...calling.keys()].map(({ read }) => read.name));
  for (const { file, read } of functions) {
    if (!callsOneOf(read, names)) continue;
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
