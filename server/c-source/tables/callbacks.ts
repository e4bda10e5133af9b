import type { Confidence } from "../evidence.ts";

/** What a function is called in that is handed over somewhere: the model's name for it. */
export interface Handler {
  readonly contexts: readonly string[];
  /** `possible`: by convention, not by what the kernel does. */
  readonly confidence: Confidence;
  /** A word of the file that makes it one that may sleep. */
  readonly unless?: string;
  /** A word of the file in which that is decided; where it is not there, another file can say so. */
  readonly decidedBy?: string;
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
    "smp_call_function_single smp_call_function_many on_each_cpu_mask on_each_cpu_cond:1",
    1,
    "smp_call",
    "kernel/smp.c:__flush_smp_call_function_queue",
  ],
  ["stop_machine stop_machine_cpuslocked", 0, "stop_machine", "kernel/stop_machine.c:multi_cpu_stop"],
  ["register_die_notifier_handler", 0, "atomic_notifier", "kernel/notifier.c:atomic_notifier_call_chain"],
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

const handler = (contexts: string, evidence: string, more: Partial<Handler> = {}): Handler => ({
  contexts: contexts.split(" "),
  confidence: "likely",
  evidence,
  ...more,
});

const NETDEV = "Documentation/networking/netdevices.rst";
const IRQ_CHIP = "kernel/irq/chip.c, kernel/irq/manage.c (desc->lock is a raw_spinlock_t)";
const ALSA = "Documentation/sound/kernel-api/writing-an-alsa-driver.rst; sound/core/pcm_native.c:snd_pcm_stream_lock";
const DMAENGINE = "Documentation/driver-api/dmaengine/provider.rst (GFP_NOWAIT in prep functions)";
const WRITEBACK = "mm/page-writeback.c:do_writepages; Documentation/core-api/gfp_mask-from-fs-io.rst";
const USB_RESET = "drivers/usb/core/hub.c:usb_reset_device; Documentation/driver-api/usb/callbacks.rst";

/** `struct TYPE { .member = handler }`, by `TYPE.member`. */
export const MEMBERS: ReadonlyMap<string, Handler> = new Map([
  ["net_device_ops.ndo_start_xmit", handler("ndo_start_xmit", `${NETDEV}; net/core/dev.c:dev_hard_start_xmit`)],
  ["net_device_ops.ndo_set_rx_mode", handler("spin_lock_bh", `${NETDEV}; net/core/dev.c:dev_set_rx_mode`)],
  [
    "net_device_ops.ndo_get_stats64",
    handler("rcu_read_lock", `${NETDEV} (can't sleep under RCU)`, { confidence: "possible" }),
  ],
  ...[
    "irq_mask",
    "irq_unmask",
    "irq_ack",
    "irq_eoi",
    "irq_set_type",
    "irq_set_affinity",
    "irq_startup",
    "irq_shutdown",
    "irq_enable",
    "irq_disable",
    "irq_mask_ack",
    "irq_retrigger",
  ].map((member): readonly [string, Handler] => [`irq_chip.${member}`, handler("irq_chip", IRQ_CHIP)]),
  ...["snd_pcm_ops", "snd_soc_component_driver"].flatMap((type) =>
    ["trigger", "pointer"].map((member): readonly [string, Handler] => [
      `${type}.${member}`,
      handler("spin_lock_irq", ALSA, { unless: "nonatomic", decidedBy: "snd_pcm_new" }),
    ]),
  ),
  ["snd_pcm_ops.ack", handler("spin_lock_irq", ALSA, { unless: "nonatomic", decidedBy: "snd_pcm_new" })],
  ["snd_soc_dai_ops.trigger", handler("spin_lock_irq", ALSA, { unless: "nonatomic", decidedBy: "snd_pcm_new" })],
  ["snd_rawmidi_ops.trigger", handler("spin_lock_irq", ALSA, { unless: "nonatomic" })],
  ["clk_ops.enable", handler("spin_lock_irqsave", "drivers/clk/clk.c:clk_core_enable_lock (enable_lock)")],
  ["clk_ops.disable", handler("spin_lock_irqsave", "drivers/clk/clk.c:clk_core_disable_lock (enable_lock)")],
  [
    "blk_mq_ops.queue_rq",
    handler("queue_rq", "block/blk-mq.h:__blk_mq_run_dispatch_ops", {
      unless: "BLK_MQ_F_BLOCKING",
      decidedBy: "blk_mq_alloc_",
    }),
  ],
  [
    "led_classdev.brightness_set",
    handler("irqs_off", "include/linux/leds.h (must not sleep)", { confidence: "possible" }),
  ],
  ["input_handler.filter", handler("spin_lock_irqsave", "drivers/input/input.c:input_event (event_lock)")],
  ["input_handler.event", handler("spin_lock_irqsave", "drivers/input/input.c:input_event (event_lock)")],
  ...[
    "device_prep_slave_sg",
    "device_prep_dma_memcpy",
    "device_prep_dma_cyclic",
    "device_prep_interleaved_dma",
    "device_prep_dma_xor",
    "device_prep_dma_memset",
  ].map((member): readonly [string, Handler] => [
    `dma_device.${member}`,
    handler("spin_lock", DMAENGINE, { confidence: "possible" }),
  ]),
  ["usb_driver.pre_reset", handler("io_lock", USB_RESET)],
  ["usb_driver.post_reset", handler("io_lock", USB_RESET)],
  ["usb_driver.reset_resume", handler("io_lock", USB_RESET, { confidence: "possible" })],
  ...["writepages", "writepage"].map((member): readonly [string, Handler] => [
    `address_space_operations.${member}`,
    handler("fs_lock", WRITEBACK, { confidence: "possible" }),
  ]),
]);

/** `x->member = handler;`, by the member. */
export const KEPT: ReadonlyMap<string, Handler> = new Map([
  [
    "bi_end_io",
    handler("softirq", "block/blk-mq.c:blk_done_softirq; block/bio.c:bio_endio", { confidence: "possible" }),
  ],
  ["ndo_start_xmit", handler("ndo_start_xmit", NETDEV)],
]);
