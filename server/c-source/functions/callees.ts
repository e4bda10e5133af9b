import { kept, keptFor } from "../../model/kept.ts";
import type { Allocator } from "./allocators.ts";
import { weaker, type Confidence } from "../evidence.ts";
import type { FunctionRead } from "./function-read.ts";
import { standingFor } from "./hands-on.ts";
import type { MacroCallees } from "./macros.ts";
import type { NetEffect } from "./walk.ts";

/** What is known of those that the functions of a file call, by their names. It grows while these are read. */
export interface FileCallees {
  /** What one leaves behind. */
  readonly effects: Map<string, NetEffect>;
  /** What one stands for. */
  readonly allocators: Map<string, Allocator>;
  /** Both, as texts to compare; null: nobody compares them. */
  readonly said: Map<string, string> | null;
}

/**
 * Before its functions are read: what is declared, and its macros.
 * @param isCompared the file is read again, and its functions are compared with those of this time
 */
export function calleesBefore(
  { wrappers, allocators: declared }: Pick<MacroCallees, "allocators"> & { readonly wrappers: MacroCallees["effects"] },
  macros: MacroCallees,
  isCompared: boolean,
): FileCallees {
  const effects = new Map([...wrappers, ...macros.effects]);
  const allocators = new Map([...macros.allocators, ...declared]);
  const callees: FileCallees = { effects, allocators, said: isCompared ? new Map() : null };
  if (callees.said !== null)
    for (const name of [...effects.keys(), ...allocators.keys()]) callees.said.set(name, saidOf(name, callees));
  return callees;
}

/**
 * Adds what functions leave behind and stand for, and says whose is new.
 * @param reads those of the file that were read now
 * @param all all of the file
 * @param declared what a policy file says of one counts
 */
export function learn(
  callees: FileCallees,
  reads: readonly FunctionRead[],
  all: readonly Pick<FunctionRead, "name">[],
  declared: ReadonlyMap<string, Allocator>,
): ReadonlySet<string> {
  const changed = newEffects(reads, callees.effects);
  for (const name of newAllocators(reads, all, callees.allocators, declared)) changed.add(name);
  if (callees.said !== null) for (const name of changed) callees.said.set(name, saidOf(name, callees));
  return changed;
}

function saidOf(name: string, { effects, allocators }: FileCallees): string {
  const [effect, allocator] = [effects.get(name), allocators.get(name)];
  if (effect === undefined) return allocator === undefined ? "" : lineOf(name, allocator);
  return allocator === undefined ? lineOf(name, effect) : lineOf(name, effect) + lineOf(name, allocator);
}

interface Line {
  readonly name: string;
  readonly text: string;
}

const lines = kept<NetEffect | Allocator, Line>();

/** Of the same object the same string, which is equal at a glance. */
function lineOf(name: string, said: NetEffect | Allocator): string {
  const known = lines.get(said);
  if (known?.name === name) return known.text;
  const text = `${name} ${jsonOf(said)}\n`;
  lines.set(said, { name, text });
  return text;
}

const jsonOf = keptFor((said: NetEffect | Allocator) => JSON.stringify(said), kept());

/** Adds what functions leave behind, and says whose effect is new. */
function newEffects(reads: readonly FunctionRead[], effects: Map<string, NetEffect>): Set<string> {
  const changed = new Set<string>();
  for (const read of reads) {
    const effect = effectOfFunction(read);
    if (effect === null) continue;
    const known = effects.get(read.name);
    if (known !== undefined && (known === effect || jsonOf(known) === jsonOf(effect))) continue;
    effects.set(read.name, effect);
    changed.add(read.name);
  }
  return changed;
}

/** Adds the functions that hand their mask on, and says which are new. */
function newAllocators(
  reads: readonly FunctionRead[],
  all: readonly Pick<FunctionRead, "name">[],
  allocators: Map<string, Allocator>,
  declared: ReadonlyMap<string, Allocator>,
): readonly string[] {
  const open = reads.filter(({ name, handsOn }) => handsOn?.isOpen === true && !declared.has(name));
  if (open.length === 0) return [];
  const times = new Map<string, number>(open.map(({ name }) => [name, 0]));
  for (const { name } of all) {
    const before = times.get(name);
    if (before !== undefined) times.set(name, before + 1);
  }
  return open.flatMap((read) => {
    const { name } = read;
    const made = allocatorOf(read);
    // What is written twice is, as the kernel is built, one or the other.
    if (made === null || times.get(name) !== 1) return [];
    const known = allocators.get(name);
    const isSame =
      known !== undefined &&
      (known === made || (known.callee === made.callee && String(known.arguments) === String(made.arguments)));
    if (isSame) return [];
    allocators.set(name, made);
    return [name];
  });
}

/** What a function that hands its mask on stands for; null: it does not. The same object for the same function. */
const allocatorOf = keptFor((read: FunctionRead) => standingFor(read, "likely", "which it calls"), kept());

/** What a function leaves behind for those that call it; null: nothing. */
const effectOfFunction = (read: FunctionRead): NetEffect | null =>
  read.net.takes.length + read.net.gives.length === 0 ? null : effectIn(read);

const effectIn = keptFor(({ name, net, annotations }: FunctionRead): NetEffect | null => {
  const takes = isLocking(name, annotations) ? net.takes.map((held) => ({ ...held, at: 0 })) : [];
  return takes.length === 0 && net.gives.length === 0 ? null : { takes, gives: net.gives };
}, kept());

/**
 * What a function leaves behind for callers in other files, and how sure that is there. What an unknown function gives
 * back by its name alone says nothing to them.
 */
export function effectForOthers(read: FunctionRead, sure: Confidence): NetEffect | null {
  const effect = effectOfFunction(read);
  if (effect === null) return null;
  const gives = effect.gives.filter(({ family }) => family !== "any");
  if (effect.takes.length + gives.length === 0) return null;
  return { takes: effect.takes.map((held) => ({ ...held, sure: weaker(held.sure, sure) })), gives };
}

const LOCKING = /lock|acquire|begin|enter|start|get|claim|grab|take|hold|pause|disable/i;

/** A function that returns with a lock says so. Of others it is as likely that somebody else gives the lock back. */
export const isLocking = (name: string, annotations: FunctionRead["annotations"]): boolean =>
  LOCKING.test(name) || annotations.some((annotation) => annotation.name === "__acquires");
