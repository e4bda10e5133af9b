import { ARRAY, SAME, type Told, type Wrapper } from "./wrapper.ts";

const OBJS = "include/linux/slab.h:__alloc_objs";
const FLEX = "include/linux/slab.h:__alloc_flex";

const FLEX_SIZE: Told = SAME;
const flexNote =
  "`size` is what struct_size() comes to: the structure and its flexible array. A count that its __counted_by() counter cannot hold gives NULL where the compiler knows of it.";

/** Objects by their type: kmalloc() and kvmalloc() of its size, with a mask that may be left out. */
export const slabObjects: readonly Wrapper[] = [
  {
    name: "kmalloc_obj",
    signature: "TYPE *kmalloc_obj(VAR_OR_TYPE, gfp_t gfp = GFP_KERNEL)",
    calls: "kmalloc",
    size: SAME,
    mask: "optional",
    evidence: OBJS,
  },
  {
    name: "kmalloc_objs",
    signature: "TYPE *kmalloc_objs(VAR_OR_TYPE, size_t count, gfp_t gfp = GFP_KERNEL)",
    calls: "kmalloc",
    size: ARRAY,
    mask: "optional",
    evidence: OBJS,
  },
  {
    name: "kmalloc_flex",
    signature: "TYPE *kmalloc_flex(VAR_OR_TYPE, FAM, size_t count, gfp_t gfp = GFP_KERNEL)",
    calls: "kmalloc",
    size: FLEX_SIZE,
    mask: "optional",
    note: flexNote,
    evidence: FLEX,
  },
  {
    name: "kzalloc_obj",
    signature: "TYPE *kzalloc_obj(VAR_OR_TYPE, gfp_t gfp = GFP_KERNEL)",
    calls: "kzalloc",
    size: SAME,
    mask: "optional",
    evidence: OBJS,
  },
  {
    name: "kzalloc_objs",
    signature: "TYPE *kzalloc_objs(VAR_OR_TYPE, size_t count, gfp_t gfp = GFP_KERNEL)",
    calls: "kzalloc",
    size: ARRAY,
    mask: "optional",
    evidence: OBJS,
  },
  {
    name: "kzalloc_flex",
    signature: "TYPE *kzalloc_flex(VAR_OR_TYPE, FAM, size_t count, gfp_t gfp = GFP_KERNEL)",
    calls: "kzalloc",
    size: FLEX_SIZE,
    mask: "optional",
    note: flexNote,
    evidence: FLEX,
  },
  {
    name: "kvmalloc_obj",
    signature: "TYPE *kvmalloc_obj(VAR_OR_TYPE, gfp_t gfp = GFP_KERNEL)",
    calls: "kvmalloc",
    size: SAME,
    mask: "optional",
    evidence: OBJS,
  },
  {
    name: "kvmalloc_objs",
    signature: "TYPE *kvmalloc_objs(VAR_OR_TYPE, size_t count, gfp_t gfp = GFP_KERNEL)",
    calls: "kvmalloc",
    size: ARRAY,
    mask: "optional",
    evidence: OBJS,
  },
  {
    name: "kvmalloc_flex",
    signature: "TYPE *kvmalloc_flex(VAR_OR_TYPE, FAM, size_t count, gfp_t gfp = GFP_KERNEL)",
    calls: "kvmalloc",
    size: FLEX_SIZE,
    mask: "optional",
    note: flexNote,
    evidence: FLEX,
  },
  {
    name: "kvzalloc_obj",
    signature: "TYPE *kvzalloc_obj(VAR_OR_TYPE, gfp_t gfp = GFP_KERNEL)",
    calls: "kvzalloc",
    size: SAME,
    mask: "optional",
    evidence: OBJS,
  },
  {
    name: "kvzalloc_objs",
    signature: "TYPE *kvzalloc_objs(VAR_OR_TYPE, size_t count, gfp_t gfp = GFP_KERNEL)",
    calls: "kvzalloc",
    size: ARRAY,
    mask: "optional",
    evidence: OBJS,
  },
  {
    name: "kvzalloc_flex",
    signature: "TYPE *kvzalloc_flex(VAR_OR_TYPE, FAM, size_t count, gfp_t gfp = GFP_KERNEL)",
    calls: "kvzalloc",
    size: FLEX_SIZE,
    mask: "optional",
    note: flexNote,
    evidence: FLEX,
  },
];
