import {
  combine,
  contextOf,
  isAtomic,
  isLockName,
  isScopeName,
  LOCK,
  withLock,
  withScope,
  type Context,
} from "../model/contexts.ts";
import { namedContext } from "../model/kernel-contexts.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { LockFamily } from "./tables/locks.ts";

/** How sure a finding is: the mask or a lock of the same function; a chain in the file; one across files. */
export type Confidence = "certain" | "likely" | "possible";

/** One step of a proof: a place in a file, and what happens there. Offsets are UTF-16, of the file. */
export interface Step {
  /** The index of the file among those that are judged together. */
  readonly file: number;
  readonly start: number;
  readonly end: number;
  /** `spin_lock_irqsave() takes &dev->lock`, `foo() calls bar()`: no full stop. */
  readonly text: string;
  /** A function that may be one of these files, where it goes on. */
  readonly into?: string;
}

/** A step in a function: offsets count from its start. */
export type LocalStep = Omit<Step, "file">;

/** A stretch of a function: offsets from its start. */
export type LocalPlace = Omit<LocalStep, "text">;

/** A step of a function where that stands. */
export const stepIn = (
  { file, start }: { readonly file: number; readonly start: number },
  { start: from, end, text, into }: LocalStep,
): Step => ({ file, start: start + from, end: start + end, text, ...(into === undefined ? {} : { into }) });

/** Something that is in force where a function is called, and why. */
export interface Fact {
  /** By the model's name: a context, a lock of the language, a scope. */
  readonly context: string;
  /** Null: it is no lock, and nothing gives it back. */
  readonly family: LockFamily | null;
  readonly lock: string | null;
  /** The function that takes it never gives it back: another one does, or it is a lock only by its name. */
  readonly isLoose: boolean;
  /** How sure it is that it is taken at all. */
  readonly sure: Confidence;
  /** Where its function takes it; null: it is so where the way begins. */
  readonly taken: LocalStep | null;
}

/** A fact of a function itself. */
export interface OwnFact extends Fact {
  readonly taken: LocalStep;
}

/** What is known of the caller's parameters, as written. */
export type Bindings = Readonly<Record<string, string>>;

function withFact(context: Context, name: string, isRt: boolean): Context {
  if (isLockName(name)) return withLock(context, name);
  if (isScopeName(name)) return withScope(context, name);
  const named = namedContext(name, isRt);
  return named === null ? context : combine(context, named);
}

const IN_PROCESS = contextOf("process");

/** Contexts of a process by the names that make them, with PREEMPT_RT and without. */
const known = { rt: new Map<string, Context>(), other: new Map<string, Context>() };
const MOST_KNOWN = 1000;

/** What facts come to under one kernel. */
export function contextWith(kernel: Kernel, names: readonly string[], base: Context = IN_PROCESS): Context {
  const isRt = kernel.options.PREEMPT_RT;
  const make = (): Context => names.reduce((context, name) => withFact(context, name, isRt), base);
  if (base !== IN_PROCESS) return make();
  const contexts = isRt ? known.rt : known.other;
  const key = names.join(" ");
  const found = contexts.get(key);
  if (found !== undefined) return found;
  const made = make();
  if (contexts.size < MOST_KNOWN) contexts.set(key, made);
  return made;
}

/** The facts forbid something: sleeping, or reclaim that enters file systems or does I/O. */
export function isBinding(kernel: Kernel, context: Context): boolean {
  return isAtomic(kernel, context) || (context.locks & (LOCK.fs_lock | LOCK.io_lock | LOCK.dma_fence)) !== 0;
}

export { ANYWHERE } from "../model/contexts.ts";

export const weaker = (one: Confidence, other: Confidence): Confidence => (RANK[one] < RANK[other] ? one : other);

export const stronger = (one: Confidence, other: Confidence): Confidence => (RANK[one] > RANK[other] ? one : other);

export const RANK: Readonly<Record<Confidence, number>> = { possible: 0, likely: 1, certain: 2 };
