import type { RecordedKernel } from "./kernels/recorded-kernel.ts";
import type { Context } from "../server/model/contexts.ts";
import type { Kernel } from "../server/model/kernels/kernel.ts";
import type { MemoryState } from "../server/model/memory/state.ts";

/** One line of a recording; the fields are described in fixtures/README.md. */
export type Row = Readonly<Record<string, unknown>>;

/** A zone as the recorded machine reported it at boot. */
export interface ZoneFacts {
  readonly nid: number;
  readonly zone: number;
  readonly name: string;
  readonly managed: number;
  readonly cma: number;
  readonly free: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly lowmem_reserve: readonly number[];
}

/** What a row was recorded on: everything that the model needs besides the row's own request. */
export interface Scene {
  readonly recorded: RecordedKernel;
  readonly kernel: Kernel;
  /** The state of memory before the call. */
  readonly memory: MemoryState;
  readonly context: Context;
}

/** Field name -> value. Values are compared as JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the model says to a row: the fields of the row (raw, or derived by `observedFields`) that it makes a statement about. */
export type Evaluator = (row: Row, scene: Scene) => Fields;

/** How one kind of rows is checked. */
export interface KindCheck {
  readonly kind: string;
  readonly model: Evaluator;
  /** Left out: the raw fields of the row and those of `observedFields` in observed.ts. */
  readonly observed?: Evaluator;
  /** Lowest share of agreeing rows by field, 0..1; fields that are not named have no minimum. `"*"`: every other field. */
  readonly minima: Readonly<Record<string, number>>;
}

/** A number of the row, or null. */
export function numberOf(row: Row, field: string): number | null {
  const value = row[field];
  return typeof value === "number" ? value : null;
}

/** A text of the row, or "". */
export function textOf(row: Row, field: string): string {
  const value = row[field];
  return typeof value === "string" ? value : "";
}

/** A list of texts of the row; empty if it is absent. */
export function textsOf(row: Row, field: string): readonly string[] {
  const value = row[field];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** An event count: `ev.KEY` of the row, 0 if absent. */
export function eventOf(row: Row, key: string): number {
  const events = row.ev;
  if (typeof events !== "object" || events === null) return 0;
  const value: unknown = Reflect.get(events, key);
  return typeof value === "number" ? value : 0;
}
