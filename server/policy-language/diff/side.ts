import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Environment } from "../analysis/environment.ts";

/** A file as it is judged: with one kernel, so that two sides can be laid beside each other. */
export interface Side {
  readonly environment: Environment;
  readonly kernel: Kernel;
}
