import { nameId } from "../text/names.ts";

/** Functions that read or write through pointers that they are given: which arguments those are, and where that is. */
type Row = readonly [names: string, arguments: readonly number[], evidence: string];

// Each was read in 6.1.192, 6.12.117 and 7.3: none looks for NULL. A number of bytes that is 0 aside.
const ROWS: readonly Row[] = [
  ["memset memzero_explicit memchr memchr_inv memcpy_fromio memset_io", [0], "lib/string.c:memset"],
  ["memcpy memmove memcmp", [0, 1], "lib/string.c:memcpy"],
  ["memcpy_toio", [1], "include/asm-generic/io.h:memcpy_toio"],
  [
    "strcpy strncpy strlcpy strscpy strscpy_pad strcat strlcat strncat strcmp strncmp strcasecmp strncasecmp strstr",
    [0, 1],
    "lib/string.c:strscpy",
  ],
  ["strlen strnlen strchr strrchr strreplace strim strpbrk strspn strcspn", [0], "lib/string.c:strlen"],
  ["sprintf snprintf scnprintf vsprintf vsnprintf vscnprintf", [0], "lib/vsprintf.c:vsnprintf"],
  ["hex2bin bin2hex copy_page", [0, 1], "lib/hexdump.c:hex2bin"],
  ["copy_from_user get_random_bytes clear_page", [0], "drivers/char/random.c:get_random_bytes"],
  ["sg_init_table", [0], "lib/scatterlist.c:sg_init_table"],
  [
    "bitmap_zero bitmap_fill bitmap_set bitmap_clear bitmap_copy bitmap_or bitmap_and",
    [0],
    "include/linux/bitmap.h:bitmap_zero",
  ],
  ["set_bit clear_bit __set_bit __clear_bit", [1], "include/asm-generic/bitops/non-atomic.h:__set_bit"],
  ["INIT_LIST_HEAD INIT_HLIST_HEAD INIT_HLIST_NODE list_del list_del_init", [0], "include/linux/list.h:INIT_LIST_HEAD"],
  ["list_add list_add_tail hlist_add_head", [0, 1], "include/linux/list.h:__list_add"],
  [
    "spin_lock_init raw_spin_lock_init rwlock_init mutex_init sema_init init_rwsem",
    [0],
    "include/linux/spinlock.h:spin_lock_init",
  ],
  ["init_completion init_waitqueue_head", [0], "include/linux/completion.h:init_completion"],
  ["kref_init refcount_set atomic_set atomic64_set", [0], "include/linux/kref.h:kref_init"],
  ["INIT_WORK INIT_DELAYED_WORK timer_setup tasklet_init tasklet_setup", [0], "include/linux/workqueue.h:INIT_WORK"],
  ["device_initialize dev_set_name", [0], "drivers/base/core.c:device_initialize"],
  [
    "skb_put __skb_put skb_push __skb_push skb_pull __skb_pull skb_reserve skb_put_data __skb_put_data skb_put_zero __skb_put_zero",
    [0],
    "net/core/skbuff.c:skb_put",
  ],
  ["skb_queue_head_init", [0], "include/linux/skbuff.h:skb_queue_head_init"],
  ["skb_queue_tail skb_queue_head __skb_queue_tail __skb_queue_head", [1], "include/linux/skbuff.h:__skb_insert"],
  ["nlmsg_put genlmsg_put", [0], "include/net/netlink.h:nlmsg_put"],
  [
    "usb_fill_bulk_urb usb_fill_int_urb usb_fill_control_urb usb_anchor_urb",
    [0],
    "include/linux/usb.h:usb_fill_bulk_urb",
  ],
  ["bio_add_page __bio_add_page bio_set_dev submit_bio", [0], "block/bio.c:bio_add_page"],
];

/** By the number of its name. */
const USED: (readonly number[] | undefined)[] = [];
for (const [names, places] of ROWS) for (const name of names.split(" ")) USED[nameId(name)] = places;

/** The function reads or writes through this argument, whatever is in it. */
export const usesMemory = (name: number, argument: number): boolean => USED[name]?.includes(argument) === true;

/**
 * Functions that are given NULL without harm, or look for it themselves: who frees, who prints (lib/vsprintf.c:
 * check_pointer), who submits (drivers/usb/core/urb.c:usb_submit_urb); 6.12.117.
 */
export const TAKES_NULL =
  /^(?:\w*free\w*|\w*_destroy|consume_skb|printk|pr_\w+|dev_(?:dbg|info|notice|warn|err|crit|err_probe)\w*|seq_\w+|netdev_\w+|usb_(?:submit|kill|unlink|poison)_urb|put_device|kobject_put|\w+_unregister\w*|sizeof|typeof|ARRAY_SIZE|kmemleak_\w+|trace_\w+|rcu_assign_pointer|WRITE_ONCE|READ_ONCE|cmpxchg\w*|xchg|smp_store_\w+|set_current_state|swap|ERR_PTR|\w*PTR_ERR\w*|\w+_(?:is_)?err|min|max)$/;
