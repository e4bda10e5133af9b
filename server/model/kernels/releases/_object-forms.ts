/** kmalloc_obj() and its kin (include/linux/slab.h): new in 7.0, and taken into stable branches. */
export const OBJECT_FORMS: readonly string[] = [
  "kmalloc_flex",
  "kmalloc_obj",
  "kmalloc_objs",
  "kzalloc_flex",
  "kzalloc_obj",
  "kzalloc_objs",
  "kvmalloc_flex",
  "kvmalloc_obj",
  "kvmalloc_objs",
  "kvzalloc_flex",
  "kvzalloc_obj",
  "kvzalloc_objs",
];
