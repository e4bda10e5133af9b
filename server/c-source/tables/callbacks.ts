import type { Confidence } from "../evidence.ts";

/** What a function is called in that is handed over somewhere: the model's name for it. */
export interface Handler {
  readonly contexts: readonly string[];
  /** `possible`: by convention, not by what the kernel does. */
  readonly confidence: Confidence;
  /** A word of the file that makes it one that may sleep. */
  readonly unless?: string;
  /** Words of the file in which that is decided; where none is there, another file can say so. */
  readonly decidedBy?: readonly string[];
  /** One of these words has to be in the file: the name of the member alone says too little. */
  readonly onlyWith?: readonly string[];
  /** And one of these. */
  readonly alsoWith?: readonly string[];
  /** The member behind it that has to have this value in the same table. */
  readonly beside?: readonly [member: string, value: string];
  /** What it is called in where it may sleep, by convention. */
  readonly otherwise?: readonly string[];
}

/** A function that is given a handler, and as which argument. */
export interface Registration extends Handler {
  readonly argument: number;
  /** It counts where the first argument is such a one. */
  readonly onlyFor?: RegExp;
}

// Beside each row stands the kernel file and function, or the document, that speaks of it in 6.12.117. All of these
// places are there; not every one was read line by line.

type Row = readonly [
  names: string,
  argument: number,
  contexts: string,
  confidence?: Confidence,
  more?: Pick<Handler, "onlyWith" | "alsoWith">,
];

/** What stands in files that do the I/O of a disk, and little else. */
const STORAGE = ["target_type", "ceph_connection", "ceph_osd_request"];

const ROWS: readonly Row[] = [
  // kernel/irq/handle.c:__handle_irq_event_percpu
  ["request_irq pci_request_irq:2 devm_request_irq:2", 1, "irq_handler"],
  ["request_threaded_irq devm_request_threaded_irq:2", 1, "irq_handler"],
  // kernel/irq/chip.c:handle_percpu_devid_irq
  ["request_percpu_irq", 1, "hardirq"],
  // kernel/time/timer.c:call_timer_fn
  ["timer_setup timer_setup_on_stack __timer_setup DEFINE_TIMER", 1, "timer"],
  // kernel/softirq.c:tasklet_action_common
  ["tasklet_setup tasklet_init DECLARE_TASKLET DECLARE_TASKLET_OLD", 1, "tasklet"],
  ["DECLARE_TASKLET_DISABLED DECLARE_TASKLET_DISABLED_OLD", 1, "tasklet"],
  // kernel/time/hrtimer.c:__run_hrtimer
  ["hrtimer_setup hrtimer_setup_on_stack", 1, "hrtimer"],
  // kernel/irq_work.c:irq_work_single
  ["init_irq_work DEFINE_IRQ_WORK", 1, "irq_work"],
  // net/core/dev.c:__napi_poll
  ["netif_napi_add netif_napi_add_weight netif_napi_add_tx netif_napi_add_config", 2, "napi_poll"],
  ["netif_tx_napi_add netif_napi_add_tx_weight", 2, "napi_poll"],
  // lib/irq_poll.c:irq_poll_softirq
  ["irq_poll_init", 2, "softirq"],
  // kernel/softirq.c:handle_softirqs
  ["open_softirq", 1, "softirq"],
  // kernel/rcu/tree.c:rcu_do_batch
  ["call_rcu call_rcu_hurry", 1, "rcu_callback"],
  // drivers/usb/core/hcd.c:__usb_hcd_giveback_urb; Documentation/driver-api/usb/URB.rst
  ["usb_fill_bulk_urb usb_fill_int_urb usb_fill_control_urb:6", 5, "softirq"],
  // kernel/smp.c:__flush_smp_call_function_queue
  ["smp_call_function on_each_cpu", 0, "smp_call"],
  ["smp_call_function_single on_each_cpu_mask:1 on_each_cpu_cond", 1, "smp_call"],
  // kernel/stop_machine.c:multi_cpu_stop
  ["stop_machine stop_machine_cpuslocked", 0, "stop_machine"],
  // net/core/dev.c:__netif_receive_skb_core
  ["netdev_rx_handler_register", 1, "softirq"],
  // net/can/af_can.c:deliver
  ["can_rx_register", 4, "softirq"],
  // drivers/hv/connection.c:vmbus_on_event
  ["vmbus_open", 5, "tasklet"],
  // crypto/cryptd.c:cryptd_skcipher_complete; include/crypto/skcipher.h:skcipher_request_set_callback
  ["skcipher_request_set_callback ahash_request_set_callback aead_request_set_callback", 2, "softirq"],
  ["akcipher_request_set_callback kpp_request_set_callback acomp_request_set_callback", 2, "softirq"],
  // kernel/rcu/srcutree.c:srcu_invoke_callbacks, kernel/rcu/tasks.h:rcu_tasks_invoke_cbs (local_bh_disable)
  ["call_srcu:2 call_rcu_tasks call_rcu_tasks_trace call_rcu_tasks_rude", 1, "local_bh_disable"],
  // kernel/smp.c:smp_call_function_many_cond
  ["smp_call_function_many smp_call_function_any", 1, "smp_call"],
  // drivers/dma-buf/dma-fence.c:dma_fence_signal_timestamp_locked
  ["dma_fence_add_callback", 2, "spin_lock_irqsave"],
  // fs/file.c:iterate_fd (files->file_lock)
  ["iterate_fd", 2, "spin_lock"],
  // include/linux/kref.h:kref_put_lock
  ["kref_put_lock", 1, "spin_lock", "possible"],
  // include/net/mac80211.h (the iterator must be atomic); net/mac80211/util.c (rcu_read_lock)
  ["ieee80211_iterate_active_interfaces_atomic:2 ieee80211_iterate_stations_atomic", 1, "rcu_read_lock"],
  ["ieee80211_iter_keys_rcu:2 ieee80211_iter_chan_contexts_atomic", 1, "rcu_read_lock"],
  // drivers/input/ff-core.c:input_ff_event (event_lock)
  ["input_ff_create_memless", 2, "spin_lock_irqsave"],
  // kernel/irq/handle.c:generic_handle_irq_desc
  ["irq_set_chained_handler irq_set_chained_handler_and_data", 1, "hardirq"],
  // mm/memory.c:apply_to_pte_range (the page table's lock, lazy MMU mode)
  ["apply_to_page_range apply_to_existing_page_range", 3, "spin_lock", "possible"],
  // drivers/virtio/virtio_ring.c:vring_interrupt
  ["virtio_find_single_vq", 1, "irq_handler"],
  // drivers/xen/events/events_base.c: request_irq()
  ["bind_evtchn_to_irqhandler bind_virq_to_irqhandler:2 bind_ipi_to_irqhandler:2", 1, "irq_handler"],
  ["bind_interdomain_evtchn_to_irqhandler_lateeoi", 2, "irq_handler"],
  // kernel/irq/manage.c:request_any_context_irq (a thread where the chip sleeps)
  ["request_any_context_irq devm_request_any_context_irq:2", 1, "irq_handler", "possible"],
  // arch/x86/kernel/nmi.c:nmi_handle
  ["register_nmi_handler", 1, "nmi_handler"],
  // drivers/infiniband/hw/mlx5/cq.c:mlx5_ib_cq_comp
  ["ib_create_cq", 1, "softirq"],
  // drivers/i2c/i2c-core-slave.c:i2c_slave_event, from a controller's interrupt
  ["i2c_slave_register", 1, "hardirq", "possible"],
  // include/linux/smp.h; kernel/smp.c:__flush_smp_call_function_queue
  ["INIT_CSD", 1, "smp_call"],
  // kernel/cpu.c:cpuhp_invoke_callback, of the states that run with interrupts off
  ["cpuhp_setup_state cpuhp_setup_state_nocalls cpuhp_setup_state_cpuslocked", 2, "local_irq_disable"],
  ["cpuhp_setup_state_nocalls_cpuslocked", 2, "local_irq_disable"],
  // drivers/acpi/acpica/evgpe.c:acpi_ev_gpe_dispatch
  ["acpi_install_gpe_handler acpi_install_gpe_raw_handler", 3, "hardirq"],
  // include/linux/mlx5/eq.h; drivers/net/ethernet/mellanox/mlx5/core/eq.c:mlx5_eq_async_int
  ["MLX5_NB_INIT", 1, "atomic_notifier"],
  // drivers/rpmsg/qcom_smd.c:qcom_smd_channel_recv_single, qcom_channel_state_worker (recv_lock)
  ["rpmsg_create_ept qcom_wcnss_open_channel:2", 1, "spin_lock", "possible"],
  // arch/s390/kernel/irq.c:do_ext_interrupt
  ["register_external_irq", 1, "hardirq"],
  // net/llc/llc_input.c:llc_rcv; net/802/psnap.c:snap_rcv, p8022.c
  ["llc_sap_open llc_add_pack register_snap_client register_8022_client", 1, "softirq"],
  // drivers/md/md.c:md_thread, which reclaim waits for as it does for kswapd
  ["md_register_thread", 0, "io_lock", "possible"],
  // arch/um/kernel/irq.c:um_request_irq
  ["um_request_irq", 3, "irq_handler"],
  // kernel/irq/manage.c:request_nmi, request_percpu_nmi
  ["request_nmi request_percpu_nmi", 1, "nmi_handler"],
  // kernel/time/alarmtimer.c:alarmtimer_fired
  ["alarm_init", 2, "hrtimer"],
  // kernel/sched/wait.c:__wake_up_common (wq_head->lock)
  ["init_waitqueue_func_entry DEFINE_WAIT_FUNC", 1, "spin_lock_irqsave"],
  // lib/percpu-refcount.c:percpu_ref_switch_to_atomic_rcu, percpu_ref_put_many (rcu_read_lock)
  ["percpu_ref_init", 1, "rcu_callback"],
  // drivers/xen/grant-table.c:check_free_callbacks (gnttab_list_lock)
  ["gnttab_request_free_callback", 1, "spin_lock_irqsave"],
  // drivers/misc/vmw_vmci/vmci_event.c:event_deliver (rcu_read_lock)
  ["vmci_event_subscribe", 1, "rcu_read_lock"],
  // kernel/events/core.c:__perf_event_overflow
  ["perf_event_create_kernel_counter", 3, "hardirq"],
  ["register_user_hw_breakpoint register_wide_hw_breakpoint", 1, "hardirq"],
  // drivers/acpi/acpica/evevent.c:acpi_ev_fixed_event_dispatch; evsci.c:acpi_ev_sci_dispatch
  ["acpi_install_fixed_event_handler acpi_install_sci_handler:0", 1, "hardirq"],
  // drivers/iio/industrialio-trigger.c:iio_trigger_attach_poll_func (the half in the interrupt)
  ["iio_alloc_pollfunc:0 iio_triggered_buffer_setup devm_iio_triggered_buffer_setup:2", 1, "hardirq"],
  // drivers/gpu/drm/nouveau/nvkm/subdev/timer/base.c:nvkm_timer_alarm_trigger, from the interrupt
  ["nvkm_alarm_init", 1, "irq_handler"],
  // drivers/gpu/drm/i915/i915_sw_fence.c:__i915_sw_fence_complete, from signals of fences
  ["i915_sw_fence_init", 1, "local_irq_disable", "possible"],
  // drivers/s390/net/smsgiucv.c:smsg_message_pending (smsg_list_lock)
  ["smsg_register_callback", 1, "spin_lock"],
  // include/linux/workqueue.h, WQ_MEM_RECLAIM; Documentation/core-api/workqueue.rst
  [
    "INIT_WORK INIT_DELAYED_WORK INIT_WORK_ONSTACK",
    1,
    "io_lock",
    "possible",
    { onlyWith: ["WQ_MEM_RECLAIM"], alsoWith: STORAGE },
  ],
];

/** kernel/cpu.c:cpuhp_is_ap_state */
const STARTING = /_(?:STARTING|DYING)\b/;

/** Functions that are given a handler, by name. `name:2` has it as another argument than the others of its row. */
export const REGISTRATIONS: ReadonlyMap<string, Registration> = new Map(
  ROWS.flatMap(([names, argument, contexts, confidence = "likely", more]) =>
    names.split(" ").map((one): readonly [string, Registration] => {
      const [name = "", own] = one.split(":");
      const at = own === undefined ? argument : Number(own);
      const made = { argument: at, contexts: contexts.split(" "), confidence, ...more };
      return [name, name.startsWith("cpuhp_") ? { ...made, onlyFor: STARTING } : made];
    }),
  ),
);

/**
 * Functions of the kernel that call what they are given where they stand themselves, and as which argument.
 * include/linux/kref.h, idr.h, drivers/base/core.c, drivers/scsi/scsi.c, net/core/dev_addr_lists.c, net/core/dev.c
 */
export const CALLED_BACK: ReadonlyMap<string, number> = new Map(
  (
    "kref_put:1 kref_put_mutex:1 idr_for_each:1 device_for_each_child:2 bus_for_each_dev:3 driver_for_each_device:3 " +
    "class_for_each_device:3 starget_for_each_device:2 __starget_for_each_device:2 __dev_mc_sync:1 __dev_uc_sync:1 " +
    "netdev_walk_all_upper_dev_rcu:1 netdev_walk_all_lower_dev_rcu:1 vlan_for_each:1"
  )
    .split(" ")
    .map((one): readonly [string, number] => {
      const [name = "", argument] = one.split(":");
      return [name, Number(argument)];
    }),
);

/** Functions that are given a `notifier_block` of an atomic chain, as this argument; by their own kernel files. */
export const ATOMIC_NOTIFIERS: ReadonlyMap<string, number> = new Map([
  // net/switchdev/switchdev.c, net/ipv6/addrconf_core.c, net/core/netevent.c, net/dcb/dcbevent.c
  ["atomic_notifier_chain_register", 1],
  ["register_switchdev_notifier", 0],
  ["register_inet6addr_notifier", 0],
  ["register_netevent_notifier", 0],
  ["register_dcbevent_notifier", 0],
  // drivers/net/ethernet/mellanox/mlx5/core/events.c
  ["mlx5_notifier_register", 1],
  // kernel/cpu_pm.c:cpu_pm_notify; drivers/tty/vt/keyboard.c, vt.c; kernel/notifier.c:notify_die
  ["cpu_pm_register_notifier", 0],
  ["register_keyboard_notifier", 0],
  ["register_vt_notifier", 0],
  ["register_die_notifier", 0],
  // kernel/reboot.c:do_kernel_restart; drivers/acpi/apei/ghes.c; arch/powerpc/platforms/powernv/opal.c
  ["register_restart_handler", 0],
  ["ghes_register_report_chain", 0],
  ["opal_message_notifier_register", 1],
  // net/core/fib_notifier.c:call_fib_notifiers
  ["register_fib_notifier", 1],
]);

/** kernel/notifier.c:atomic_notifier_call_chain */
export const ATOMIC_NOTIFIER: Handler = {
  contexts: ["atomic_notifier"],
  confidence: "likely",
};

/** kernel/panic.c:panic: what dies there is past mending, and drivers ask for it by data that is not followed. */
export const PANIC_NOTIFIER: Handler = { ...ATOMIC_NOTIFIER, confidence: "possible" };

const NONATOMIC = { unless: "nonatomic", decidedBy: ["snd_pcm_new"] } as const;

type MemberRow = readonly [
  type: string,
  members: string,
  contexts: string,
  more?: Partial<Pick<Handler, "confidence" | "unless" | "decidedBy" | "onlyWith" | "otherwise" | "beside">>,
];

const POSSIBLE = { confidence: "possible" } as const;

const PREP =
  "device_config device_prep_slave_sg device_prep_dma_memcpy device_prep_dma_cyclic device_prep_interleaved_dma device_prep_dma_xor " +
  "device_prep_dma_pq device_prep_dma_memset device_prep_dma_memset_sg device_prep_dma_interrupt device_prep_slave_dma_vec " +
  "device_issue_pending device_tx_status device_terminate_all device_pause device_resume tx_submit";
const CHIP =
  "irq_mask irq_unmask irq_ack irq_eoi irq_set_type irq_set_affinity irq_startup irq_shutdown irq_enable irq_disable irq_mask_ack irq_retrigger " +
  "irq_set_wake irq_set_vcpu_affinity";

const MEMBER_ROWS: readonly MemberRow[] = [
  // Documentation/networking/netdevices.rst; net/core/dev.c:dev_hard_start_xmit
  ["net_device_ops", "ndo_start_xmit", "ndo_start_xmit"],
  // Documentation/networking/netdevices.rst
  ["net_device_ops", "ndo_set_rx_mode ndo_tx_timeout", "spin_lock_bh"],
  // Documentation/networking/netdevices.rst (can't sleep under RCU)
  ["net_device_ops", "ndo_get_stats64 ndo_get_stats", "rcu_read_lock", POSSIBLE],
  // net/xdp/xsk.c:xsk_sendmsg, xsk_recvmsg
  ["net_device_ops", "ndo_xsk_wakeup", "rcu_read_lock"],
  // net/core/rtnetlink.c:rtnl_bridge_getlink
  ["net_device_ops", "ndo_bridge_getlink", "rcu_read_lock"],
  // Documentation/infiniband/core_locking.rst (may not sleep and must be callable from any context)
  ["ib_device_ops", "post_send post_recv post_srq_recv poll_cq req_notify_cq", "local_irq_disable", POSSIBLE],
  [
    "ib_device_ops",
    "create_ah modify_ah query_ah destroy_ah",
    "local_irq_disable",
    { ...POSSIBLE, unless: "RDMA_CREATE_AH_SLEEPABLE" },
  ],
  // Documentation/infiniband/core_locking.rst (consumers may not sleep in a callback)
  ["ib_qp_init_attr ib_srq_init_attr", "event_handler", "softirq"],
  // include/linux/mmu_notifier.h (the page table's lock); mm/mmu_notifier.c (reclaim waits for it)
  ["mmu_notifier_ops", "arch_invalidate_secondary_tlbs invalidate_range", "spin_lock"],
  ["mmu_notifier_ops mmu_interval_notifier_ops", "invalidate_range_start invalidate", "fs_lock", POSSIBLE],
  // kernel/irq/chip.c, kernel/irq/manage.c (desc->lock is a raw_spinlock_t)
  ["irq_chip", CHIP, "irq_chip"],
  // Documentation/sound/kernel-api/writing-an-alsa-driver.rst; sound/core/pcm_native.c:snd_pcm_stream_lock
  ["snd_pcm_ops", "trigger pointer ack", "spin_lock_irq", NONATOMIC],
  ["snd_soc_component_driver", "trigger pointer", "spin_lock_irq", NONATOMIC],
  ["snd_soc_dai_ops", "trigger", "spin_lock_irq", NONATOMIC],
  ["snd_rawmidi_ops", "trigger", "spin_lock_irq", NONATOMIC],
  // drivers/clk/clk.c:clk_core_enable_lock (enable_lock)
  ["clk_ops", "enable disable", "spin_lock_irqsave"],
  // block/blk-mq.h:__blk_mq_run_dispatch_ops
  [
    "blk_mq_ops",
    "queue_rq",
    "queue_rq",
    {
      unless: "BLK_MQ_F_BLOCKING",
      decidedBy: ["blk_mq_alloc_tag_set", "blk_mq_alloc_disk", "blk_mq_alloc_sq_tag_set"],
      // Reclaim waits for what it writes, in whichever context that is.
      otherwise: ["io_lock"],
    },
  ],
  // drivers/scsi/scsi_lib.c:scsi_queue_rq
  ["scsi_host_template", "queuecommand", "queue_rq", { unless: "queuecommand_may_block", otherwise: ["io_lock"] }],
  // drivers/scsi/scsi_lib.c:scsi_prepare_cmd, scsi_complete; drivers/scsi/scsi.c:scsi_finish_command
  ["scsi_driver", "init_command", "queue_rq"],
  ["scsi_driver", "done uninit_command", "softirq", POSSIBLE],
  // drivers/scsi/libiscsi.c:iscsi_prep_scsi_cmd_pdu, iscsi_queuecommand, fail_scsi_task (frwd_lock)
  ["iscsi_transport", "alloc_pdu", "spin_lock_bh"],
  ["iscsi_transport", "xmit_task cleanup_task", "spin_lock_bh", POSSIBLE],
  // drivers/scsi/libsas/sas_scsi_host.c:sas_queuecommand; sas_ata.c:sas_ata_qc_issue (the port's lock)
  ["sas_domain_function_template", "lldd_execute_task", "softirq", POSSIBLE],
  // drivers/nvme/host/fc.c:nvme_fc_start_fcp_op, from queue_rq
  ["nvme_fc_port_template", "fcp_io", "queue_rq", POSSIBLE],
  // drivers/scsi/scsi_error.c (commands wait until the handler is done, those that reclaim waits for as well)
  [
    "scsi_host_template",
    "eh_abort_handler eh_device_reset_handler eh_target_reset_handler eh_bus_reset_handler",
    "io_lock",
    POSSIBLE,
  ],
  // block/blk-core.c:__submit_bio; drivers/md/dm.c:__map_bio; drivers/md/md.c:md_handle_request
  ["block_device_operations", "submit_bio", "io_lock", POSSIBLE],
  ["target_type", "map", "io_lock", POSSIBLE],
  ["md_personality", "make_request sync_request", "io_lock", POSSIBLE],
  // drivers/target/target_core_transport.c: commands of a disk that memory may be written to
  ["target_backend_ops", "parse_cdb tmr_notify", "io_lock", POSSIBLE],
  ["exec_cmd_ops", "execute_rw execute_sync_cache execute_write_same execute_unmap", "io_lock", POSSIBLE],
  // drivers/md/dm.c:clone_endio; block/blk-mq.c:blk_mq_complete_request
  ["target_type", "end_io", "softirq", POSSIBLE],
  ["blk_mq_ops", "complete", "softirq", POSSIBLE],
  // include/linux/leds.h (must not sleep)
  ["led_classdev", "brightness_set", "irqs_off", POSSIBLE],
  // drivers/input/input.c:input_event (event_lock)
  ["input_handler", "filter event", "spin_lock_irqsave"],
  // Documentation/driver-api/dmaengine/provider.rst (GFP_NOWAIT in prep functions)
  ["dma_device", PREP, "spin_lock", POSSIBLE],
  // drivers/usb/core/hub.c:usb_reset_device; Documentation/driver-api/usb/callbacks.rst
  ["usb_driver", "pre_reset post_reset", "io_lock"],
  ["usb_driver usb_serial_driver", "reset_resume resume", "io_lock", POSSIBLE],
  // mm/page-writeback.c:do_writepages; Documentation/core-api/gfp_mask-from-fs-io.rst
  ["address_space_operations", "writepages writepage", "fs_lock", POSSIBLE],
  // fs/inode.c:prune_icache_sb, evict; fs/fs-writeback.c:write_inode, __mark_inode_dirty
  ["super_operations", "evict_inode write_inode dirty_inode", "fs_lock", POSSIBLE],
  // net/sunrpc/xprt.c:xprt_request_transmit, on rpciod
  ["rpc_xprt_ops", "send_request", "fs_lock", POSSIBLE],
  // net/sunrpc/sched.c:rpciod_start (WQ_MEM_RECLAIM)
  ["rpc_call_ops", "rpc_call_prepare rpc_call_done rpc_release", "fs_lock", POSSIBLE],
  // net/ceph/messenger.c:ceph_con_workfn, on a workqueue with WQ_MEM_RECLAIM
  ["ceph_connection_operations", "dispatch alloc_msg", "fs_lock", POSSIBLE],
  // drivers/dma-buf/dma-fence.c, DOC: fence cross-driver contract; drivers/gpu/drm/scheduler/sched_main.c
  ["drm_sched_backend_ops", "prepare_job run_job timedout_job", "dma_fence_signalling", POSSIBLE],
  // drivers/dma-buf/dma-fence.c:__dma_fence_enable_signaling (fence->lock)
  ["dma_fence_ops", "enable_signaling", "spin_lock_irqsave"],
  // drivers/gpu/drm/drm_vblank.c:drm_vblank_enable (vbl_lock)
  ["drm_crtc_funcs", "enable_vblank disable_vblank", "spin_lock_irqsave"],
  // kernel/bpf/syscall.c:bpf_map_update_value, map_delete_elem
  ["bpf_map_ops", "map_update_elem map_delete_elem", "rcu_read_lock", POSSIBLE],
  // Documentation/filesystems/locking.rst (may block: no)
  ["dentry_operations", "d_delete d_prune", "spin_lock"],
  ["dentry_operations", "d_compare d_hash", "rcu_read_lock", POSSIBLE],
  ["lock_manager_operations", "lm_notify lm_break lm_change", "spin_lock"],
  ["file_lock_operations", "fl_copy_lock", "spin_lock"],
  // fs/inode.c:i_callback
  ["super_operations", "free_inode", "rcu_callback"],
  // drivers/usb/serial/usb-serial.c:setup_port_bulk_in; drivers/usb/core/hcd.c:__usb_hcd_giveback_urb
  [
    "usb_serial_driver",
    "read_int_callback read_bulk_callback write_int_callback write_bulk_callback process_read_urb",
    "softirq",
  ],
  // drivers/usb/serial/generic.c:usb_serial_generic_write_start, from the completion of a URB
  ["usb_serial_driver", "prepare_write_buffer", "softirq", POSSIBLE],
  // drivers/usb/gadget/udc/core.c:usb_ep_queue (may be called in interrupt context)
  ["usb_ep_ops", "queue dequeue set_halt set_wedge fifo_status fifo_flush", "local_irq_disable", POSSIBLE],
  // include/linux/usb/gadget.h, struct usb_gadget_driver (called in_interrupt; this may not sleep)
  ["usb_gadget_driver", "setup", "local_irq_disable"],
  ["usb_gadget_driver", "disconnect", "local_irq_disable", POSSIBLE],
  // include/linux/tty_driver.h (may not sleep); drivers/net/ppp/ppp_async.c:ppp_async_push (xmit_lock)
  ["tty_operations usb_serial_driver", "write", "spin_lock_bh", POSSIBLE],
  // drivers/usb/core/hcd.c:usb_hcd_submit_urb, unlink1 (may be called in any context)
  ["hc_driver", "urb_enqueue urb_dequeue map_urb_for_dma hub_status_data", "local_irq_disable", POSSIBLE],
  // drivers/hid/usbhid/hid-core.c:hid_irq_in
  ["hid_driver", "raw_event event", "softirq", POSSIBLE],
  // drivers/usb/core/hcd.c:usb_hcd_irq
  ["hc_driver", "irq", "irq_handler"],
  // net/core/dev.c:__netif_receive_skb_core
  ["packet_type", "func", "softirq"],
  // net/ipv4/ip_input.c:ip_protocol_deliver_rcu; net/ipv6/ip6_input.c
  ["net_protocol inet6_protocol", "handler err_handler", "softirq"],
  // net/netfilter/nfnetlink.c:nfnetlink_rcv_msg
  ["nfnl_callback", "call", "rcu_read_lock", { beside: ["type", "NFNL_CB_RCU"] }],
  // net/netfilter/nf_tables_core.c:nft_do_chain; nf_conntrack_proto.c:nf_confirm
  ["nft_expr_ops nft_object_ops nf_conntrack_helper", "eval help", "rcu_read_lock"],
  // net/dsa/user.c:dsa_user_xmit; net/dsa/tag.c:dsa_switch_rcv
  ["dsa_device_ops", "xmit rcv", "softirq"],
  // drivers/gpu/drm/amd/amdgpu/amdgpu_irq.c:amdgpu_irq_dispatch; amdgpu_irq_update (src->lock)
  ["amdgpu_irq_src_funcs", "process", "irq_handler", POSSIBLE],
  ["amdgpu_irq_src_funcs", "set", "spin_lock_irqsave"],
  // net/netfilter/core.c:nf_hook_slow (caller must hold rcu_read_lock)
  ["nf_hook_ops", "hook", "rcu_read_lock"],
  // net/ipv4/netfilter/ip_tables.c:ipt_do_table (local_bh_disable); net/netfilter/core.c:nf_hook_slow
  ["xt_target xt_match", "target match", "local_bh_disable"],
  // net/ipv4/tcp_input.c, tcp_output.c: the socket's lock as softirqs take it
  ["tcp_congestion_ops", "cong_avoid cong_control ssthresh cwnd_event in_ack_event pkts_acked", "local_bh_disable"],
  // net/core/dev.c:__dev_queue_xmit (rcu_read_lock_bh); net/core/gro.c:dev_gro_receive
  ["net_device_ops", "ndo_select_queue ndo_features_check ndo_xdp_xmit ndo_fcoe_ddp_setup", "local_bh_disable"],
  ["net_device_ops", "ndo_rx_flow_steer ndo_poll_controller", "softirq"],
  ["net_offload packet_offload", "gro_receive gro_complete gso_segment", "softirq"],
  // net/sched/cls_api.c:__tcf_classify; net/sched/act_api.c:tcf_action_exec
  ["tcf_proto_ops tc_action_ops", "classify act", "local_bh_disable"],
  // net/xfrm/xfrm_input.c:xfrm_input, xfrm_output.c:xfrm_output_one (x->lock and softirqs)
  ["xfrm_type", "input output", "softirq"],
  // net/xfrm/xfrm_state.c:km_query, km_state_notify, km_policy_notify, km_new_mapping, km_migrate, km_report
  ["xfrm_mgr", "notify acquire compile_policy new_mapping notify_policy report migrate is_alive", "rcu_read_lock"],
  // net/ipv4/xfrm4_protocol.c, tunnel4.c; net/ipv6/xfrm6_protocol.c, tunnel6.c
  ["xfrm4_protocol xfrm6_protocol", "handler input_handler cb_handler err_handler", "softirq"],
  ["xfrm_tunnel xfrm6_tunnel", "handler cb_handler err_handler", "softirq"],
  // net/ipv4/gre_demux.c:gre_rcv, gre_err; net/ipv4/udp.c:udp_queue_rcv_one_skb
  ["gre_protocol", "handler err_handler", "softirq"],
  ["udp_tunnel_sock_cfg", "encap_rcv encap_err_lookup encap_err_rcv gro_receive gro_complete", "softirq"],
  // net/ipv4/tcp_input.c:tcp_rcv_state_process (rcu_read_lock, local_bh_disable); tcp_minisocks.c:tcp_check_req
  ["inet_connection_sock_af_ops", "conn_request syn_recv_sock", "softirq"],
  ["request_sock_ops", "rtx_syn_ack send_ack send_reset", "softirq"],
  // net/core/sock.c:release_sock (sk_lock.slock); sk_receive_skb, which calls the same from softirqs
  ["proto", "release_cb", "spin_lock_bh"],
  ["proto", "backlog_rcv", "softirq", POSSIBLE],
  // net/core/lwtunnel.c:lwtunnel_output, lwtunnel_xmit, lwtunnel_input
  ["lwtunnel_encap_ops", "output xmit input", "rcu_read_lock"],
  ["ip_tunnel_encap_ops ip6_tnl_encap_ops", "build_header err_handler", "local_bh_disable"],
  // net/core/dst.c, net/ipv4/route.c: from softirqs too
  ["dst_ops", "cow_metrics link_failure update_pmtu redirect negative_advice", "softirq", POSSIBLE],
  // net/core/fib_rules.c:fib_rules_lookup (rcu_read_lock)
  ["fib_rules_ops", "action suppress match", "rcu_read_lock"],
  ["l3mdev_ops", "l3mdev_l3_rcv l3mdev_l3_out", "rcu_read_lock"],
  // net/netfilter/ipvs/ip_vs_core.c:ip_vs_schedule, from a hook
  ["ip_vs_scheduler", "schedule", "rcu_read_lock"],
  ["ip_vs_protocol", "conn_schedule", "rcu_read_lock"],
  ["nf_ct_helper_expectfn", "expectfn", "rcu_read_lock"],
  // net/sched/ematch.c:tcf_em_match
  ["tcf_ematch_ops", "match", "local_bh_disable"],
  // drivers/net/ppp/ppp_generic.c:ppp_push, __ppp_channel_push (pch->downl)
  ["ppp_channel_ops", "start_xmit", "spin_lock_bh"],
  // drivers/net/wan/hdlc.c:hdlc_rcv, hdlc_start_xmit
  ["hdlc_proto", "netif_rx", "softirq"],
  ["hdlc_proto", "xmit", "ndo_start_xmit"],
  // drivers/net/team/team_core.c:team_xmit, team_handle_frame
  ["team_mode_ops", "transmit", "ndo_start_xmit"],
  ["team_mode_ops", "receive", "softirq"],
  // net/mac80211/rate.c (rate_ctrl_lock)
  ["rate_control_ops", "rate_init rate_update tx_status tx_status_ext get_rate", "spin_lock_bh"],
  // net/dsa/user.c:dsa_skb_tx_timestamp, tag.c:dsa_skb_defer_rx_timestamp
  ["dsa_switch_ops", "port_txtstamp port_rxtstamp", "softirq"],
  // drivers/bus/mhi/host/main.c:parse_xfer_event, mhi_ev_task
  ["mhi_driver", "ul_xfer_cb dl_xfer_cb", "tasklet"],
  // drivers/rpmsg/qcom_smd.c:qcom_smd_channel_recv_single (recv_lock)
  ["rpmsg_driver", "callback", "spin_lock", POSSIBLE],
  // drivers/s390/net/ism_drv.c:ism_handle_irq
  ["ism_client", "handle_event handle_irq", "hardirq"],
  // drivers/net/ethernet/chelsio/cxgb4/sge.c:process_responses, from NAPI
  ["cxgb4_uld_info", "rx_handler lro_rx_handler", "softirq"],
  // drivers/net/ethernet/qlogic/qed/qed_ll2.c:qed_ll2b_complete_rx_packet, from the tasklet of the slow path
  ["qed_ll2_cb_ops", "rx_cb tx_cb", "tasklet"],
  // net/strparser/strparser.c:strp_data_ready, from sk_data_ready
  ["strp_callbacks", "parse_msg rcv_msg", "local_bh_disable", POSSIBLE],
  // net/core/neighbour.c:neigh_probe, neigh_timer_handler
  ["neigh_ops", "solicit error_report", "softirq"],
  ["neigh_table", "constructor pconstructor", "softirq", POSSIBLE],
  ["header_ops", "create cache", "local_bh_disable", POSSIBLE],
  // net/core/dev.c:__dev_xmit_skb (root_lock)
  ["Qdisc_ops", "enqueue dequeue peek", "spin_lock_bh"],
  // include/net/mac80211.h, struct ieee80211_ops (must be atomic)
  ["ieee80211_ops", "tx sta_notify set_tim sta_rc_update prepare_multicast link_sta_rc_update", "local_bh_disable"],
  ["ieee80211_ops", "wake_tx_queue update_tkip_key get_key_seq sta_rate_tbl_update event_callback", "rcu_read_lock"],
  ["ieee80211_ops", "allow_buffered_frames release_buffered_frames", "softirq"],
  // drivers/net/usb/usbnet.c:rx_process, intr_complete
  ["driver_info", "rx_fixup status", "softirq"],
  // drivers/net/usb/usbnet.c:usbnet_start_xmit
  ["driver_info", "tx_fixup", "ndo_start_xmit"],
  // include/linux/serial_core.h, struct uart_ops (port->lock taken; this call must not sleep)
  ["uart_ops", "start_tx stop_tx stop_rx set_mctrl get_mctrl enable_ms", "spin_lock_irqsave"],
  // include/linux/perf_event.h, struct pmu (called with IRQs disabled)
  ["pmu", "add del start stop read", "local_irq_disable"],
  // drivers/base/syscore.c:syscore_suspend (WARN if interrupts are on)
  ["syscore_ops", "suspend resume", "local_irq_disable"],
  // drivers/ata/libata-core.c:ata_qc_issue (LOCKING: spin_lock_irqsave(host lock))
  ["ata_port_operations", "qc_issue qc_prep bmdma_start bmdma_stop", "spin_lock_irqsave"],
  // drivers/ata/libata-eh.c:ata_eh_thaw_port, __ata_port_freeze (the port's lock)
  ["ata_port_operations", "freeze thaw", "spin_lock_irqsave"],
  // Documentation/trace/kprobes.rst
  ["kprobe kretprobe", "pre_handler post_handler handler entry_handler", "preempt_disable"],
  // kernel/trace/ftrace.c:__ftrace_ops_list_func
  ["ftrace_ops", "func", "preempt_disable"],
  // kernel/printk/printk.c:kmsg_dump_desc (rcu_read_lock), console_emit_next_record
  ["kmsg_dumper", "dump", "rcu_read_lock"],
  ["console", "write", "local_irq_disable"],
  // drivers/tty/sysrq.c:__handle_sysrq (rcu_read_lock)
  ["sysrq_key_op", "handler", "rcu_read_lock"],
  // net/iucv/iucv.c:iucv_tasklet_fn
  ["iucv_handler", "message_pending message_complete", "tasklet"],
  // drivers/char/ipmi/ipmi_msghandler.c:handle_new_recv_msgs
  ["ipmi_user_hndl", "ipmi_recv_hndl", "softirq", POSSIBLE],
  // include/linux/tty_ldisc.h (raise a tasklet or work); drivers write from their interrupts
  ["tty_ldisc_ops", "write_wakeup", "local_irq_disable", POSSIBLE],
  // drivers/pci/access.c:pci_lock_config, without PCI_LOCKLESS_CONFIG
  ["pci_ops", "read write", "raw_spin_lock_irqsave", POSSIBLE],
  // include/linux/mailbox_client.h (atomic callback)
  ["mbox_client", "rx_callback tx_done", "irqs_off"],
  // drivers/mailbox/mailbox.c:msg_submit (chan->lock), txdone_hrtimer
  ["mbox_chan_ops", "send_data last_tx_done", "spin_lock_irqsave"],
  // drivers/iommu/dma-iommu.c:__iommu_dma_unmap, from dma_unmap_page() in any context
  ["iommu_domain_ops", "unmap_pages unmap flush_iotlb_all iotlb_sync iova_to_phys", "local_irq_disable", POSSIBLE],
  ["iommu_flush_ops", "tlb_flush_all tlb_flush_walk tlb_add_page", "local_irq_disable", POSSIBLE],
  // Documentation/core-api/dma-api.rst; kernel/dma/mapping.c:dma_map_page_attrs (any context)
  ["dma_map_ops", "map_page unmap_page map_sg unmap_sg map_resource unmap_resource", "local_irq_disable", POSSIBLE],
  // kernel/irq/manage.c:__setup_irq (desc->lock)
  ["irq_domain_ops", "activate", "raw_spin_lock_irqsave"],
  // kernel/time/clockevents.c (interrupts off); timekeeping.c (the lock of the timekeeper)
  ["clock_event_device", "set_next_event set_state_periodic set_state_oneshot set_state_shutdown", "local_irq_disable"],
  ["clocksource", "read", "local_irq_disable"],
  // drivers/cpuidle/cpuidle.c:cpuidle_enter_state; kernel/sched/cpufreq_schedutil.c:sugov_update_single_freq
  ["cpuidle_state", "enter enter_s2idle", "local_irq_disable", POSSIBLE],
  ["cpufreq_driver", "fast_switch adjust_perf", "raw_spin_lock"],
  // kernel/sched/core.c:fire_sched_in_preempt_notifiers; kernel/user-return-notifier.c
  ["preempt_ops", "sched_in sched_out", "raw_spin_lock"],
  ["user_return_notifier", "on_user_return", "local_irq_disable"],
  // virt/kvm/kvm_main.c:vcpu_load (get_cpu); eventfd.c:kvm_irq_routing_update (irqfds.lock)
  ["kvm_x86_ops", "vcpu_load vcpu_put prepare_switch_to_guest", "preempt_disable"],
  ["kvm_x86_ops", "pi_update_irte", "spin_lock_irq", POSSIBLE],
  // mm/pagewalk.c:walk_pte_range (the page table's lock, where there is an area)
  ["mm_walk_ops", "pte_entry", "spin_lock", POSSIBLE],
  // mm/memory.c:do_fault_around (rcu_read_lock)
  ["vm_operations_struct", "map_pages", "rcu_read_lock"],
  // Documentation/filesystems/locking.rst (all except dirty_folio and free_folio may block)
  ["address_space_operations", "dirty_folio set_page_dirty free_folio freepage", "spin_lock", POSSIBLE],
  // fs/inode.c:iput_final (inode->i_lock), evict, destroy_inode
  ["super_operations", "drop_inode", "spin_lock"],
  ["super_operations", "destroy_inode", "fs_lock", POSSIBLE],
  // fs/iomap/buffered-io.c:iomap_writepages; fs/netfs/write_issue.c:netfs_writepages
  ["iomap_writeback_ops", "map_blocks prepare_ioend submit_ioend", "fs_lock", POSSIBLE],
  ["netfs_request_ops", "begin_writeback prepare_write issue_write", "fs_lock", POSSIBLE],
  // fs/xfs/xfs_trans_ail.c:xfsaild_push_item (ail_lock)
  ["xfs_item_ops", "iop_push", "spin_lock", POSSIBLE],
  // drivers/tty/hvc/hvc_console.c:hvc_push, __hvc_poll (hp->lock)
  ["hv_ops", "put_chars get_chars", "spin_lock_irqsave", POSSIBLE],
  // include/linux/tty_driver.h (put_char, write_room: from where write() is called)
  ["tty_operations", "put_char flush_chars write_room chars_in_buffer", "spin_lock_bh", POSSIBLE],
  ["serdev_device_ops", "write_wakeup", "spin_lock_irqsave", POSSIBLE],
  // drivers/input/serio/serio.c:serio_interrupt (serio->lock)
  ["serio_driver", "interrupt", "spin_lock_irqsave"],
  // sound/core/timer.c:snd_timer_start1, snd_timer_stop1 (timer->lock)
  ["snd_timer_hardware", "start stop c_resolution", "spin_lock_irqsave"],
  // sound/soc/soc-link.c:snd_soc_link_trigger; sound/soc/sof/ipc.c:sof_ipc_send_msg (ipc_lock)
  ["snd_soc_ops", "trigger", "spin_lock_irq", NONATOMIC],
  ["snd_sof_dsp_ops", "send_msg", "spin_lock_irq", POSSIBLE],
  // drivers/media/v4l2-core/v4l2-mem2mem.c:__v4l2_m2m_try_queue (job_spinlock)
  ["v4l2_m2m_ops", "job_ready", "spin_lock_irqsave"],
  // drivers/gpu/drm/drm_vblank.c (vblank_time_lock)
  ["drm_crtc_funcs", "get_vblank_counter get_vblank_timestamp", "spin_lock_irqsave"],
  ["drm_crtc_helper_funcs", "get_scanout_position", "spin_lock_irqsave"],
  // drivers/gpu/drm/ttm/ttm_bo_util.c:ttm_lru_walk_for_evict (lru_lock)
  ["ttm_device_funcs", "eviction_valuable", "spin_lock", POSSIBLE],
  // drivers/dma-buf/dma-fence.c: release and signaled from where the fence is put and asked
  ["dma_fence_ops", "signaled release", "local_irq_disable", POSSIBLE],
  // drivers/gpu/drm/nouveau/nvkm/core/event.c:nvkm_event_get, nvkm_event_put (refs_lock)
  ["nvkm_event_func", "init fini", "spin_lock_irqsave"],
  // drivers/video/fbdev/core/fbcon.c, from printk() in any context
  ["consw", "con_putc con_putcs con_cursor con_scroll con_clear", "local_irq_disable", POSSIBLE],
  // crypto/scompress.c:scomp_acomp_comp_decomp (scratch->lock)
  ["scomp_alg", "compress decompress", "spin_lock"],
  // include/crypto/hash.h (from any context)
  ["shash_alg", "init update final finup digest", "softirq", POSSIBLE],
  // drivers/ntb/core.c:ntb_link_event, ntb_db_event (ctx_lock)
  ["ntb_ctx_ops", "link_event db_event msg_event", "spin_lock_irqsave"],
  ["ntb_queue_handlers", "rx_handler tx_handler event_handler", "tasklet", POSSIBLE],
  // drivers/hwspinlock/hwspinlock_core.c:__hwspin_trylock
  ["hwspinlock_ops", "trylock unlock relax", "spin_lock"],
  // drivers/i2c/i2c-core.h:i2c_in_atomic_xfer_mode (interrupts off)
  ["i2c_algorithm", "xfer_atomic master_xfer_atomic smbus_xfer_atomic", "local_irq_disable", POSSIBLE],
  // drivers/hwtracing/coresight/coresight-etm-perf.c:etm_event_stop
  ["coresight_ops_sink", "update_buffer", "local_irq_disable"],
  // drivers/s390/cio/airq.c:do_airq_interrupt; drivers/s390/char/sclp.c:sclp_dispatch_evbufs, con3270.c
  ["airq_struct", "handler", "hardirq"],
  ["sclp_register", "receiver_fn state_change_fn", "hardirq"],
  ["raw3270_fn", "intv", "irq_handler"],
  // arch/sparc/kernel/ldc.c:send_events; viohs.c (vio->lock)
  ["ldc_channel_config", "event", "irq_handler"],
  ["vio_driver_ops", "send_attr handle_attr handshake_complete", "spin_lock_irqsave", POSSIBLE],
];

/** Members of tables of any type that stand in one of a driver's own; the words of the file say whose they are. */
const ANY_ROWS: readonly MemberRow[] = [
  // Documentation/crypto/api-intro.rst; include/linux/crypto.h (CRYPTO_TFM_REQ_MAY_SLEEP)
  ["*", "encrypt decrypt", "softirq", { ...POSSIBLE, onlyWith: ["skcipher_request_ctx", "aead_request_ctx"] }],
  ["*", "update final finup digest", "softirq", { ...POSSIBLE, onlyWith: ["ahash_request_ctx"] }],
];

const KEPT_ROWS: readonly MemberRow[] = [
  // block/blk-mq.c:blk_done_softirq; block/bio.c:bio_endio
  ["", "bi_end_io", "softirq", POSSIBLE],
  // block/blk-mq.c:__blk_mq_end_request; block/fops.c:blkdev_bio_end_io_async
  ["", "end_io", "softirq", { ...POSSIBLE, onlyWith: ["blk_execute_rq_nowait"] }],
  ["", "ki_complete", "softirq", POSSIBLE],
  // drivers/usb/storage/usb.c:usb_stor_control_thread, usb_stor_suspend, usb_stor_resume
  ["", "transport proto_handler suspend_resume_hook", "io_lock", { ...POSSIBLE, onlyWith: ["us_data"] }],
  // include/rdma/ib_verbs.h, enum ib_poll_context
  ["", "done", "softirq", { onlyWith: ["IB_POLL_SOFTIRQ"] }],
  // net/core/dev.c:__netif_receive_skb_core
  ["", "func", "softirq", { onlyWith: ["dev_add_pack"] }],
  // net/core/skbuff.c:skb_release_head_state
  ["", "destructor", "softirq", { ...POSSIBLE, onlyWith: ["sk_buff"] }],
  // drivers/s390/cio/device_fsm.c:ccw_device_call_handler; qdio_main.c:qdio_inspect_queue
  ["", "handler", "irq_handler", { onlyWith: ["ccw_device_start"] }],
  ["", "input_handler output_handler", "tasklet", { ...POSSIBLE, onlyWith: ["qdio_establish"] }],
  // Documentation/networking/netdevices.rst
  ["", "ndo_start_xmit", "ndo_start_xmit"],
  // Documentation/driver-api/dmaengine/provider.rst (GFP_NOWAIT in prep functions)
  ["", PREP, "spin_lock", POSSIBLE],
  // kernel/irq/chip.c, kernel/irq/manage.c (desc->lock is a raw_spinlock_t)
  ["", CHIP, "irq_chip"],
  // include/linux/usb/gadget.h, struct usb_request (interrupts disabled); Documentation/driver-api/usb/URB.rst;
  // drivers/spi/spi.c:spi_async (a context which can't sleep)
  ["", "complete", "local_irq_disable", { onlyWith: ["usb_ep_queue", "usb_submit_urb", "spi_async"] }],
  // drivers/usb/gadget/composite.c:composite_setup, which the controller calls with interrupts off
  ["", "set_alt setup disable", "local_irq_disable", { onlyWith: ["usb_function"] }],
  // include/linux/leds.h (must not sleep)
  ["", "brightness_set", "irqs_off", POSSIBLE],
  // include/linux/input.h (event_lock); drivers/input/ff-core.c
  ["", "event", "spin_lock_irqsave", { onlyWith: ["input_register_device"] }],
  ["", "playback set_gain set_autocenter", "spin_lock_irqsave", { onlyWith: ["input_ff_create"] }],
  // kernel/time/hrtimer.c:__run_hrtimer
  ["", "function", "hrtimer", { onlyWith: ["hrtimer_init"] }],
  // Documentation/driver-api/dmaengine/client.rst (callbacks from the DMA engine's tasklet)
  ["", "callback callback_result", "tasklet", { onlyWith: ["dmaengine_submit"] }],
  // net/ipv4/udp.c:udp_queue_rcv_one_skb
  ["", "encap_rcv", "softirq"],
  // include/net/sock.h:sk_validate_xmit_skb, from net/core/dev.c:validate_xmit_skb
  ["", "sk_validate_xmit_skb", "local_bh_disable"],
  // net/caif/caif_dev.c:receive
  ["", "receive", "softirq", { onlyWith: ["cflayer"] }],
  // drivers/atm, from their interrupts; net/atm/common.c
  ["", "push", "softirq", { ...POSSIBLE, onlyWith: ["atm_vcc"] }],
  // Documentation/infiniband/core_locking.rst (consumers may not sleep in a callback)
  ["", "event_handler", "softirq", { onlyWith: ["ib_create_qp", "rdma_create_qp"] }],
  // drivers/net/ethernet/qlogic/qed/qed_iwarp.c:qed_iwarp_mpa_received, from the tasklet of the slow path
  ["", "event_cb", "tasklet", { onlyWith: ["qed_iwarp_connect_in", "qed_iwarp_listen_in"] }],
  // include/linux/mii_timestamper.h; net/core/timestamping.c
  ["", "rxtstamp txtstamp", "softirq", { onlyWith: ["mii_timestamper"] }],
  // net/ipv4/tcp_input.c:tcp_data_ready
  ["", "sk_data_ready sk_write_space sk_state_change sk_error_report", "local_bh_disable", POSSIBLE],
  // drivers/firewire/core-transaction.c:handle_exclusive_region_request (rcu_read_lock)
  ["", "address_callback", "rcu_read_lock", { ...POSSIBLE, onlyWith: ["fw_core_add_address_handler"] }],
  // drivers/s390/char/sclp.c:sclp_interrupt_handler
  ["", "callback", "hardirq", { onlyWith: ["sclp_add_request"] }],
  // drivers/iommu/dma-iommu.c:__iommu_dma_unmap, through drivers/iommu/io-pgtable.c
  ["", "unmap_pages", "local_irq_disable", POSSIBLE],
  // kernel/sched/wait.c:__wake_up_common (wq_head->lock)
  ["", "func", "spin_lock_irqsave", { onlyWith: ["wait_queue_entry_t", "wait_queue_entry"] }],
  // drivers/mmc/core/core.c:mmc_request_done, from the interrupt of the host
  ["", "done recovery_notifier", "softirq", { ...POSSIBLE, onlyWith: ["mmc_start_request"] }],
  // sound/core/timer.c:snd_timer_interrupt
  ["", "callback", "irq_handler", { ...POSSIBLE, onlyWith: ["snd_timer_open"] }],
  // include/linux/mailbox_client.h (atomic callback)
  ["", "rx_callback", "irqs_off", { onlyWith: ["mbox_request_channel", "mbox_request_channel_byname"] }],
];

const byMember = (
  rows: readonly MemberRow[],
  key: (type: string, member: string) => string,
): readonly (readonly [string, Handler])[] =>
  rows.flatMap(([types, members, contexts, more]) =>
    types
      .split(" ")
      .flatMap((type) =>
        members
          .split(" ")
          .map((member): readonly [string, Handler] => [
            key(type, member),
            { contexts: contexts.split(" "), confidence: "likely", ...more },
          ]),
      ),
  );

/** `struct TYPE { .member = handler }`, by `TYPE.member`; `*.member` is one of any type. */
export const MEMBERS: ReadonlyMap<string, Handler> = new Map(
  byMember([...MEMBER_ROWS, ...ANY_ROWS], (type, member) => `${type}.${member}`),
);

const kept = new Map<string, readonly Handler[]>();
for (const [member, handler] of byMember(KEPT_ROWS, (_type, name) => name))
  kept.set(member, [...(kept.get(member) ?? []), handler]);

/** `x->member = handler;`, by the member: the words of the file say of which type it is. */
export const KEPT: ReadonlyMap<string, readonly Handler[]> = kept;

/** include/scsi/scsi_host.h: `DEF_SCSI_QCMD(own_queue)` has own_queue_lck() called, under the lock of the host. */
export const QUEUE_MACRO = "DEF_SCSI_QCMD";

export const QUEUED: Handler = { contexts: ["spin_lock_irqsave"], confidence: "likely" };

/** The words that these tables ask a file for. */
export const CALLBACK_WORDS: ReadonlySet<string> = new Set([
  QUEUE_MACRO,
  ...[...REGISTRATIONS.values(), ...MEMBERS.values(), ...[...KEPT.values()].flat()].flatMap(
    ({ unless, decidedBy, onlyWith, alsoWith }) => [
      ...(unless === undefined ? [] : [unless]),
      ...(decidedBy ?? []),
      ...(onlyWith ?? []),
      ...(alsoWith ?? []),
    ],
  ),
]);
