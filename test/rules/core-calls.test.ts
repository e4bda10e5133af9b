import { expect, test } from "vitest";
import { apiNamed } from "../../server/model/apis.ts";
import type { Api } from "../../server/model/apis/api.ts";
import { kernelOf, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { seriousRules } from "./_findings.ts";

/**
 * Every function with every literal mask that the core of 6.12 calls it with (mm, fs, kernel, net/core, net/ipv4,
 * net/ipv6, block, lib, io_uring, ipc, security, crypto), but for those of `kernel-idioms.test.ts`, which has them with
 * their places: 4,234 calls together. An error or a warning about one of them is a false alarm.
 */
const FORMS = `
__alloc_percpu_gfp GFP_KERNEL
__alloc_skb GFP_NOWAIT
__get_free_page GFP_KERNEL
__get_free_page GFP_NOFS
__get_free_pages GFP_KERNEL
__netdev_alloc_skb GFP_NOWAIT
__vmalloc GFP_NOFS
__xa_store GFP_ATOMIC
__xa_store GFP_NOFS
aead_request_alloc GFP_KERNEL
ahash_request_alloc GFP_ATOMIC
ahash_request_alloc GFP_KERNEL
alloc_buffer_head GFP_NOFS | __GFP_NOFAIL
alloc_contig_pages GFP_KERNEL
alloc_page GFP_KERNEL
alloc_page GFP_NOFS
alloc_page GFP_NOIO
alloc_page_vma GFP_HIGHUSER_MOVABLE
alloc_pages GFP_KERNEL
alloc_pages_bulk_array GFP_KERNEL
alloc_pages_exact GFP_KERNEL
alloc_pages_node GFP_KERNEL
alloc_percpu_gfp GFP_KERNEL
alloc_percpu_gfp GFP_KERNEL_ACCOUNT
alloc_skb GFP_ATOMIC
alloc_skb GFP_KERNEL
bio_alloc GFP_ATOMIC
bio_alloc GFP_KERNEL
bio_alloc GFP_NOFS
bio_alloc GFP_NOIO
bio_alloc_bioset GFP_KERNEL
bio_alloc_bioset GFP_NOFS
bio_alloc_clone GFP_NOFS
bio_kmalloc GFP_KERNEL
bio_kmalloc GFP_NOIO
bio_split GFP_NOFS
bio_split GFP_NOIO
bitmap_alloc GFP_KERNEL
bitmap_zalloc GFP_ATOMIC
bitmap_zalloc GFP_KERNEL
bitmap_zalloc GFP_KERNEL_ACCOUNT
bitmap_zalloc GFP_NOFS
bitmap_zalloc GFP_NOIO
bitmap_zalloc GFP_NOWAIT
blkdev_issue_zeroout GFP_KERNEL
devm_kasprintf GFP_KERNEL
devm_kcalloc GFP_KERNEL
devm_kmalloc GFP_KERNEL
devm_kstrdup GFP_KERNEL
devm_kzalloc GFP_KERNEL
folio_alloc GFP_KERNEL
folio_alloc GFP_KERNEL_ACCOUNT
folio_alloc GFP_NOFS
genlmsg_new GFP_KERNEL
genlmsg_new GFP_NOFS
get_zeroed_page GFP_ATOMIC
get_zeroed_page GFP_KERNEL
get_zeroed_page GFP_NOFS
ida_alloc GFP_ATOMIC
ida_alloc GFP_KERNEL
ida_alloc_max GFP_KERNEL
ida_alloc_min GFP_KERNEL
ida_alloc_range GFP_KERNEL
idr_alloc GFP_ATOMIC
idr_alloc GFP_KERNEL
idr_alloc GFP_NOWAIT
idr_alloc_cyclic GFP_ATOMIC
idr_alloc_cyclic GFP_KERNEL
idr_alloc_cyclic GFP_NOWAIT
idr_preload GFP_KERNEL
kasprintf GFP_KERNEL
kasprintf GFP_KERNEL_ACCOUNT
kcalloc GFP_ATOMIC
kcalloc GFP_KERNEL
kcalloc GFP_KERNEL_ACCOUNT
kcalloc GFP_NOFS
kcalloc_node GFP_KERNEL
kmalloc GFP_ATOMIC
kmalloc GFP_KERNEL
kmalloc GFP_KERNEL_ACCOUNT
kmalloc GFP_NOFS
kmalloc GFP_NOWAIT
kmalloc GFP_USER
kmalloc __GFP_NOWARN
kmalloc_array GFP_ATOMIC
kmalloc_array GFP_KERNEL
kmalloc_array GFP_KERNEL_ACCOUNT
kmalloc_array GFP_NOFS
kmalloc_array GFP_NOIO
kmalloc_node GFP_KERNEL
kmalloc_track_caller GFP_KERNEL
kmem_cache_alloc GFP_ATOMIC
kmem_cache_alloc GFP_KERNEL
kmem_cache_alloc GFP_NOFS
kmem_cache_alloc GFP_NOWAIT
kmem_cache_alloc_node GFP_KERNEL
kmem_cache_zalloc GFP_ATOMIC
kmem_cache_zalloc GFP_KERNEL
kmem_cache_zalloc GFP_NOFS
kmem_cache_zalloc GFP_NOWAIT
kmemdup GFP_ATOMIC
kmemdup GFP_KERNEL
kmemdup GFP_KERNEL_ACCOUNT
kmemdup GFP_NOFS
kmemdup_array GFP_KERNEL
kmemdup_nul GFP_KERNEL
kpp_request_alloc GFP_KERNEL
krealloc GFP_ATOMIC
krealloc GFP_KERNEL
krealloc GFP_NOFS
krealloc GFP_NOWAIT | __GFP_NOWARN
krealloc_array GFP_KERNEL
krealloc_array GFP_KERNEL_ACCOUNT
kstrdup GFP_ATOMIC
kstrdup GFP_KERNEL
kstrdup GFP_KERNEL_ACCOUNT
kstrdup GFP_NOFS
kstrdup GFP_USER
kstrdup GFP_USER | __GFP_NOWARN
kstrdup_const GFP_ATOMIC
kstrdup_const GFP_KERNEL
kstrndup GFP_ATOMIC
kstrndup GFP_KERNEL
kstrndup GFP_KERNEL | __GFP_NOWARN
kstrndup GFP_NOFS
kvasprintf GFP_KERNEL
kvasprintf_const GFP_KERNEL
kvcalloc GFP_KERNEL
kvcalloc GFP_KERNEL_ACCOUNT
kvmalloc GFP_KERNEL
kvmalloc GFP_KERNEL_ACCOUNT
kvmalloc GFP_KERNEL | __GFP_ZERO
kvmalloc GFP_NOFS
kvmalloc GFP_NOFS | __GFP_NOWARN
kvmalloc __GFP_NOWARN | GFP_NOWAIT
kvmalloc_array GFP_KERNEL
kvmalloc_array GFP_KERNEL_ACCOUNT
kvmemdup GFP_KERNEL
kvmemdup GFP_KERNEL | __GFP_NOWARN
kvrealloc GFP_KERNEL
kvzalloc GFP_KERNEL
kvzalloc GFP_KERNEL_ACCOUNT
kvzalloc_node GFP_KERNEL
kzalloc GFP_ATOMIC
kzalloc GFP_KERNEL
kzalloc GFP_KERNEL_ACCOUNT
kzalloc GFP_KERNEL | GFP_NOFS
kzalloc GFP_NOFS
kzalloc GFP_NOWAIT
kzalloc __GFP_NOWARN | GFP_KERNEL
kzalloc_node GFP_KERNEL
kzalloc_node GFP_NOWAIT
mas_store_gfp GFP_KERNEL
mempool_alloc GFP_KERNEL
mempool_alloc GFP_NOFS
mempool_alloc GFP_NOWAIT
mtree_insert GFP_KERNEL
mtree_store GFP_KERNEL
mtree_store_range GFP_KERNEL
nla_memdup GFP_ATOMIC
nla_memdup GFP_KERNEL
nla_strdup GFP_KERNEL
nla_strdup GFP_KERNEL_ACCOUNT
nlmsg_new GFP_ATOMIC
nlmsg_new GFP_KERNEL
nlmsg_new GFP_USER
pskb_copy GFP_ATOMIC
pskb_expand_head GFP_ATOMIC
pskb_expand_head GFP_KERNEL
radix_tree_preload GFP_KERNEL
radix_tree_preload GFP_NOFS
sb_getblk_gfp __GFP_MOVABLE | GFP_NOFS
sg_alloc_table GFP_KERNEL
skb_clone GFP_ATOMIC
skb_clone GFP_KERNEL
skb_copy GFP_ATOMIC
skb_copy GFP_KERNEL
skb_copy_expand GFP_KERNEL
skb_page_frag_refill GFP_ATOMIC
skb_share_check GFP_ATOMIC
skcipher_request_alloc GFP_KERNEL
skcipher_request_alloc GFP_NOFS
sock_kmalloc GFP_ATOMIC
sock_kmalloc GFP_KERNEL
vma_alloc_folio GFP_HIGHUSER_MOVABLE
xa_alloc GFP_ATOMIC
xa_alloc GFP_KERNEL
xa_cmpxchg GFP_KERNEL
xa_insert GFP_KERNEL
xa_reserve GFP_NOFS
xa_store GFP_ATOMIC
xa_store GFP_KERNEL
`;

/** A small size, as the function takes it. */
function sizeOf(api: Api): string {
  const one = { bytes: "size 96 B", order: "order 0", pages: "pages 512", count: "count 4", none: "" }[api.size];
  const array = api.size === "bytes" && api.alsoTakes.includes("count") ? "  count 4" : "";
  return `${one}${array}${api.name.startsWith("kmem_cache") ? "  cache { size 192 }" : ""}`;
}

const forms = FORMS.trim()
  .split("\n")
  .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);

test.each(forms)("no error and no warning, in 6.12 and 7.3, for %s(%s)", (name, mask) => {
  const api = apiNamed(name);
  if (api === null) throw new Error(`the model does not know ${name}()`);
  const handles = mask.includes("NOFAIL") ? "" : "handles null";
  for (const release of ["6.12", mainlineReleases().at(-1) ?? ""]) {
    const kernel = kernelOf(release);
    if ("unknown" in kernel || !api.exists(kernel)) continue;
    const text = `kernel ${release}\nrequest r { api ${name}  ${sizeOf(api)}  flags ${mask}  ${handles} }\n`;
    expect(seriousRules(text), release).toEqual([]);
  }
});
