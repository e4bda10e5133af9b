// Written by scripts/indexes.ts: one line for each file of this folder.
import { v6_1_192 } from "./6.1.192.ts";
import { v6_12_117 } from "./6.12.117.ts";
import type { RecordedKernel } from "./recorded-kernel.ts";

export const RECORDED_KERNELS: readonly RecordedKernel[] = [v6_1_192, v6_12_117];
