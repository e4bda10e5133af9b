import type { Row } from "../../conformance/row.ts";
import { numberOf, textOf } from "../../conformance/row.ts";
import type { Change } from "./change.ts";
import { allocNames, bitNames, delta, type KernelNames } from "./names.ts";

/** How a value of a row about masks alone is read. */
type Reads = "mask" | "allocation flags" | "number";

interface PureField {
  readonly name: string;
  readonly reads: Reads;
}

const number = (name: string): PureField => ({ name, reads: "number" });
const mask = (name: string): PureField => ({ name, reads: "mask" });
const flags = (name: string): PureField => ({ name, reads: "allocation flags" });

/** The functions whose answers the rows of the kinds `fn`, `fnctx`, `zonetab`, `const` and `const_variant` hold. */
const FIELDS: Readonly<Record<string, PureField>> = {
  zbad: number("invalid zone bits"),
  bad: number("invalid zone bits"),
  zone: number("gfp_zone()"),
  mt: number("gfp_migratetype()"),
  block: number("gfpflags_allow_blocking()"),
  zl: number("gfp_zonelist()"),
  af0: flags("gfp_to_alloc_flags(), order 0"),
  af1: flags("gfp_to_alloc_flags(), order 1"),
  alloc_flags: flags("gfp_to_alloc_flags()"),
  pf: flags("__gfp_pfmemalloc_flags()"),
  pf_pfm: flags("__gfp_pfmemalloc_flags() under PF_MEMALLOC"),
  pf_oom: flags("__gfp_pfmemalloc_flags() of an OOM victim"),
  pfmemalloc_flags: flags("__gfp_pfmemalloc_flags()"),
  allowed_pfm: number("gfp_pfmemalloc_allowed()"),
  nofs: mask("current_gfp_context(), nofs"),
  noio: mask("current_gfp_context(), noio"),
  pin: mask("current_gfp_context(), pin"),
  all: mask("current_gfp_context(), all scopes"),
  kmtype: number("kmalloc_type()"),
  compact_ok: number("gfp_compaction_allowed()"),
  nested: mask("gfp_nested_mask()"),
  contig: number("__alloc_contig_verify_gfp_mask()"),
  contig_cc: mask("mask of a range's migration targets"),
  hex: number("value"),
};

/** What the fast path is prepared with: [done, mask, alloc_flags, highest zone index, migratetype]. */
const PREPARED: readonly PureField[] = [
  number("prepare_alloc_pages()"),
  mask("mask of the fast path"),
  flags("alloc_flags of the fast path"),
  number("highest zone of the fast path"),
  number("migratetype of the fast path"),
];

function changeOf(
  { name, reads }: PureField,
  before: unknown,
  after: unknown,
  names: readonly KernelNames[],
): Change[] {
  if (before === after) return [];
  const [a, b] = [Number(before), Number(after)];
  const [old, now] = names;
  if (Number.isNaN(a) || Number.isNaN(b) || reads === "number" || old === undefined || now === undefined)
    return [{ aspect: name, change: `${String(before)} -> ${String(after)}` }];
  const change =
    reads === "mask"
      ? delta(bitNames(a, old.gfp), bitNames(b, now.gfp))
      : delta(allocNames(a, old.alloc), allocNames(b, now.alloc));
  return change === "" ? [] : [{ aspect: name, change }];
}

/** What changed in a row that is about masks alone. */
export function pureChanges(before: Row, after: Row, names: readonly KernelNames[]): readonly Change[] {
  const isConstant = textOf(before, "kind").startsWith("const");
  const fields = Object.keys(FIELDS).filter((field) => field in before && field in after);
  const changes = fields.flatMap((field) => {
    const known = FIELDS[field];
    // A flag's bit may move: what has a name is compared by it everywhere else.
    const named = isConstant ? number(`value of ${textOf(before, "name")}`) : known;
    return named === undefined ? [] : changeOf(named, before[field], after[field], names);
  });
  return [...changes, ...preparedChanges(before, after, names)];
}

function preparedChanges(before: Row, after: Row, names: readonly KernelNames[]): readonly Change[] {
  const [a, b] = [before.prep, after.prep];
  if (!Array.isArray(a) || !Array.isArray(b)) return [];
  return PREPARED.flatMap((field, at) => changeOf(field, a[at], b[at], names));
}

/** What only one of two rows answers. */
export const unanswered = (before: Row, after: Row): readonly string[] =>
  Object.keys(FIELDS)
    .filter((field) => field in before !== field in after)
    .map((field) => FIELDS[field]?.name ?? field);

/** True for a kind whose rows are compared field by field. */
export const isPure = (row: Row): boolean => PURE_KINDS.has(textOf(row, "kind"));

const PURE_KINDS: ReadonlySet<string> = new Set(["fn", "fnctx", "zonetab", "const", "const_variant"]);

/** A row's mask, 0 when it has none. */
export const maskOf = (row: Row): number =>
  textOf(row, "g") === "" ? (numberOf(row, "m") ?? 0) : Number(textOf(row, "g"));
