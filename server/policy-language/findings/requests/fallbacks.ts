import { report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { Binding, Environment } from "../../analysis/environment.ts";
import { othersIn } from "../../analysis/graph.ts";
import { placeIn } from "../../requests/request-places.ts";
import { fallbackGraph, resolvedRequestOf, type ResolvedRequest } from "../../requests/requests.ts";
import { requestUnder, type KernelRequest } from "../../requests/under-kernels.ts";
import type { LanguageRule } from "../language-rule.ts";
import { declarationOf } from "../names/declared-at.ts";
import { throughText } from "../names/name-cycles.ts";

export const fallbackCycle: LanguageRule = {
  id: "fallback-cycle",
  group: "requests",
  title: "Fallbacks that lead back to the start",
  severity: "error",
  source: "language",
  explanation:
    "Each request names the one that is tried next, and the last one names an earlier one: the caller would try for ever.",
  advice: "End the chain: leave `fallback` out, or write `fallback none` where one is inherited.",
  examples: {
    bad: "kernel 6.12\n\nrequest again {\n  api      kmalloc\n  size     64 KiB\n  flags    GFP_KERNEL | __GFP_NOWARN\n  fallback again\n}\n",
    good: "kernel 6.12\n\nrequest large {\n  api      kmalloc\n  size     64 KiB\n  flags    GFP_KERNEL | __GFP_NOWARN\n  fallback small\n}\n\nrequest small {\n  api   kmalloc\n  size  4 KiB\n  flags GFP_KERNEL\n}\n",
  },
};

export const fallbackNoBetter: LanguageRule = {
  id: "fallback-no-better",
  group: "requests",
  title: "A fallback that can do no better",
  severity: "warning",
  source: "kernel",
  explanation:
    "The fallback asks the same function for at least as much, from no more zones and nodes, with no more effort and no more reserves: where the first request fails, it fails too. Or the first request never fails, so that the fallback is never tried.",
  advice:
    "Ask for less, allow more effort (`__GFP_RETRY_MAYFAIL`, direct reclaim), or use another function (`kvmalloc`).",
  examples: {
    bad: "kernel 6.12\n\nrequest first {\n  api      kmalloc\n  size     64 KiB\n  flags    GFP_KERNEL | __GFP_NOWARN\n  fallback second\n}\n\nrequest second {\n  api   kmalloc\n  size  64 KiB\n  flags GFP_KERNEL | __GFP_NORETRY\n}\n",
    good: "kernel 6.12\n\nrequest first {\n  api      kmalloc\n  size     64 KiB\n  flags    GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN\n  fallback second\n}\n\nrequest second {\n  api   kvmalloc\n  size  64 KiB\n  flags GFP_KERNEL\n}\n",
  },
};

/** A request that falls back to itself, by way of others or not. */
export function fallbackCycleFindings(
  environment: Environment,
  binding: Binding,
  request: ResolvedRequest,
): readonly UnplacedFinding[] {
  const { fallback } = request;
  if (fallback === null) return [];
  const cycle = fallbackGraph.cycleOf(environment, binding);
  if (cycle === null) return [];
  const others = othersIn(fallbackGraph, environment, cycle, binding, 8);
  const through = throughText(others, cycle.members.length - 1);
  const message =
    through === ""
      ? "The request falls back to itself."
      : `The fallbacks lead back to ${request.name ?? "this request"}${through}.`;
  const place = placeIn(request, fallback.written, fallback.name);
  return [
    {
      ...report(fallbackCycle, place.span, message),
      related: [...place.related, ...others.map((member) => declarationOf(member, "Part of the cycle."))],
    },
  ];
}

/** What one kernel says of a request and its fallback. Only what can be proved from the two masks is reported. */
export function fallbackFindings(
  environment: Environment,
  binding: Binding,
  request: ResolvedRequest,
  under: KernelRequest,
): readonly UnplacedFinding[] {
  const { fallback } = request;
  const target = fallback?.binding ?? null;
  if (fallback === null || target === null || target.damaged || target.revision === binding.revision) return [];
  if (fallbackGraph.cycleOf(environment, binding) !== null) return [];
  if (under.verdict.unknown !== null || under.value?.certain === false) return [];
  const place = placeIn(request, fallback.written, fallback.name);
  const finding = (message: string): readonly UnplacedFinding[] => [
    {
      ...report(fallbackNoBetter, place.span, message),
      related: [...place.related, declarationOf(target, "The fallback.")],
    },
  ];
  if (under.verdict.fails === "never")
    return finding("This request never fails, so its fallback is never tried: drop the fallback.");
  const next = requestUnder(environment, resolvedRequestOf(environment, target), under.kernel);
  if (next === null || next.verdict.unknown !== null || next.value?.certain === false) return [];
  if (next.verdict.fails === "always")
    return finding(`${target.declaration.name?.text ?? "The fallback"} always fails, so it is no fallback.`);
  return isNoBetter(under, next)
    ? finding(
        "The fallback asks the same function for as much, with no more effort, zones or reserves: where this request fails, it fails too.",
      )
    : [];
}

const isEqual = (one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean =>
  Object.keys({ ...one, ...other }).every((name) => one[name] === other[name]);

/** Each thing that lets a call succeed where another fails, as far as mask, size and place decide it. */
function isNoBetter(first: KernelRequest, next: KernelRequest): boolean {
  const { bits } = first.kernel;
  const [one, other] = [first.request, next.request];
  if (one.api !== other.api || first.value === null || next.value === null) return false;
  const asMuch = (a: number | null, b: number | null): boolean => (a === null) === (b === null) && (a ?? 0) <= (b ?? 0);
  if (
    !asMuch(one.order, other.order) ||
    !asMuch(one.sizeBytes, other.sizeBytes) ||
    !asMuch(one.pages, other.pages) ||
    !asMuch(one.count, other.count)
  )
    return false;
  if (
    one.node !== other.node ||
    first.verdict.zone !== next.verdict.zone ||
    JSON.stringify(one.cache) !== JSON.stringify(other.cache) ||
    !isEqual(one.numbers ?? {}, other.numbers ?? {})
  )
    return false;
  if (JSON.stringify(one.context) !== JSON.stringify(other.context)) return false;
  // More of these never makes a call fail; less of those never makes it succeed more often.
  const gained = other.mask & ~one.mask;
  const lost = one.mask & ~other.mask;
  const harmless = bits.NOWARN | bits.ZERO | bits.COMP | bits.NOLOCKDEP;
  const hindering = bits.NORETRY | bits.NOMEMALLOC | bits.THISNODE | bits.HARDWALL | bits.ACCOUNT;
  const helping =
    bits.DIRECT_RECLAIM |
    bits.KSWAPD_RECLAIM |
    bits.IO |
    bits.FS |
    bits.HIGH |
    bits.MEMALLOC |
    bits.NOFAIL |
    bits.RETRY_MAYFAIL |
    bits.ATOMIC;
  return (gained & ~(harmless | hindering)) === 0 && (lost & ~(harmless | helping)) === 0;
}
