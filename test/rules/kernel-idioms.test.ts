import { describe, expect, test } from "vitest";
import { apiNamed } from "../../server/model/apis.ts";
import { kernelOf, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { seriousRules } from "./_findings.ts";

/**
 * Calls as they stand in the kernel's own core (6.12): file and function, and the request in the language. Reviewed and
 * in use: a warning about one of them is a false alarm. Sizes that the source computes are ones that occur.
 */
const CALLS: readonly (readonly [string, string])[] = [
  ["mm/mincore.c", "api __get_free_page  flags GFP_USER  handles null"],
  ["mm/vmalloc.c:vmap_init_nodes", "api kmalloc_array  size 96 B  flags GFP_NOWAIT | __GFP_NOWARN  handles null"],
  ["mm/mmu_gather.c:tlb_next_batch", "api __get_free_page  flags GFP_NOWAIT | __GFP_NOWARN  handles null"],
  ["mm/swapfile.c", "api kvmalloc_array  size 40 KiB  flags GFP_KERNEL | __GFP_ZERO  handles null"],
  ["mm/swapfile.c:add_swap_count_continuation", "api alloc_page  flags GFP_KERNEL | __GFP_HIGHMEM  handles null"],
  [
    "mm/vmscan.c:set_mm_walk",
    "api kzalloc  size 96 B  flags __GFP_HIGH | __GFP_NOMEMALLOC | __GFP_NOWARN  handles null",
  ],
  [
    "mm/zsmalloc.c:cache_alloc_handle",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_KERNEL & ~(__GFP_HIGHMEM | __GFP_MOVABLE)  handles null",
  ],
  [
    "mm/zsmalloc.c:cache_alloc_zspage",
    "api kmem_cache_zalloc  cache { size 192 }  flags GFP_KERNEL & ~(__GFP_HIGHMEM | __GFP_MOVABLE)  handles null",
  ],
  [
    "mm/migrate_device.c:migrate_device_coherent_folio",
    "api folio_alloc  order 0  flags GFP_USER | __GFP_NOWARN  handles null",
  ],
  ["mm/swap_cgroup.c:swap_cgroup_prepare", "api alloc_page  flags GFP_KERNEL | __GFP_ZERO  handles null"],
  [
    "mm/ksm.c:alloc_rmap_item",
    "api kmem_cache_zalloc  cache { size 192 }  flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN  handles null",
  ],
  [
    "mm/ksm.c:alloc_stable_node",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_KERNEL | __GFP_HIGH  handles null",
  ],
  ["mm/secretmem.c:secretmem_fault", "api folio_alloc  order 0  flags GFP_KERNEL | __GFP_ZERO  handles null"],
  ["mm/page_alloc.c:__build_all_zonelists", "api kmalloc  size 96 B  flags GFP_ATOMIC | __GFP_NOWARN  handles null"],
  ["mm/percpu.c:pcpu_mem_zalloc", "api __vmalloc  size 40 KiB  flags GFP_KERNEL | __GFP_ZERO  handles null"],
  [
    "mm/huge_memory.c:get_huge_zero_page",
    "api folio_alloc  order 9  flags (GFP_TRANSHUGE | __GFP_ZERO) & ~__GFP_MOVABLE  handles null",
  ],
  [
    "mm/slab_common.c:kmem_buckets_create",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_KERNEL | __GFP_ZERO  handles null",
  ],
  ["mm/kasan/shadow.c:__kasan_populate_vmalloc", "api __get_free_page  flags GFP_KERNEL | __GFP_ZERO  handles null"],
  ["mm/damon/dbgfs.c:user_input_str", "api kmalloc  size 96 B  flags GFP_KERNEL | __GFP_NOWARN  handles null"],
  [
    "mm/damon/core.c:damon_commit_target_regions",
    "api kmalloc_array  size 96 B  flags GFP_KERNEL | __GFP_NOWARN  handles null",
  ],
  [
    "mm/kfence/core.c:kfence_init_late",
    "api alloc_contig_pages  pages 512  flags GFP_KERNEL | __GFP_SKIP_KASAN  handles null",
  ],
  [
    "mm/kfence/core.c:kfence_init_late",
    "api alloc_pages_exact  size 64 KiB  flags GFP_KERNEL | __GFP_SKIP_KASAN  handles null",
  ],
  ["fs/dcache.c:__d_alloc", "api kmalloc  size 96 B  flags GFP_KERNEL_ACCOUNT | __GFP_RECLAIMABLE  handles null"],
  ["fs/exec.c:get_arg_page", "api alloc_page  flags GFP_HIGHUSER | __GFP_ZERO  handles null"],
  ["fs/fs-writeback.c:cgroup_writeback_by_id", "api kzalloc  size 96 B  flags GFP_NOWAIT | __GFP_NOWARN  handles null"],
  ["fs/splice.c:copy_splice_read", "api alloc_pages_bulk_array  count 16  flags GFP_USER  handles null"],
  ["fs/pipe.c:pipe_write", "api alloc_page  flags GFP_HIGHUSER | __GFP_ACCOUNT  handles null"],
  ["fs/pipe.c:pipe_resize_ring", "api kcalloc  size 96 B  flags GFP_KERNEL_ACCOUNT | __GFP_NOWARN  handles null"],
  [
    "fs/jbd2/journal.c:journal_alloc_journal_head",
    "api kmem_cache_zalloc  cache { size 192 }  flags GFP_NOFS | __GFP_NOFAIL",
  ],
  [
    "fs/notify/inotify/inotify_fsnotify.c:inotify_handle_inode_event",
    "api kmalloc  size 96 B  flags GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL  handles null",
  ],
  ["fs/fuse/dev.c:fuse_copy_fill", "api alloc_page  flags GFP_HIGHUSER  handles null"],
  [
    "fs/fuse/dir.c:fuse_dentry_init",
    "api kzalloc  size 96 B  flags GFP_KERNEL_ACCOUNT | __GFP_RECLAIMABLE  handles null",
  ],
  ["fs/fuse/inode.c:fuse_sync_bucket_alloc", "api kzalloc  size 96 B  flags GFP_KERNEL | __GFP_NOFAIL"],
  ["fs/fuse/file.c:fuse_writepage_locked", "api folio_alloc  order 0  flags GFP_NOFS | __GFP_HIGHMEM  handles null"],
  ["fs/fuse/virtio_fs.c:virtio_fs_requests_done_work", "api kzalloc  size 96 B  flags GFP_NOFS | __GFP_NOFAIL"],
  ["fs/fuse/virtio_fs.c:virtio_fs_send_forget", "api kmalloc  size 96 B  flags GFP_NOFS | __GFP_NOFAIL"],
  ["fs/erofs/fscache.c:erofs_fscache_bio_alloc", "api kmalloc  size 96 B  flags GFP_KERNEL | __GFP_NOFAIL"],
  ["fs/erofs/zdata.c:z_erofs_decompress_pcluster", "api kvcalloc  size 40 KiB  flags GFP_KERNEL | __GFP_NOFAIL"],
  ["fs/erofs/zdata.c:jobqueue_init", "api kvzalloc  size 40 KiB  flags GFP_KERNEL | __GFP_NOWARN  handles null"],
  [
    "fs/proc/vmcore.c:parse_crash_elf64_headers",
    "api __get_free_pages  order 0  flags GFP_KERNEL | __GFP_ZERO  handles null",
  ],
  [
    "fs/xfs/xfs_error.c:xfs_errortag_init",
    "api kzalloc  size 96 B  flags GFP_KERNEL | __GFP_RETRY_MAYFAIL  handles null",
  ],
  ["fs/xfs/xfs_buf.c:xfs_buf_get_maps", "api kzalloc  size 96 B  flags GFP_KERNEL | __GFP_NOLOCKDEP | __GFP_NOFAIL"],
  [
    "fs/xfs/xfs_buf.c:_xfs_buf_alloc",
    "api kmem_cache_zalloc  cache { size 192 }  flags GFP_KERNEL | __GFP_NOLOCKDEP | __GFP_NOFAIL",
  ],
  [
    "fs/xfs/xfs_log.c:xlog_alloc_log",
    "api kvzalloc  size 40 KiB  flags GFP_KERNEL | __GFP_RETRY_MAYFAIL  handles null",
  ],
  ["fs/xfs/xfs_log.c:xlog_ticket_alloc", "api kmem_cache_zalloc  cache { size 192 }  flags GFP_KERNEL | __GFP_NOFAIL"],
  ["fs/xfs/xfs_log_recover.c:xlog_recover_add_to_trans", "api kcalloc  size 96 B  flags GFP_KERNEL | __GFP_NOFAIL"],
  ["fs/xfs/xfs_mount.c:xfs_uuid_mount", "api krealloc  size 96 B  flags GFP_KERNEL | __GFP_NOFAIL"],
  [
    "fs/xfs/xfs_filestream.c:xfs_filestream_create_association",
    "api kmalloc  size 96 B  flags GFP_KERNEL | __GFP_RETRY_MAYFAIL  handles null",
  ],
  [
    "fs/xfs/xfs_refcount_item.c:xfs_cui_recover_work",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_KERNEL | __GFP_NOFAIL",
  ],
  [
    "fs/xfs/xfs_icache.c:xfs_iget_cache_miss",
    "api radix_tree_preload  flags GFP_KERNEL | __GFP_NOLOCKDEP  handles null",
  ],
  [
    "fs/xfs/libxfs/xfs_dir2.c:xfs_dir_cilookup_result",
    "api kmalloc  size 96 B  flags GFP_KERNEL | __GFP_NOLOCKDEP | __GFP_RETRY_MAYFAIL  handles null",
  ],
  [
    "fs/xfs/libxfs/xfs_inode_fork.c:xfs_init_local_fork",
    "api kmalloc  size 96 B  flags GFP_KERNEL | __GFP_NOLOCKDEP | __GFP_NOFAIL",
  ],
  [
    "fs/xfs/libxfs/xfs_attr_leaf.c:xfs_attr_copy_value",
    "api kvmalloc  size 40 KiB  flags GFP_KERNEL | __GFP_NOLOCKDEP  handles null",
  ],
  [
    "fs/xfs/libxfs/xfs_attr_leaf.c:xfs_attr3_leaf_to_shortform",
    "api kvmalloc  size 40 KiB  flags GFP_KERNEL | __GFP_NOFAIL",
  ],
  [
    "fs/xfs/libxfs/xfs_attr_leaf.c:xfs_attr3_leaf_unbalance",
    "api kvzalloc  size 40 KiB  flags GFP_KERNEL | __GFP_NOFAIL",
  ],
  [
    "fs/xfs/libxfs/xfs_iext_tree.c:xfs_iext_realloc_root",
    "api krealloc  size 96 B  flags GFP_KERNEL | __GFP_NOLOCKDEP | __GFP_NOFAIL",
  ],
  ["fs/ceph/mdsmap.c:ceph_mdsmap_decode", "api krealloc  size 96 B  flags GFP_NOFS | __GFP_ZERO  handles null"],
  [
    "fs/ceph/mds_client.c:ceph_alloc_readdir_reply_buffer",
    "api __get_free_pages  order 0  flags GFP_KERNEL | __GFP_NOWARN | __GFP_ZERO  handles null",
  ],
  ["fs/isofs/namei.c:isofs_lookup", "api alloc_page  flags GFP_USER  handles null"],
  ["fs/gfs2/rgrp.c:gfs2_rlist_add", "api kcalloc  size 96 B  flags GFP_NOFS | __GFP_NOFAIL"],
  ["fs/gfs2/rgrp.c:gfs2_rlist_alloc", "api kmalloc_array  size 96 B  flags GFP_NOFS | __GFP_NOFAIL"],
  ["fs/gfs2/quota.c:gfs2_quota_init", "api kzalloc  size 96 B  flags GFP_NOFS | __GFP_NOWARN  handles null"],
  ["fs/gfs2/quota.c:gfs2_quota_init", "api __vmalloc  size 40 KiB  flags GFP_NOFS | __GFP_ZERO  handles null"],
  ["fs/gfs2/dir.c:gfs2_dir_get_hash_table", "api kmalloc  size 96 B  flags GFP_NOFS | __GFP_NOWARN  handles null"],
  ["fs/gfs2/dir.c:dir_double_exhash", "api kmalloc_array  size 96 B  flags GFP_NOFS | __GFP_NOWARN  handles null"],
  [
    "fs/gfs2/dir.c:leaf_dealloc",
    "api __vmalloc  size 40 KiB  flags GFP_NOFS | __GFP_NOWARN | __GFP_ZERO  handles null",
  ],
  [
    "fs/ecryptfs/crypto.c:ecryptfs_get_zeroed_pages",
    "api alloc_pages  order 0  flags GFP_KERNEL | __GFP_ZERO  handles null",
  ],
  [
    "fs/ecryptfs/crypto.c:ecryptfs_read_metadata",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_USER  handles null",
  ],
  [
    "fs/smb/client/smb2ops.c:cifs_alloc_folioq_buffer",
    "api folio_alloc  order 0  flags GFP_KERNEL | __GFP_HIGHMEM  handles null",
  ],
  ["fs/ext4/mballoc.c:ext4_mb_clear_bb", "api kmem_cache_alloc  cache { size 192 }  flags GFP_NOFS | __GFP_NOFAIL"],
  ["fs/dlm/lowcomms.c:new_writequeue_entry", "api alloc_page  flags GFP_ATOMIC | __GFP_ZERO  handles null"],
  ["fs/f2fs/compress.c:f2fs_cache_compressed_page", "api alloc_page  flags __GFP_NOWARN | __GFP_IO  handles null"],
  ["fs/f2fs/node.c:add_free_nid", "api radix_tree_preload  flags GFP_NOFS | __GFP_NOFAIL"],
  [
    "fs/btrfs/zlib.c:zlib_alloc_workspace",
    "api kmalloc  size 96 B  flags __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN | GFP_NOIO  handles null",
  ],
  ["fs/btrfs/zstd.c:zstd_alloc_workspace", "api kvmalloc  size 40 KiB  flags GFP_KERNEL | __GFP_NOWARN  handles null"],
  ["fs/btrfs/send.c:iterate_dir_item", "api krealloc  size 96 B  flags GFP_KERNEL | __GFP_NOWARN  handles null"],
  ["fs/ntfs3/super.c:ntfs_init_from_boot", "api kmemdup  size 96 B  flags GFP_NOFS | __GFP_NOWARN  handles null"],
  ["fs/nfs/dir.c:nfs_symlink", "api folio_alloc  order 0  flags GFP_USER  handles null"],
  ["net/xdp/xdp_umem.c:xdp_umem_pin_pages", "api kvcalloc  size 40 KiB  flags GFP_KERNEL | __GFP_NOWARN  handles null"],
  ["net/netfilter/nf_bpf_link.c:bpf_nf_link_attach", "api kzalloc  size 96 B  flags GFP_USER  handles null"],
  [
    "net/netfilter/nfnetlink_log.c:nfulnl_alloc_skb",
    "api alloc_skb  size 96 B  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  ["net/ethtool/ioctl.c:ethtool_get_sset_info", "api kcalloc  size 96 B  flags GFP_USER  handles null"],
  [
    "net/sched/sch_fq.c:fq_classify",
    "api kmem_cache_zalloc  cache { size 192 }  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  [
    "net/sched/sch_fq.c:fq_resize",
    "api kvmalloc_node  size 40 KiB  flags GFP_KERNEL | __GFP_RETRY_MAYFAIL  node 0  handles null",
  ],
  [
    "net/smc/smc_loopback.c:smc_lo_register_dmb",
    "api folio_alloc  order 0  flags GFP_KERNEL | __GFP_NOWARN | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_ZERO  handles null",
  ],
  [
    "net/smc/smc_core.c:smcr_new_buf_create",
    "api alloc_pages  order 0  flags GFP_KERNEL | __GFP_NOWARN | __GFP_NOMEMALLOC | __GFP_COMP | __GFP_NORETRY | __GFP_ZERO  handles null",
  ],
  [
    "net/smc/smc_core.c:smcd_new_buf_create",
    "api kzalloc  size 96 B  flags GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC  handles null",
  ],
  [
    "net/rxrpc/conn_client.c:rxrpc_alloc_client_connection",
    "api idr_alloc_cyclic  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  ["net/iucv/af_iucv.c:iucv_callback_rx", "api kzalloc  size 96 B  flags GFP_ATOMIC | GFP_DMA  handles null"],
  ["net/iucv/iucv.c:iucv_cpu_prepare", "api kmalloc_node  size 96 B  flags GFP_KERNEL | GFP_DMA  node 0  handles null"],
  [
    "net/netlink/af_netlink.c:netlink_dump",
    "api alloc_skb  size 96 B  flags (GFP_KERNEL & ~__GFP_DIRECT_RECLAIM) | __GFP_NOWARN | __GFP_NORETRY  handles null",
  ],
  ["net/sctp/protocol.c:sctp_init", "api __get_free_pages  order 0  flags GFP_KERNEL | __GFP_NOWARN  handles null"],
  [
    "net/sctp/socket.c:sctp_getsockopt_local_addrs",
    "api kmalloc  size 96 B  flags GFP_USER | __GFP_NOWARN  handles null",
  ],
  [
    "net/netlabel/netlabel_cipso_v4.c:netlbl_cipsov4_add_std",
    "api kcalloc  size 96 B  flags GFP_KERNEL | __GFP_NOWARN  handles null",
  ],
  [
    "net/openvswitch/flow.c:ovs_flow_stats_update",
    "api kmem_cache_alloc_node  cache { size 192 }  flags GFP_NOWAIT | __GFP_THISNODE | __GFP_NOWARN | __GFP_NOMEMALLOC  node 0  handles null",
  ],
  [
    "net/openvswitch/flow_table.c:ovs_flow_alloc",
    "api kmem_cache_alloc_node  cache { size 192 }  flags GFP_KERNEL | __GFP_ZERO  node 0  handles null",
  ],
  ["net/ceph/osdmap.c:ceph_oid_copy", "api kmalloc  size 96 B  flags GFP_NOIO | __GFP_NOFAIL"],
  ["net/ceph/osd_client.c:create_osd", "api kzalloc  size 96 B  flags GFP_NOIO | __GFP_NOFAIL"],
  ["net/sunrpc/socklib.c:xdr_partial_copy_from_skb", "api alloc_page  flags GFP_NOWAIT | __GFP_NOWARN  handles null"],
  ["net/sunrpc/xprtsock.c:bc_malloc", "api alloc_page  flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN  handles null"],
  [
    "net/sunrpc/xprtrdma/svc_rdma_backchannel.c:xprt_rdma_bc_allocate",
    "api alloc_page  flags GFP_NOIO | __GFP_NOWARN  handles null",
  ],
  [
    "net/sunrpc/xprtrdma/svc_rdma_backchannel.c:xprt_rdma_bc_allocate",
    "api kmalloc  size 96 B  flags GFP_NOIO | __GFP_NOWARN  handles null",
  ],
  ["net/ipv6/addrconf.c:ipv6_add_addr", "api kzalloc  size 96 B  flags GFP_KERNEL | __GFP_ACCOUNT  handles null"],
  [
    "net/ipv6/sit.c:ipip6_tunnel_get_prl",
    "api kcalloc  size 96 B  flags GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN  handles null",
  ],
  [
    "net/9p/trans_xen.c:xen_9pfs_front_alloc_dataring",
    "api alloc_pages_exact  size 64 KiB  flags GFP_KERNEL | __GFP_ZERO  handles null",
  ],
  [
    "net/core/dev.c:netif_alloc_rx_queues",
    "api kvzalloc  size 40 KiB  flags GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL  handles null",
  ],
  [
    "net/core/dev.c:netdev_core_stats_alloc",
    "api alloc_percpu_gfp  size 96 B  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  [
    "net/core/filter.c:bpf_prog_store_orig_filter",
    "api kmemdup  size 96 B  flags GFP_KERNEL | __GFP_NOWARN  handles null",
  ],
  ["net/core/filter.c", "api alloc_pages  order 0  flags __GFP_NOWARN | GFP_ATOMIC | __GFP_COMP  handles null"],
  ["net/core/filter.c", "api alloc_pages  order 0  flags __GFP_NOWARN | __GFP_COMP | GFP_ATOMIC  handles null"],
  [
    "net/core/dst_cache.c:dst_cache_init",
    "api alloc_percpu_gfp  size 96 B  flags GFP_KERNEL | __GFP_ZERO  handles null",
  ],
  [
    "net/core/sock.c:sk_prot_alloc",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_KERNEL & ~__GFP_ZERO  handles null",
  ],
  [
    "net/core/sock.c:skb_page_frag_refill",
    "api alloc_pages  order 0  flags (GFP_KERNEL & ~__GFP_DIRECT_RECLAIM) | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY  handles null",
  ],
  [
    "net/core/neighbour.c:neigh_hash_alloc",
    "api __get_free_pages  order 0  flags GFP_ATOMIC | __GFP_ZERO  handles null",
  ],
  [
    "net/core/pktgen.c:pktgen_finalize_skb",
    "api alloc_pages_node  order 0  flags GFP_KERNEL | __GFP_ZERO  node 0  handles null",
  ],
  [
    "net/core/skbuff.c:napi_skb_cache_get",
    "api kmem_cache_alloc_bulk  count 16  cache { size 192 }  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  [
    "net/core/skbuff.c:slab_build_skb",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  [
    "net/core/skbuff.c:kmalloc_reserve",
    "api kmem_cache_alloc_node  cache { size 192 }  flags GFP_KERNEL | __GFP_NOMEMALLOC | __GFP_NOWARN  node 0  handles null",
  ],
  [
    "net/core/skbuff.c:__alloc_skb",
    "api kmem_cache_alloc_node  cache { size 192 }  flags GFP_KERNEL & ~GFP_DMA  node 0  handles null",
  ],
  ["net/core/skbuff.c:skb_copy_ubufs", "api alloc_pages  order 0  flags GFP_KERNEL | __GFP_COMP  handles null"],
  [
    "net/core/skbuff.c:alloc_skb_with_frags",
    "api alloc_pages  order 0  flags (GFP_KERNEL & ~__GFP_DIRECT_RECLAIM) | __GFP_COMP | __GFP_NOWARN  handles null",
  ],
  ["net/core/skmsg.c:alloc_sk_msg", "api kzalloc  size 96 B  flags GFP_KERNEL | __GFP_NOWARN  handles null"],
  [
    "net/core/skmsg.c:sk_psock_init",
    "api kzalloc_node  size 96 B  flags GFP_ATOMIC | __GFP_NOWARN  node 0  handles null",
  ],
  [
    "net/unix/af_unix.c:bpf_iter_unix_realloc_batch",
    "api kvmalloc  size 40 KiB  flags GFP_USER | __GFP_NOWARN  handles null",
  ],
  ["net/ipv4/tcp_cdg.c:tcp_cdg_init", "api kcalloc  size 96 B  flags GFP_NOWAIT | __GFP_NOWARN  handles null"],
  [
    "net/ipv4/udp.c:bpf_iter_udp_realloc_batch",
    "api kvmalloc_array  size 40 KiB  flags GFP_USER | __GFP_NOWARN  handles null",
  ],
  ["net/ipv4/tcp_bpf.c:tcp_bpf_send_verdict", "api kzalloc  size 96 B  flags GFP_ATOMIC | __GFP_NOWARN  handles null"],
  [
    "net/ipv4/nexthop.c:nh_notifier_res_table_info_init",
    "api __vmalloc  size 40 KiB  flags GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN  handles null",
  ],
  [
    "block/bfq-cgroup.c:bfq_create_group_hierarchy",
    "api kmalloc_node  size 96 B  flags GFP_KERNEL | __GFP_ZERO  node 0  handles null",
  ],
  [
    "block/blk-ioc.c:ioc_create_icq",
    "api kmem_cache_alloc_node  cache { size 192 }  flags GFP_ATOMIC | __GFP_ZERO  node 0  handles null",
  ],
  ["block/blk-cgroup.c:blkcg_css_alloc", "api INIT_RADIX_TREE  flags GFP_NOWAIT | __GFP_NOWARN  handles null"],
  [
    "block/bfq-iosched.c:bfq_get_queue",
    "api kmem_cache_alloc_node  cache { size 192 }  flags GFP_NOWAIT | __GFP_ZERO | __GFP_NOWARN  node 0  handles null",
  ],
  [
    "block/blk-mq.c:blk_mq_alloc_rq_map",
    "api kcalloc_node  size 96 B  flags GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY  node 0  handles null",
  ],
  [
    "block/blk-mq.c:blk_mq_alloc_rqs",
    "api alloc_pages_node  order 0  flags GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY | __GFP_ZERO  node 0  handles null",
  ],
  [
    "block/blk-mq.c:blk_mq_elv_switch_none",
    "api kmalloc  size 96 B  flags GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY  handles null",
  ],
  ["kernel/kexec_core.c:kimage_alloc_pages", "api alloc_pages  order 0  flags GFP_KERNEL & ~__GFP_ZERO  handles null"],
  [
    "kernel/profile.c:profile_init",
    "api alloc_pages_exact  size 64 KiB  flags GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN  handles null",
  ],
  [
    "kernel/trace/trace_events_user.c:user_event_enabler_queue_fault",
    "api kmem_cache_zalloc  cache { size 192 }  flags GFP_NOWAIT | __GFP_NOWARN  handles null",
  ],
  [
    "kernel/trace/trace_events_user.c:user_event_enabler_dup",
    "api kzalloc  size 96 B  flags GFP_NOWAIT | __GFP_ACCOUNT  handles null",
  ],
  [
    "kernel/trace/trace.c:trace_buffered_event_enable",
    "api alloc_pages_node  order 0  flags GFP_KERNEL | __GFP_NORETRY  node 0  handles null",
  ],
  [
    "kernel/trace/ring_buffer.c:rb_allocate_cpu_buffer",
    "api alloc_pages_node  order 0  flags GFP_KERNEL | __GFP_COMP | __GFP_ZERO  node 0  handles null",
  ],
  ["kernel/trace/ring_buffer.c:rb_alloc_meta_page", "api alloc_page  flags GFP_USER | __GFP_ZERO  handles null"],
  [
    "kernel/trace/bpf_trace.c:perf_event_query_prog_array",
    "api kcalloc  size 96 B  flags GFP_USER | __GFP_NOWARN  handles null",
  ],
  [
    "kernel/events/uprobes.c:build_map_info",
    "api kmalloc  size 96 B  flags GFP_NOWAIT | __GFP_NOMEMALLOC | __GFP_NOWARN  handles null",
  ],
  ["kernel/cgroup/cgroup.c:cgroup_idr_alloc", "api idr_alloc  flags GFP_KERNEL & ~__GFP_DIRECT_RECLAIM  handles null"],
  [
    "kernel/module/main.c:copy_module_from_user",
    "api __vmalloc  size 40 KiB  flags GFP_KERNEL | __GFP_NOWARN  handles null",
  ],
  [
    "kernel/rcu/tree.c:fill_page_cache_func",
    "api __get_free_page  flags GFP_KERNEL | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN  handles null",
  ],
  ["kernel/power/snapshot.c:prepare_highmem_image", "api alloc_page  flags __GFP_HIGHMEM  handles null"],
  ["kernel/power/swap.c:hib_submit_io", "api bio_alloc  flags GFP_NOIO | __GFP_HIGH"],
  [
    "kernel/power/swap.c:write_page",
    "api __get_free_page  flags GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY  handles null",
  ],
  ["kernel/power/swap.c:save_compressed_image", "api __get_free_page  flags GFP_NOIO | __GFP_HIGH  handles null"],
  ["kernel/time/namespace.c:clone_time_ns", "api alloc_page  flags GFP_KERNEL_ACCOUNT | __GFP_ZERO  handles null"],
  ["kernel/dma/pool.c:atomic_pool_expand", "api alloc_pages  order 0  flags GFP_KERNEL | __GFP_NOWARN  handles null"],
  ["kernel/bpf/bpf_iter.c:bpf_iter_link_attach", "api kzalloc  size 96 B  flags GFP_USER | __GFP_NOWARN  handles null"],
  ["kernel/bpf/verifier.c:push_insn_history", "api kvrealloc  size 96 B  flags GFP_USER  handles null"],
  ["kernel/bpf/verifier.c:bpf_check", "api kvcalloc  size 40 KiB  flags GFP_USER  handles null"],
  [
    "kernel/bpf/lpm_trie.c:trie_get_next_key",
    "api kmalloc_array  size 96 B  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  [
    "kernel/bpf/syscall.c:bpf_map_kmalloc_node",
    "api kmalloc_node  size 96 B  flags GFP_KERNEL | __GFP_ACCOUNT  node 0  handles null",
  ],
  [
    "kernel/bpf/syscall.c:bpf_map_kvcalloc",
    "api kvcalloc  size 40 KiB  flags GFP_KERNEL | __GFP_ACCOUNT  handles null",
  ],
  [
    "kernel/bpf/syscall.c:bpf_map_alloc_percpu",
    "api __alloc_percpu_gfp  size 96 B  flags GFP_KERNEL | __GFP_ACCOUNT  handles null",
  ],
  [
    "kernel/bpf/syscall.c:bpf_map_alloc_pages",
    "api alloc_pages_node  order 0  flags GFP_KERNEL | __GFP_ACCOUNT  node 0  handles null",
  ],
  ["kernel/bpf/syscall.c:map_get_next_key", "api kvmalloc  size 40 KiB  flags GFP_USER  handles null"],
  ["kernel/bpf/syscall.c:bpf_insn_prepare_dump", "api kmemdup  size 96 B  flags GFP_USER  handles null"],
  ["lib/scatterlist.c:sgl_alloc_order", "api kmalloc_array  size 96 B  flags GFP_KERNEL & ~GFP_DMA  handles null"],
  [
    "lib/radix-tree.c:radix_tree_node_alloc",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_KERNEL | __GFP_NOWARN  handles null",
  ],
  ["lib/ref_tracker.c:ref_tracker_get_stats", "api kmalloc  size 96 B  flags GFP_NOWAIT | __GFP_NOWARN  handles null"],
  [
    "io_uring/msg_ring.c:io_msg_data_remote",
    "api kmem_cache_alloc  cache { size 192 }  flags GFP_KERNEL | __GFP_NOWARN | __GFP_ZERO  handles null",
  ],
  [
    "io_uring/io_uring.c:io_cqring_event_overflow",
    "api kmalloc  size 96 B  flags GFP_ATOMIC | __GFP_ACCOUNT  handles null",
  ],
  [
    "security/apparmor/lsm.c:alloc_buffers",
    "api kmalloc  size 96 B  flags GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN  handles null",
  ],
];

const RELEASES = mainlineReleases();
const SINCE = RELEASES.slice(RELEASES.indexOf("6.12"));

function expectQuiet(context: string, properties: string): void {
  const api = apiNamed(/^api (\w+)/.exec(properties)?.[1] ?? "");
  expect(api).not.toBeNull();
  for (const release of SINCE) {
    const kernel = kernelOf(release);
    if ("unknown" in kernel || api?.exists(kernel) !== true) continue;
    const text = `kernel ${release}\ncontext here { ${context} }\nrequest call { ${properties}  context here }\n`;
    expect(seriousRules(text), release).toEqual([]);
  }
}

/** The same with where they are made: an interrupt, a lock, a task that reclaims. */
const CALLS_IN_CONTEXT: readonly (readonly [string, string, string])[] = [
  [
    "lib/debugobjects.c:fill_pool",
    "holds raw_spinlock",
    "api kmem_cache_alloc  cache { size 40 }  flags __GFP_HIGH | __GFP_NOWARN  handles null",
  ],
  [
    "fs/buffer.c:grow_dev_folio",
    "in process",
    "api folio_alloc  order 0  flags GFP_NOFS | __GFP_MOVABLE | __GFP_NOFAIL",
  ],
  [
    "fs/buffer.c:bdev_getblk, unmovable",
    "in process",
    "api folio_alloc  order 0  flags GFP_USER & ~__GFP_FS | __GFP_NOFAIL",
  ],
  [
    "block/bdev.c:bdev_alloc, the mask of a block device",
    "in process",
    "api alloc_pages  order 0  flags GFP_USER | __GFP_MOVABLE  handles null",
  ],
  [
    "mm/swap_state.c:add_to_swap",
    "in reclaim  scope memalloc",
    "api kmalloc  size 64 B  flags __GFP_HIGH | __GFP_NOMEMALLOC | __GFP_NOWARN  handles null",
  ],
  [
    "mm/swap_state.c:add_to_swap, kswapd",
    "in reclaim",
    "api kmem_cache_alloc  cache { size 576 }  flags __GFP_HIGH | __GFP_NOMEMALLOC | __GFP_NOWARN  handles null",
  ],
  [
    "mm/vmscan.c:set_mm_walk",
    "in reclaim",
    "api kzalloc  size 400 B  flags __GFP_HIGH | __GFP_NOMEMALLOC | __GFP_NOWARN  handles null",
  ],
  [
    "mm/vmscan.c:alloc_demote_folio",
    "in reclaim",
    "api folio_alloc  order 0  flags (GFP_HIGHUSER_MOVABLE & ~__GFP_RECLAIM) | __GFP_NOWARN | __GFP_NOMEMALLOC | GFP_NOWAIT  handles null",
  ],
  [
    "mm/migrate.c:alloc_misplaced_dst_folio",
    "in process",
    "api folio_alloc  order 0  flags (GFP_HIGHUSER_MOVABLE | __GFP_THISNODE | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN) & ~__GFP_RECLAIM  handles null",
  ],
  [
    "mm/mempolicy.c:alloc_pages_mpol",
    "in process",
    "api alloc_pages_node  order 9  flags GFP_TRANSHUGE_LIGHT | __GFP_THISNODE | __GFP_NORETRY  node 0  handles null",
  ],
  [
    "mm/khugepaged.c:alloc_charge_folio",
    "in process",
    "api folio_alloc  order 9  flags GFP_TRANSHUGE | __GFP_THISNODE  handles null",
  ],
  [
    "mm/huge_memory.c:vma_thp_gfp_mask, madvise",
    "in process",
    "api folio_alloc  order 9  flags GFP_TRANSHUGE_LIGHT | __GFP_DIRECT_RECLAIM  handles null",
  ],
  [
    "mm/readahead.c:page_cache_ra_order",
    "in process",
    "api folio_alloc  order 4  flags GFP_HIGHUSER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN  handles null",
  ],
  [
    "mm/filemap.c:__filemap_get_folio, a large folio",
    "in process",
    "api folio_alloc  order 4  flags GFP_HIGHUSER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN | __GFP_WRITE  handles null",
  ],
  [
    "mm/filemap.c:__filemap_get_folio, FGP_NOWAIT",
    "in process",
    "api folio_alloc  order 0  flags GFP_NOWAIT | __GFP_NOWARN  handles null",
  ],
  [
    "mm/hugetlb.c:alloc_buddy_hugetlb_folio",
    "in process",
    "api alloc_pages_node  order 9  flags GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOWARN | __GFP_RETRY_MAYFAIL | __GFP_THISNODE  node 0  handles null",
  ],
  [
    "mm/hugetlb_vmemmap.c:alloc_vmemmap_page_list",
    "in process",
    "api alloc_pages_node  order 0  flags GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_THISNODE  node 0  handles null",
  ],
  [
    "mm/sparse-vmemmap.c:vmemmap_alloc_block",
    "in process",
    "api alloc_pages_node  order 9  flags GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN  node 0  handles null",
  ],
  [
    "mm/percpu-vm.c:pcpu_alloc_pages",
    "in process",
    "api alloc_pages_node  order 0  flags GFP_KERNEL | __GFP_HIGHMEM  node 0  handles null",
  ],
  [
    "mm/kmemleak.c:mem_pool_alloc",
    "holds spinlock",
    "api kmem_cache_alloc  cache { size 320 }  flags GFP_ATOMIC | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN  handles null",
  ],
  [
    "lib/stackdepot.c:stack_depot_save_flags",
    "in softirq",
    "api alloc_pages  order 2  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  [
    "mm/balloon_compaction.c:balloon_page_alloc",
    "in process",
    "api alloc_pages  order 0  flags GFP_HIGHUSER_MOVABLE | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN  handles null",
  ],
  [
    "drivers/virtio/virtio_balloon.c:get_free_page_and_send",
    "in process",
    "api alloc_pages  order 10  flags __GFP_NORETRY | __GFP_NOWARN | __GFP_NOMEMALLOC  handles null",
  ],
  [
    "mm/slub.c:allocate_slab, the first order",
    "in process",
    "api alloc_pages  order 3  flags (GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY | __GFP_COMP | __GFP_NOMEMALLOC) & ~__GFP_RECLAIM  handles null",
  ],
  [
    "net/core/skbuff.c:napi_alloc_skb",
    "in softirq",
    "api page_frag_alloc_align  size 1024 B  flags GFP_ATOMIC | __GFP_NOWARN  handles null",
  ],
  [
    "net/core/skbuff.c:__netdev_alloc_skb, pfmemalloc",
    "in softirq",
    "api page_frag_alloc_align  size 1024 B  flags GFP_ATOMIC | __GFP_MEMALLOC  handles null",
  ],
  [
    "mm/page_frag_cache.c:__page_frag_cache_refill",
    "in softirq",
    "api alloc_pages  order 3  flags GFP_ATOMIC | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC  handles null",
  ],
  [
    "net/core/skbuff.c:kmalloc_reserve",
    "in softirq",
    "api kmalloc_node  size 704 B  flags GFP_ATOMIC | __GFP_NOMEMALLOC | __GFP_NOWARN  node 0  handles null",
  ],
  [
    "net/core/sock.c:skb_page_frag_refill",
    "in process",
    "api alloc_pages  order 3  flags (GFP_KERNEL & ~__GFP_DIRECT_RECLAIM) | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY  handles null",
  ],
  [
    "kernel/bpf/syscall.c:__bpf_map_area_alloc",
    "in process",
    "api __vmalloc_node  size 16 MiB  flags GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN | __GFP_ZERO | __GFP_ACCOUNT  handles null",
  ],
  [
    "kernel/bpf/memalloc.c:__alloc",
    "holds raw_spinlock",
    "api kmalloc_node  size 96 B  flags GFP_NOWAIT | __GFP_ACCOUNT | __GFP_NOWARN  node 0  handles null",
  ],
  [
    "kernel/dma/pool.c:atomic_pool_expand",
    "in process",
    "api alloc_pages  order 8  flags GFP_KERNEL | GFP_DMA32 | __GFP_NOWARN  handles null",
  ],
  [
    "kernel/events/ring_buffer.c:rb_alloc_aux_page",
    "in process",
    "api alloc_pages_node  order 5  flags GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY  node 0  handles null",
  ],
  [
    "fs/xfs/xfs_buf.c:xfs_buf_alloc_kmem",
    "scope nofs  holds fs_lock",
    "api kmalloc  size 512 B  flags GFP_KERNEL | __GFP_NOLOCKDEP | __GFP_NOFAIL",
  ],
  ["fs/iomap/buffered-io.c:ifs_alloc", "in process", "api kzalloc  size 64 B  flags GFP_NOFS | __GFP_NOFAIL"],
  [
    "fs/btrfs/extent_io.c:btrfs_alloc_page_array",
    "in process",
    "api alloc_pages_bulk_array  count 16  flags GFP_NOFS  handles null",
  ],
  [
    "block/blk-cgroup.c:blkg_alloc",
    "in process",
    "api alloc_percpu_gfp  size 64 B  flags GFP_NOWAIT | __GFP_NOWARN  handles null",
  ],
  [
    "block/blk-crypto-fallback.c:blk_crypto_fallback_encrypt_bio",
    "in process  holds io_lock",
    "api mempool_alloc  flags GFP_NOIO",
  ],
  [
    "io_uring/memmap.c:io_mem_alloc_single",
    "in process",
    "api alloc_pages  order 4  flags GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_COMP  handles null",
  ],
];

describe("no error and no warning, in 6.12 and every release since, for a call of", () => {
  test.each(CALLS)("%s: %s", (_where, properties) => {
    expectQuiet("in process", properties);
  });

  test.each(CALLS_IN_CONTEXT)("%s (%s): %s", (_where, context, properties) => {
    expectQuiet(context, properties);
  });
});
