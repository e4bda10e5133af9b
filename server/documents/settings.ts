import type { BuildOptions } from "../model/kernels/kernel.ts";
import type { Severity } from "../rules/finding.ts";

/** What the user set outside of the files. */
export interface Settings {
  /**
   * What to check against where a file has no `kernel` header, written as in the header: `6.12`, `6.1 .. 6.12`, `6.1,
   * 6.6`. Null: the newest release.
   */
  readonly defaultKernel: string | null;
  /** Checked instead of what the files' headers say, written as in the header. Left out or null: the headers count. */
  readonly forcedKernel?: string | null;
  /** Build options where a file's `config` says nothing. */
  readonly options: Partial<BuildOptions>;
  /** Severity by rule name; a rule that is not named keeps its own. */
  readonly ruleLevels: Readonly<Record<string, Severity | "off">>;
  /** How sure what is said of a kernel's C files has to be. Left out: `likely`. */
  readonly kernelC?: KernelCSetting;
}

/** `off`: nothing is said of C files. */
export type KernelCSetting = "off" | "certain" | "likely" | "possible";

export const KERNEL_C: KernelCSetting = "likely";

export const DEFAULT_SETTINGS: Settings = { defaultKernel: null, options: {}, ruleLevels: {} };
