/** A name that some release took away, and what to write since. Names as written in C. */
export interface RemovedName {
  readonly name: string;
  /** The first release without the name. */
  readonly removedIn: string;
  /** What to write instead, as an expression; null: nothing, leave it out. */
  readonly replacement: string | null;
  /** What changed, in a few words. */
  readonly change: string;
  readonly source: string;
}

/** Names that no release in the model's range has, or that one of them removed. include/linux/gfp.h and gfp_types.h. */
export const REMOVED_NAMES: readonly RemovedName[] = [
  {
    name: "__GFP_WAIT",
    removedIn: "4.4",
    replacement: "__GFP_DIRECT_RECLAIM",
    change: "split into __GFP_DIRECT_RECLAIM and __GFP_KSWAPD_RECLAIM (both: __GFP_RECLAIM)",
    source: "release recalled",
  },
  {
    name: "__GFP_NOACCOUNT",
    removedIn: "4.5",
    replacement: null,
    change: "charging became opt-in with __GFP_ACCOUNT",
    source: "release recalled",
  },
  {
    name: "__GFP_OTHER_NODE",
    removedIn: "4.11",
    replacement: null,
    change: "removed with the node accounting it was for",
    source: "release recalled: 4.10 or 4.11",
  },
  {
    name: "__GFP_REPEAT",
    removedIn: "4.13",
    replacement: "__GFP_RETRY_MAYFAIL",
    change: "renamed, and it now retries at every order without the OOM killer",
    source: "release recalled",
  },
  {
    name: "GFP_TEMPORARY",
    removedIn: "4.14",
    replacement: "GFP_KERNEL",
    change: "removed, as nobody could say what temporary means",
    source: "release recalled",
  },
  {
    name: "__GFP_COLD",
    removedIn: "4.15",
    replacement: null,
    change: "removed; the allocator chooses hot or cold pages itself",
    source: "release recalled; absent in 4.19.0",
  },
  {
    name: "__GFP_NOTRACK",
    removedIn: "4.15",
    replacement: null,
    change: "removed with kmemcheck",
    source: "release recalled; absent in 4.19.0",
  },
  {
    name: "__GFP_NOTRACK_FALSE_POSITIVE",
    removedIn: "4.15",
    replacement: null,
    change: "removed with kmemcheck",
    source: "release recalled; absent in 4.19.0",
  },
  {
    name: "__GFP_ATOMIC",
    removedIn: "6.3",
    replacement: "__GFP_HIGH",
    change: "removed: __GFP_HIGH without __GFP_DIRECT_RECLAIM now means what it meant",
    source: "present in 6.1.192, absent in 6.5-rc1; release recalled",
  },
  {
    name: "__GFP_SKIP_KASAN_POISON",
    removedIn: "6.4",
    replacement: "__GFP_SKIP_KASAN",
    change: "merged with __GFP_SKIP_KASAN_UNPOISON into __GFP_SKIP_KASAN",
    source: "present in 6.1.192, absent in 6.5-rc1; release recalled",
  },
  {
    name: "__GFP_SKIP_KASAN_UNPOISON",
    removedIn: "6.4",
    replacement: "__GFP_SKIP_KASAN",
    change: "merged with __GFP_SKIP_KASAN_POISON into __GFP_SKIP_KASAN",
    source: "present in 6.1.192, absent in 6.5-rc1; release recalled",
  },
  {
    name: "__GFP_NO_OBJ_EXT",
    removedIn: "7.3",
    replacement: null,
    change: "removed; slab says so in flags of its own, and nobody else may",
    source: "present in 7.2.13, absent in 7.3.4",
  },
];
