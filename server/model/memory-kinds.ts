import { apiNamed } from "./apis.ts";

/** Kinds of memory that are given back by functions of their own; an object is more than its memory. */
type MemoryKind = "slab" | "kvmalloc" | "vmalloc" | "percpu" | "dma" | "devm" | "object";

/** What gives memory back. */
export interface OwnFree {
  /** What it is, as a sentence goes on behind `memory of kvmalloc(), `. */
  readonly what: string;
  /** What gives it back, as a sentence names it. */
  readonly by: string;
}

const OWN_FREES: Readonly<Record<Exclude<MemoryKind, "object">, OwnFree>> = {
  slab: { what: "which is an object of the slab", by: "kfree()" },
  kvmalloc: { what: "which can come from vmalloc()", by: "kvfree()" },
  vmalloc: { what: "which is none of the slab's", by: "vfree()" },
  percpu: { what: "which every CPU has its own of", by: "free_percpu()" },
  dma: { what: "which is mapped for a device", by: "dma_free_coherent()" },
  devm: { what: "which is freed with its device", by: "devm_kfree(), or nothing" },
};

/** An object whose memory is the smallest part of it. */
export const endedBy = (by: string): OwnFree => ({ what: "which is more than its memory", by: `${by}()` });

/** What ends an object, by what a function gives: net/core/skbuff.c, drivers/usb/core/urb.c, block/bio.c, mm/swap.c. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ["sk_buff", "kfree_skb"],
  ["urb", "usb_free_urb"],
  ["bio", "bio_put"],
  ["page", "__free_pages"],
  ["folio", "folio_put"],
]);

/** What gives memory back, and which kinds it cannot take: include/linux/slab.h, mm/slub.c, mm/util.c, mm/vmalloc.c. */
const REFUSES: ReadonlyMap<string, readonly MemoryKind[]> = new Map([
  ["kfree", ["kvmalloc", "vmalloc", "percpu", "dma", "devm", "object"]],
  ["kfree_sensitive", ["kvmalloc", "vmalloc", "percpu", "dma", "devm", "object"]],
  ["kvfree", ["percpu", "dma", "devm", "object"]],
  ["vfree", ["slab", "percpu", "dma", "object"]],
]);

/** The functions that give memory back which can be of the wrong kind. */
export const FREES: readonly string[] = [...REFUSES.keys()];

/** What kind of memory a function gives, as far as it matters who frees it; null: it does not, or it is not known. */
function memoryKind(api: string): MemoryKind | null {
  if (api.startsWith("devm_")) return "devm";
  if (endOf(api) !== null) return "object";
  const family = apiNamed(api)?.family;
  switch (family) {
    case "slab":
    case "slab-cache":
      return "slab";
    case "kvmalloc":
    case "vmalloc":
    case "percpu":
    case "dma":
      return family;
    default:
      return null;
  }
}

/** What ends an object of a function by what that gives; null: it gives none. bio_kmalloc() says that kfree() does. */
function endOf(api: string): string | null {
  if (api === "bio_kmalloc") return null;
  const type = /^struct (\w+) \*/.exec(apiNamed(api)?.signature ?? "")?.[1];
  return type === undefined ? null : (ENDS.get(type) ?? null);
}

/** Whether a function gives memory back that can be of the wrong kind. */
export const freesOneKind = (free: string): boolean => REFUSES.has(free);

/** Whether memory of this function can't be given back by that one; false where that is not known. */
export function refusesMemoryOf(free: string, api: string): boolean {
  const kind = memoryKind(api);
  return kind !== null && REFUSES.get(free)?.includes(kind) === true;
}

/** What the memory of a function is, and what gives it back; null: it is not known. */
export function ownFreeOf(api: string): OwnFree | null {
  const kind = memoryKind(api);
  return kind === null ? null : kind === "object" ? endedBy(endOf(api) ?? "") : OWN_FREES[kind];
}
