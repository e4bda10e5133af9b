// Written by scripts/indexes.ts: one line for each file of this folder.
import { context } from "./context.ts";
import { contig } from "./contig.ts";
import { dma } from "./dma.ts";
import { mempool } from "./mempool.ts";
import { misc } from "./misc.ts";
import { net } from "./net.ts";
import { nofail } from "./nofail.ts";
import { pages } from "./pages.ts";
import { percpu } from "./percpu.ts";
import { recursion } from "./recursion.ts";
import { reserves } from "./reserves.ts";
import { retry } from "./retry.ts";
import { slab } from "./slab.ts";
import { trees } from "./trees.ts";
import { vmalloc } from "./vmalloc.ts";
import { zones } from "./zones.ts";
import type { Rule } from "./rule.ts";

export const ALL: readonly Rule[] = [
  ...context,
  ...contig,
  ...dma,
  ...mempool,
  ...misc,
  ...net,
  ...nofail,
  ...pages,
  ...percpu,
  ...recursion,
  ...reserves,
  ...retry,
  ...slab,
  ...trees,
  ...vmalloc,
  ...zones,
];
