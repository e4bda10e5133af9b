import { contextOf, SCOPE, withScope, type Context } from "../../server/model/contexts.ts";
import type { BuildOptions, Kernel } from "../../server/model/kernels/kernel.ts";
import { kernelOf } from "../../server/model/kernels/kernels.ts";
import { allocFlags, pfmemallocFlags, prepare } from "../../server/model/masks/alloc-flags.ts";
import { contigRefused, contigTargetMask } from "../../server/model/masks/contig.ts";
import { hex, mask, type Mask } from "../../server/model/masks/mask.ts";
import {
  applyScopes,
  blocking,
  gfpCompactionAllowed,
  kmallocType,
  kmallocTypeNumber,
  migratetype,
  zonelist,
} from "../../server/model/masks/properties.ts";
import { gfpZoneIndex, gfpZoneValid } from "../../server/model/masks/zone.ts";
import { constantOf, nestedMask } from "../constants.ts";
import { numberOf, textOf, type Fields, type Row } from "../row.ts";

/** What the model says to a row of one kind: row field -> value. Fields that it says nothing about are absent. */
export type MaskEvaluator = (row: Row, kernel: Kernel) => Fields;

const maskOf = (row: Row): Mask => mask(Number.parseInt(textOf(row, "g"), 16));

/**
 * The recorder's names of contexts. `*_pf_memalloc` is an interrupt on top of a task that reclaims; in
 * `softirq_sets_pf_memalloc` the handler does it itself.
 */
const RECORDED_CONTEXTS: Readonly<Record<string, Context>> = {
  process: contextOf("process"),
  preempt_off: contextOf("preempt_off"),
  irqs_off: contextOf("irqs_off"),
  bh_off: contextOf("bh_off"),
  softirq: contextOf("softirq"),
  hardirq: contextOf("hardirq"),
  rt_task: contextOf("rt_task"),
  oom_victim: contextOf("oom_victim"),
  sigkill_pending: contextOf("sigkill_pending"),
  pf_memalloc: contextOf("reclaim"),
  pf_memalloc_preempt_off: contextOf("reclaim", "preempt_off"),
  softirq_pf_memalloc: contextOf("reclaim", "softirq"),
  hardirq_pf_memalloc: contextOf("reclaim", "hardirq"),
  softirq_sets_pf_memalloc: withScope(contextOf("softirq"), "noreclaim"),
  nofs: withScope(contextOf("process"), "nofs"),
  noio: withScope(contextOf("process"), "noio"),
  pin: withScope(contextOf("process"), "pin"),
};

/** The context of a row's `ctx`, or null for a name that is not the recorder's. */
export function recordedContext(name: string): Context | null {
  return RECORDED_CONTEXTS[name] ?? null;
}

const PROCESS = contextOf("process");
const OOM_VICTIM = contextOf("oom_victim");
const RECLAIMING = contextOf("reclaim");

const constant: MaskEvaluator = (row, kernel) => {
  const value = constantOf(kernel, textOf(row, "name"));
  return value === null ? {} : { hex: hex(value), dec: value };
};

/** The row's options over the kernel's own; KASAN_HW_TAGS, LOCKDEP and SLAB_OBJ_EXT are named where they are on. */
const variant: MaskEvaluator = (row, kernel) => {
  const on = textOf(row, "config").split(" ");
  const options: Partial<BuildOptions> = {
    ...kernel.options,
    LOCKDEP: on.includes("LOCKDEP"),
    KASAN_HW_TAGS: on.includes("KASAN_HW_TAGS"),
    SLAB_OBJ_EXT: on.includes("SLAB_OBJ_EXT"),
  };
  const built = kernelOf(kernel.name, options);
  if ("unknown" in built) return {};
  const value = constantOf(built, textOf(row, "name"));
  return value === null ? {} : { hex: hex(value) };
};

const zoneEntry: MaskEvaluator = (row, kernel) => {
  const bits = mask(numberOf(row, "m") ?? 0);
  const valid = gfpZoneValid(bits);
  return { bad: valid ? 0 : 1, zone: valid ? gfpZoneIndex(kernel, bits) : -1 };
};

const ALL_SCOPES = SCOPE.nofs | SCOPE.noio | SCOPE.pin;

/** allowed_pfm is the answer to "would PF_MEMALLOC reserves be used", gfp_pfmemalloc_allowed(). */
const pure: MaskEvaluator = (row, kernel) => {
  const value = maskOf(row);
  const valid = gfpZoneValid(value);
  const underMemalloc = pfmemallocFlags(kernel, value, RECLAIMING);
  const fields: Record<string, unknown> = {
    zbad: valid ? 0 : 1,
    zone: valid ? gfpZoneIndex(kernel, value) : -1,
    mt: migratetype(kernel, value),
    block: blocking(kernel, value) ? 1 : 0,
    zl: zonelist(kernel, value),
    af0: allocFlags(kernel, value, 0, PROCESS),
    af1: allocFlags(kernel, value, 1, PROCESS),
    prep: [1, hex(value), prepare(kernel, value, 0, 0), gfpZoneIndex(kernel, value), migratetype(kernel, value)],
    pf: pfmemallocFlags(kernel, value, PROCESS),
    pf_pfm: underMemalloc,
    allowed_pfm: underMemalloc === 0 ? 0 : 1,
    pf_oom: pfmemallocFlags(kernel, value, OOM_VICTIM),
    nofs: hex(applyScopes(kernel, value, SCOPE.nofs)),
    noio: hex(applyScopes(kernel, value, SCOPE.noio)),
    pin: hex(applyScopes(kernel, value, SCOPE.pin)),
    all: hex(applyScopes(kernel, value, ALL_SCOPES)),
    kmtype: kmallocTypeNumber(kernel, kmallocType(kernel, value)),
    compact_ok: gfpCompactionAllowed(kernel, value) ? 1 : 0,
  };
  if ("nested" in row) fields.nested = hex(nestedMask(kernel, value));
  if (kernel.features.contigVerifiesMask) {
    fields.contig = contigRefused(kernel, value) === 0 ? 0 : -22;
    fields.contig_cc = hex(contigTargetMask(kernel, value) ?? 0);
  }
  return fields;
};

const pureInContext: MaskEvaluator = (row, kernel) => {
  const context = recordedContext(textOf(row, "ctx"));
  if (context === null) return {};
  const value = maskOf(row);
  return {
    pfmemalloc_flags: pfmemallocFlags(kernel, value, context),
    alloc_flags: allocFlags(kernel, value, numberOf(row, "order") ?? 0, context),
  };
};

/** The evaluators of the kinds that are about masks alone. The rows' kernels have the recorded machine's options. */
export const evaluators: Readonly<Record<string, MaskEvaluator>> = {
  const: constant,
  const_variant: variant,
  zonetab: zoneEntry,
  fn: pure,
  fnctx: pureInContext,
};
