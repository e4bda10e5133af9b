import { jointByWords, type Words } from "./_joints.ts";
import { fieldsIn } from "../printed.ts";
import type { LineKind } from "../line-kind.ts";

const NAMES =
  "active_anon|inactive_anon|isolated_anon|active_file|inactive_file|isolated_file|unevictable|dirty|writeback|unstable|slab_reclaimable|slab_unreclaimable|mapped|shmem|pagetables|sec_pagetables|bounce|kernel_misc_reclaimable|free|free_pcp|free_cma|pcp|balloon_pages|nvmap|active|inactive|slab|gpu_reclaimable|other";
const LINE = new RegExp(`^\\s*(?:${NAMES}):\\d+(?=\\s|$)`);
const WORDS: Words = { whole: new RegExp(`^(?:${NAMES}):\\d+$`), begun: /^[a-z_]+:?$/ };

/**
 * `active_anon:134320 inactive_anon:4419 …` below `Mem-Info:`: pages of all nodes together, in several lines of one
 * message (mm/show_mem.c:show_free_areas()).
 */
export const totals: LineKind = {
  name: "totals",
  begins: (message) => LINE.test(message),
  joint: (soFar, next) => jointByWords(WORDS, soFar, next),
  read(line, draft) {
    const known = new Set(draft.totals.map(({ name }) => name));
    for (const field of fieldsIn(line)) if (!known.has(field.name)) draft.totals.push(field);
  },
};
