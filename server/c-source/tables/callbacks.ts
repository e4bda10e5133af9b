import type { Confidence } from "../evidence.ts";

/** What a function is called in that is handed over somewhere: the model's name for it. */
export interface Handler {
  readonly contexts: readonly string[];
  /** `possible`: by convention, not by what the kernel does. */
  readonly confidence: Confidence;
  /** A word of the file that makes it one that may sleep. */
  readonly unless?: readonly string[] | undefined;
  /** Words of the file in which that is decided; where none is there, another file can say so. */
  readonly decidedBy?: readonly string[] | undefined;
  /** One of these words has to be in the file: the name of the member alone says too little. */
  readonly onlyWith?: readonly string[] | undefined;
  /** And one of these. */
  readonly alsoWith?: readonly string[] | undefined;
  /** The member behind it that has to have this value in the same table. */
  readonly beside?: readonly [member: string, value: string] | undefined;
  /** What it is called in where it may sleep, by convention. */
  readonly otherwise?: readonly string[] | undefined;
}

/** A function that is given a handler, and as which argument. */
export interface Registration extends Handler {
  readonly argument: number;
  /** It counts where the first argument ends in one of these. */
  readonly onlyFor?: readonly string[] | undefined;
}

/**
 * By context, what is called in it; a `?` before a line: by convention, not by what the kernel does. A line has one of
 *
 *     request_irq pci_request_irq:2         functions that have their argument 1 called, or this one
 *     xt_target|xt_match.target,match       members of a table of these types; `*`: of any type
 *     .bi_end_io,end_io                     members that it is written into, of whatever structure
 *
 * and then, as `Handler` says: with WORD,… and WORD,… beside MEMBER=VALUE unless WORD decided WORD,… otherwise CONTEXT;
 * for END,… as `Registration` does.
 *
 * Above the lines stands the kernel file and function, or the document, that speaks of them in 6.12.117. All of these
 * places are there; not every one was read line by line.
 */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  irq_handler: [
    // kernel/irq/handle.c:__handle_irq_event_percpu
    "request_irq pci_request_irq:2 devm_request_irq:2",
    "request_threaded_irq devm_request_threaded_irq:2",
    // drivers/virtio/virtio_ring.c:vring_interrupt
    "virtio_find_single_vq",
    // drivers/xen/events/events_base.c: request_irq()
    "bind_evtchn_to_irqhandler bind_virq_to_irqhandler:2 bind_ipi_to_irqhandler:2",
    "bind_interdomain_evtchn_to_irqhandler_lateeoi:2",
    // kernel/irq/manage.c:request_any_context_irq (a thread where the chip sleeps)
    "?request_any_context_irq devm_request_any_context_irq:2",
    // arch/um/kernel/irq.c:um_request_irq
    "um_request_irq:3",
    // drivers/gpu/drm/nouveau/nvkm/subdev/timer/base.c:nvkm_timer_alarm_trigger, from the interrupt
    "nvkm_alarm_init",
    // drivers/usb/core/hcd.c:usb_hcd_irq
    "hc_driver.irq",
    // drivers/gpu/drm/amd/amdgpu/amdgpu_irq.c:amdgpu_irq_dispatch; amdgpu_irq_update (src->lock)
    "?amdgpu_irq_src_funcs.process",
    // drivers/s390/cio/airq.c:do_airq_interrupt; drivers/s390/char/sclp.c:sclp_dispatch_evbufs, con3270.c
    "raw3270_fn.intv",
    // arch/sparc/kernel/ldc.c:send_events; viohs.c (vio->lock)
    "ldc_channel_config.event",
    // drivers/s390/cio/device_fsm.c:ccw_device_call_handler; qdio_main.c:qdio_inspect_queue
    ".handler with ccw_device_start",
    // sound/core/timer.c:snd_timer_interrupt
    "?.callback with snd_timer_open",
  ],
  hardirq: [
    // kernel/irq/chip.c:handle_percpu_devid_irq
    "request_percpu_irq",
    // kernel/irq/handle.c:generic_handle_irq_desc
    "irq_set_chained_handler irq_set_chained_handler_and_data",
    // drivers/i2c/i2c-core-slave.c:i2c_slave_event, from a controller's interrupt
    "?i2c_slave_register",
    // drivers/acpi/acpica/evgpe.c:acpi_ev_gpe_dispatch
    "acpi_install_gpe_handler:3 acpi_install_gpe_raw_handler:3",
    // arch/s390/kernel/irq.c:do_ext_interrupt
    "register_external_irq",
    // kernel/events/core.c:__perf_event_overflow
    "perf_event_create_kernel_counter:3",
    "register_user_hw_breakpoint register_wide_hw_breakpoint",
    // drivers/acpi/acpica/evevent.c:acpi_ev_fixed_event_dispatch; evsci.c:acpi_ev_sci_dispatch
    "acpi_install_fixed_event_handler acpi_install_sci_handler:0",
    // drivers/iio/industrialio-trigger.c:iio_trigger_attach_poll_func (the half in the interrupt)
    "iio_alloc_pollfunc:0 iio_triggered_buffer_setup devm_iio_triggered_buffer_setup:2",
    // drivers/s390/net/ism_drv.c:ism_handle_irq
    "ism_client.handle_event,handle_irq",
    // drivers/s390/cio/airq.c:do_airq_interrupt; drivers/s390/char/sclp.c:sclp_dispatch_evbufs, con3270.c
    "airq_struct.handler",
    "sclp_register.receiver_fn,state_change_fn",
    // drivers/s390/char/sclp.c:sclp_interrupt_handler
    ".callback with sclp_add_request",
  ],
  timer: [
    // kernel/time/timer.c:call_timer_fn
    "timer_setup timer_setup_on_stack __timer_setup DEFINE_TIMER",
  ],
  tasklet: [
    // kernel/softirq.c:tasklet_action_common
    "tasklet_setup tasklet_init DECLARE_TASKLET DECLARE_TASKLET_OLD",
    "DECLARE_TASKLET_DISABLED DECLARE_TASKLET_DISABLED_OLD",
    // drivers/hv/connection.c:vmbus_on_event
    "vmbus_open:5",
    // drivers/bus/mhi/host/main.c:parse_xfer_event, mhi_ev_task
    "mhi_driver.ul_xfer_cb,dl_xfer_cb",
    // drivers/net/ethernet/qlogic/qed/qed_ll2.c:qed_ll2b_complete_rx_packet, from the tasklet of the slow path
    "qed_ll2_cb_ops.rx_cb,tx_cb",
    // net/iucv/iucv.c:iucv_tasklet_fn
    "iucv_handler.message_pending,message_complete",
    // drivers/ntb/core.c:ntb_link_event, ntb_db_event (ctx_lock)
    "?ntb_queue_handlers.rx_handler,tx_handler,event_handler",
    // drivers/s390/cio/device_fsm.c:ccw_device_call_handler; qdio_main.c:qdio_inspect_queue
    "?.input_handler,output_handler with qdio_establish",
    // Documentation/driver-api/dmaengine/client.rst (callbacks from the DMA engine's tasklet)
    ".callback,callback_result with dmaengine_submit",
    // drivers/net/ethernet/qlogic/qed/qed_iwarp.c:qed_iwarp_mpa_received, from the tasklet of the slow path
    ".event_cb with qed_iwarp_connect_in,qed_iwarp_listen_in",
  ],
  hrtimer: [
    // kernel/time/hrtimer.c:__run_hrtimer
    "hrtimer_setup hrtimer_setup_on_stack",
    // kernel/time/alarmtimer.c:alarmtimer_fired
    "alarm_init:2",
    // kernel/time/hrtimer.c:__run_hrtimer
    ".function with hrtimer_init",
  ],
  irq_work: [
    // kernel/irq_work.c:irq_work_single
    "init_irq_work DEFINE_IRQ_WORK",
  ],
  napi_poll: [
    // net/core/dev.c:__napi_poll
    "netif_napi_add:2 netif_napi_add_weight:2 netif_napi_add_tx:2 netif_napi_add_config:2",
    "netif_tx_napi_add:2 netif_napi_add_tx_weight:2",
  ],
  softirq: [
    // lib/irq_poll.c:irq_poll_softirq
    "irq_poll_init:2",
    // kernel/softirq.c:handle_softirqs
    "open_softirq",
    // drivers/usb/core/hcd.c:__usb_hcd_giveback_urb; Documentation/driver-api/usb/URB.rst
    "usb_fill_bulk_urb:5 usb_fill_int_urb:5 usb_fill_control_urb:6",
    // net/core/dev.c:__netif_receive_skb_core
    "netdev_rx_handler_register",
    // net/can/af_can.c:deliver
    "can_rx_register:4",
    // crypto/cryptd.c:cryptd_skcipher_complete; include/crypto/skcipher.h:skcipher_request_set_callback
    "skcipher_request_set_callback:2 ahash_request_set_callback:2 aead_request_set_callback:2",
    "akcipher_request_set_callback:2 kpp_request_set_callback:2 acomp_request_set_callback:2",
    // drivers/infiniband/hw/mlx5/cq.c:mlx5_ib_cq_comp
    "ib_create_cq",
    // net/llc/llc_input.c:llc_rcv; net/802/psnap.c:snap_rcv, p8022.c
    "llc_sap_open llc_add_pack register_snap_client register_8022_client",
    // Documentation/infiniband/core_locking.rst (consumers may not sleep in a callback)
    "ib_qp_init_attr|ib_srq_init_attr.event_handler",
    // drivers/scsi/scsi_lib.c:scsi_prepare_cmd, scsi_complete; drivers/scsi/scsi.c:scsi_finish_command
    "?scsi_driver.done,uninit_command",
    // drivers/scsi/libsas/sas_scsi_host.c:sas_queuecommand; sas_ata.c:sas_ata_qc_issue (the port's lock)
    "?sas_domain_function_template.lldd_execute_task",
    // drivers/md/dm.c:clone_endio; block/blk-mq.c:blk_mq_complete_request
    "?target_type.end_io",
    "?blk_mq_ops.complete",
    // drivers/usb/serial/usb-serial.c:setup_port_bulk_in; drivers/usb/core/hcd.c:__usb_hcd_giveback_urb
    "usb_serial_driver.read_int_callback,read_bulk_callback,write_int_callback,write_bulk_callback,process_read_urb",
    // drivers/usb/serial/generic.c:usb_serial_generic_write_start, from the completion of a URB
    "?usb_serial_driver.prepare_write_buffer",
    // drivers/hid/usbhid/hid-core.c:hid_irq_in
    "?hid_driver.raw_event,event",
    // net/core/dev.c:__netif_receive_skb_core
    "packet_type.func",
    // net/ipv4/ip_input.c:ip_protocol_deliver_rcu; net/ipv6/ip6_input.c
    "net_protocol|inet6_protocol.handler,err_handler",
    // net/dsa/user.c:dsa_user_xmit; net/dsa/tag.c:dsa_switch_rcv
    "dsa_device_ops.xmit,rcv",
    // net/core/dev.c:__dev_queue_xmit (rcu_read_lock_bh); net/core/gro.c:dev_gro_receive
    "net_device_ops.ndo_rx_flow_steer,ndo_poll_controller",
    "net_offload|packet_offload.gro_receive,gro_complete,gso_segment",
    // net/xfrm/xfrm_input.c:xfrm_input, xfrm_output.c:xfrm_output_one (x->lock and softirqs)
    "xfrm_type.input,output",
    // net/ipv4/xfrm4_protocol.c, tunnel4.c; net/ipv6/xfrm6_protocol.c, tunnel6.c
    "xfrm4_protocol|xfrm6_protocol.handler,input_handler,cb_handler,err_handler",
    "xfrm_tunnel|xfrm6_tunnel.handler,cb_handler,err_handler",
    // net/ipv4/gre_demux.c:gre_rcv, gre_err; net/ipv4/udp.c:udp_queue_rcv_one_skb
    "gre_protocol.handler,err_handler",
    "udp_tunnel_sock_cfg.encap_rcv,encap_err_lookup,encap_err_rcv,gro_receive,gro_complete",
    // net/ipv4/tcp_input.c:tcp_rcv_state_process (rcu_read_lock, local_bh_disable); tcp_minisocks.c:tcp_check_req
    "inet_connection_sock_af_ops.conn_request,syn_recv_sock",
    "request_sock_ops.rtx_syn_ack,send_ack,send_reset",
    // net/core/sock.c:release_sock (sk_lock.slock); sk_receive_skb, which calls the same from softirqs
    "?proto.backlog_rcv",
    // net/core/dst.c, net/ipv4/route.c: from softirqs too
    "?dst_ops.cow_metrics,link_failure,update_pmtu,redirect,negative_advice",
    // drivers/net/wan/hdlc.c:hdlc_rcv, hdlc_start_xmit
    "hdlc_proto.netif_rx",
    // drivers/net/team/team_core.c:team_xmit, team_handle_frame
    "team_mode_ops.receive",
    // net/dsa/user.c:dsa_skb_tx_timestamp, tag.c:dsa_skb_defer_rx_timestamp
    "dsa_switch_ops.port_txtstamp,port_rxtstamp",
    // drivers/net/ethernet/chelsio/cxgb4/sge.c:process_responses, from NAPI
    "cxgb4_uld_info.rx_handler,lro_rx_handler",
    // net/core/neighbour.c:neigh_probe, neigh_timer_handler
    "neigh_ops.solicit,error_report",
    "?neigh_table.constructor,pconstructor",
    // include/net/mac80211.h, struct ieee80211_ops (must be atomic)
    "ieee80211_ops.allow_buffered_frames,release_buffered_frames",
    // drivers/net/usb/usbnet.c:rx_process, intr_complete
    "driver_info.rx_fixup,status",
    // drivers/char/ipmi/ipmi_msghandler.c:handle_new_recv_msgs
    "?ipmi_user_hndl.ipmi_recv_hndl",
    // include/crypto/hash.h (from any context)
    "?shash_alg.init,update,final,finup,digest",
    // Documentation/crypto/api-intro.rst; include/linux/crypto.h (CRYPTO_TFM_REQ_MAY_SLEEP)
    "?*.encrypt,decrypt with skcipher_request_ctx,aead_request_ctx",
    "?*.update,final,finup,digest with ahash_request_ctx",
    // block/blk-mq.c:blk_done_softirq; block/bio.c:bio_endio
    "?.bi_end_io",
    // block/blk-mq.c:__blk_mq_end_request; block/fops.c:blkdev_bio_end_io_async
    "?.end_io with blk_execute_rq_nowait",
    "?.ki_complete",
    // include/rdma/ib_verbs.h, enum ib_poll_context
    ".done with IB_POLL_SOFTIRQ",
    // net/core/dev.c:__netif_receive_skb_core
    ".func with dev_add_pack",
    // net/core/skbuff.c:skb_release_head_state
    "?.destructor with sk_buff",
    // net/ipv4/udp.c:udp_queue_rcv_one_skb
    ".encap_rcv",
    // net/caif/caif_dev.c:receive
    ".receive with cflayer",
    // drivers/atm, from their interrupts; net/atm/common.c
    "?.push with atm_vcc",
    // Documentation/infiniband/core_locking.rst (consumers may not sleep in a callback)
    ".event_handler with ib_create_qp,rdma_create_qp",
    // include/linux/mii_timestamper.h; net/core/timestamping.c
    ".rxtstamp,txtstamp with mii_timestamper",
    // drivers/mmc/core/core.c:mmc_request_done, from the interrupt of the host
    "?.done,recovery_notifier with mmc_start_request",
  ],
  rcu_callback: [
    // kernel/rcu/tree.c:rcu_do_batch
    "call_rcu call_rcu_hurry",
    // lib/percpu-refcount.c:percpu_ref_switch_to_atomic_rcu, percpu_ref_put_many (rcu_read_lock)
    "percpu_ref_init",
    // fs/inode.c:i_callback
    "super_operations.free_inode",
  ],
  smp_call: [
    // kernel/smp.c:__flush_smp_call_function_queue
    "smp_call_function:0 on_each_cpu:0",
    "smp_call_function_single on_each_cpu_mask on_each_cpu_cond",
    // kernel/smp.c:smp_call_function_many_cond
    "smp_call_function_many smp_call_function_any",
    // include/linux/smp.h; kernel/smp.c:__flush_smp_call_function_queue
    "INIT_CSD",
  ],
  stop_machine: [
    // kernel/stop_machine.c:multi_cpu_stop
    "stop_machine:0 stop_machine_cpuslocked:0",
  ],
  local_bh_disable: [
    // kernel/rcu/srcutree.c:srcu_invoke_callbacks, kernel/rcu/tasks.h:rcu_tasks_invoke_cbs (local_bh_disable)
    "call_srcu:2 call_rcu_tasks call_rcu_tasks_trace call_rcu_tasks_rude",
    // net/ipv4/netfilter/ip_tables.c:ipt_do_table (local_bh_disable); net/netfilter/core.c:nf_hook_slow
    "xt_target|xt_match.target,match",
    // net/ipv4/tcp_input.c, tcp_output.c: the socket's lock as softirqs take it
    "tcp_congestion_ops.cong_avoid,cong_control,ssthresh,cwnd_event,cwnd_event_tx_start,in_ack_event,pkts_acked",
    // net/core/dev.c:__dev_queue_xmit (rcu_read_lock_bh); net/core/gro.c:dev_gro_receive
    "net_device_ops.ndo_select_queue,ndo_features_check,ndo_xdp_xmit,ndo_fcoe_ddp_setup",
    // net/sched/cls_api.c:__tcf_classify; net/sched/act_api.c:tcf_action_exec
    "tcf_proto_ops|tc_action_ops.classify,act",
    // net/core/lwtunnel.c:lwtunnel_output, lwtunnel_xmit, lwtunnel_input
    "ip_tunnel_encap_ops|ip6_tnl_encap_ops.build_header,err_handler",
    // net/sched/ematch.c:tcf_em_match
    "tcf_ematch_ops.match",
    // net/strparser/strparser.c:strp_data_ready, from sk_data_ready
    "?strp_callbacks.parse_msg,rcv_msg",
    // net/core/neighbour.c:neigh_probe, neigh_timer_handler
    "?header_ops.create,cache",
    // include/net/mac80211.h, struct ieee80211_ops (must be atomic)
    "ieee80211_ops.tx,sta_notify,set_tim,sta_rc_update,prepare_multicast,link_sta_rc_update",
    // include/net/sock.h:sk_validate_xmit_skb, from net/core/dev.c:validate_xmit_skb
    ".sk_validate_xmit_skb",
    // net/ipv4/tcp_input.c:tcp_data_ready
    "?.sk_data_ready,sk_write_space,sk_state_change,sk_error_report",
  ],
  spin_lock_irqsave: [
    // drivers/dma-buf/dma-fence.c:dma_fence_signal_timestamp_locked
    "dma_fence_add_callback:2",
    // drivers/input/ff-core.c:input_ff_event (event_lock)
    "input_ff_create_memless:2",
    // kernel/sched/wait.c:__wake_up_common (wq_head->lock)
    "init_waitqueue_func_entry DEFINE_WAIT_FUNC",
    // drivers/xen/grant-table.c:check_free_callbacks (gnttab_list_lock)
    "gnttab_request_free_callback",
    // drivers/clk/clk.c:clk_core_enable_lock (enable_lock)
    "clk_ops.enable,disable",
    // drivers/input/input.c:input_event (event_lock)
    "input_handler.filter,event,events",
    // drivers/virtio/virtio.c:virtio_config_changed (config_lock)
    "virtio_driver.config_changed",
    // drivers/dma-buf/dma-fence.c:__dma_fence_enable_signaling (fence->lock)
    "dma_fence_ops.enable_signaling",
    // drivers/gpu/drm/drm_vblank.c:drm_vblank_enable (vbl_lock)
    "drm_crtc_funcs.enable_vblank,disable_vblank",
    // drivers/gpu/drm/amd/amdgpu/amdgpu_irq.c:amdgpu_irq_dispatch; amdgpu_irq_update (src->lock)
    "amdgpu_irq_src_funcs.set",
    // include/linux/serial_core.h, struct uart_ops (port->lock taken; this call must not sleep)
    "uart_ops.start_tx,stop_tx,start_rx,stop_rx,flush_buffer,set_mctrl,get_mctrl,enable_ms",
    // drivers/ata/libata-core.c:ata_qc_issue (LOCKING: spin_lock_irqsave(host lock))
    "ata_port_operations.qc_issue,qc_prep,bmdma_start,bmdma_stop",
    // drivers/ata/libata-eh.c:ata_eh_thaw_port, __ata_port_freeze (the port's lock)
    "ata_port_operations.freeze,thaw",
    // drivers/mailbox/mailbox.c:msg_submit (chan->lock), txdone_hrtimer
    "mbox_chan_ops.send_data,last_tx_done",
    // drivers/tty/hvc/hvc_console.c:hvc_push, __hvc_poll (hp->lock)
    "?hv_ops.put_chars,get_chars",
    // include/linux/tty_driver.h (put_char, write_room: from where write() is called)
    "?serdev_device_ops.write_wakeup",
    // drivers/input/serio/serio.c:serio_interrupt (serio->lock)
    "serio_driver.interrupt",
    // sound/core/timer.c:snd_timer_start1, snd_timer_stop1 (timer->lock)
    "snd_timer_hardware.start,stop,c_resolution",
    // drivers/media/v4l2-core/v4l2-mem2mem.c:__v4l2_m2m_try_queue (job_spinlock)
    "v4l2_m2m_ops.job_ready",
    // drivers/gpu/drm/drm_vblank.c (vblank_time_lock)
    "drm_crtc_funcs.get_vblank_counter,get_vblank_timestamp",
    "drm_crtc_helper_funcs.get_scanout_position",
    // drivers/gpu/drm/nouveau/nvkm/core/event.c:nvkm_event_get, nvkm_event_put (refs_lock)
    "nvkm_event_func.init,fini",
    // drivers/ntb/core.c:ntb_link_event, ntb_db_event (ctx_lock)
    "ntb_ctx_ops.link_event,db_event,msg_event",
    // arch/sparc/kernel/ldc.c:send_events; viohs.c (vio->lock)
    "?vio_driver_ops.send_attr,handle_attr,handshake_complete",
    // include/linux/input.h (event_lock); drivers/input/ff-core.c
    ".event with input_register_device",
    ".playback,set_gain,set_autocenter with input_ff_create",
    // kernel/sched/wait.c:__wake_up_common (wq_head->lock)
    ".func with wait_queue_entry_t,wait_queue_entry",
  ],
  spin_lock: [
    // fs/file.c:iterate_fd (files->file_lock)
    "iterate_fd:2",
    // include/linux/kref.h:kref_put_lock
    "?kref_put_lock",
    // mm/memory.c:apply_to_pte_range (the page table's lock, lazy MMU mode)
    "?apply_to_page_range:3 apply_to_existing_page_range:3",
    // drivers/rpmsg/qcom_smd.c:qcom_smd_channel_recv_single, qcom_channel_state_worker (recv_lock)
    "?rpmsg_create_ept qcom_wcnss_open_channel:2",
    // drivers/s390/net/smsgiucv.c:smsg_message_pending (smsg_list_lock)
    "smsg_register_callback",
    // include/linux/mmu_notifier.h (the page table's lock); mm/mmu_notifier.c (reclaim waits for it)
    "mmu_notifier_ops.arch_invalidate_secondary_tlbs,invalidate_range",
    // Documentation/driver-api/dmaengine/provider.rst (GFP_NOWAIT in prep functions)
    "?dma_device|.device_config,device_prep_slave_sg,device_prep_dma_memcpy,device_prep_dma_cyclic",
    "?dma_device|.device_prep_interleaved_dma,device_prep_dma_xor,device_prep_dma_pq,device_prep_dma_memset",
    "?dma_device|.device_prep_dma_memset_sg,device_prep_dma_interrupt,device_prep_slave_dma_vec,device_prep_config_sg",
    "?dma_device|.device_issue_pending,device_tx_status,device_terminate_all,device_pause,device_resume",
    "?dma_device|.tx_submit",
    // Documentation/filesystems/locking.rst (may block: no)
    "dentry_operations.d_delete,d_prune",
    "lock_manager_operations.lm_notify,lm_break,lm_change",
    "file_lock_operations.fl_copy_lock",
    // drivers/rpmsg/qcom_smd.c:qcom_smd_channel_recv_single (recv_lock)
    "?rpmsg_driver.callback",
    // mm/pagewalk.c:walk_pte_range (the page table's lock, where there is an area)
    "?mm_walk_ops.pte_entry",
    // Documentation/filesystems/locking.rst (all except dirty_folio and free_folio may block)
    "?address_space_operations.dirty_folio,set_page_dirty,free_folio,freepage",
    // fs/inode.c:iput_final (inode->i_lock), evict, destroy_inode
    "super_operations.drop_inode",
    // fs/xfs/xfs_trans_ail.c:xfsaild_push_item (ail_lock)
    "?xfs_item_ops.iop_push",
    // drivers/gpu/drm/ttm/ttm_bo_util.c:ttm_lru_walk_for_evict (lru_lock)
    "?ttm_device_funcs.eviction_valuable",
    // crypto/scompress.c:scomp_acomp_comp_decomp (scratch->lock)
    "scomp_alg.compress,decompress",
    // drivers/hwspinlock/hwspinlock_core.c:__hwspin_trylock
    "hwspinlock_ops.trylock,unlock,relax",
  ],
  rcu_read_lock: [
    // include/net/mac80211.h (the iterator must be atomic); net/mac80211/util.c (rcu_read_lock)
    "ieee80211_iterate_active_interfaces_atomic:2 ieee80211_iterate_stations_atomic",
    "ieee80211_iter_keys_rcu:2 ieee80211_iter_chan_contexts_atomic",
    // drivers/misc/vmw_vmci/vmci_event.c:event_deliver (rcu_read_lock)
    "vmci_event_subscribe",
    // Documentation/networking/netdevices.rst (can't sleep under RCU)
    "?net_device_ops.ndo_get_stats64,ndo_get_stats",
    // net/xdp/xsk.c:xsk_sendmsg, xsk_recvmsg
    "net_device_ops.ndo_xsk_wakeup",
    // net/core/rtnetlink.c:rtnl_bridge_getlink
    "net_device_ops.ndo_bridge_getlink",
    // kernel/bpf/syscall.c:bpf_map_update_value, map_delete_elem
    "?bpf_map_ops.map_update_elem,map_delete_elem",
    // Documentation/filesystems/locking.rst (may block: no)
    "?dentry_operations.d_compare,d_hash",
    // net/netfilter/nfnetlink.c:nfnetlink_rcv_msg
    "nfnl_callback.call beside type=NFNL_CB_RCU",
    // net/netfilter/nf_tables_core.c:nft_do_chain; nf_conntrack_proto.c:nf_confirm
    "nft_expr_ops|nft_object_ops|nf_conntrack_helper.eval,help",
    // net/netfilter/core.c:nf_hook_slow (caller must hold rcu_read_lock)
    "nf_hook_ops.hook",
    // net/xfrm/xfrm_state.c:km_query, km_state_notify, km_policy_notify, km_new_mapping, km_migrate, km_report
    "xfrm_mgr.notify,acquire,compile_policy,new_mapping,notify_policy,report,migrate,is_alive",
    // net/core/lwtunnel.c:lwtunnel_output, lwtunnel_xmit, lwtunnel_input
    "lwtunnel_encap_ops.output,xmit,input",
    // net/core/fib_rules.c:fib_rules_lookup (rcu_read_lock)
    "fib_rules_ops.action,suppress,match",
    "l3mdev_ops.l3mdev_l3_rcv,l3mdev_l3_out",
    // net/netfilter/ipvs/ip_vs_core.c:ip_vs_schedule, from a hook
    "ip_vs_scheduler.schedule",
    "ip_vs_protocol.conn_schedule",
    "nf_ct_helper_expectfn.expectfn",
    // include/net/mac80211.h, struct ieee80211_ops (must be atomic)
    "ieee80211_ops.wake_tx_queue,update_tkip_key,get_key_seq,sta_rate_tbl_update,event_callback",
    // kernel/printk/printk.c:kmsg_dump_desc (rcu_read_lock), console_emit_next_record
    "kmsg_dumper.dump",
    // drivers/tty/sysrq.c:__handle_sysrq (rcu_read_lock)
    "sysrq_key_op.handler",
    // mm/memory.c:do_fault_around (rcu_read_lock)
    "vm_operations_struct.map_pages",
    // drivers/firewire/core-transaction.c:handle_exclusive_region_request (rcu_read_lock)
    "?.address_callback with fw_core_add_address_handler",
  ],
  nmi_handler: [
    // arch/x86/kernel/nmi.c:nmi_handle
    "register_nmi_handler",
    // kernel/irq/manage.c:request_nmi, request_percpu_nmi
    "request_nmi request_percpu_nmi",
  ],
  local_irq_disable: [
    // kernel/cpu.c:cpuhp_invoke_callback, of the states that run with interrupts off
    "cpuhp_setup_state:2 cpuhp_setup_state_nocalls:2 cpuhp_setup_state_cpuslocked:2 for _STARTING,_DYING",
    "cpuhp_setup_state_nocalls_cpuslocked:2 for _STARTING,_DYING",
    // drivers/gpu/drm/i915/i915_sw_fence.c:__i915_sw_fence_complete, from signals of fences
    "?i915_sw_fence_init",
    // Documentation/infiniband/core_locking.rst (may not sleep and must be callable from any context)
    "?ib_device_ops.post_send,post_recv,post_srq_recv,poll_cq,req_notify_cq",
    "?ib_device_ops.create_ah,modify_ah,query_ah,destroy_ah unless RDMA_CREATE_AH_SLEEPABLE",
    // drivers/usb/gadget/udc/core.c:usb_ep_queue (may be called in interrupt context)
    "?usb_ep_ops.queue,dequeue,set_halt,set_wedge,fifo_status,fifo_flush",
    // include/linux/usb/gadget.h, struct usb_gadget_driver (called in_interrupt; this may not sleep)
    "usb_gadget_driver.setup",
    "?usb_gadget_driver.disconnect",
    // drivers/usb/core/hcd.c:usb_hcd_submit_urb, unlink1 (may be called in any context)
    "?hc_driver.urb_enqueue,urb_dequeue,map_urb_for_dma,hub_status_data",
    // include/linux/perf_event.h, struct pmu (called with IRQs disabled)
    "pmu.add,del,start,stop,read",
    // drivers/base/syscore.c:syscore_suspend (WARN if interrupts are on)
    "syscore_ops.suspend,resume",
    // kernel/printk/printk.c:kmsg_dump_desc (rcu_read_lock), console_emit_next_record
    "console.write",
    // include/linux/tty_ldisc.h (raise a tasklet or work); drivers write from their interrupts
    "?tty_ldisc_ops.write_wakeup",
    // drivers/iommu/dma-iommu.c:__iommu_dma_unmap, from dma_unmap_page() in any context
    "?iommu_domain_ops.unmap_pages,unmap,flush_iotlb_all,iotlb_sync,iova_to_phys",
    "?iommu_flush_ops.tlb_flush_all,tlb_flush_walk,tlb_add_page",
    // Documentation/core-api/dma-api.rst; kernel/dma/mapping.c:dma_map_page_attrs (any context)
    "?dma_map_ops.map_page,unmap_page,map_phys,unmap_phys,map_sg,unmap_sg,map_resource,unmap_resource",
    // kernel/time/clockevents.c (interrupts off); timekeeping.c (the lock of the timekeeper)
    "clock_event_device.set_next_event,set_state_periodic,set_state_oneshot,set_state_shutdown",
    "clocksource.read",
    // drivers/cpuidle/cpuidle.c:cpuidle_enter_state; kernel/sched/cpufreq_schedutil.c:sugov_update_single_freq
    "?cpuidle_state.enter,enter_s2idle",
    // kernel/sched/core.c:fire_sched_in_preempt_notifiers; kernel/user-return-notifier.c
    "user_return_notifier.on_user_return",
    // drivers/dma-buf/dma-fence.c: release and signaled from where the fence is put and asked
    "?dma_fence_ops.signaled,release",
    // drivers/video/fbdev/core/fbcon.c, from printk() in any context
    "?consw.con_putc,con_putcs,con_cursor,con_scroll,con_clear",
    // drivers/i2c/i2c-core.h:i2c_in_atomic_xfer_mode (interrupts off)
    "?i2c_algorithm.xfer_atomic,master_xfer_atomic,smbus_xfer_atomic",
    // drivers/hwtracing/coresight/coresight-etm-perf.c:etm_event_stop
    "coresight_ops_sink.update_buffer",
    // include/linux/usb/gadget.h, struct usb_request (interrupts disabled); Documentation/driver-api/usb/URB.rst;
    // drivers/spi/spi.c:spi_async (a context which can't sleep)
    ".complete with usb_ep_queue,usb_submit_urb,spi_async",
    // drivers/usb/gadget/composite.c:composite_setup, which the controller calls with interrupts off
    ".set_alt,setup,disable with usb_function",
    // drivers/iommu/dma-iommu.c:__iommu_dma_unmap, through drivers/iommu/io-pgtable.c
    "?.unmap_pages",
  ],
  atomic_notifier: [
    // include/linux/mlx5/eq.h; drivers/net/ethernet/mellanox/mlx5/core/eq.c:mlx5_eq_async_int
    "MLX5_NB_INIT",
  ],
  io_lock: [
    // drivers/md/md.c:md_thread, which reclaim waits for as it does for kswapd
    "?md_register_thread:0",
    // include/linux/workqueue.h, WQ_MEM_RECLAIM; Documentation/core-api/workqueue.rst
    "?INIT_WORK INIT_DELAYED_WORK INIT_WORK_ONSTACK with WQ_MEM_RECLAIM and target_type,ceph_connection,ceph_osd_request",
    // drivers/scsi/scsi_error.c (commands wait until the handler is done, those that reclaim waits for as well)
    "?scsi_host_template.eh_abort_handler,eh_device_reset_handler,eh_target_reset_handler,eh_bus_reset_handler",
    // block/blk-core.c:__submit_bio; drivers/md/dm.c:__map_bio; drivers/md/md.c:md_handle_request
    "?block_device_operations.submit_bio,rw_page",
    "?target_type.map",
    "?md_personality.make_request,sync_request",
    // drivers/target/target_core_transport.c: commands of a disk that memory may be written to
    "?target_backend_ops.parse_cdb,tmr_notify",
    "?exec_cmd_ops.execute_rw,execute_sync_cache,execute_write_same,execute_unmap",
    // drivers/usb/core/hub.c:usb_reset_device; Documentation/driver-api/usb/callbacks.rst
    "usb_driver.pre_reset,post_reset",
    "?usb_driver|usb_serial_driver.reset_resume,resume",
    // drivers/usb/storage/usb.c:usb_stor_control_thread, usb_stor_suspend, usb_stor_resume
    "?.transport,proto_handler,suspend_resume_hook with us_data",
  ],
  ndo_start_xmit: [
    // Documentation/networking/netdevices.rst; net/core/dev.c:dev_hard_start_xmit
    "net_device_ops.ndo_start_xmit",
    // drivers/net/wan/hdlc.c:hdlc_rcv, hdlc_start_xmit
    "hdlc_proto.xmit",
    // drivers/net/team/team_core.c:team_xmit, team_handle_frame
    "team_mode_ops.transmit",
    // drivers/net/usb/usbnet.c:usbnet_start_xmit
    "driver_info.tx_fixup",
    // Documentation/networking/netdevices.rst
    ".ndo_start_xmit",
  ],
  spin_lock_bh: [
    // Documentation/networking/netdevices.rst
    "net_device_ops.ndo_set_rx_mode,ndo_tx_timeout",
    // drivers/scsi/libiscsi.c:iscsi_prep_scsi_cmd_pdu, iscsi_queuecommand, fail_scsi_task (frwd_lock)
    "iscsi_transport.alloc_pdu",
    "?iscsi_transport.xmit_task,cleanup_task",
    // include/linux/tty_driver.h (may not sleep); drivers/net/ppp/ppp_async.c:ppp_async_push (xmit_lock)
    "?tty_operations|usb_serial_driver.write",
    // net/core/sock.c:release_sock (sk_lock.slock); sk_receive_skb, which calls the same from softirqs
    "proto.release_cb",
    // drivers/net/ppp/ppp_generic.c:ppp_push, __ppp_channel_push (pch->downl)
    "ppp_channel_ops.start_xmit",
    // net/mac80211/rate.c (rate_ctrl_lock)
    "rate_control_ops.rate_init,rate_update,tx_status,tx_status_ext,get_rate",
    // net/core/dev.c:__dev_xmit_skb (root_lock)
    "Qdisc_ops.enqueue,dequeue,peek",
    // include/linux/tty_driver.h (put_char, write_room: from where write() is called)
    "?tty_operations.put_char,flush_chars,write_room,chars_in_buffer",
  ],
  fs_lock: [
    // include/linux/mmu_notifier.h (the page table's lock); mm/mmu_notifier.c (reclaim waits for it)
    "?mmu_notifier_ops|mmu_interval_notifier_ops.invalidate_range_start,invalidate,invalidate_start",
    // mm/page-writeback.c:do_writepages; Documentation/core-api/gfp_mask-from-fs-io.rst
    "?address_space_operations.writepages,writepage",
    // fs/inode.c:prune_icache_sb, evict; fs/fs-writeback.c:write_inode, __mark_inode_dirty
    "?super_operations.evict_inode,write_inode,dirty_inode",
    // net/sunrpc/xprt.c:xprt_request_transmit, on rpciod
    "?rpc_xprt_ops.send_request,buf_alloc",
    // net/sunrpc/sched.c:rpciod_start (WQ_MEM_RECLAIM)
    "?rpc_call_ops.rpc_call_prepare,rpc_call_done,rpc_release",
    // net/ceph/messenger.c:ceph_con_workfn, on a workqueue with WQ_MEM_RECLAIM
    "?ceph_connection_operations.dispatch,alloc_msg",
    // fs/inode.c:iput_final (inode->i_lock), evict, destroy_inode
    "?super_operations.destroy_inode",
    // fs/iomap/buffered-io.c:iomap_writepages; fs/netfs/write_issue.c:netfs_writepages
    "?iomap_writeback_ops.map_blocks,prepare_ioend,submit_ioend,writeback_range,writeback_submit",
    "?netfs_request_ops.begin_writeback,prepare_write,issue_write",
    // fs/ocfs2/cluster/tcp.c:o2net_start_connect (reclaim may not enter the file system), o2net_process_message
    "?o2net_register_handler:3",
    "?INIT_WORK INIT_DELAYED_WORK with o2net_wq",
  ],
  irq_chip: [
    // kernel/irq/chip.c, kernel/irq/manage.c (desc->lock is a raw_spinlock_t)
    "irq_chip|.irq_mask,irq_unmask,irq_ack,irq_eoi,irq_set_type,irq_set_affinity,irq_startup,irq_shutdown",
    "irq_chip|.irq_enable,irq_disable,irq_mask_ack,irq_retrigger,irq_set_wake,irq_set_vcpu_affinity,irq_compose_msi_msg,irq_write_msi_msg",
  ],
  spin_lock_irq: [
    // Documentation/sound/kernel-api/writing-an-alsa-driver.rst; sound/core/pcm_native.c:snd_pcm_stream_lock
    "snd_pcm_ops.trigger,pointer,ack unless nonatomic decided snd_pcm_new",
    "snd_soc_component_driver.trigger,pointer unless nonatomic decided snd_pcm_new",
    "snd_soc_dai_ops.trigger unless nonatomic decided snd_pcm_new",
    "snd_rawmidi_ops.trigger unless nonatomic decided snd_pcm_new",
    // virt/kvm/kvm_main.c:vcpu_load (get_cpu); eventfd.c:kvm_irq_routing_update (irqfds.lock)
    "?kvm_x86_ops.pi_update_irte",
    // sound/soc/soc-link.c:snd_soc_link_trigger; sound/soc/sof/ipc.c:sof_ipc_send_msg (ipc_lock)
    "snd_soc_ops.trigger unless nonatomic decided snd_pcm_new",
    "?snd_sof_dsp_ops.send_msg",
  ],
  queue_rq: [
    // block/blk-mq.h:__blk_mq_run_dispatch_ops; drivers/nvme/host/core.c:nvme_alloc_io_tag_set
    "blk_mq_ops.queue_rq unless BLK_MQ_F_BLOCKING,NVME_F_BLOCKING decided blk_mq_alloc_tag_set,blk_mq_alloc_disk,blk_mq_alloc_sq_tag_set,nvme_alloc_io_tag_set otherwise io_lock",
    // drivers/scsi/scsi_lib.c:scsi_queue_rq
    "scsi_host_template.queuecommand unless queuecommand_may_block otherwise io_lock",
    // drivers/scsi/scsi_lib.c:scsi_prepare_cmd, scsi_complete; drivers/scsi/scsi.c:scsi_finish_command
    "scsi_driver.init_command",
    // drivers/nvme/host/fc.c:nvme_fc_start_fcp_op, from queue_rq
    "?nvme_fc_port_template.fcp_io",
  ],
  irqs_off: [
    // include/linux/leds.h (must not sleep)
    "?led_classdev.brightness_set",
    // include/linux/mailbox_client.h (atomic callback)
    "mbox_client.rx_callback,tx_done",
    // include/linux/leds.h (must not sleep)
    "?.brightness_set",
    // include/linux/mailbox_client.h (atomic callback)
    ".rx_callback with mbox_request_channel,mbox_request_channel_byname",
  ],
  dma_fence_signalling: [
    // drivers/dma-buf/dma-fence.c, DOC: fence cross-driver contract; drivers/gpu/drm/scheduler/sched_main.c
    "?drm_sched_backend_ops.prepare_job,run_job,timedout_job",
  ],
  preempt_disable: [
    // Documentation/trace/kprobes.rst
    "kprobe|kretprobe.pre_handler,post_handler,handler,entry_handler",
    // kernel/trace/ftrace.c:__ftrace_ops_list_func
    "ftrace_ops.func",
    // virt/kvm/kvm_main.c:vcpu_load (get_cpu); eventfd.c:kvm_irq_routing_update (irqfds.lock)
    "kvm_x86_ops.vcpu_load,vcpu_put,prepare_switch_to_guest",
  ],
  raw_spin_lock_irqsave: [
    // drivers/pci/access.c:pci_lock_config, without PCI_LOCKLESS_CONFIG
    "?pci_ops.read,write",
    // kernel/irq/manage.c:__setup_irq (desc->lock)
    "irq_domain_ops.activate",
  ],
  raw_spin_lock: [
    // drivers/cpuidle/cpuidle.c:cpuidle_enter_state; kernel/sched/cpufreq_schedutil.c:sugov_update_single_freq
    "cpufreq_driver.fast_switch,adjust_perf",
    // kernel/sched/core.c:fire_sched_in_preempt_notifiers; kernel/user-return-notifier.c
    "preempt_ops.sched_in,sched_out",
  ],
};

/** `name:2`: which argument of a function is meant; without a number the second, which is 1. */
const numbered = (names: string): readonly (readonly [name: string, argument: number])[] =>
  names.split(" ").map((one) => {
    const [name = "", argument = "1"] = one.split(":");
    return [name, Number(argument)];
  });

/** include/scsi/scsi_host.h: `DEF_SCSI_QCMD(own_queue)` has own_queue_lck() called, under the lock of the host. */
export const QUEUE_MACRO = "DEF_SCSI_QCMD";

export const QUEUED: Handler = { contexts: ["spin_lock_irqsave"], confidence: "likely" };

const LINE = /^(\??)(.*?)((?: (?:with|and|beside|unless|decided|otherwise|for) \S+)*)$/;

const registrations = new Map<string, Registration>();
const members = new Map<string, Handler>();
const kept = new Map<string, readonly Handler[]>();
const words = new Set([QUEUE_MACRO]);

/** Functions that are given a handler, by name. */
export const REGISTRATIONS: ReadonlyMap<string, Registration> = registrations;

/** `struct TYPE { .member = handler }`, by `TYPE.member`; `*.member` is one of any type. */
export const MEMBERS: ReadonlyMap<string, Handler> = members;

/** `x->member = handler;`, by the member: the words of the file say of which type it is. */
export const KEPT: ReadonlyMap<string, readonly Handler[]> = kept;

/** The words that these tables ask a file for. */
export const CALLBACK_WORDS: ReadonlySet<string> = words;

for (const [context, lines] of Object.entries(CALLED)) {
  const contexts = [context];
  for (const line of lines) {
    const [, convention, names = "", asked = ""] = LINE.exec(line) ?? [];
    const said = (word: string): readonly string[] | undefined =>
      new RegExp(` ${word} (\\S+)`).exec(asked)?.[1]?.split(",");
    const [member = "", value = ""] = said("beside")?.[0]?.split("=") ?? [];
    const handler: Handler = {
      contexts,
      confidence: convention === "?" ? "possible" : "likely",
      onlyWith: said("with"),
      alsoWith: said("and"),
      beside: member === "" ? undefined : [member, value],
      unless: said("unless"),
      decidedBy: said("decided"),
      otherwise: said("otherwise"),
    };
    for (const word of ["with", "and", "unless", "decided"].flatMap((one) => said(one) ?? [])) words.add(word);
    const [types = "", list] = names.split(".");
    if (list === undefined)
      for (const [name, argument] of numbered(names))
        registrations.set(name, { ...handler, argument, onlyFor: said("for") });
    for (const type of types.split("|"))
      for (const one of list?.split(",") ?? [])
        if (type === "") kept.set(one, [...(kept.get(one) ?? []), handler]);
        else members.set(`${type}.${one}`, handler);
  }
}

/**
 * Functions of the kernel that call what they are given where they stand themselves, and as which argument.
 * include/linux/kref.h, idr.h, drivers/base/core.c, drivers/scsi/scsi.c, net/core/dev_addr_lists.c, net/core/dev.c
 */
export const CALLED_BACK: ReadonlyMap<string, number> = new Map(
  numbered(
    "kref_put kref_put_mutex idr_for_each device_for_each_child:2 bus_for_each_dev:3 driver_for_each_device:3 " +
      "class_for_each_device:3 starget_for_each_device:2 __starget_for_each_device:2 __dev_mc_sync __dev_uc_sync " +
      "netdev_walk_all_upper_dev_rcu netdev_walk_all_lower_dev_rcu vlan_for_each",
  ),
);

/** Functions that are given a `notifier_block` of an atomic chain, as this argument; by their own kernel files. */
export const ATOMIC_NOTIFIERS: ReadonlyMap<string, number> = new Map(
  [
    // net/switchdev/switchdev.c, net/ipv6/addrconf_core.c, net/core/netevent.c, net/dcb/dcbevent.c
    "atomic_notifier_chain_register",
    "register_switchdev_notifier:0",
    "register_inet6addr_notifier:0",
    "register_netevent_notifier:0",
    "register_dcbevent_notifier:0",
    // drivers/net/ethernet/mellanox/mlx5/core/events.c
    "mlx5_notifier_register",
    // kernel/cpu_pm.c:cpu_pm_notify; drivers/tty/vt/keyboard.c, vt.c; kernel/notifier.c:notify_die
    "cpu_pm_register_notifier:0",
    "register_keyboard_notifier:0",
    "register_vt_notifier:0",
    "register_die_notifier:0",
    // kernel/reboot.c:do_kernel_restart; drivers/acpi/apei/ghes.c; arch/powerpc/platforms/powernv/opal.c
    "register_restart_handler:0",
    "ghes_register_report_chain:0",
    "opal_message_notifier_register",
    // net/core/fib_notifier.c:call_fib_notifiers
    "register_fib_notifier",
  ].flatMap(numbered),
);

/** kernel/notifier.c:atomic_notifier_call_chain */
export const ATOMIC_NOTIFIER: Handler = {
  contexts: ["atomic_notifier"],
  confidence: "likely",
};

/** kernel/panic.c:panic: what dies there is past mending, and drivers ask for it by data that is not followed. */
export const PANIC_NOTIFIER: Handler = { ...ATOMIC_NOTIFIER, confidence: "possible" };
