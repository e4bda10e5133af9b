// Written by scripts/indexes.ts: one line for each file of this folder.
import { counter } from "./counter.ts";
import { cpu } from "./cpu.ts";
import { cpuset } from "./cpuset.ts";
import { freeList } from "./free-list.ts";
import { header } from "./header.ts";
import { hugePages } from "./huge-pages.ts";
import { kill } from "./kill.ts";
import { lowmemReserve } from "./lowmem-reserve.ts";
import { memcg } from "./memcg.ts";
import { node } from "./node.ts";
import { perCpu } from "./per-cpu.ts";
import { slab } from "./slab.ts";
import { slub } from "./slub.ts";
import { task } from "./task.ts";
import { totals } from "./totals.ts";
import { trace } from "./trace.ts";
import { zone } from "./zone.ts";
import type { LineKind } from "../line-kind.ts";

export const LINE_KINDS: readonly LineKind[] = [
  counter,
  cpu,
  cpuset,
  freeList,
  header,
  hugePages,
  kill,
  lowmemReserve,
  memcg,
  node,
  perCpu,
  slab,
  slub,
  task,
  totals,
  trace,
  zone,
];
