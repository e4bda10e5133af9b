// Written by scripts/indexes.ts: one line for each file of this folder.
import { v4_19 } from "./4.19.ts";
import { v4_20 } from "./4.20.ts";
import { v5_0 } from "./5.0.ts";
import { v5_1 } from "./5.1.ts";
import { v5_2 } from "./5.2.ts";
import { v5_3 } from "./5.3.ts";
import { v5_4_85 } from "./5.4.85.ts";
import { v5_4 } from "./5.4.ts";
import { v5_5 } from "./5.5.ts";
import { v5_6 } from "./5.6.ts";
import { v5_7 } from "./5.7.ts";
import { v5_8 } from "./5.8.ts";
import { v5_9 } from "./5.9.ts";
import { v5_10_71 } from "./5.10.71.ts";
import { v5_10_80 } from "./5.10.80.ts";
import { v5_10_94 } from "./5.10.94.ts";
import { v5_10_104 } from "./5.10.104.ts";
import { v5_10_106 } from "./5.10.106.ts";
import { v5_10_215 } from "./5.10.215.ts";
import { v5_10_233 } from "./5.10.233.ts";
import { v5_10_241 } from "./5.10.241.ts";
import { v5_10_252 } from "./5.10.252.ts";
import { v5_10_262 } from "./5.10.262.ts";
import { v5_10 } from "./5.10.ts";
import { v5_11 } from "./5.11.ts";
import { v5_12 } from "./5.12.ts";
import { v5_13 } from "./5.13.ts";
import { v5_14 } from "./5.14.ts";
import { v5_15_19 } from "./5.15.19.ts";
import { v5_15 } from "./5.15.ts";
import { v5_16 } from "./5.16.ts";
import { v5_17 } from "./5.17.ts";
import { v5_18 } from "./5.18.ts";
import { v5_19_12 } from "./5.19.12.ts";
import { v5_19 } from "./5.19.ts";
import { v6_0 } from "./6.0.ts";
import { v6_1_192 } from "./6.1.192.ts";
import { v6_1 } from "./6.1.ts";
import { v6_2 } from "./6.2.ts";
import { v6_3 } from "./6.3.ts";
import { v6_4 } from "./6.4.ts";
import { v6_5 } from "./6.5.ts";
import { v6_6_22 } from "./6.6.22.ts";
import { v6_6 } from "./6.6.ts";
import { v6_7 } from "./6.7.ts";
import { v6_8 } from "./6.8.ts";
import { v6_9 } from "./6.9.ts";
import { v6_10 } from "./6.10.ts";
import { v6_11 } from "./6.11.ts";
import { v6_12_117 } from "./6.12.117.ts";
import { v6_12 } from "./6.12.ts";
import { v6_13 } from "./6.13.ts";
import { v6_14 } from "./6.14.ts";
import { v6_15 } from "./6.15.ts";
import { v6_16 } from "./6.16.ts";
import { v6_17 } from "./6.17.ts";
import { v6_18 } from "./6.18.ts";
import { v6_19 } from "./6.19.ts";
import { v7_0 } from "./7.0.ts";
import { v7_1 } from "./7.1.ts";
import { v7_2_13 } from "./7.2.13.ts";
import { v7_2 } from "./7.2.ts";
import { v7_3_4 } from "./7.3.4.ts";
import { v7_3 } from "./7.3.ts";
import { v7_xDev } from "./7.x-dev.ts";
import { android6_18 } from "./android-6.18.ts";
import type { Release } from "./release.ts";

export const ALL: readonly Release[] = [
  v4_19,
  v4_20,
  v5_0,
  v5_1,
  v5_2,
  v5_3,
  v5_4_85,
  v5_4,
  v5_5,
  v5_6,
  v5_7,
  v5_8,
  v5_9,
  v5_10_71,
  v5_10_80,
  v5_10_94,
  v5_10_104,
  v5_10_106,
  v5_10_215,
  v5_10_233,
  v5_10_241,
  v5_10_252,
  v5_10_262,
  v5_10,
  v5_11,
  v5_12,
  v5_13,
  v5_14,
  v5_15_19,
  v5_15,
  v5_16,
  v5_17,
  v5_18,
  v5_19_12,
  v5_19,
  v6_0,
  v6_1_192,
  v6_1,
  v6_2,
  v6_3,
  v6_4,
  v6_5,
  v6_6_22,
  v6_6,
  v6_7,
  v6_8,
  v6_9,
  v6_10,
  v6_11,
  v6_12_117,
  v6_12,
  v6_13,
  v6_14,
  v6_15,
  v6_16,
  v6_17,
  v6_18,
  v6_19,
  v7_0,
  v7_1,
  v7_2_13,
  v7_2,
  v7_3_4,
  v7_3,
  v7_xDev,
  android6_18,
];
