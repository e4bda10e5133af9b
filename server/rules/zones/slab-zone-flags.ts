import type { FlagName } from "../../model/masks/mask.ts";
import { slabBugMask } from "../../model/masks/properties.ts";
import { isDecided, isSlab } from "../_allocators.ts";
import { drop, example, found, listed, NOTHING, setIn } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";
import { isLargeKmalloc } from "./_zones.ts";

export const slabZoneFlags: Rule = {
  id: "slab-zone-flags",
  title: "kmalloc() with __GFP_HIGHMEM or __GFP_DMA32",
  severity: "error",
  class: "bug",
  concerns: { families: ["slab", "slab-cache", "krealloc", "skb", "kvmalloc", "mempool"] },
  recalled: "since 2.6.x",
  explanation:
    'Slab has no memory from these zones. When a new slab is needed it prints "Unexpected gfp" with a stack and goes on without the bit; a free object in the cache hides that. Above two pages kmalloc() does so on every call since 5.9, kmalloc_node() and what ends in it since 6.1; before, they did not look, and such a call is not reported. kvmalloc(), alloc_skb() and mempool_alloc() hand the mask on to it.',
  evidence: "mm/slub.c:new_slab; mm/slab_common.c:kmalloc_fix_flags",
  advice: "Use dma_alloc_coherent(), a cache with SLAB_CACHE_DMA32, or alloc_pages().",
  examples: {
    bad: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL | __GFP_HIGHMEM"]),
    good: example("6.12", ["api   kmalloc", "size  100 B", "flags GFP_KERNEL"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (!isDecided(subject)) return NOTHING;
  if (!isSlab(subject))
    return endsInSlab(subject)
      ? foundIn(setIn(subject, slabBugMask(subject.kernel)), subject.verdict.warns === "always")
      : NOTHING;
  const large = isLargeKmalloc(subject);
  const refused = setIn(subject, subject.api.treatment(subject.kernel).clearedWithWarning);
  // Where a large kmalloc does not look, the bits reach the page allocator.
  const { effective } = subject.verdict;
  return foundIn(large ? refused.filter((flag) => (effective & subject.kernel.bits[flag]) === 0) : refused, large);
}

/**
 * Calls that hand the mask on to kmalloc() or a slab cache, where the model says that this one warns every time; struct
 * sk_buff itself is from a cache, whatever the size. net/core/skbuff.c:__alloc_skb
 */
const endsInSlab = ({ api, verdict }: Subject): boolean =>
  ((["kvmalloc", "mempool"].includes(api.family) || api.name === "kvrealloc") && verdict.warns === "always") ||
  (api.family === "skb" && verdict.warns !== "never");

function foundIn(flags: readonly FlagName[], always: boolean): readonly Match[] {
  if (flags.length === 0) return NOTHING;
  const when = always ? "on every call" : "whenever a new slab is needed";
  return found(
    { kind: "flags", flags },
    `Slab memory is never from such a zone: the kernel drops ${listed(flags)} with "Unexpected gfp" and a stack ${when}; use alloc_pages() or dma_alloc_coherent().`,
    drop(...flags),
  );
}
