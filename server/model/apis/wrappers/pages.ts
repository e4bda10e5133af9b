import type { Kernel } from "../../kernels/kernel.ts";
import type { FlagName } from "../../masks/mask.ts";
import type { AllocationRequest } from "../../request.ts";
import { orderOf } from "../../sizes.ts";
import { ELSEWHERE, NONE, SAME, type FlagsOf, type Told, type Wrapper } from "./wrapper.ts";

const GETBLK =
  "The page of the block device decides; its buffer heads and a node of its tree are asked for with the same mask, the heads with __GFP_ACCOUNT. Nothing is asked for where the block is cached. A block size that the device does not have gives NULL.";

const GETBLK_TO_6_6 =
  "Where there is no bdev_getblk(), the mask of the block device without __GFP_FS, and __GFP_NOFAIL, are added.";

const addsToGetblk = (kernel: Kernel): readonly FlagName[] =>
  kernel.lacks.has("bdev_getblk") ? ["DIRECT_RECLAIM", "KSWAPD_RECLAIM", "IO", "HARDWALL", "NOFAIL"] : [];

/** What a page pool adds: NOWARN in a driver's receive path, COMP for pools of larger blocks. */
const POOL_ADDS: FlagsOf = {
  of: (kernel: Kernel, request: AllocationRequest) => [
    ...((request.mask & kernel.gfp.ATOMIC) === kernel.gfp.ATOMIC ? (["NOWARN"] as const) : []),
    ...(orderOf(kernel, request) > 0 ? (["COMP"] as const) : []),
  ],
  text: "__GFP_NOWARN is added to masks with all of GFP_ATOMIC, __GFP_COMP for a pool of larger blocks.",
};

/** A fragment of a page of the pool. */
const FRAGMENT: Told = { kind: "bytes", headerBytes: 0 };

/** Pages, of areas and policies, of block devices, of pools. */
export const pages: readonly Wrapper[] = [
  {
    name: "get_zeroed_page",
    signature: "unsigned long get_zeroed_page(gfp_t gfp_mask)",
    calls: "__get_free_page",
    size: SAME,
    mask: "parameter",
    adds: ["ZERO"],
    evidence: "mm/page_alloc.c:get_zeroed_page",
  },
  {
    name: "vma_alloc_folio",
    signature: "struct folio *vma_alloc_folio(gfp_t gfp, int order, struct vm_area_struct *vma, unsigned long addr)",
    calls: "folio_alloc",
    size: SAME,
    mask: "parameter",
    note: "By the policy of the area. __GFP_NOWARN is added for droppable ones, and a huge page of a policy may be tried on its node alone first.",
    evidence: "mm/mempolicy.c:vma_alloc_folio",
  },
  {
    name: "vma_alloc_zeroed_movable_folio",
    signature: "struct folio *vma_alloc_zeroed_movable_folio(struct vm_area_struct *vma, unsigned long vaddr)",
    calls: "vma_alloc_folio",
    size: NONE,
    mask: "HIGHUSER_MOVABLE",
    evidence: "include/linux/highmem.h:vma_alloc_zeroed_movable_folio",
  },
  {
    name: "folio_alloc_mpol",
    signature:
      "struct folio *folio_alloc_mpol(gfp_t gfp, unsigned int order, struct mempolicy *pol, pgoff_t ilx, int nid)",
    calls: "folio_alloc",
    size: SAME,
    mask: "parameter",
    evidence: "mm/mempolicy.c:folio_alloc_mpol",
  },
  {
    name: "alloc_page_vma",
    signature: "struct page *alloc_page_vma(gfp_t gfp, struct vm_area_struct *vma, unsigned long addr)",
    calls: "alloc_page",
    size: NONE,
    mask: "parameter",
    evidence: "include/linux/gfp.h:alloc_page_vma",
  },
  {
    name: "alloc_frozen_pages",
    signature: "struct page *alloc_frozen_pages(gfp_t gfp, unsigned int order)",
    calls: "alloc_pages",
    size: SAME,
    mask: "parameter",
    note: "The page has no reference yet; only memory management itself calls it.",
    evidence: "mm/internal.h:alloc_frozen_pages (7.2)",
  },
  {
    name: "dev_alloc_pages",
    signature: "struct page *dev_alloc_pages(unsigned int order)",
    calls: "alloc_pages",
    size: SAME,
    mask: "ATOMIC",
    adds: ["NOWARN", "COMP", "MEMALLOC"],
    evidence: "include/linux/skbuff.h:dev_alloc_pages",
  },
  {
    name: "dev_alloc_page",
    signature: "struct page *dev_alloc_page(void)",
    calls: "dev_alloc_pages",
    size: NONE,
    mask: "none",
    evidence: "include/linux/skbuff.h:dev_alloc_page",
  },
  {
    name: "sb_getblk",
    signature: "struct buffer_head *sb_getblk(struct super_block *sb, sector_t block)",
    calls: "__getblk",
    size: NONE,
    mask: "none",
    evidence: "include/linux/buffer_head.h:sb_getblk",
  },
  {
    name: "__getblk",
    signature: "struct buffer_head *__getblk(struct block_device *bdev, sector_t block, unsigned size)",
    calls: "alloc_page",
    size: NONE,
    mask: "USER",
    removes: ["FS"],
    adds: ["MOVABLE", "NOFAIL"],
    canFail: true,
    sleeps: true,
    note: GETBLK,
    evidence: "include/linux/buffer_head.h:__getblk; fs/buffer.c:grow_dev_folio",
  },
  {
    name: "getblk_unmovable",
    signature: "struct buffer_head *getblk_unmovable(struct block_device *bdev, sector_t block, unsigned size)",
    calls: "alloc_page",
    size: NONE,
    mask: "USER",
    removes: ["FS"],
    adds: ["NOFAIL"],
    canFail: true,
    sleeps: true,
    note: GETBLK,
    evidence: "include/linux/buffer_head.h:getblk_unmovable; fs/buffer.c:grow_dev_folio",
  },
  {
    name: "bdev_getblk",
    signature: "struct buffer_head *bdev_getblk(struct block_device *bdev, sector_t block, unsigned size, gfp_t gfp)",
    calls: "alloc_page",
    size: NONE,
    mask: "parameter",
    canFail: true,
    note: GETBLK,
    evidence: "fs/buffer.c:bdev_getblk",
  },
  {
    name: "sb_getblk_gfp",
    signature: "struct buffer_head *sb_getblk_gfp(struct super_block *sb, sector_t block, gfp_t gfp)",
    calls: "bdev_getblk",
    size: SAME,
    mask: "parameter",
    adds: { of: addsToGetblk, text: GETBLK_TO_6_6 },
    evidence: "include/linux/buffer_head.h:sb_getblk_gfp",
  },
  {
    name: "sb_bread",
    signature: "struct buffer_head *sb_bread(struct super_block *sb, sector_t block)",
    calls: "__getblk",
    size: NONE,
    mask: "none",
    note: "Waits for the block to be read.",
    evidence: "fs/buffer.c:__bread_gfp",
  },
  {
    name: "alloc_buffer_head",
    signature: "struct buffer_head *alloc_buffer_head(gfp_t gfp_flags)",
    calls: "kmem_cache_zalloc",
    size: NONE,
    mask: "parameter",
    cacheBytes: 104,
    evidence: "fs/buffer.c:alloc_buffer_head",
  },
  {
    name: "page_pool_alloc_pages",
    signature: "struct page *page_pool_alloc_pages(struct page_pool *pool, gfp_t gfp)",
    calls: "alloc_pages",
    size: ELSEWHERE,
    mask: "parameter",
    adds: POOL_ADDS,
    note: "A page that the pool has kept needs no memory; else pages come in bulk and one is enough, or one block of the pool's `order`.",
    evidence: "net/core/page_pool.c:__page_pool_alloc_pages_slow",
  },
  {
    name: "page_pool_dev_alloc_pages",
    signature: "struct page *page_pool_dev_alloc_pages(struct page_pool *pool)",
    calls: "page_pool_alloc_pages",
    size: SAME,
    mask: "ATOMIC",
    evidence: "include/net/page_pool/helpers.h:page_pool_dev_alloc_pages",
  },
  {
    name: "page_pool_alloc_frag",
    signature:
      "struct page *page_pool_alloc_frag(struct page_pool *pool, unsigned int *offset, unsigned int size, gfp_t gfp)",
    calls: "page_pool_alloc_pages",
    size: FRAGMENT,
    mask: "parameter",
    note: "Asks for nothing while the page at hand has room. A fragment larger than the pool's pages is a WARN and NULL.",
    evidence: "net/core/page_pool.c:page_pool_alloc_frag_netmem",
  },
  {
    name: "page_pool_dev_alloc_frag",
    signature: "struct page *page_pool_dev_alloc_frag(struct page_pool *pool, unsigned int *offset, unsigned int size)",
    calls: "page_pool_alloc_frag",
    size: SAME,
    mask: "ATOMIC",
    evidence: "include/net/page_pool/helpers.h:page_pool_dev_alloc_frag",
  },
  {
    name: "page_pool_alloc",
    signature:
      "struct page *page_pool_alloc(struct page_pool *pool, unsigned int *offset, unsigned int *size, gfp_t gfp)",
    calls: "page_pool_alloc_frag",
    size: FRAGMENT,
    mask: "parameter",
    evidence: "include/net/page_pool/helpers.h:page_pool_alloc",
  },
  {
    name: "page_pool_dev_alloc",
    signature: "struct page *page_pool_dev_alloc(struct page_pool *pool, unsigned int *offset, unsigned int *size)",
    calls: "page_pool_alloc",
    size: SAME,
    mask: "ATOMIC",
    evidence: "include/net/page_pool/helpers.h:page_pool_dev_alloc",
  },
  {
    name: "page_pool_alloc_va",
    signature: "void *page_pool_alloc_va(struct page_pool *pool, unsigned int *size, gfp_t gfp)",
    calls: "page_pool_alloc",
    size: SAME,
    mask: "parameter",
    removes: ["HIGHMEM"],
    evidence: "include/net/page_pool/helpers.h:page_pool_alloc_va",
  },
  {
    name: "page_pool_dev_alloc_va",
    signature: "void *page_pool_dev_alloc_va(struct page_pool *pool, unsigned int *size)",
    calls: "page_pool_alloc_va",
    size: SAME,
    mask: "ATOMIC",
    evidence: "include/net/page_pool/helpers.h:page_pool_dev_alloc_va",
  },
];
