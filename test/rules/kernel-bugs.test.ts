import { describe, expect, test } from "vitest";
import { findingsOf, seriousRules } from "./_findings.ts";

/** A bug that the kernel had, as a request before and after its fix. */
interface FixedBug {
  /** The commit that fixed it, and what it was about. */
  readonly fix: string;
  readonly rule: string;
  readonly before: string;
  readonly after: string;
}

const BUGS: readonly FixedBug[] = [
  {
    // RDMA/hns, 2abb7431736b (5.13): the DIP context is allocated with the DIP list's spinlock held.
    fix: "RDMA/hns: GFP_KERNEL under a spinlock (2abb7431736b)",
    rule: "sleep-in-atomic",
    before: `kernel 5.12
      context get_dip_ctx_idx { in process  holds spinlock "dip_list_lock" }
      request hns_dip { api kzalloc  size 64 B  flags GFP_KERNEL  context get_dip_ctx_idx  handles null }`,
    after: `kernel 5.12
      context get_dip_ctx_idx { in process  holds spinlock "dip_list_lock" }
      request hns_dip { api kzalloc  size 64 B  flags GFP_ATOMIC  context get_dip_ctx_idx  handles null }`,
  },
  {
    // ath11k, "use GFP_ATOMIC under spin lock" (2020): the reorder queue of a peer, under base_lock.
    fix: "ath11k: GFP_KERNEL for the reorder queue under base_lock",
    rule: "sleep-in-atomic",
    before: `kernel 5.7
      context rx_tid_setup { in process  holds spinlock "base_lock" }
      request hw_desc { api kzalloc  size 4 KiB  flags GFP_KERNEL  context rx_tid_setup  handles null }`,
    after: `kernel 5.7
      context rx_tid_setup { in process  holds spinlock "base_lock" }
      request hw_desc { api kzalloc  size 4 KiB  flags GFP_ATOMIC  context rx_tid_setup  handles null }`,
  },
  {
    // UML vector driver, "Use GFP_ATOMIC under spin lock" (2019, 2020): the BPF filter is copied with the device lock
    // held.
    fix: "um: vector: GFP_KERNEL under the device lock",
    rule: "sleep-in-atomic",
    before: `kernel 5.4
      context load_bpf { in process  holds spinlock "vp->lock" }
      request filter { api kmemdup  size 512 B  flags GFP_KERNEL  context load_bpf  handles null }`,
    after: `kernel 5.4
      context load_bpf { in process  holds spinlock "vp->lock" }
      request filter { api kmemdup  size 512 B  flags GFP_ATOMIC  context load_bpf  handles null }`,
  },
  {
    // UBI, 33818bbb84cd: UBI works for UBIFS, which holds its locks while UBI allocates; reclaim then asks UBIFS to
    // write back.
    fix: "UBI: GFP_KERNEL on the write path of a filesystem (33818bbb84cd)",
    rule: "fs-reclaim-under-lock",
    before: `kernel 4.19
      context ubi_io { in process  holds fs_lock "UBIFS" }
      request vid_hdr { api kzalloc  size 64 B  flags GFP_KERNEL  context ubi_io  handles null }`,
    after: `kernel 4.19
      context ubi_io { in process  holds fs_lock "UBIFS" }
      request vid_hdr { api kzalloc  size 64 B  flags GFP_NOFS  context ubi_io  handles null }`,
  },
  {
    // mmc core, 869d37475788 (2024): ACMD22 asks how far a failed write came, in the middle of the card's I/O.
    fix: "mmc: GFP_KERNEL while a write is being recovered (869d37475788)",
    rule: "io-reclaim-under-lock",
    before: `kernel 6.6, 6.12
      context write_recovery { in process  holds io_lock "card" }
      request acmd22 { api kmalloc  size 8 B  flags GFP_KERNEL  context write_recovery  handles null }`,
    after: `kernel 6.6, 6.12
      context write_recovery { in process  holds io_lock "card" }
      request acmd22 { api kmalloc  size 8 B  flags GFP_NOIO  context write_recovery  handles null }`,
  },
  {
    // cnic, bb73955c0b1d (6.2), ahead of ffcb75458460, which made dma_alloc_attrs() refuse the flag.
    fix: "cnic: __GFP_COMP to dma_alloc_coherent (bb73955c0b1d)",
    rule: "dma-comp",
    before: `kernel 6.2
      request l2_ring { api dma_alloc_coherent  size 64 KiB  flags GFP_KERNEL | __GFP_COMP  handles null }`,
    after: `kernel 6.2
      request l2_ring { api dma_alloc_coherent  size 64 KiB  flags GFP_KERNEL  handles null }`,
  },
  {
    // mm/cma, 6518202970c1 (4.19): callers passed masks with __GFP_ZERO and got memory that was not cleared; the
    // parameter became a bool.
    fix: "mm/cma: a mask that cma_alloc never looked at (6518202970c1)",
    rule: "cma-mask-as-bool",
    before: `kernel 4.19
      request buffer { api cma_alloc  pages 256  flags GFP_KERNEL | __GFP_ZERO  handles null }`,
    after: `kernel 4.19
      request buffer { api cma_alloc  pages 256  handles null }`,
  },
  {
    // mm/vmalloc, 8e0545c83d67 (6.10, and stable): a task that was being killed got NULL in spite of __GFP_NOFAIL;
    // erofs fell over it.
    fix: "mm/vmalloc: NULL for __GFP_NOFAIL after a fatal signal (8e0545c83d67)",
    rule: "nofail-fatal-signal",
    before: `kernel 6.9
      request pages { api kvcalloc  size 64 B  count 1024  flags GFP_KERNEL | __GFP_NOFAIL }`,
    after: `kernel 6.10, 6.1.192
      request pages { api kvcalloc  size 64 B  count 1024  flags GFP_KERNEL | __GFP_NOFAIL }`,
  },
  {
    // mm, a421ef303008 with its series (5.17): kvmalloc learned __GFP_NOFAIL; erofs had been told off for it
    // (12724ba38992).
    fix: "mm: __GFP_NOFAIL to a kvmalloc that did not know it (a421ef303008)",
    rule: "nofail-kvmalloc-unsupported",
    before: `kernel 5.16
      request pages { api kvcalloc  size 64 B  count 1024  flags GFP_KERNEL | __GFP_NOFAIL }`,
    after: `kernel 5.17
      request pages { api kvcalloc  size 64 B  count 1024  flags GFP_KERNEL | __GFP_NOFAIL }`,
  },
  {
    // The same series gave kvmalloc(GFP_NOFS) its second try.
    fix: "mm: kvmalloc(GFP_NOFS) that was a kmalloc (a421ef303008)",
    rule: "kvmalloc-nofs-no-fallback",
    before: `kernel 5.15, 5.16
      request xattr { api kvmalloc  size 64 KiB  flags GFP_NOFS  handles null }`,
    after: `kernel 5.17
      request xattr { api kvmalloc  size 64 KiB  flags GFP_NOFS  handles null }`,
  },
  {
    // mm, 30c19366636f (6.0): an rhashtable grew in softirq, kmalloc found no block, and vmalloc hit its BUG_ON.
    fix: "mm: BUG in vmalloc under kvmalloc(GFP_ATOMIC) in softirq (30c19366636f)",
    rule: "kvmalloc-in-interrupt",
    before: `kernel 5.19
      context insert_slow { in softirq }
      request buckets { api kvzalloc  size 64 KiB  flags GFP_ATOMIC  context insert_slow  handles null }`,
    after: `kernel 6.0
      context insert_slow { in softirq }
      request buckets { api kvzalloc  size 64 KiB  flags GFP_ATOMIC  context insert_slow  handles null }`,
  },
  {
    // mm/percpu, "do not consider sleepable allocations atomic" (6.15): iscsid runs under noio, and its queues could
    // not be created.
    fix: "mm/percpu: a mask without I/O taken for atomic",
    rule: "percpu-nofs-atomic",
    before: `kernel 6.14
      request queue { api alloc_percpu_gfp  size 64 B  flags GFP_NOIO  handles null }`,
    after: `kernel 6.15, 6.12.117
      request queue { api alloc_percpu_gfp  size 64 B  flags GFP_NOIO  handles null }`,
  },
  {
    // mm/page_alloc, 7b755570064f (6.14): the mask reaches the finishing of the pages, and powernv/memtrace could ask
    // for zeroed ones.
    fix: "mm/page_alloc: __GFP_ZERO lost by alloc_contig_pages (7b755570064f)",
    rule: "range-zero-dropped",
    before: `kernel 6.13
      request trace_buffer { api alloc_contig_pages  size 16 MiB  flags GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN  handles null }`,
    after: `kernel 6.14
      request trace_buffer { api alloc_contig_pages  size 16 MiB  flags GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN  handles null }`,
  },
  {
    // mm/page_alloc, f6037a4a6865 (6.14): migration targets were allocated with a mask of the function's own.
    fix: "mm/page_alloc: GFP_NOIO that alloc_contig_range did not pass on (f6037a4a6865)",
    rule: "range-nofs-ignored",
    before: `kernel 6.13
      request plug { api alloc_contig_range  size 128 MiB  flags GFP_NOIO  handles null }`,
    after: `kernel 6.14
      request plug { api alloc_contig_range  size 128 MiB  flags GFP_NOIO  handles null }`,
  },
  {
    // mm/vmalloc, 3caedb3b99ea (7.1, assumed): dm-vdo wants to fail rather than bring the OOM killer; 7.0 stripped the
    // flag with a warning.
    fix: "mm/vmalloc: __GFP_RETRY_MAYFAIL stripped from dm-vdo (3caedb3b99ea)",
    rule: "vmalloc-unsupported-flags",
    before: `kernel 7.0
      request vdo { api __vmalloc  size 1 MiB  flags GFP_KERNEL | __GFP_ZERO | __GFP_RETRY_MAYFAIL  handles null }`,
    after: `kernel 7.1
      request vdo { api __vmalloc  size 1 MiB  flags GFP_KERNEL | __GFP_ZERO | __GFP_RETRY_MAYFAIL  handles null }`,
  },
  {
    // kmemleak, from d9570ee3bd1d until its revert (5.3): the mask for its own objects got __GFP_NOFAIL and lost the
    // reclaim bits.
    fix: "kmemleak: __GFP_NOFAIL in a mask that may not reclaim",
    rule: "nofail-without-reclaim",
    before: `kernel 5.2
      request object { api kmem_cache_alloc  cache { size 320 }  flags GFP_NOWAIT | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN | __GFP_NOFAIL  handles null }`,
    after: `kernel 5.3
      request object { api kmem_cache_alloc  cache { size 320 }  flags GFP_NOWAIT | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN  handles null }`,
  },
  {
    // loop, 455281c0ef4e (6.18): one of many such cleanups after GFP_NOWAIT took __GFP_NOWARN in.
    fix: "loop: __GFP_NOWARN on top of GFP_NOWAIT (455281c0ef4e)",
    rule: "nowait-redundant-nowarn",
    before: `kernel 6.17
      request worker { api kzalloc  size 128 B  flags GFP_NOWAIT | __GFP_NOWARN  handles null }`,
    after: `kernel 6.17
      request worker { api kzalloc  size 128 B  flags GFP_NOWAIT  handles null }`,
  },
  {
    // pstore, the record buffer (2023): a pmsg area larger than kmalloc serves could not be saved; it needs no
    // contiguous memory.
    fix: "pstore: a record buffer above the limit of kmalloc",
    rule: "kmalloc-too-large",
    before: `kernel 6.1
      request record { api kmalloc  size 8 MiB  flags GFP_KERNEL  handles null }`,
    after: `kernel 6.1
      request record { api kvmalloc  size 8 MiB  flags GFP_KERNEL  handles null }`,
  },
];

describe.each(BUGS.map((bug) => [bug.fix, bug] as const))("%s", (_fix, bug) => {
  test("is reported before the fix", () => {
    expect(findingsOf(bug.before).map(({ rule }) => rule)).toContain(bug.rule);
  });
  test("is clean after it", () => {
    expect(findingsOf(bug.after).map(({ rule }) => rule)).not.toContain(bug.rule);
    expect(seriousRules(bug.after)).toEqual([]);
  });
});
