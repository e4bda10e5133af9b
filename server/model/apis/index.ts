// Written by scripts/indexes.ts: one line for each file of this folder.
import { allocContigPages } from "./alloc-contig-pages.ts";
import { allocContigRange } from "./alloc-contig-range.ts";
import { allocPagesBulk } from "./alloc-pages-bulk.ts";
import { allocPagesExact } from "./alloc-pages-exact.ts";
import { allocPagesNolock } from "./alloc-pages-nolock.ts";
import { allocPages } from "./alloc-pages.ts";
import { allocPercpuGfp } from "./alloc-percpu-gfp.ts";
import { allocSkb } from "./alloc-skb.ts";
import { bioAllocBioset } from "./bio-alloc-bioset.ts";
import { cmaAlloc } from "./cma-alloc.ts";
import { dmaAllocCoherent } from "./dma-alloc-coherent.ts";
import { dmaAllocContiguous } from "./dma-alloc-contiguous.ts";
import { dmaAllocPages } from "./dma-alloc-pages.ts";
import { dmaPoolAlloc } from "./dma-pool-alloc.ts";
import { folioAllocGigantic } from "./folio-alloc-gigantic.ts";
import { folioAlloc } from "./folio-alloc.ts";
import { frees } from "./frees.ts";
import { genPoolAlloc } from "./gen-pool-alloc.ts";
import { getFreePages } from "./get-free-pages.ts";
import { idrAlloc } from "./idr-alloc.ts";
import { kmallocNolock } from "./kmalloc-nolock.ts";
import { kmalloc } from "./kmalloc.ts";
import { kmemCacheAlloc } from "./kmem-cache-alloc.ts";
import { krealloc } from "./krealloc.ts";
import { kvmalloc } from "./kvmalloc.ts";
import { kvrealloc } from "./kvrealloc.ts";
import { mempoolAllocBulk } from "./mempool-alloc-bulk.ts";
import { mempoolAlloc } from "./mempool-alloc.ts";
import { mtreeStoreRange } from "./mtree-store-range.ts";
import { pageFragAlloc } from "./page-frag-alloc.ts";
import { radixTreePreload } from "./radix-tree-preload.ts";
import { skbPageFragRefill } from "./skb-page-frag-refill.ts";
import { vmallocWithMask } from "./vmalloc-with-mask.ts";
import { vmalloc } from "./vmalloc.ts";
import { vmap } from "./vmap.ts";
import { xaStore } from "./xa-store.ts";
import type { OwnApi } from "./api.ts";

export const ALL: readonly OwnApi[] = [
  ...allocContigPages,
  ...allocContigRange,
  ...allocPagesBulk,
  ...allocPagesExact,
  ...allocPagesNolock,
  ...allocPages,
  ...allocPercpuGfp,
  ...allocSkb,
  ...bioAllocBioset,
  ...cmaAlloc,
  ...dmaAllocCoherent,
  ...dmaAllocContiguous,
  ...dmaAllocPages,
  ...dmaPoolAlloc,
  ...folioAllocGigantic,
  ...folioAlloc,
  ...frees,
  ...genPoolAlloc,
  ...getFreePages,
  ...idrAlloc,
  ...kmallocNolock,
  ...kmalloc,
  ...kmemCacheAlloc,
  ...krealloc,
  ...kvmalloc,
  ...kvrealloc,
  ...mempoolAllocBulk,
  ...mempoolAlloc,
  ...mtreeStoreRange,
  ...pageFragAlloc,
  ...radixTreePreload,
  ...skbPageFragRefill,
  ...vmallocWithMask,
  ...vmalloc,
  ...vmap,
  ...xaStore,
];
