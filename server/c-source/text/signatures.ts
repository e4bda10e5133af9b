import { allApis } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import { maskParameter, parametersOf } from "../../model/prototype.ts";
import { byNameId } from "./names.ts";
import { words } from "./words.ts";

/** Which argument of a function is what, counted from 0; -1: it has none of the kind. */
export interface Signature {
  readonly api: Api;
  readonly mask: number;
  readonly order: number;
  readonly bytes: number;
  readonly count: number;
  readonly pages: number;
  /** How many arguments it takes; null: any number. */
  readonly parameters: number | null;
}

const NAMES = {
  order: /\border$/,
  bytes: /\b(?:size|len|length|new_size|payload|fragsz|max)$/,
  count: /\b(?:n|new_n|count|nents|nbits|nr_pages|npages)$/,
} as const;

function signatureOf(api: Api): Signature {
  const parameters = parametersOf(api);
  const at = (pattern: RegExp): number => parameters.findIndex((one) => pattern.test(one));
  const takes = (unit: Api["size"]): boolean => api.size === unit || api.alsoTakes.includes(unit);
  return {
    api,
    mask: maskParameter(parameters),
    order: api.size === "order" ? at(NAMES.order) : -1,
    bytes: takes("bytes") ? at(NAMES.bytes) : -1,
    count: takes("count") ? at(NAMES.count) : -1,
    pages: api.size === "pages" ? at(/\b(?:nr_pages|count)$/) : -1,
    parameters: parameters.includes("...") || api.withoutMask !== undefined ? null : parameters.length,
  };
}

const SIGNATURES: ReadonlyMap<string, Signature> = new Map(allApis().map((api) => [api.name, signatureOf(api)]));

/** The functions that the model knows. */
export const SIGNATURE_NAMES: readonly string[] = [...SIGNATURES.keys()];

/** By the numbers of their names, and of those that macros by them call: kmalloc_noprof() of include/linux/slab.h. */
const byId = byNameId(
  new Map(
    [...SIGNATURES].flatMap(([name, one]): [string, Signature][] => [
      [name, one],
      [`${name}_noprof`, one],
    ]),
  ),
);

/** The same, by the number of its name. */
export const signatureOfId = (id: number): Signature | null => byId[id] ?? null;

/** The arguments of a function that the model knows, or null. */
export const signatureNamed = (name: string): Signature | null => SIGNATURES.get(name) ?? null;

/**
 * Functions that are given a mask and allocate nothing with it: they test it, or keep it for later.
 * include/linux/gfp.h, mm.h, cpuset.h, pagemap.h, sched/mm.h, fault-inject.h, xarray.h, radix-tree.h, idr.h;
 * mm/slab.h, internal.h; 6.1.192 and 6.12.117
 */
export const TAKE_AND_DO_NOT_ALLOCATE: ReadonlySet<string> = words(
  "mapping_set_gfp_mask mapping_gfp_constraint gfpflags_allow_blocking gfpflags_allow_spinning might_alloc",
  "fs_reclaim_acquire fs_reclaim_release current_gfp_context xa_init_flags XA_STATE INIT_RADIX_TREE",
  "RADIX_TREE RADIX_TREE_INIT gfp_nested_mask gfp_zone gfp_migratetype WARN_ON WARN_ON_ONCE BUG_ON",
  "VM_BUG_ON BUILD_BUG_ON likely unlikely cpuset_zone_allowed node_zonelist kmalloc_type",
  "memalloc_retry_wait post_alloc_hook bpf_memcg_flags sk_gfp_mask GEM_BUG_ON vma_iter_clear_gfp",
  "gfp_pfmemalloc_allowed gfp_to_alloc_flags kmsan_internal_poison_memory mark_allocated",
  "want_init_on_alloc slab_want_init_on_alloc should_skip_init should_skip_kasan_unpoison gfp_has_io_fs",
  "gfp_compaction_allowed should_failslab __should_failslab should_fail_alloc_page cpuset_node_allowed",
  "__cpuset_node_allowed __cpuset_zone_allowed pfmemalloc_match may_enter_fs limit_gfp_mask kmalloc_fix_flags",
  "kmalloc_gfp_adjust htlb_modify_alloc_mask warn_alloc warn_alloc_show_mem warn_if_node_offline vmpressure",
);
