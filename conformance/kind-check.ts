import type { Context } from "../server/model/contexts.ts";
import type { Kernel } from "../server/model/kernels/kernel.ts";
import type { MemoryState } from "../server/model/memory/state.ts";
import type { RecordedKernel } from "./kernels/recorded-kernel.ts";
import type { Fields, Row } from "./row.ts";

/** What a row was recorded on: everything that the model needs besides the row's own request. */
export interface Scene {
  readonly recorded: RecordedKernel;
  readonly kernel: Kernel;
  /** The state of memory before the call. */
  readonly memory: MemoryState;
  readonly context: Context;
}

/**
 * What the model says to a row: the fields of the row (raw, or derived by `observedFields`) that it makes a statement
 * about.
 */
export type Evaluator = (row: Row, scene: Scene) => Fields;

/** How one kind of rows is checked. */
export interface KindCheck {
  readonly kind: string;
  readonly model: Evaluator;
  /** Left out: the raw fields of the row and those of `observedFields` in observed.ts. */
  readonly observed?: Evaluator;
  /**
   * Lowest share of agreeing rows by field, 0..1; fields that are not named have no minimum. `"*"`: every other field.
   */
  readonly minima: Readonly<Record<string, number>>;
  /**
   * Other tasks and CPUs have a say. The minima hold of kernels that were recorded twice, where the rows that did not
   * repeat are left out.
   */
  readonly races?: boolean;
}
