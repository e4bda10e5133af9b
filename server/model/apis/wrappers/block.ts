import { NONE, SAME, type Wrapper } from "./wrapper.ts";

/** Block I/O. */
export const block: readonly Wrapper[] = [
  {
    name: "bio_alloc",
    signature:
      "struct bio *bio_alloc(struct block_device *bdev, unsigned short nr_vecs, blk_opf_t opf, gfp_t gfp_mask)",
    calls: "bio_alloc_bioset",
    size: SAME,
    mask: "parameter",
    evidence: "include/linux/bio.h:bio_alloc",
  },
  {
    name: "bio_alloc_clone",
    signature:
      "struct bio *bio_alloc_clone(struct block_device *bdev, struct bio *bio_src, gfp_t gfp, struct bio_set *bs)",
    calls: "bio_alloc_bioset",
    size: SAME,
    mask: "parameter",
    note: "The clone of a bio with a cgroup, an encryption or an integrity context asks for those with the same mask.",
    evidence: "block/bio.c:bio_alloc_clone",
  },
  {
    name: "bio_split",
    signature: "struct bio *bio_split(struct bio *bio, int sectors, gfp_t gfp, struct bio_set *bs)",
    calls: "bio_alloc_clone",
    size: SAME,
    mask: "parameter",
    evidence: "block/bio.c:bio_split",
  },
  {
    name: "bio_kmalloc",
    signature: "struct bio *bio_kmalloc(unsigned short nr_vecs, gfp_t gfp_mask)",
    calls: "kmalloc",
    size: { kind: "elements", elementBytes: 16, headerBytes: 136 },
    mask: "parameter",
    canFail: true,
    note: "No mempool is behind it: it can fail, a blocking mask or not. More than BIO_MAX_INLINE_VECS vectors give NULL. `count` is their number.",
    evidence: "block/bio.c:bio_kmalloc",
  },
  {
    name: "blk_rq_map_kern",
    signature: "int blk_rq_map_kern(struct request *rq, void *kbuf, unsigned int len, gfp_t gfp_mask)",
    calls: "bio_kmalloc",
    size: NONE,
    mask: "parameter",
    note: "Memory that the queue cannot take is copied to pages of their own, asked for with GFP_NOIO | __GFP_ZERO and the caller's mask.",
    evidence: "block/blk-map.c:blk_rq_map_kern",
  },
  {
    name: "blkdev_issue_discard",
    signature:
      "int blkdev_issue_discard(struct block_device *bdev, sector_t sector, sector_t nr_sects, gfp_t gfp_mask)",
    calls: "bio_alloc",
    size: SAME,
    mask: "parameter",
    sleeps: true,
    canFail: true,
    note: "Waits for the I/O, whatever the mask. In 6.12 a bio that a non-blocking mask does not get ends the discard early, and 0 comes back.",
    evidence: "block/blk-lib.c:blkdev_issue_discard",
  },
  {
    name: "blkdev_issue_zeroout",
    signature:
      "int blkdev_issue_zeroout(struct block_device *bdev, sector_t sector, sector_t nr_sects, gfp_t gfp_mask, unsigned flags)",
    calls: "bio_alloc",
    size: SAME,
    mask: "parameter",
    sleeps: true,
    canFail: true,
    note: "Waits for the I/O, whatever the mask.",
    evidence: "block/blk-lib.c:blkdev_issue_zeroout",
  },
];
