import type { Kernel } from "../../kernels/kernel.ts";
import { ELSEWHERE, NONE, SAME, type Branch, type Told, type Wrapper } from "./wrapper.ts";

const SKBUFF = "net/core/skbuff.c";
const HEADER = "include/linux/skbuff.h";

/** sizeof(struct sk_buff) on 64 bits, about. */
const SKB_BYTES = 232;

/** NET_SKB_PAD on x86-64: max(32, L1_CACHE_BYTES). */
const WITH_PAD: Told = { kind: "bytes", headerBytes: 64 };

/** sizeof(struct skb_shared_info), aligned: what SKB_WITH_OVERHEAD() takes off. */
const OVERHEAD_BYTES = 320;

/** SKB_WITH_OVERHEAD(1024), as read in 6.1; 6.12.117 has the smaller size of its cache for small heads there. */
const SMALL_BYTES = 1024 - OVERHEAD_BYTES;

const upToPage = (kernel: Kernel): number => kernel.options.pageBytes - OVERHEAD_BYTES;

/** Small and large buffers from slab, what lies between from a page fragment where the mask does not block. */
const RX_DATA: readonly Branch[] = [
  { calls: "__alloc_skb", upToBytes: SMALL_BYTES },
  { calls: "page_frag_alloc", upToBytes: upToPage, unless: ["DIRECT_RECLAIM", "DMA"] },
  { calls: "__alloc_skb" },
];

const rxNote =
  "The data decides; struct sk_buff itself is one more object, asked for with GFP_ATOMIC | __GFP_NOWARN behind a page fragment. __GFP_MEMALLOC is added while a socket serves swap.";

/** Network buffers. */
export const skb: readonly Wrapper[] = [
  {
    name: "__netdev_alloc_skb",
    signature: "struct sk_buff *__netdev_alloc_skb(struct net_device *dev, unsigned int length, gfp_t gfp_mask)",
    calls: RX_DATA,
    size: WITH_PAD,
    mask: "parameter",
    family: "skb",
    note: rxNote,
    evidence: `${SKBUFF}:__netdev_alloc_skb`,
  },
  {
    name: "netdev_alloc_skb",
    signature: "struct sk_buff *netdev_alloc_skb(struct net_device *dev, unsigned int length)",
    calls: "__netdev_alloc_skb",
    size: SAME,
    mask: "ATOMIC",
    evidence: `${HEADER}:netdev_alloc_skb`,
  },
  {
    name: "netdev_alloc_skb_ip_align",
    signature: "struct sk_buff *netdev_alloc_skb_ip_align(struct net_device *dev, unsigned int length)",
    calls: "__netdev_alloc_skb",
    size: SAME,
    mask: "ATOMIC",
    evidence: `${HEADER}:netdev_alloc_skb_ip_align`,
  },
  {
    name: "__netdev_alloc_skb_ip_align",
    signature: "struct sk_buff *__netdev_alloc_skb_ip_align(struct net_device *dev, unsigned int length, gfp_t gfp)",
    calls: "__netdev_alloc_skb",
    size: SAME,
    mask: "parameter",
    evidence: `${HEADER}:__netdev_alloc_skb_ip_align`,
  },
  {
    name: "dev_alloc_skb",
    signature: "struct sk_buff *dev_alloc_skb(unsigned int length)",
    calls: "netdev_alloc_skb",
    size: SAME,
    mask: "none",
    evidence: `${HEADER}:dev_alloc_skb`,
  },
  {
    name: "__dev_alloc_skb",
    signature: "struct sk_buff *__dev_alloc_skb(unsigned int length, gfp_t gfp_mask)",
    calls: "__netdev_alloc_skb",
    size: SAME,
    mask: "parameter",
    evidence: `${HEADER}:__dev_alloc_skb`,
  },
  {
    name: "napi_alloc_skb",
    signature: "struct sk_buff *napi_alloc_skb(struct napi_struct *napi, unsigned int length)",
    calls: RX_DATA,
    size: WITH_PAD,
    mask: "ATOMIC",
    adds: ["NOWARN"],
    family: "skb",
    note: rxNote,
    evidence: `${SKBUFF}:napi_alloc_skb`,
  },
  {
    name: "__napi_alloc_skb",
    signature: "struct sk_buff *__napi_alloc_skb(struct napi_struct *napi, unsigned int length, gfp_t gfp_mask)",
    calls: RX_DATA,
    size: WITH_PAD,
    mask: "parameter",
    family: "skb",
    note: rxNote,
    evidence: `${SKBUFF}:__napi_alloc_skb (6.1)`,
  },
  {
    name: "alloc_skb_fclone",
    signature: "struct sk_buff *alloc_skb_fclone(unsigned int size, gfp_t priority)",
    calls: "alloc_skb",
    size: SAME,
    mask: "parameter",
    evidence: `${HEADER}:alloc_skb_fclone`,
  },
  {
    name: "alloc_skb_with_frags",
    signature:
      "struct sk_buff *alloc_skb_with_frags(unsigned long header_len, unsigned long data_len, int order, int *errcode, gfp_t gfp_mask)",
    calls: "alloc_skb",
    size: SAME,
    mask: "parameter",
    canFail: true,
    note: "`size` is the header's. The data comes in pages: larger orders without __GFP_DIRECT_RECLAIM and with __GFP_COMP | __GFP_NOWARN, single ones with the mask.",
    evidence: `${SKBUFF}:alloc_skb_with_frags`,
  },
  {
    name: "skb_clone",
    signature: "struct sk_buff *skb_clone(struct sk_buff *skb, gfp_t gfp_mask)",
    calls: "kmem_cache_alloc",
    size: NONE,
    cacheBytes: SKB_BYTES,
    mask: "parameter",
    note: "A buffer of alloc_skb_fclone() has its first clone beside it and asks for nothing; pages of user space are copied with the same mask first. __GFP_MEMALLOC is added for a buffer from the reserves.",
    evidence: `${SKBUFF}:skb_clone`,
  },
  {
    name: "skb_copy",
    signature: "struct sk_buff *skb_copy(const struct sk_buff *skb, gfp_t gfp_mask)",
    calls: "__alloc_skb",
    size: ELSEWHERE,
    mask: "parameter",
    note: "All of the data becomes one piece: `size` is that of the buffer that is copied.",
    evidence: `${SKBUFF}:skb_copy`,
  },
  {
    name: "skb_copy_expand",
    signature:
      "struct sk_buff *skb_copy_expand(const struct sk_buff *skb, int newheadroom, int newtailroom, gfp_t gfp_mask)",
    calls: "__alloc_skb",
    size: ELSEWHERE,
    mask: "parameter",
    note: "All of the data becomes one piece: `size` is that of the new buffer.",
    evidence: `${SKBUFF}:skb_copy_expand`,
  },
  {
    name: "pskb_copy",
    signature: "struct sk_buff *pskb_copy(struct sk_buff *skb, gfp_t gfp_mask)",
    calls: "__alloc_skb",
    size: ELSEWHERE,
    mask: "parameter",
    note: "Only the header is copied, pages are shared: `size` is the header's.",
    evidence: `${SKBUFF}:__pskb_copy_fclone`,
  },
  {
    name: "pskb_expand_head",
    signature: "int pskb_expand_head(struct sk_buff *skb, int nhead, int ntail, gfp_t gfp_mask)",
    calls: "__alloc_skb",
    size: ELSEWHERE,
    mask: "parameter",
    note: "Only data is asked for, by kmalloc_reserve() as for a new buffer; `size` is that of the new head. BUG_ON() where the buffer is shared. -ENOMEM.",
    evidence: `${SKBUFF}:pskb_expand_head`,
  },
  {
    name: "skb_share_check",
    signature: "struct sk_buff *skb_share_check(struct sk_buff *skb, gfp_t pri)",
    calls: "skb_clone",
    size: NONE,
    mask: "parameter",
    note: "Asks for nothing where the buffer is not shared; a failed clone frees the buffer.",
    evidence: `${HEADER}:skb_share_check`,
  },
  {
    name: "skb_unshare",
    signature: "struct sk_buff *skb_unshare(struct sk_buff *skb, gfp_t pri)",
    calls: "skb_copy",
    size: SAME,
    mask: "parameter",
    note: "Asks for nothing where the buffer is no clone; a failed copy frees the buffer.",
    evidence: `${HEADER}:skb_unshare`,
  },
  {
    name: "skb_realloc_headroom",
    signature: "struct sk_buff *skb_realloc_headroom(struct sk_buff *skb, unsigned int headroom)",
    calls: "pskb_expand_head",
    size: SAME,
    mask: "ATOMIC",
    evidence: `${SKBUFF}:skb_realloc_headroom`,
  },
  {
    name: "build_skb",
    signature: "struct sk_buff *build_skb(void *data, unsigned int frag_size)",
    calls: "kmem_cache_alloc",
    size: NONE,
    cacheBytes: SKB_BYTES,
    mask: "ATOMIC",
    adds: ["NOWARN"],
    evidence: `${SKBUFF}:__build_skb`,
  },
  {
    name: "slab_build_skb",
    signature: "struct sk_buff *slab_build_skb(void *data)",
    calls: "kmem_cache_alloc",
    size: NONE,
    cacheBytes: SKB_BYTES,
    mask: "ATOMIC",
    adds: ["NOWARN"],
    evidence: `${SKBUFF}:slab_build_skb`,
  },
];
