import type { Api } from "../model/apis/api.ts";
import type { CompositeName, FlagName } from "../model/masks/mask.ts";
import { kept } from "./runs.ts";

// What is offered first: what is written most. A matter of taste, not a fact of the kernel: what is not named here
// keeps the order of its own table, behind what is.

/** Functions, after how often the .c files of 7.3 call them; the three that every reader knows lead. */
const APIS: readonly string[] = [
  "kmalloc",
  "kzalloc",
  "alloc_pages",
  "kzalloc_obj",
  "kmalloc_obj",
  "kcalloc",
  "kmalloc_array",
  "kvmalloc",
  "kvzalloc",
  "vmalloc",
  "vzalloc",
  "kmem_cache_alloc",
  "kmem_cache_zalloc",
  "alloc_page",
  "__get_free_pages",
  "get_zeroed_page",
  "krealloc",
  "kmemdup",
  "kstrdup",
  "kasprintf",
  "devm_kzalloc",
  "devm_kcalloc",
  "devm_kmalloc",
  "dma_alloc_coherent",
  "dma_pool_alloc",
  "alloc_skb",
  "mempool_alloc",
  "alloc_percpu",
  "folio_alloc",
  "alloc_contig_range",
  "alloc_contig_pages",
  "cma_alloc",
];

const FLAGS: readonly FlagName[] = [
  "ZERO",
  "NOWARN",
  "ACCOUNT",
  "NORETRY",
  "RETRY_MAYFAIL",
  "NOFAIL",
  "COMP",
  "THISNODE",
  "HIGHMEM",
  "DMA32",
  "DMA",
  "MOVABLE",
  "RECLAIMABLE",
  "HIGH",
  "NOMEMALLOC",
  "DIRECT_RECLAIM",
  "KSWAPD_RECLAIM",
  "IO",
  "FS",
];

const COMPOSITES: readonly CompositeName[] = [
  "KERNEL",
  "ATOMIC",
  "NOWAIT",
  "NOFS",
  "NOIO",
  "KERNEL_ACCOUNT",
  "USER",
  "HIGHUSER",
  "HIGHUSER_MOVABLE",
  "DMA",
  "DMA32",
];

/** The same, those that are used most first; the others keep their order. */
function ranked<Of>(all: readonly Of[], first: readonly string[], nameOf: (one: Of) => string): readonly Of[] {
  const rank = new Map(first.map((name, index) => [name, index]));
  const rankOf = (one: Of): number => rank.get(nameOf(one)) ?? first.length;
  return [...all].sort((one, other) => rankOf(one) - rankOf(other));
}

// Lists that stay: the order of each is made once.
export const apisByUse = kept((all: readonly Api[]) => ranked(all, APIS, ({ name }) => name));
export const flagsByUse = kept((all: readonly FlagName[]) => ranked(all, FLAGS, (name) => name));
export const compositesByUse = kept((all: readonly CompositeName[]) => ranked(all, COMPOSITES, (name) => name));
