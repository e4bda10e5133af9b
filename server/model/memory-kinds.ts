import { apiNamed } from "./apis.ts";

/** Kinds of memory that are given back by functions of their own. */
type MemoryKind = "slab" | "kvmalloc" | "vmalloc" | "percpu" | "dma" | "devm";

interface OwnFree {
  /** What it is, as a sentence goes on behind `memory of kvmalloc(), `. */
  readonly what: string;
  /** What gives it back. */
  readonly by: string;
}

const OWN_FREES: Readonly<Record<MemoryKind, OwnFree>> = {
  slab: { what: "which is an object of the slab", by: "kfree()" },
  kvmalloc: { what: "which can come from vmalloc()", by: "kvfree()" },
  vmalloc: { what: "which is none of the slab's", by: "vfree()" },
  percpu: { what: "which every CPU has its own of", by: "free_percpu()" },
  dma: { what: "which is mapped for a device", by: "dma_free_coherent()" },
  devm: { what: "which is freed with its device", by: "devm_kfree(), or nothing" },
};

/** What gives memory back, and which kinds it cannot take: include/linux/slab.h, mm/slub.c, mm/util.c, mm/vmalloc.c. */
const REFUSES: ReadonlyMap<string, readonly MemoryKind[]> = new Map([
  ["kfree", ["kvmalloc", "vmalloc", "percpu", "dma", "devm"]],
  ["kfree_sensitive", ["kvmalloc", "vmalloc", "percpu", "dma", "devm"]],
  ["kvfree", ["percpu", "dma", "devm"]],
  ["vfree", ["slab", "percpu", "dma"]],
]);

/** The functions that give memory back which can be of the wrong kind. */
export const FREES: readonly string[] = [...REFUSES.keys()];

/** What kind of memory a function gives, as far as it matters who frees it; null: it does not, or it is not known. */
function memoryKind(api: string): MemoryKind | null {
  if (api.startsWith("devm_")) return "devm";
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
  return kind === null ? null : OWN_FREES[kind];
}
