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
  /** Kernel file and function, or document; read in 6.12.117. */
  readonly evidence: string;
}

/** A function that is given a handler, and as which argument. */
export interface Registration extends Handler {
  readonly argument: number;
}

type Row = readonly [names: string, argument: number, contexts: string, evidence: string];

const ROWS: readonly Row[] = [
  [
    "request_irq pci_request_irq:2 devm_request_irq:2",
    1,
    "irq_handler",
    "kernel/irq/handle.c:__handle_irq_event_percpu",
  ],
  [
    "request_threaded_irq devm_request_threaded_irq:2",
    1,
    "irq_handler",
    "kernel/irq/handle.c:__handle_irq_event_percpu",
  ],
  ["request_percpu_irq", 1, "hardirq", "kernel/irq/chip.c:handle_percpu_devid_irq"],
  ["timer_setup timer_setup_on_stack __timer_setup DEFINE_TIMER", 1, "timer", "kernel/time/timer.c:call_timer_fn"],
  [
    "tasklet_setup tasklet_init DECLARE_TASKLET DECLARE_TASKLET_OLD",
    1,
    "tasklet",
    "kernel/softirq.c:tasklet_action_common",
  ],
  ["DECLARE_TASKLET_DISABLED DECLARE_TASKLET_DISABLED_OLD", 1, "tasklet", "kernel/softirq.c:tasklet_action_common"],
  ["hrtimer_setup hrtimer_setup_on_stack", 1, "hrtimer", "kernel/time/hrtimer.c:__run_hrtimer"],
  ["init_irq_work DEFINE_IRQ_WORK", 1, "irq_work", "kernel/irq_work.c:irq_work_single"],
  [
    "netif_napi_add netif_napi_add_weight netif_napi_add_tx netif_napi_add_config",
    2,
    "napi_poll",
    "net/core/dev.c:__napi_poll",
  ],
  ["netif_tx_napi_add netif_napi_add_tx_weight", 2, "napi_poll", "net/core/dev.c:__napi_poll"],
  ["irq_poll_init", 2, "softirq", "lib/irq_poll.c:irq_poll_softirq"],
  ["open_softirq", 1, "softirq", "kernel/softirq.c:handle_softirqs"],
  ["call_rcu call_rcu_hurry", 1, "rcu_callback", "kernel/rcu/tree.c:rcu_do_batch"],
  [
    "usb_fill_bulk_urb usb_fill_int_urb usb_fill_control_urb:6",
    5,
    "softirq",
    "drivers/usb/core/hcd.c:__usb_hcd_giveback_urb; Documentation/driver-api/usb/URB.rst",
  ],
  ["smp_call_function on_each_cpu", 0, "smp_call", "kernel/smp.c:__flush_smp_call_function_queue"],
  [
    "smp_call_function_single on_each_cpu_mask:1 on_each_cpu_cond",
    1,
    "smp_call",
    "kernel/smp.c:__flush_smp_call_function_queue",
  ],
  ["stop_machine stop_machine_cpuslocked", 0, "stop_machine", "kernel/stop_machine.c:multi_cpu_stop"],
  ["netdev_rx_handler_register", 1, "softirq", "net/core/dev.c:__netif_receive_skb_core"],
  ["can_rx_register", 4, "softirq", "net/can/af_can.c:deliver"],
  ["vmbus_open", 5, "tasklet", "drivers/hv/connection.c:vmbus_on_event"],
  [
    "skcipher_request_set_callback ahash_request_set_callback aead_request_set_callback",
    2,
    "softirq",
    "crypto/cryptd.c:cryptd_skcipher_complete; include/crypto/skcipher.h:skcipher_request_set_callback",
  ],
];

/** Functions that are given a handler, by name. `name:2` has it as another argument than the others of its row. */
export const REGISTRATIONS: ReadonlyMap<string, Registration> = new Map(
  ROWS.flatMap(([names, argument, contexts, evidence]) =>
    names.split(" ").map((one): readonly [string, Registration] => {
      const [name = "", own] = one.split(":");
      const at = own === undefined ? argument : Number(own);
      return [name, { argument: at, contexts: contexts.split(" "), confidence: "likely", evidence }];
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

export const ATOMIC_NOTIFIER: Handler = {
  contexts: ["atomic_notifier"],
  confidence: "likely",
  evidence: "kernel/notifier.c:atomic_notifier_call_chain",
};

const NETDEV = "Documentation/networking/netdevices.rst";
const IRQ_CHIP = "kernel/irq/chip.c, kernel/irq/manage.c (desc->lock is a raw_spinlock_t)";
const ALSA = "Documentation/sound/kernel-api/writing-an-alsa-driver.rst; sound/core/pcm_native.c:snd_pcm_stream_lock";
const DMAENGINE = "Documentation/driver-api/dmaengine/provider.rst (GFP_NOWAIT in prep functions)";
const WRITEBACK = "mm/page-writeback.c:do_writepages; Documentation/core-api/gfp_mask-from-fs-io.rst";
const USB_RESET = "drivers/usb/core/hub.c:usb_reset_device; Documentation/driver-api/usb/callbacks.rst";
const MAC80211 = "include/net/mac80211.h, struct ieee80211_ops (must be atomic)";
const GADGET = "include/linux/usb/gadget.h, struct usb_gadget_driver (called in_interrupt; this may not sleep)";
const UART = "include/linux/serial_core.h, struct uart_ops (port->lock taken; this call must not sleep)";
const PERF = "include/linux/perf_event.h, struct pmu (called with IRQs disabled)";
const ATA = "drivers/ata/libata-core.c:ata_qc_issue (LOCKING: spin_lock_irqsave(host lock))";
const USB_SERIAL =
  "drivers/usb/serial/usb-serial.c:setup_port_bulk_in, usb_fill_bulk_urb; drivers/usb/core/hcd.c:__usb_hcd_giveback_urb";
const IP_TABLES = "net/ipv4/netfilter/ip_tables.c:ipt_do_table (local_bh_disable); net/netfilter/core.c:nf_hook_slow";
const NONATOMIC = { unless: "nonatomic", decidedBy: ["snd_pcm_new"] } as const;

type MemberRow = readonly [
  type: string,
  members: string,
  contexts: string,
  evidence: string,
  more?: Partial<Pick<Handler, "confidence" | "unless" | "decidedBy" | "onlyWith">>,
];

const POSSIBLE = { confidence: "possible" } as const;

const PREP =
  "device_prep_slave_sg device_prep_dma_memcpy device_prep_dma_cyclic device_prep_interleaved_dma device_prep_dma_xor device_prep_dma_pq device_prep_dma_memset";
const CHIP =
  "irq_mask irq_unmask irq_ack irq_eoi irq_set_type irq_set_affinity irq_startup irq_shutdown irq_enable irq_disable irq_mask_ack irq_retrigger";

const MEMBER_ROWS: readonly MemberRow[] = [
  ["net_device_ops", "ndo_start_xmit", "ndo_start_xmit", `${NETDEV}; net/core/dev.c:dev_hard_start_xmit`],
  ["net_device_ops", "ndo_set_rx_mode ndo_tx_timeout", "spin_lock_bh", NETDEV],
  ["net_device_ops", "ndo_get_stats64", "rcu_read_lock", `${NETDEV} (can't sleep under RCU)`, POSSIBLE],
  ["irq_chip", CHIP, "irq_chip", IRQ_CHIP],
  ["snd_pcm_ops", "trigger pointer ack", "spin_lock_irq", ALSA, NONATOMIC],
  ["snd_soc_component_driver", "trigger pointer", "spin_lock_irq", ALSA, NONATOMIC],
  ["snd_soc_dai_ops", "trigger", "spin_lock_irq", ALSA, NONATOMIC],
  ["snd_rawmidi_ops", "trigger", "spin_lock_irq", ALSA, NONATOMIC],
  ["clk_ops", "enable disable", "spin_lock_irqsave", "drivers/clk/clk.c:clk_core_enable_lock (enable_lock)"],
  [
    "blk_mq_ops",
    "queue_rq",
    "queue_rq",
    "block/blk-mq.h:__blk_mq_run_dispatch_ops",
    {
      unless: "BLK_MQ_F_BLOCKING",
      decidedBy: ["blk_mq_alloc_tag_set", "blk_mq_alloc_disk", "blk_mq_alloc_sq_tag_set"],
    },
  ],
  [
    "scsi_host_template",
    "queuecommand",
    "queue_rq",
    "drivers/scsi/scsi_lib.c:scsi_queue_rq",
    { unless: "queuecommand_may_block" },
  ],
  ["led_classdev", "brightness_set", "irqs_off", "include/linux/leds.h (must not sleep)", POSSIBLE],
  ["input_handler", "filter event", "spin_lock_irqsave", "drivers/input/input.c:input_event (event_lock)"],
  ["dma_device", PREP, "spin_lock", DMAENGINE, POSSIBLE],
  ["usb_driver", "pre_reset post_reset", "io_lock", USB_RESET],
  ["usb_driver", "reset_resume", "io_lock", USB_RESET, POSSIBLE],
  ["address_space_operations", "writepages writepage", "fs_lock", WRITEBACK, POSSIBLE],
  [
    "usb_serial_driver",
    "read_int_callback read_bulk_callback write_int_callback write_bulk_callback process_read_urb",
    "softirq",
    USB_SERIAL,
  ],
  ["usb_gadget_driver", "setup", "local_irq_disable", GADGET],
  ["usb_gadget_driver", "disconnect", "local_irq_disable", GADGET, POSSIBLE],
  ["hc_driver", "irq", "irq_handler", "drivers/usb/core/hcd.c:usb_hcd_irq"],
  ["packet_type", "func", "softirq", "net/core/dev.c:__netif_receive_skb_core"],
  [
    "net_protocol inet6_protocol",
    "handler err_handler",
    "softirq",
    "net/ipv4/ip_input.c:ip_protocol_deliver_rcu; net/ipv6/ip6_input.c",
  ],
  ["nf_hook_ops", "hook", "rcu_read_lock", "net/netfilter/core.c:nf_hook_slow (caller must hold rcu_read_lock)"],
  ["xt_target xt_match", "target match", "local_bh_disable", IP_TABLES],
  ["Qdisc_ops", "enqueue dequeue peek", "spin_lock_bh", "net/core/dev.c:__dev_xmit_skb (root_lock)"],
  [
    "ieee80211_ops",
    "tx sta_notify set_tim sta_rc_update prepare_multicast link_sta_rc_update",
    "local_bh_disable",
    MAC80211,
  ],
  ["ieee80211_ops", "allow_buffered_frames release_buffered_frames", "softirq", MAC80211],
  ["driver_info", "rx_fixup", "softirq", "drivers/net/usb/usbnet.c:rx_process"],
  ["driver_info", "tx_fixup", "ndo_start_xmit", "drivers/net/usb/usbnet.c:usbnet_start_xmit"],
  ["uart_ops", "start_tx stop_tx stop_rx set_mctrl get_mctrl enable_ms", "spin_lock_irqsave", UART],
  ["pmu", "add del start stop read", "local_irq_disable", PERF],
  [
    "syscore_ops",
    "suspend resume",
    "local_irq_disable",
    "drivers/base/syscore.c:syscore_suspend (WARN if interrupts are on)",
  ],
  ["ata_port_operations", "qc_issue qc_prep bmdma_start bmdma_stop", "spin_lock_irqsave", ATA],
  ["kprobe", "pre_handler post_handler", "preempt_disable", "Documentation/trace/kprobes.rst"],
  ["mbox_client", "rx_callback tx_done", "irqs_off", "include/linux/mailbox_client.h (atomic callback)"],
];

const KEPT_ROWS: readonly MemberRow[] = [
  ["", "bi_end_io", "softirq", "block/blk-mq.c:blk_done_softirq; block/bio.c:bio_endio", POSSIBLE],
  ["", "ndo_start_xmit", "ndo_start_xmit", NETDEV],
  ["", PREP, "spin_lock", DMAENGINE, POSSIBLE],
  ["", CHIP, "irq_chip", IRQ_CHIP],
  [
    "",
    "complete",
    "local_irq_disable",
    "include/linux/usb/gadget.h, struct usb_request (interrupts disabled, must not sleep); Documentation/driver-api/usb/URB.rst",
    { onlyWith: ["usb_ep_queue", "usb_submit_urb"] },
  ],
  ["", "function", "hrtimer", "kernel/time/hrtimer.c:__run_hrtimer", { onlyWith: ["hrtimer_init"] }],
  [
    "",
    "callback",
    "tasklet",
    "Documentation/driver-api/dmaengine/client.rst (callbacks from the DMA engine's tasklet)",
    { onlyWith: ["dmaengine_submit"] },
  ],
  ["", "encap_rcv", "softirq", "net/ipv4/udp.c:udp_queue_rcv_one_skb"],
  [
    "",
    "sk_data_ready sk_write_space sk_state_change",
    "local_bh_disable",
    "net/ipv4/tcp_input.c:tcp_data_ready",
    POSSIBLE,
  ],
  [
    "",
    "rx_callback",
    "irqs_off",
    "include/linux/mailbox_client.h (atomic callback)",
    { onlyWith: ["mbox_request_channel", "mbox_request_channel_byname"] },
  ],
];

const byMember = (
  rows: readonly MemberRow[],
  key: (type: string, member: string) => string,
): ReadonlyMap<string, Handler> =>
  new Map(
    rows.flatMap(([types, members, contexts, evidence, more]) =>
      types
        .split(" ")
        .flatMap((type) =>
          members
            .split(" ")
            .map((member): readonly [string, Handler] => [
              key(type, member),
              { contexts: contexts.split(" "), confidence: "likely", evidence, ...more },
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
