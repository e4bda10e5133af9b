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
}

/** A function that is given a handler, and as which argument. */
export interface Registration extends Handler {
  readonly argument: number;
}

// Beside each row stands the kernel file and function, or the document, that speaks of it in 6.12.117. All of these
// places are there; not every one was read line by line.

type Row = readonly [names: string, argument: number, contexts: string];

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
];

/** Functions that are given a handler, by name. `name:2` has it as another argument than the others of its row. */
export const REGISTRATIONS: ReadonlyMap<string, Registration> = new Map(
  ROWS.flatMap(([names, argument, contexts]) =>
    names.split(" ").map((one): readonly [string, Registration] => {
      const [name = "", own] = one.split(":");
      const at = own === undefined ? argument : Number(own);
      return [name, { argument: at, contexts: contexts.split(" "), confidence: "likely" }];
    }),
  ),
);

/** Functions that are given a `notifier_block` of an atomic chain, as this argument; by their own kernel files. */
export const ATOMIC_NOTIFIERS: ReadonlyMap<string, number> = new Map([
  // net/switchdev/switchdev.c, net/ipv6/addrconf_core.c, net/core/netevent.c, net/dcb/dcbevent.c
  ["atomic_notifier_chain_register", 1],
  ["register_switchdev_notifier", 0],
  ["register_inet6addr_notifier", 0],
  ["register_netevent_notifier", 0],
  ["register_dcbevent_notifier", 0],
]);

/** kernel/notifier.c:atomic_notifier_call_chain */
export const ATOMIC_NOTIFIER: Handler = {
  contexts: ["atomic_notifier"],
  confidence: "likely",
};

const NONATOMIC = { unless: "nonatomic", decidedBy: ["snd_pcm_new"] } as const;

type MemberRow = readonly [
  type: string,
  members: string,
  contexts: string,
  more?: Partial<Pick<Handler, "confidence" | "unless" | "decidedBy" | "onlyWith">>,
];

const POSSIBLE = { confidence: "possible" } as const;

const PREP =
  "device_prep_slave_sg device_prep_dma_memcpy device_prep_dma_cyclic device_prep_interleaved_dma device_prep_dma_xor device_prep_dma_pq device_prep_dma_memset";
const CHIP =
  "irq_mask irq_unmask irq_ack irq_eoi irq_set_type irq_set_affinity irq_startup irq_shutdown irq_enable irq_disable irq_mask_ack irq_retrigger";

const MEMBER_ROWS: readonly MemberRow[] = [
  // Documentation/networking/netdevices.rst; net/core/dev.c:dev_hard_start_xmit
  ["net_device_ops", "ndo_start_xmit", "ndo_start_xmit"],
  // Documentation/networking/netdevices.rst
  ["net_device_ops", "ndo_set_rx_mode ndo_tx_timeout", "spin_lock_bh"],
  // Documentation/networking/netdevices.rst (can't sleep under RCU)
  ["net_device_ops", "ndo_get_stats64", "rcu_read_lock", POSSIBLE],
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
    },
  ],
  // drivers/scsi/scsi_lib.c:scsi_queue_rq
  ["scsi_host_template", "queuecommand", "queue_rq", { unless: "queuecommand_may_block" }],
  // include/linux/leds.h (must not sleep)
  ["led_classdev", "brightness_set", "irqs_off", POSSIBLE],
  // drivers/input/input.c:input_event (event_lock)
  ["input_handler", "filter event", "spin_lock_irqsave"],
  // Documentation/driver-api/dmaengine/provider.rst (GFP_NOWAIT in prep functions)
  ["dma_device", PREP, "spin_lock", POSSIBLE],
  // drivers/usb/core/hub.c:usb_reset_device; Documentation/driver-api/usb/callbacks.rst
  ["usb_driver", "pre_reset post_reset", "io_lock"],
  ["usb_driver", "reset_resume", "io_lock", POSSIBLE],
  // mm/page-writeback.c:do_writepages; Documentation/core-api/gfp_mask-from-fs-io.rst
  ["address_space_operations", "writepages writepage", "fs_lock", POSSIBLE],
  // drivers/usb/serial/usb-serial.c:setup_port_bulk_in; drivers/usb/core/hcd.c:__usb_hcd_giveback_urb
  [
    "usb_serial_driver",
    "read_int_callback read_bulk_callback write_int_callback write_bulk_callback process_read_urb",
    "softirq",
  ],
  // include/linux/usb/gadget.h, struct usb_gadget_driver (called in_interrupt; this may not sleep)
  ["usb_gadget_driver", "setup", "local_irq_disable"],
  ["usb_gadget_driver", "disconnect", "local_irq_disable", POSSIBLE],
  // drivers/usb/core/hcd.c:usb_hcd_irq
  ["hc_driver", "irq", "irq_handler"],
  // net/core/dev.c:__netif_receive_skb_core
  ["packet_type", "func", "softirq"],
  // net/ipv4/ip_input.c:ip_protocol_deliver_rcu; net/ipv6/ip6_input.c
  ["net_protocol inet6_protocol", "handler err_handler", "softirq"],
  // net/netfilter/core.c:nf_hook_slow (caller must hold rcu_read_lock)
  ["nf_hook_ops", "hook", "rcu_read_lock"],
  // net/ipv4/netfilter/ip_tables.c:ipt_do_table (local_bh_disable); net/netfilter/core.c:nf_hook_slow
  ["xt_target xt_match", "target match", "local_bh_disable"],
  // net/core/dev.c:__dev_xmit_skb (root_lock)
  ["Qdisc_ops", "enqueue dequeue peek", "spin_lock_bh"],
  // include/net/mac80211.h, struct ieee80211_ops (must be atomic)
  ["ieee80211_ops", "tx sta_notify set_tim sta_rc_update prepare_multicast link_sta_rc_update", "local_bh_disable"],
  ["ieee80211_ops", "allow_buffered_frames release_buffered_frames", "softirq"],
  // drivers/net/usb/usbnet.c:rx_process
  ["driver_info", "rx_fixup", "softirq"],
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
  // Documentation/trace/kprobes.rst
  ["kprobe", "pre_handler post_handler", "preempt_disable"],
  // include/linux/mailbox_client.h (atomic callback)
  ["mbox_client", "rx_callback tx_done", "irqs_off"],
];

const KEPT_ROWS: readonly MemberRow[] = [
  // block/blk-mq.c:blk_done_softirq; block/bio.c:bio_endio
  ["", "bi_end_io", "softirq", POSSIBLE],
  // Documentation/networking/netdevices.rst
  ["", "ndo_start_xmit", "ndo_start_xmit"],
  // Documentation/driver-api/dmaengine/provider.rst (GFP_NOWAIT in prep functions)
  ["", PREP, "spin_lock", POSSIBLE],
  // kernel/irq/chip.c, kernel/irq/manage.c (desc->lock is a raw_spinlock_t)
  ["", CHIP, "irq_chip"],
  // include/linux/usb/gadget.h, struct usb_request (interrupts disabled); Documentation/driver-api/usb/URB.rst
  ["", "complete", "local_irq_disable", { onlyWith: ["usb_ep_queue", "usb_submit_urb"] }],
  // kernel/time/hrtimer.c:__run_hrtimer
  ["", "function", "hrtimer", { onlyWith: ["hrtimer_init"] }],
  // Documentation/driver-api/dmaengine/client.rst (callbacks from the DMA engine's tasklet)
  ["", "callback", "tasklet", { onlyWith: ["dmaengine_submit"] }],
  // net/ipv4/udp.c:udp_queue_rcv_one_skb
  ["", "encap_rcv", "softirq"],
  // net/ipv4/tcp_input.c:tcp_data_ready
  ["", "sk_data_ready sk_write_space sk_state_change", "local_bh_disable", POSSIBLE],
  // include/linux/mailbox_client.h (atomic callback)
  ["", "rx_callback", "irqs_off", { onlyWith: ["mbox_request_channel", "mbox_request_channel_byname"] }],
];

const byMember = (
  rows: readonly MemberRow[],
  key: (type: string, member: string) => string,
): ReadonlyMap<string, Handler> =>
  new Map(
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
    ),
  );

/** `struct TYPE { .member = handler }`, by `TYPE.member`. */
export const MEMBERS: ReadonlyMap<string, Handler> = byMember(MEMBER_ROWS, (type, member) => `${type}.${member}`);

/** `x->member = handler;`, by the member. */
export const KEPT: ReadonlyMap<string, Handler> = byMember(KEPT_ROWS, (_type, member) => member);

/** The words that these tables ask a file for. */
export const CALLBACK_WORDS: ReadonlySet<string> = new Set(
  [...MEMBERS.values(), ...KEPT.values()].flatMap(({ unless, decidedBy, onlyWith }) => [
    ...(unless === undefined ? [] : [unless]),
    ...(decidedBy ?? []),
    ...(onlyWith ?? []),
  ]),
);
