import type { CacheFact, Mask as MaskNode, Name, Property, RequestDeclaration } from "../../../grammar/ast.ts";
import { REQUEST_PROPERTIES, requestProperty } from "../../../grammar/index.ts";
import type { Api, SizeUnit } from "../../model/apis/api.ts";
import { apiNamed, maskOfCall, needsMask } from "../../model/apis.ts";
import { contextOf, type Context } from "../../model/contexts.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { AllocationRequest, CacheFacts, Verdict } from "../../model/request.ts";
import { verdict } from "../../model/verdict.ts";
import { contextNamed } from "./contexts.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { graphOf, type Graph } from "../analysis/graph.ts";
import type { MaskValue } from "../../model/masks/evaluation/mask-value.ts";
import type { Mask } from "../../model/masks/mask.ts";
import { evaluateMask } from "./masks.ts";
import { effectOfScopes, inScopes } from "./scopes.ts";
import type { PropertyOf, Written } from "./properties.ts";
import { orderOfPages } from "../../model/sizes.ts";
import { bytesOfSize } from "../analysis/sizes.ts";

/** A size as written, and as the API takes it. */
export interface ResolvedSize {
  readonly written: Written<PropertyOf<"size" | "order" | "pages" | "count">>;
  readonly writtenUnit: SizeUnit;
  /** In the API's unit; null where it can't be converted. */
  readonly value: number | null;
  readonly unit: SizeUnit;
  /** The unit written is one that the API takes, or understands (`alsoTakes`). */
  readonly fits: boolean;
}

/**
 * A request with its `like` chain folded in, names resolved, and the size in the API's unit: what holds in every
 * kernel.
 */
export interface ResolvedRequest {
  readonly name: string | null;
  readonly declaration: RequestDeclaration;
  /** Null: missing, or not an API of the model. */
  readonly api: Api | null;
  readonly apiWritten: Written<PropertyOf<"api">> | null;
  readonly size: ResolvedSize | null;
  /** `count` of objects beside a size (arrays). */
  readonly count: ResolvedSize | null;
  readonly flags: Written<PropertyOf<"flags">> | null;
  readonly mask: MaskNode | null;
  readonly context: Context;
  readonly contextWritten: Written<PropertyOf<"context">> | null;
  readonly node: number | null;
  readonly zone: Written<PropertyOf<"zone">> | null;
  readonly cache: CacheFacts | null;
  readonly handles: Written<PropertyOf<"handles">> | null;
  readonly fallback: {
    readonly written: Written<PropertyOf<"fallback">>;
    readonly name: Name;
    readonly binding: Binding | null;
  } | null;
  /** Bound by name or by `for`, each once, in the order of the file. */
  readonly policies: readonly Binding[];
  readonly waivers: readonly Written<PropertyOf<"waive">>[];
  /** The numbers that are no size, by their word. */
  readonly numbers: Readonly<Record<string, number>>;
  /** All properties that are in force, own and inherited. */
  readonly properties: readonly Written<Property>[];
}

/** A request under one kernel. */
export interface KernelRequest {
  readonly kernel: Kernel;
  /** As the kernel is asked: its mask is what the declared scopes of the context leave of the call's. */
  readonly request: AllocationRequest;
  /** The mask that the call gives: what policies judge, as they do in the kernel's own scopes. */
  readonly callMask: Mask;
  /** Null where no mask is written. */
  readonly value: MaskValue | null;
  readonly verdict: Verdict;
}

/** Requests, by the one that each is `like`. */
export const likeGraph: Graph = graphOf((environment, binding) => {
  const { declaration } = binding;
  if (declaration.kind !== "request" || declaration.like === null) return [];
  const used = environment.lookup("subject", declaration.like.text);
  return used?.declaration.kind === "request" ? [used] : [];
});

/**
 * What a property says of the request: of two with one role the later counts, as a size in another unit replaces a
 * size.
 */
type PropertyRole = Exclude<Property["kind"], "order" | "pages">;

function roleOf(kind: Property["kind"]): PropertyRole {
  return kind === "order" || kind === "pages" ? "size" : kind;
}

/** The properties in force, by what they speak of; those that may stand more than once as lists. */
interface PropertySet {
  readonly single: ReadonlyMap<PropertyRole, Written>;
  readonly policies: readonly Written<PropertyOf<"policy">>[];
  readonly waivers: readonly Written<PropertyOf<"waive">>[];
}

const NO_PROPERTIES: PropertySet = { single: new Map(), policies: [], waivers: [] };
const propertySets = new WeakMap<Revision, PropertySet>();
const resolvedRequests = new WeakMap<Revision, ResolvedRequest>();

/**
 * The properties of a request with those that it inherits. Of a property written twice the last one counts, as in
 * devicetree.
 */
function propertySetOf(environment: Environment, binding: Binding): PropertySet {
  likeGraph.inOrder(
    environment,
    binding,
    (used) => propertySets.has(used.revision),
    (used, cyclic) => {
      const base = cyclic ? undefined : likeGraph.usesOf(environment, used)[0];
      const inherited =
        base === undefined ? NO_PROPERTIES : inheritedFrom(propertySets.get(base.revision) ?? NO_PROPERTIES, base);
      const { declaration } = used;
      propertySets.set(
        used.revision,
        declaration.kind === "request" ? withOwn(inherited, declaration.properties) : NO_PROPERTIES,
      );
    },
  );
  return propertySets.get(binding.revision) ?? NO_PROPERTIES;
}

function inheritedFrom(set: PropertySet, base: Binding): PropertySet {
  const single = new Map<PropertyRole, Written>();
  for (const [role, written] of set.single)
    single.set(role, { ...written, inheritedFrom: written.inheritedFrom ?? base });
  return {
    single,
    policies: set.policies.map((written) => ({ ...written, inheritedFrom: written.inheritedFrom ?? base })),
    waivers: set.waivers.map((written) => ({ ...written, inheritedFrom: written.inheritedFrom ?? base })),
  };
}

/**
 * Waivers add up; policies of its own replace those that a request would inherit. Beliefs are never inherited: they are
 * about one request.
 */
function withOwn(inherited: PropertySet, own: readonly Property[]): PropertySet {
  const single = new Map(inherited.single);
  const policies: Written<PropertyOf<"policy">>[] = [];
  const waivers = [...inherited.waivers];
  for (const property of own) {
    if (property.kind === "policy") policies.push({ property, inheritedFrom: null });
    else if (property.kind === "waive") waivers.push({ property, inheritedFrom: null });
    else if (property.kind !== "expect") single.set(roleOf(property.kind), { property, inheritedFrom: null });
  }
  return { single, policies: policies.length > 0 ? policies : inherited.policies, waivers };
}

/** Folds the `like` chain in and resolves the names. Total: what is missing or unknown is null. */
export function resolveRequest(environment: Environment, declaration: RequestDeclaration): ResolvedRequest {
  const name = declaration.name?.text ?? null;
  const bindings = name === null ? [] : environment.declarationsOf("subject", name);
  const binding = bindings.find((candidate) => candidate.declaration === declaration);
  if (binding !== undefined) return resolvedRequestOf(environment, binding);
  // A request without a name, or one of another file: nothing to cache by.
  return resolve(environment, declaration, withOwn(NO_PROPERTIES, declaration.properties));
}

/** The same for a declaration that was looked up. */
export function resolvedRequestOf(environment: Environment, binding: Binding): ResolvedRequest {
  const known = resolvedRequests.get(binding.revision);
  const set = propertySetOf(environment, binding);
  const resolved =
    known === undefined
      ? resolve(environment, binding.declaration.kind === "request" ? binding.declaration : EMPTY_REQUEST, set)
      : withPolicies(known, policiesOf(environment, set, known.apiWritten?.property.api?.text ?? null));
  if (resolved !== known) resolvedRequests.set(binding.revision, resolved);
  return resolved;
}

/** A policy that says the same in other words renews no request that it binds. */
function withPolicies(known: ResolvedRequest, policies: readonly Binding[]): ResolvedRequest {
  const isSame =
    policies.length === known.policies.length &&
    policies.every(({ revision }, i) => revision === known.policies[i]?.revision);
  return isSame ? known : { ...known, policies };
}

const EMPTY_REQUEST: RequestDeclaration = {
  kind: "request",
  start: 0,
  end: 0,
  doc: null,
  name: null,
  like: null,
  properties: [],
};

function single<K extends Exclude<PropertyRole, "size"> | "size" | "order" | "pages">(
  set: PropertySet,
  kind: K,
): Written<PropertyOf<K>> | null {
  const written = set.single.get(roleOf(kind));
  return written !== undefined && isOf(written, kind) ? written : null;
}

function isOf<K extends Property["kind"]>(written: Written, kind: K): written is Written<PropertyOf<K>> {
  return written.property.kind === kind;
}

function resolve(environment: Environment, declaration: RequestDeclaration, set: PropertySet): ResolvedRequest {
  const apiWritten = single(set, "api");
  const apiName = apiWritten?.property.api?.text ?? null;
  const api = apiName === null ? null : apiNamed(apiName);
  const flags = single(set, "flags");
  const contextWritten = single(set, "context");
  const contextName = contextWritten?.property.context?.text ?? null;
  const nodeWritten = single(set, "node")?.property.node ?? null;
  const cacheWritten = single(set, "cache");
  const fallbackWritten = single(set, "fallback");
  const fallbackName = fallbackWritten?.property.request ?? null;
  const fallback =
    fallbackWritten === null || fallbackName === null || fallbackName.text === "none"
      ? null
      : { written: fallbackWritten, name: fallbackName, binding: requestNamed(environment, fallbackName.text) };
  const { pageBytes } = environment.options;
  const sizeWritten = single(set, "size") ?? single(set, "order") ?? single(set, "pages");
  const countWritten = single(set, "count");
  return {
    name: declaration.name?.text ?? null,
    declaration,
    api,
    apiWritten,
    size: sizeWritten === null ? null : resolveSize(sizeWritten, api, pageBytes),
    count: countWritten === null ? null : resolveSize(countWritten, api, pageBytes),
    flags,
    mask: flags?.property.mask ?? null,
    context: (contextName === null ? null : contextNamed(environment, contextName)) ?? contextOf("process"),
    contextWritten,
    node: nodeWritten === null || nodeWritten === "any" ? null : nodeWritten.value,
    zone: single(set, "zone"),
    cache: cacheWritten === null ? null : cacheFactsOf(cacheWritten.property.facts),
    handles: single(set, "handles"),
    fallback,
    policies: policiesOf(environment, set, apiName),
    waivers: set.waivers,
    numbers: numbersOf([...set.single.values()]),
    properties: [...set.single.values(), ...set.policies, ...set.waivers],
  };
}

function numbersOf(written: readonly Written[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    written.flatMap(({ property }) =>
      "number" in property && property.number !== null && requestProperty(property.kind).sizeIn === undefined
        ? [[property.kind, property.number.value]]
        : [],
    ),
  );
}

function requestNamed(environment: Environment, name: string): Binding | null {
  const binding = environment.lookup("subject", name);
  return binding?.declaration.kind === "request" ? binding : null;
}

/** Those that name the API in their `for`, and those that the request names. */
function policiesOf(environment: Environment, set: PropertySet, apiName: string | null): readonly Binding[] {
  const bindings = new Map<Revision, Binding>();
  if (apiName !== null) for (const policy of environment.policiesFor(apiName)) bindings.set(policy.revision, policy);
  for (const { property } of set.policies) {
    for (const { text } of property.policies) {
      const binding = environment.lookup("subject", text);
      if (binding?.declaration.kind === "policy") bindings.set(binding.revision, binding);
    }
  }
  return [...bindings.values()];
}

function cacheFactsOf(facts: readonly CacheFact[]): CacheFacts {
  const size = facts.findLast((fact) => fact.kind === "size")?.size ?? null;
  const states = (kind: CacheFact["kind"]): boolean => facts.some((fact) => fact.kind === kind);
  return {
    ctor: states("ctor"),
    dma: states("dma"),
    account: states("account"),
    reclaimable: states("reclaimable"),
    sizeBytes: size === null ? null : bytesOfSize(size),
  };
}

/** Requests, by the one that each falls back to; inherited fallbacks count. */
export const fallbackGraph: Graph = graphOf((environment, binding) => {
  if (binding.declaration.kind !== "request") return [];
  const next = resolvedRequestOf(environment, binding).fallback?.binding ?? null;
  return next === null ? [] : [next];
});

// Sizes ---------------------------------------------------------------------------------------------------------------

function resolveSize(written: ResolvedSize["written"], api: Api | null, pageBytes: number): ResolvedSize {
  const { property } = written;
  const writtenUnit = REQUEST_PROPERTIES[property.kind].sizeIn;
  const given =
    property.kind === "size"
      ? property.size === null
        ? null
        : bytesOfSize(property.size)
      : (property.number?.value ?? null);
  const unit = api === null ? writtenUnit : unitFor(api, writtenUnit);
  return {
    written,
    writtenUnit,
    value: given === null ? null : convert(given, writtenUnit, unit, pageBytes),
    unit,
    fits: api === null || fitsApi(api, writtenUnit),
  };
}

/**
 * The unit that a size is handed to the model in: the API's own, or the one written where the API has several sizes or
 * none.
 */
function unitFor(api: Api, written: SizeUnit): SizeUnit {
  if (written === "count" || api.size === "none" || api.size === "count") return written;
  return api.size;
}

/**
 * Whether a size may be written in this unit for the API: its own unit; for ranges of pages also bytes, as the kernel's
 * callers think of them; and what an API without a size of its own understands.
 */
function fitsApi(api: Api, written: SizeUnit): boolean {
  if (written === api.size) return true;
  if (!api.alsoTakes.includes(written)) return false;
  return written === "count" || api.size === "none" || api.size === "count" || api.size === "pages";
}

/** A size in another unit, rounded up to what holds it; null between units that have nothing in common. */
function convert(value: number, from: SizeUnit, to: SizeUnit, pageBytes: number): number | null {
  if (from === to) return value;
  const bytes = bytesIn(value, from, pageBytes);
  if (bytes === null) return null;
  switch (to) {
    case "bytes":
      return bytes;
    case "pages":
      return Math.ceil(bytes / pageBytes);
    case "order":
      return orderOfPages(bytes / pageBytes);
    case "count":
    case "none":
      return null;
  }
}

function bytesIn(value: number, unit: SizeUnit, pageBytes: number): number | null {
  switch (unit) {
    case "bytes":
      return value;
    case "pages":
      return value * pageBytes;
    case "order":
      return 2 ** value * pageBytes;
    case "count":
    case "none":
      return null;
  }
}

// Under one kernel ----------------------------------------------------------------------------------------------------

/** A request, and what each kernel makes of it. */
export interface RequestUnderKernels {
  readonly request: ResolvedRequest;
  /**
   * The request as the model takes it, and its verdict; null where the API is unknown or does not exist in this kernel.
   */
  readonly under: (kernel: Kernel) => KernelRequest | null;
}

/**
 * Works out what each kernel makes of a request once, for all who ask: the rules, the policies and the expectations.
 */
export function underKernels(environment: Environment, request: ResolvedRequest): RequestUnderKernels {
  const known = new Map<Kernel, KernelRequest | null>();
  return {
    request,
    under: (kernel) => {
      let under = known.get(kernel);
      if (under === undefined) {
        under = requestUnder(environment, request, kernel);
        known.set(kernel, under);
      }
      return under;
    },
  };
}

/**
 * The request as the model takes it, and its verdict; null where the API is unknown or does not exist in this kernel.
 */
export function requestUnder(
  environment: Environment,
  resolved: ResolvedRequest,
  kernel: Kernel,
): KernelRequest | null {
  const { api, size, count } = resolved;
  if (api === null || !api.exists(kernel)) return null;
  const written = resolved.mask === null ? null : evaluateMask(environment, kernel, resolved.mask);
  const scopes = effectOfScopes(environment, kernel, api.takesMask ? resolved.context.designed : []);
  const value = written === null || scopes.certain ? written : { ...written, certain: false };
  const callMask = maskOfCall(kernel, api, value?.mask ?? null);
  const inUnit = (unit: SizeUnit): number | null => {
    if (unit === "count") return count?.value ?? null;
    return size !== null && size.unit === unit ? size.value : null;
  };
  const request: AllocationRequest = {
    api: api.name,
    mask: inScopes(scopes, callMask),
    order: inUnit("order"),
    sizeBytes: inUnit("bytes"),
    pages: inUnit("pages"),
    count: inUnit("count"),
    context: resolved.context,
    node: resolved.node,
    cache: resolved.cache,
    poolEmpty: false,
    numbers: resolved.numbers,
  };
  let known: Verdict | null = null;
  return {
    kernel,
    request,
    callMask,
    value,
    // Of most requests nobody asks it in every kernel.
    get verdict() {
      known ??= verdict(kernel, request);
      return known;
    },
  };
}

/**
 * Why nothing is said of what the request does: a part of it is not known, each with a finding of its own, or the model
 * has no answer. Null where it can be judged.
 */
export function whyOpen(
  environment: Environment,
  { api, size, contextWritten }: ResolvedRequest,
  { value, verdict: answer }: KernelRequest,
): string | null {
  if (answer.unknown !== null) return `the model does not know: ${answer.unknown.replace(/\.$/, "")}`;
  if (value === null ? api !== null && needsMask(api) : !value.certain) return "the mask is not fully known";
  const context = contextWritten?.property.context;
  if (context === null || (context !== undefined && contextNamed(environment, context.text) === null))
    return "the context is not known";
  return size !== null && size.value === null ? "the size is not known" : null;
}
