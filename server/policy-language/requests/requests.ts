import type { CacheFact, Mask as MaskNode, Name, Property, RequestDeclaration } from "../../../grammar/ast.ts";
import { requestProperty } from "../../../grammar/index.ts";
import type { Api } from "../../model/apis/api.ts";
import { apiNamed } from "../../model/apis.ts";
import { contextOf, type Context } from "../../model/contexts.ts";
import type { CacheFacts } from "../../model/request.ts";
import { contextNamed } from "./contexts.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { graphOf, type Graph } from "../analysis/graph.ts";
import type { PropertyOf, Written } from "./properties.ts";
import { bytesOfSize } from "../analysis/sizes.ts";
import { NO_PROPERTIES, propertySetOf, single, withOwn, type PropertySet } from "./property-sets.ts";
import { resolveSize, type ResolvedSize } from "./request-size.ts";

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

const resolvedRequests = new WeakMap<Revision, ResolvedRequest>();

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
