/** Every kernel rule by its severity. Users write these names: a name may be added here, never changed or taken away. */
export const STABLE_IDS = {
  error: [
    "nofail-without-reclaim", "nofail-costly-order", "nofail-with-noretry", "nofail-with-retry-mayfail", "nofail-in-atomic", "nofail-over-limit",
    "nofail-with-range", "nofail-with-bulk", "nofail-with-dma", "nofail-vmalloc-unsupported", "nofail-kvmalloc-unsupported",
    "noretry-with-retry-mayfail", "sleep-in-atomic", "nofs-is-not-atomic", "alloc-in-nmi", "rt-alloc-in-atomic", "atomic-or-kernel",
    "zone-dma-highmem", "zone-dma32-highmem", "zone-dma-dma32", "mobility-conflict", "movable-kernel-memory", "slab-zone-flags", "slab-movable",
    "fs-reclaim-under-lock", "io-reclaim-under-lock", "vmalloc-under-fs-lock", "kvmalloc-in-interrupt", "kvmalloc-too-large", "vmalloc-nonblocking",
    "vmalloc-in-interrupt", "nofail-fatal-signal", "kmalloc-too-large", "order-too-large", "zero-with-constructor", "krealloc-zero",
    "range-unsupported-flag", "range-noretry", "range-nonblocking", "range-comp", "gigantic-without-comp", "range-zero-dropped", "cma-mask-as-bool",
    "cma-in-atomic", "dma-comp", "dma-pages-zone-flags", "mempool-zero", "mempool-unchecked", "percpu-nofs-atomic", "tree-blocking-under-lock",
    "removed-flag", "numeric-mask",
  ],
  warning: [
    "nofail-high-order", "nofail-on-this-node", "nofail-in-low-zone", "nofail-in-reclaim", "nofail-dead-null-check", "nofail-ignored-by-percpu",
    "nofail-with-mempool", "retry-mayfail-without-reclaim", "noretry-without-reclaim", "costly-retry-without-io", "nowait-redundant-nowarn",
    "atomic-with-nomemalloc", "memalloc-with-nomemalloc", "noreclaim-scope-unchecked", "memalloc-in-hardirq", "movable-without-highmem",
    "highmem-ignored", "zone-not-configured", "kmalloc-dma-type", "this-node-no-effect", "explicit-hardwall", "write-no-effect", "nofs-in-scope",
    "kvmalloc-nonblocking", "kvmalloc-nofs-no-fallback", "vmalloc-unsupported-flags", "vmalloc-retry-flags", "vmalloc-zone-flags", "redundant-zero",
    "slab-dropped-flags", "exact-with-comp", "folio-redundant-comp", "bulk-with-account", "nolock-flags", "kmalloc-nolock-limits",
    "range-ignored-placement", "range-retry-mayfail", "range-nofs-ignored", "dma-zone-cleared", "dma-redundant-zero", "dma-pool-zone-flags",
    "mempool-dead-null-check", "percpu-ignored-flags", "skb-dma", "preload-nonblocking", "tree-dropped-flags", "account-no-effect",
  ],
  information: [
    "nofail-without-fs", "nofail-with-nowarn", "noretry-small-order", "retry-mayfail-small-order", "costly-order-plain", "high-order-without-io",
    "costly-noretry-this-node", "costly-noretry-future", "atomic-when-sleepable", "high-with-reclaim", "nowait-may-warn",
    "wakeup-under-scheduler-lock", "no-reclaim-bits", "high-order-atomic", "memalloc-outside-mm", "reclaimable-without-shrinker",
    "this-node-unchecked", "transhuge-order", "highuser-for-kernel", "fs-without-io", "nolockdep", "kvmalloc-contiguity-effort", "pfmemalloc-slab",
    "bulk-unchecked", "dma-atomic", "mempool-forced-flags", "page-frag-flags", "fallback-without-nowarn", "internal-flag", "no-kswapd",
    "unchecked-result", "atomic-overcharge",
  ],
  hint: [
    "dma-zone-for-device", "explicit-nofs-noio",
  ],
} as const;

/** Known mistakes that take the C code around the call: listed, never reported. */
export const FROM_SOURCE: readonly string[] = [
  "open-coded-nofail", "blockability-by-composite", "unbalanced-scope", "direct-pf-memalloc", "highmem-page-address", "kvmalloc-for-dma",
  "high-order-without-comp", "mempool-nested", "userspace-size-unaccounted", "swapped-arguments",
];
