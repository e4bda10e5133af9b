import type { Kernel } from "./kernel.ts";
import { comesBefore } from "./kernels.ts";

/** A place from a release on: file and function, `_noprof` at the end of a name left out. */
type Since = readonly [release: string, place: string];

/**
 * Functions that are called otherwise, or stand in another file, in some of the kernels that the model knows: the
 * oldest place, and from which release on there is another function (`name`) or file (`file:`) or both. Seen in 6.1,
 * 6.12.117 and 7.3.4; the releases between are recalled, and where they are not known, the first of these three stands
 * for them.
 */
const MOVED: readonly string[] = [
  "mm/page_alloc.c:gfp_to_alloc_flags 7.3 alloc_flags_slowpath",
  "mm/page_alloc.c:gfp_to_alloc_flags_cma 7.3 alloc_flags_cma",
  "mm/page_alloc.c:__alloc_pages_bulk 6.10 alloc_pages_bulk",
  "mm/page_alloc.c:__get_free_pages 6.10 get_free_pages",
  "mm/page_alloc.c:__page_frag_cache_refill 6.13 mm/page_frag_cache.c:",
  "mm/page_alloc.c:page_frag_free 6.13 mm/page_frag_cache.c:",
  "mm/swap.c:__put_page 5.18 __folio_put 7.3 mm/folio.c:",
  "mm/slub.c:__kmalloc 6.1 mm/slab_common.c: 6.8 mm/slub.c:",
  "mm/slab_common.c:kmalloc_order 6.1 __kmalloc_large_node 6.8 mm/slub.c: 6.11 ___kmalloc_large_node",
  "mm/util.c:kvmalloc_node 6.11 __kvmalloc_node 6.15 mm/slub.c:",
  "mm/util.c:kvrealloc 6.15 mm/slub.c:kvrealloc_node_align",
  "mm/util.c:kvfree 6.15 mm/slub.c:",
  "mm/util.c:kvfree_sensitive 6.15 mm/slub.c:",
  "kernel/rcu/tree.c:kfree_call_rcu 5.9 kvfree_call_rcu 6.14 mm/slab_common.c:",
  "kernel/cgroup/cpuset.c:__cpuset_node_allowed 6.12 cpuset_node_allowed 7.3 cpuset_current_node_allowed",
  "fs/buffer.c:grow_dev_page 6.8 grow_dev_folio",
  "include/linux/device.h:devm_kzalloc 6.12 include/linux/device/devres.h:",
  "include/linux/device.h:devm_kcalloc 6.12 include/linux/device/devres.h:",
  "include/linux/device.h:devm_kmalloc_array 6.12 include/linux/device/devres.h:",
  "net/core/skbuff.c:kfree_skb 5.17 kfree_skb_reason 6.11 sk_skb_reason_drop",
  "net/core/skbuff.c:__napi_alloc_skb 6.10 napi_alloc_skb",
  "net/core/dev.c:__dev_kfree_skb_any 6.12 dev_kfree_skb_any_reason",
  "include/net/page_pool.h:page_pool_dev_alloc_pages 6.6 include/net/page_pool/helpers.h:",
  "include/net/page_pool.h:page_pool_dev_alloc_frag 6.6 include/net/page_pool/helpers.h:",
];

function namesOf(moved: string): readonly Since[] {
  const [oldest = "", ...later] = moved.split(" ");
  let [file = "", name = ""] = oldest.split(":");
  const names: Since[] = [["", oldest]];
  for (let at = 0; at + 1 < later.length; at += 2) {
    const [release = "", place = ""] = later.slice(at, at + 2);
    const cut = place.indexOf(":");
    if (cut > 0) file = place.slice(0, cut);
    name = place.slice(cut + 1) || name;
    names.push([release, `${file}:${name}`]);
  }
  return names;
}

/** By any name of a place all of its names, the oldest first. */
export const NAMES: ReadonlyMap<string, readonly Since[]> = new Map(
  MOVED.map(namesOf).flatMap((names) => names.map(([, place]): [string, readonly Since[]] => [place, names])),
);

/** A place in evidence. */
export const PLACE = /[\w./-]+\.[ch]:\w+/g;

/**
 * Places of evidence (`mm/slub.c:kfree; mm/util.c:kvfree`) as this kernel has them, whichever kernel's names they are
 * written by. Where the model does not know that one moved, it stays.
 */
export function placesIn(kernel: Kernel, places: string): string {
  return places.replace(PLACE, (place) => {
    const names = NAMES.get(place);
    return names?.findLast(([release]) => release === "" || !comesBefore(kernel, release))?.[1] ?? place;
  });
}
