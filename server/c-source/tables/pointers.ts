import { byNameId } from "../text/names.ts";

/**
 * Functions that read or write through pointers that they are given: which arguments those are, and where that is. Each
 * was read in 6.1.192, 6.12.117 and 7.3: none looks for NULL. A number of bytes that is 0 aside.
 */
const LINES: readonly string[] = [
  // lib/string.c:memset
  "0 memset memzero_explicit memchr memchr_inv memcpy_fromio memset_io",
  // lib/string.c:memcpy
  "0,1 memcpy memmove memcmp",
  // include/asm-generic/io.h:memcpy_toio
  "1 memcpy_toio",
  // lib/string.c:strscpy
  "0,1 strcpy strncpy strlcpy strscpy strscpy_pad strcat strlcat strncat strcmp strncmp strcasecmp strncasecmp strstr",
  // lib/string.c:strlen
  "0 strlen strnlen strchr strrchr strreplace strim strpbrk strspn strcspn",
  // lib/vsprintf.c:vsnprintf
  "0 sprintf snprintf scnprintf vsprintf vsnprintf vscnprintf",
  // lib/hexdump.c:hex2bin
  "0,1 hex2bin bin2hex copy_page",
  // drivers/char/random.c:get_random_bytes
  "0 copy_from_user get_random_bytes clear_page",
  // lib/scatterlist.c:sg_init_table
  "0 sg_init_table",
  // include/linux/bitmap.h:bitmap_zero
  "0 bitmap_zero bitmap_fill bitmap_set bitmap_clear bitmap_copy bitmap_or bitmap_and",
  // include/asm-generic/bitops/non-atomic.h:__set_bit
  "1 set_bit clear_bit __set_bit __clear_bit",
  // include/linux/list.h:INIT_LIST_HEAD
  "0 INIT_LIST_HEAD INIT_HLIST_HEAD INIT_HLIST_NODE list_del list_del_init",
  // include/linux/list.h:__list_add
  "0,1 list_add list_add_tail hlist_add_head",
  // include/linux/spinlock.h:spin_lock_init
  "0 spin_lock_init raw_spin_lock_init rwlock_init mutex_init sema_init init_rwsem",
  // include/linux/completion.h:init_completion
  "0 init_completion init_waitqueue_head",
  // include/linux/kref.h:kref_init
  "0 kref_init refcount_set atomic_set atomic64_set",
  // include/linux/workqueue.h:INIT_WORK
  "0 INIT_WORK INIT_DELAYED_WORK timer_setup tasklet_init tasklet_setup",
  // drivers/base/core.c:device_initialize
  "0 device_initialize dev_set_name",
  // net/core/skbuff.c:skb_put
  "0 skb_put __skb_put skb_push __skb_push skb_pull __skb_pull skb_reserve skb_put_data __skb_put_data skb_put_zero __skb_put_zero",
  // include/linux/skbuff.h:skb_queue_head_init
  "0 skb_queue_head_init",
  // include/linux/skbuff.h:__skb_insert
  "1 skb_queue_tail skb_queue_head __skb_queue_tail __skb_queue_head",
  // include/net/netlink.h:nlmsg_put
  "0 nlmsg_put genlmsg_put",
  // include/linux/usb.h:usb_fill_bulk_urb
  "0 usb_fill_bulk_urb usb_fill_int_urb usb_fill_control_urb usb_anchor_urb",
  // block/bio.c:bio_add_page
  "0 bio_add_page __bio_add_page bio_set_dev submit_bio",
  // kernel/workqueue.c:__queue_work
  "0 queue_work queue_delayed_work mod_delayed_work",
  // mm/slub.c:kmem_cache_alloc, mm/mempool.c:mempool_alloc, mm/dmapool.c:dma_pool_alloc
  "0 kmem_cache_alloc kmem_cache_zalloc mempool_alloc dma_pool_alloc dma_pool_zalloc",
  // include/linux/netdevice.h:SET_NETDEV_DEV, net/core/dev.c:register_netdevice
  "0 SET_NETDEV_DEV register_netdev register_netdevice",
  // drivers/input/input.c:input_register_device
  "0 input_register_device input_set_capability input_set_drvdata",
  // kernel/sched/core.c:try_to_wake_up
  "0 wake_up_process",
];

const USED = byNameId(
  new Map(
    LINES.flatMap((line) => {
      const [places = "", ...names] = line.split(" ");
      const numbers = places.split(",").map(Number);
      return names.map((name): [string, readonly number[]] => [name, numbers]);
    }),
  ),
);

/** The function reads or writes through this argument, whatever is in it. */
export const usesMemory = (name: number, argument: number): boolean => USED[name]?.includes(argument) === true;

/**
 * Functions that are given NULL without harm, or look for it themselves: who frees, who prints (lib/vsprintf.c:
 * check_pointer), who submits (drivers/usb/core/urb.c:usb_submit_urb); 6.12.117.
 */
export const TAKES_NULL =
  /^(?:\w*free\w*|\w*_destroy|consume_skb|printk|pr_\w+|dev_(?:dbg|info|notice|warn|err|crit|err_probe)\w*|seq_\w+|netdev_\w+|usb_(?:submit|kill|unlink|poison)_urb|put_device|kobject_put|\w+_unregister\w*|sizeof|typeof|ARRAY_SIZE|kmemleak_\w+|trace_\w+|rcu_assign_pointer|WRITE_ONCE|READ_ONCE|cmpxchg\w*|xchg|smp_store_\w+|set_current_state|swap|ERR_PTR|\w*PTR_ERR\w*|\w+_(?:is_)?err|min|max)$/;
