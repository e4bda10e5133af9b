import type { CompositeName } from "../../model/masks/mask.ts";

/** What a function gives that makes an object. */
export interface MakesObject {
  /** What it gives where it cannot. */
  readonly fails: "NULL" | "an error pointer";
  /** What the object ends with, for it is more than its memory; null: that hangs on the function. */
  readonly end: string | null;
}

/** A function that allocates with a mask of its own and is given none. */
interface AllocatesInside {
  readonly mask: CompositeName;
  /** The kernel file and function that does. */
  readonly evidence: string;
  /** Null: what it gives is no object, or may be left unseen. */
  readonly makes: MakesObject | null;
}

/** What is made, by its end: NULL where it cannot be, or an error pointer. */
const orNull = (end: string | null = null): MakesObject => ({ fails: "NULL", end });
const orError = (end: string | null = null): MakesObject => ({ fails: "an error pointer", end });

/** Names, with GFP_KERNEL where no other mask stands. */
type Row = readonly [names: string, evidence: string, makes?: MakesObject | null, mask?: CompositeName];

// Each was read in 6.1.192, 6.12.117 and 7.3; most take a mutex besides.
const ROWS: readonly Row[] = [
  [
    "alloc_workqueue alloc_ordered_workqueue create_workqueue create_singlethread_workqueue create_freezable_workqueue",
    "kernel/workqueue.c:alloc_workqueue",
    orNull("destroy_workqueue"),
  ],
  [
    "kthread_create kthread_run kthread_create_on_node kthread_create_on_cpu kthread_create_worker",
    "kernel/kthread.c:__kthread_create_on_node",
    orError("kthread_stop"),
  ],
  [
    "request_irq request_threaded_irq request_any_context_irq devm_request_irq devm_request_threaded_irq",
    "kernel/irq/manage.c:request_threaded_irq",
  ],
  [
    "crypto_alloc_shash crypto_alloc_ahash crypto_alloc_skcipher crypto_alloc_sync_skcipher crypto_alloc_aead " +
      "crypto_alloc_akcipher crypto_alloc_kpp crypto_alloc_rng crypto_alloc_acomp crypto_alloc_cipher",
    "crypto/api.c:crypto_create_tfm_node",
    orError(),
  ],
  ["proc_create proc_create_data proc_mkdir proc_create_single_data", "fs/proc/generic.c:__proc_create"],
  [
    "sysfs_create_file sysfs_create_files sysfs_create_group sysfs_create_groups sysfs_create_link " +
      "sysfs_create_bin_file device_create_file",
    "fs/kernfs/dir.c:__kernfs_new_node",
  ],
  ["kobject_create_and_add", "lib/kobject.c:kobject_create", orNull("kobject_put")],
  ["kobject_uevent kobject_uevent_env", "lib/kobject_uevent.c:kobject_uevent_env"],
  ["device_register device_add device_create", "drivers/base/core.c:device_private_init"],
  ["platform_device_alloc", "drivers/base/platform.c:platform_device_alloc", orNull("platform_device_put")],
  [
    "platform_device_register_full platform_device_register_data platform_device_register_simple",
    "drivers/base/platform.c:platform_device_register_full",
    orError("platform_device_unregister"),
  ],
  ["misc_register", "drivers/char/misc.c:misc_register"],
  ["cdev_alloc", "fs/char_dev.c:cdev_alloc", orNull()],
  [
    "alloc_netdev alloc_netdev_mqs alloc_netdev_mq alloc_etherdev alloc_etherdev_mq alloc_etherdev_mqs",
    "net/core/dev.c:alloc_netdev_mqs",
    orNull("free_netdev"),
  ],
  ["dma_pool_create", "mm/dmapool.c:dma_pool_create", orNull("dma_pool_destroy")],
  ["dmam_pool_create", "mm/dmapool.c:dmam_pool_create", orNull()],
  [
    "kmem_cache_create kmem_cache_create_usercopy KMEM_CACHE",
    "mm/slab_common.c:kmem_cache_create_usercopy",
    orNull("kmem_cache_destroy"),
  ],
  [
    "mempool_create mempool_create_kmalloc_pool mempool_create_slab_pool mempool_create_page_pool",
    "mm/mempool.c:mempool_create",
    orNull("mempool_destroy"),
  ],
  ["ioremap ioremap_wc ioremap_uc ioremap_np devm_ioremap devm_ioremap_resource", "mm/vmalloc.c:get_vm_area_caller"],
  [
    "usb_control_msg usb_control_msg_send usb_control_msg_recv usb_bulk_msg usb_interrupt_msg",
    "drivers/usb/core/message.c:usb_control_msg, usb_bulk_msg",
    null,
    "NOIO",
  ],
  ["input_allocate_device", "drivers/input/input.c:input_allocate_device", orNull("input_free_device")],
  ["devm_input_allocate_device", "drivers/input/input.c:devm_input_allocate_device", orNull()],
  ["irq_create_mapping irq_create_mapping_affinity", "kernel/irq/irqdomain.c:irq_create_mapping_affinity"],
  ["devm_add_action devm_add_action_or_reset", "drivers/base/devres.c:__devm_add_action"],
  ["rhashtable_init rhltable_init", "lib/rhashtable.c:rhashtable_init"],
  ["dma_resv_reserve_fences", "drivers/dma-buf/dma-resv.c:dma_resv_list_alloc"],
  ["sync_file_create", "drivers/dma-buf/sync_file.c:sync_file_alloc", orNull()],
];

export const ALLOCATE_INSIDE: ReadonlyMap<string, AllocatesInside> = new Map(
  ROWS.flatMap(([names, evidence, makes = null, mask = "KERNEL"]) =>
    names.split(" ").map((name): readonly [string, AllocatesInside] => [name, { mask, evidence, makes }]),
  ),
);
