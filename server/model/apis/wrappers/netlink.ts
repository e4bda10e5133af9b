import { ELSEWHERE, SAME, type Told, type Wrapper } from "./wrapper.ts";

/** NLMSG_HDRLEN: struct nlmsghdr, aligned to 4 bytes. */
const WITH_NLMSG_HEADER: Told = { kind: "bytes", headerBytes: 16 };

/** GENL_HDRLEN. */
const WITH_GENL_HEADER: Told = { kind: "bytes", headerBytes: 4 };

/** Netlink messages and attributes. */
export const netlink: readonly Wrapper[] = [
  {
    name: "nlmsg_new",
    signature: "struct sk_buff *nlmsg_new(size_t payload, gfp_t flags)",
    calls: "alloc_skb",
    size: WITH_NLMSG_HEADER,
    mask: "parameter",
    note: "`size` is the payload: NLMSG_DEFAULT_SIZE where it is not known makes a message of one page.",
    evidence: "include/net/netlink.h:nlmsg_new",
  },
  {
    name: "genlmsg_new",
    signature: "struct sk_buff *genlmsg_new(size_t payload, gfp_t flags)",
    calls: "nlmsg_new",
    size: WITH_GENL_HEADER,
    mask: "parameter",
    evidence: "include/net/genetlink.h:genlmsg_new",
  },
  {
    name: "nla_memdup",
    signature: "void *nla_memdup(const struct nlattr *src, gfp_t gfp)",
    calls: "kmemdup",
    size: ELSEWHERE,
    mask: "parameter",
    note: "`size` is the attribute's.",
    evidence: "include/net/netlink.h:nla_memdup",
  },
  {
    name: "nla_strdup",
    signature: "char *nla_strdup(const struct nlattr *nla, gfp_t flags)",
    calls: "kmalloc",
    size: { kind: "text" },
    mask: "parameter",
    evidence: "lib/nlattr.c:nla_strdup",
  },
  {
    name: "sock_kmalloc",
    signature: "void *sock_kmalloc(struct sock *sk, int size, gfp_t priority)",
    calls: "kmalloc",
    size: SAME,
    mask: "parameter",
    canFail: true,
    note: "NULL, whatever the memory, where the socket's net.core.optmem_max is used up.",
    evidence: "net/core/sock.c:sock_kmalloc",
  },
  {
    name: "sock_kmemdup",
    signature: "void *sock_kmemdup(struct sock *sk, const void *src, int size, gfp_t priority)",
    calls: "sock_kmalloc",
    size: SAME,
    mask: "parameter",
    evidence: "net/core/sock.c:sock_kmemdup",
  },
  {
    name: "sock_wmalloc",
    signature: "struct sk_buff *sock_wmalloc(struct sock *sk, unsigned long size, int force, gfp_t priority)",
    calls: "alloc_skb",
    size: SAME,
    mask: "parameter",
    canFail: true,
    note: "NULL, whatever the memory, where the send buffer is used up and `force` is not given.",
    evidence: "net/core/sock.c:sock_wmalloc",
  },
  {
    name: "wiphy_new",
    signature: "struct wiphy *wiphy_new(const struct cfg80211_ops *ops, int sizeof_priv)",
    calls: "kzalloc",
    size: { kind: "bytes", headerBytes: 4096 },
    mask: "KERNEL",
    canFail: true,
    note: "`size` is that of the driver's private part; struct cfg80211_registered_device is taken for a page. A name that is taken and an rfkill that cannot be made give NULL too.",
    evidence: "net/wireless/core.c:wiphy_new_nm",
  },
];
