/** For a status line and its tooltip. */
export interface KernelInForce {
  /** `Linux 6.12`. */
  readonly text: string;
  /** As a header writes it: `6.12`, `6.1 .. 6.12`. */
  readonly kernels: string;
  /** Where that comes from, and the build options that differ from the defaults. */
  readonly detail: string;
}

/** One file under two kernels, as two texts that a diff editor lays side by side. */
export interface KernelDiff {
  readonly from: string;
  readonly to: string;
  readonly left: string;
  readonly right: string;
  /** How many requests and flags change. */
  readonly requests: number;
  readonly flags: number;
}
