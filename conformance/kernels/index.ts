// Written by scripts/indexes.ts: one line for each file of this folder.
import { v5_10_262 } from "./5.10.262.ts";
import { v6_1_192 } from "./6.1.192.ts";
import { v6_12_117 } from "./6.12.117.ts";
import { v7_3_4 } from "./7.3.4.ts";
import type { RecordedKernel } from "./recorded-kernel.ts";

export const RECORDED_KERNELS: readonly RecordedKernel[] = [v5_10_262, v6_1_192, v6_12_117, v7_3_4];
