import type { BuildOptions } from "../../server/model/kernels/kernel.ts";
import type { Row } from "../row.ts";

/** A class of disagreements between recording and model whose reason is known. */
export interface KnownClass {
  readonly kind: string;
  readonly fields: readonly string[];
  readonly applies: (row: Row) => boolean;
  readonly reason: string;
}

/**
 * A kernel that was recorded: what its recording does not say itself. Its machine is in the `zone` rows of its fixture,
 * fixtures/linux-<v>.jsonl.gz.
 */
export interface RecordedKernel {
  /** The release that was booted, a name of the model: `6.12.117`. */
  readonly release: string;
  /** What the rows have as their `v`: `6.12`. */
  readonly v: string;
  /** How often its rows were recorded: only a second time shows which fields do not repeat. */
  readonly times: "once" | "twice";
  /** The source tree and the architecture. */
  readonly tree: string;
  /** The build options where they differ from the model's defaults. */
  readonly options: Partial<BuildOptions>;
  /** The model's named sites (WARN, BUG) by where they stand in the tree, `file:line`. */
  readonly sites: Readonly<Record<string, string>>;
  /** Disagreements that only this kernel has; those of every recording stand in known.ts, and are asked after these. */
  readonly known: readonly KnownClass[];
}

/** The options of the recorder's own configuration, the same for every tree. */
export const DEBUG_CONFIG: Partial<BuildOptions> = {
  DEBUG_VM: true,
  DEBUG_ATOMIC_SLEEP: true,
  HUGETLB_PAGE: false,
};
