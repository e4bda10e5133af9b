import type { PropertyOf } from "../requests/properties.ts";
import type { PolicyDeclaration, Property } from "../../../grammar/ast.ts";
import { requestProperty } from "../../../grammar/index.ts";
import type { SizeUnit } from "../../model/apis/api.ts";
import { allApis, apiNamed, needsMask } from "../../model/apis.ts";
import { perKernel } from "../../model/kernels/per-kernel.ts";
import { comesBefore, kernelOf, mainlineReleases } from "../../model/kernels/kernels.ts";
import { isZone, ZONE_NAMES, type Kernel, type ZoneName } from "../../model/kernels/kernel.ts";
import { didYouMean, replacements, report } from "./report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import type { Span } from "../../rules/finding.ts";
import { othersIn } from "../analysis/graph.ts";
import { nameSpan, placeIn } from "../requests/request-places.ts";
import { insertProperty, wholeLine } from "../requests/request-edits.ts";
import {
  fallbackGraph,
  requestUnder,
  resolvedRequestOf,
  type KernelRequest,
  type ResolvedRequest,
  type ResolvedSize,
} from "../requests/requests.ts";
import { sizeText } from "../analysis/sizes.ts";
import { predicatesOf } from "../policies/policy-set.ts";
import { measureTestsOf } from "../policies/predicates.ts";
import { nearest } from "../names/suggest.ts";
import { duplicateProperty } from "./headers.ts";
import type { LanguageRule } from "./language-rule.ts";
import { declarationOf, throughText, unknownWord } from "./names.ts";

const unknownApi: LanguageRule = {
  id: "unknown-api",
  group: "language",
  title: "An allocation function that the model does not know",
  severity: "error",
  source: "language",
  explanation:
    "The model has no such function, or the checked kernel does not have it yet. Nothing is said about a request whose function is unknown.",
  advice: "Write the C name of an allocation function, without parentheses.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmaloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
  },
};

const missingProperty: LanguageRule = {
  id: "missing-property",
  group: "language",
  title: "A request that does not say enough",
  severity: "error",
  source: "language",
  explanation:
    "A request needs `api`, the size that this function takes, and `flags` where it takes a mask. Properties of a request that it is `like` count.",
  advice: "Add the property.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  flags GFP_KERNEL\n}\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
  },
};

const wrongSizeUnit: LanguageRule = {
  id: "wrong-size-unit",
  group: "language",
  title: "A size in a unit that the function does not take",
  severity: "error",
  source: "language",
  explanation:
    "kmalloc() takes bytes, alloc_pages() an order, a bulk call a count. A size in another unit is converted, rounded up to what holds it, and judged so; but the call that it describes does not exist in C. Ranges of pages may be given in bytes.",
  advice: "Write the size as the function takes it: the fix does.",
  examples: {
    bad: "kernel 6.12\n\nrequest table {\n  api   kmalloc\n  order 2\n  flags GFP_KERNEL\n}\n",
    good: "kernel 6.12\n\nrequest table {\n  api   kmalloc\n  size  16 KiB\n  flags GFP_KERNEL\n}\n",
  },
};

const zoneMismatch: LanguageRule = {
  id: "zone-mismatch",
  group: "requests",
  title: "A mask that does not lead to the zone that is needed",
  severity: "error",
  source: "kernel",
  explanation:
    "The zone modifiers of the mask choose the highest zone that the page may come from; lower zones serve when it has nothing free (include/linux/gfp.h: gfp_zone). The caller needs another zone: the memory will not be there, or only by chance.",
  advice: "Write the modifier of the zone that is needed, or correct `zone`.",
  examples: {
    bad: "kernel 6.12\n\nrequest ring {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL\n  zone  DMA32\n}\n",
    good: "kernel 6.12\n\nrequest ring {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL | GFP_DMA32\n  zone  DMA32\n}\n",
  },
};

const fallbackCycle: LanguageRule = {
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

const fallbackNoBetter: LanguageRule = {
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

const unusedWaiver: LanguageRule = {
  id: "unused-waiver",
  group: "requests",
  title: "A waiver that silences nothing",
  severity: "warning",
  source: "language",
  explanation:
    "The rule that it names has nothing to say about this request. Left in place, the waiver would hide the finding when it comes one day. Errors of the language itself can't be waived, and a waiver without a reason waives nothing.",
  advice: "Remove the waiver.",
  examples: {
    bad: 'kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n  waive nofail-high-order because "two pages at most"\n}\n',
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
  },
};

/** Comparisons of a policy with an order or a number of pages that has a unit of bytes. */
export function measureUnitFindings(policy: PolicyDeclaration): readonly UnplacedFinding[] {
  const tests = policy.clauses.flatMap(predicatesOf).flatMap(measureTestsOf);
  return tests.flatMap(({ measure, size }) => {
    if (measure === "size" || size === null || size.unit === null) return [];
    const noun = measure === "order" ? "An order" : "A number of pages";
    return [
      report(wrongSizeUnit, size, `${noun} has no unit: compare \`size\` with ${size.number.text} ${size.unit}.`),
    ];
  });
}

export const REQUEST_LANGUAGE_RULES: readonly LanguageRule[] = [unknownApi, missingProperty, wrongSizeUnit];
export const REQUEST_RULES: readonly LanguageRule[] = [zoneMismatch, fallbackCycle, fallbackNoBetter, unusedWaiver];

// Properties ----------------------------------------------------------------------------------------------------------

/** What a property speaks of: a size in another unit says the same thing. */
function subjectOf(kind: Property["kind"]): string {
  const { sizeIn } = requestProperty(kind);
  return sizeIn === undefined || sizeIn === "count" ? kind : "size";
}

/** Properties and cache facts that are said twice; sizes in different units say the same thing. */
export function duplicatePropertyFindings(properties: readonly Property[], uri: string): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [];
  const seen = new Map<string, Property>();
  for (const property of properties) {
    const { kind } = property;
    if (kind === "cache") findings.push(...duplicateCacheFacts(property, uri));
    if (requestProperty(kind).repeats === true) continue;
    const span = subjectOf(kind);
    const first = seen.get(span);
    seen.set(span, property);
    if (first === undefined) continue;
    const message =
      first.kind === kind
        ? `\`${kind}\` is said twice, and the last one counts.`
        : `\`${kind}\` and \`${first.kind}\` both say how much, and the last one counts.`;
    findings.push(duplicateProperty(property.keyword, message, first.keyword, uri));
  }
  return findings;
}

function duplicateCacheFacts(
  property: Extract<Property, { readonly kind: "cache" }>,
  uri: string,
): readonly UnplacedFinding[] {
  const seen = new Map<string, Span>();
  return property.facts.flatMap((fact) => {
    const first = seen.get(fact.kind);
    seen.set(fact.kind, fact);
    return first === undefined
      ? []
      : [duplicateProperty(fact, `\`${fact.kind}\` is said twice of the cache.`, first, uri)];
  });
}

export function missingPropertyFindings(request: ResolvedRequest, text: string): readonly UnplacedFinding[] {
  const span = nameSpan(request);
  const missing = (property: string, message: string, example: string | null): UnplacedFinding => {
    const changes = example === null ? null : insertProperty(text, request.declaration, example);
    return report(missingProperty, span, message, {
      fixes: changes === null ? [] : [{ title: `Add \`${property}\``, changes, preferred: false }],
    });
  };
  if (request.apiWritten === null)
    return [missing("api", "The request does not say which function allocates: add `api`.", null)];
  const { api } = request;
  if (api === null) return [];
  const findings: UnplacedFinding[] = [];
  const given = api.size === "count" ? (request.count ?? request.size) : request.size;
  if (api.size !== "none" && given === null)
    findings.push(
      missing(
        PROPERTY_OF_UNIT[api.size],
        `${api.name}() takes ${NOUN_OF_UNIT[api.size]}: add \`${PROPERTY_OF_UNIT[api.size]}\`.`,
        null,
      ),
    );
  if (needsMask(api) && request.flags === null)
    findings.push(missing("flags", `${api.name}() takes a mask: add \`flags\`.`, "flags GFP_KERNEL"));
  return findings;
}

const PROPERTY_OF_UNIT: Readonly<Record<SizeUnit, string>> = {
  bytes: "size",
  order: "order",
  pages: "pages",
  count: "count",
  none: "size",
};
const NOUN_OF_UNIT: Readonly<Record<SizeUnit, string>> = {
  bytes: "a size in bytes",
  order: "an order",
  pages: "a number of pages",
  count: "a count",
  none: "no size",
};

export function sizeUnitFindings(request: ResolvedRequest): readonly UnplacedFinding[] {
  return [...wrongSizes(request), ...numbersNotTaken(request)];
}

/** Numbers that the API of the request does not read: it would not do what is written. */
function numbersNotTaken({ api, properties }: ResolvedRequest): readonly UnplacedFinding[] {
  if (api === null) return [];
  return properties.flatMap(({ property, inheritedFrom }) => {
    if (inheritedFrom !== null || requestProperty(property.kind).value !== "number") return [];
    const isSize = requestProperty(property.kind).sizeIn !== undefined;
    if (isSize || api.numbers?.includes(property.kind) === true) return [];
    return [report(wrongSizeUnit, property.keyword, `${api.name}() takes no ${property.kind}: drop it.`)];
  });
}

function wrongSizes(request: ResolvedRequest): readonly UnplacedFinding[] {
  return [request.size, request.count].flatMap((size) => {
    if (size === null || size.fits || size.written.inheritedFrom !== null || request.api === null) return [];
    return [wrongUnit(request.api.name, request.api.size, size)];
  });
}

function wrongUnit(api: string, takes: SizeUnit, size: ResolvedSize): UnplacedFinding {
  const { property } = size.written;
  const value = property.kind === "size" ? property.size : property.number;
  const span = value ?? property.keyword;
  if (takes === "none") return report(wrongSizeUnit, span, `${api}() takes no size: drop \`${property.kind}\`.`);
  const converted = size.value === null || size.unit !== takes ? null : sizeIn(takes, size.value);
  const written = property.kind === "size" ? "this size" : `${property.kind} ${property.number?.text ?? ""}`.trim();
  if (converted === null || value === null)
    return report(wrongSizeUnit, span, `${api}() takes ${NOUN_OF_UNIT[takes]}, not a ${property.kind}.`);
  return report(wrongSizeUnit, span, `${api}() takes ${NOUN_OF_UNIT[takes]}: ${written} is \`${converted}\`.`, {
    fixes: [
      {
        title: `Write ${converted}`,
        changes: [{ start: property.keyword.start, end: value.end, text: converted }],
        preferred: true,
      },
    ],
  });
}

function sizeIn(unit: SizeUnit, value: number): string {
  return unit === "bytes" ? `size ${sizeText(value)}` : `${PROPERTY_OF_UNIT[unit]} ${value}`;
}

const apiNamesOf: (kernel: Kernel) => readonly string[] = perKernel((kernel) =>
  allApis()
    .filter((candidate) => candidate.exists(kernel))
    .map((candidate) => candidate.name),
);

/** The names of the APIs of a request or a policy that one kernel does not have. */
export function unknownApiFinding(
  kernel: Kernel,
  name: { readonly text: string; readonly start: number; readonly end: number },
): UnplacedFinding | null {
  const api = apiNamed(name.text);
  if (api === null) {
    const near = nearest(name.text, apiNamesOf(kernel));
    return report(
      unknownApi,
      name,
      `The model knows no allocation function ${name.text}${near.length > 0 ? didYouMean(near) : "."}`,
      { fixes: replacements(name, near) },
    );
  }
  if (api.exists(kernel)) return null;
  const since = mainlineReleases().find((release) => {
    const other = kernelOf(release, kernel.options);
    return !("unknown" in other) && api.exists(other);
  });
  const last = mainlineReleases().findLast((release) => {
    const other = kernelOf(release, kernel.options);
    return !("unknown" in other) && api.exists(other);
  });
  if (since === undefined) return report(unknownApi, name, `${name.text}() does not exist in ${kernel.name}.`);
  return report(
    unknownApi,
    name,
    comesBefore(kernel, since) || last === mainlineReleases().at(-1)
      ? `${name.text}() does not exist before ${since}.`
      : `${name.text}() exists from ${since} to ${last ?? since} only.`,
  );
}

// Zones ---------------------------------------------------------------------------------------------------------------

/** `zone` names no zone, in whatever kernel. */
export function unknownZoneFindings(request: ResolvedRequest): readonly UnplacedFinding[] {
  const zone = request.zone?.property.zone ?? null;
  if (zone === null || request.zone?.inheritedFrom !== null || isZone(zone.text)) return [];
  return [unknownWord(zone, "zone", ZONE_NAMES)];
}

export function zoneFindings(request: ResolvedRequest, under: KernelRequest): readonly UnplacedFinding[] {
  const needed = request.zone?.property.zone?.text ?? null;
  // Nearly always: the model is not asked.
  if (needed === null || !isZone(needed)) return [];
  const { verdict, value, kernel } = under;
  if (verdict.unknown !== null || value?.certain === false || verdict.zone === needed) return [];
  const zoneBits = kernel.bits.DMA | kernel.bits.HIGHMEM | kernel.bits.DMA32 | kernel.bits.MOVABLE;
  const modifier = value?.parts.find((part) => (part.carries & zoneBits) !== 0 && part.kind !== "complement") ?? null;
  const lower = ZONE_NAMES.indexOf(needed) < ZONE_NAMES.indexOf(verdict.zone);
  const message = lower
    ? `The memory is needed in ZONE_${needed.toUpperCase()}, and this mask takes it from ZONE_${verdict.zone.toUpperCase()} first: ${zoneAdvice(needed)}.`
    : `The memory is needed in ZONE_${needed.toUpperCase()}, and this mask takes none above ZONE_${verdict.zone.toUpperCase()}: ${zoneAdvice(needed)}.`;
  const place =
    request.mask === null
      ? placeIn(request, request.zone, request.zone?.property.zone ?? nameSpan(request))
      : placeIn(request, request.flags, modifier?.span ?? request.mask);
  return [{ ...report(zoneMismatch, place.span, message), related: place.related }];
}

function zoneAdvice(zone: ZoneName): string {
  switch (zone) {
    case "DMA":
      return "write GFP_DMA";
    case "DMA32":
      return "write GFP_DMA32";
    case "HighMem":
      return "write __GFP_HIGHMEM, on a kernel with HIGHMEM";
    case "Movable":
      return "write __GFP_HIGHMEM | __GFP_MOVABLE";
    case "Normal":
      return "drop the zone modifier";
  }
}

// Fallbacks -----------------------------------------------------------------------------------------------------------

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

// Waivers -------------------------------------------------------------------------------------------------------------

/** Takes out what the request waives; what is left, and the waivers of its own that took out nothing. */
export function applyWaivers(
  request: ResolvedRequest,
  findings: readonly UnplacedFinding[],
  ruleIds: readonly string[],
  text: string,
): readonly UnplacedFinding[] {
  if (request.waivers.length === 0) return findings;
  const waived = new Set(
    request.waivers.flatMap(({ property }) =>
      property.rule === null || lacksReason(property) ? [] : [property.rule.text],
    ),
  );
  const silenced = new Set<string>();
  const kept = findings.filter((finding) => {
    if (!waived.has(finding.rule) || finding.source === "language") return true;
    silenced.add(finding.rule);
    return false;
  });
  const seen = new Set<string>();
  const unused = request.waivers.flatMap(({ property, inheritedFrom }) => {
    const { rule } = property;
    if (rule === null || inheritedFrom !== null) return [];
    if (!ruleIds.includes(rule.text)) return [unknownWord(rule, "rule", ruleIds)];
    if (lacksReason(property))
      return [
        report(unusedWaiver, property.because ?? rule, `${rule.text} is not waived: write why between the quotes.`),
      ];
    const again = seen.has(rule.text);
    seen.add(rule.text);
    if (silenced.has(rule.text) && !again) return [];
    return [
      report(
        unusedWaiver,
        rule,
        again
          ? `${rule.text} is waived twice.`
          : `${rule.text} has nothing to say about this request: remove the waiver.`,
        {
          fixes: [
            { title: "Remove the waiver", changes: [{ ...wholeLine(text, property), text: "" }], preferred: true },
          ],
        },
      ),
    ];
  });
  return [...kept, ...unused];
}

/** The quotes are there, as a fix writes them, and nobody has said why. One that is damaged says so itself. */
const lacksReason = ({ because }: PropertyOf<"waive">): boolean => because !== null && because.value.trim() === "";
