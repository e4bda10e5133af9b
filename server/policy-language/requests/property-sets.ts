import type { Property } from "../../../grammar/ast.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { graphOf, type Graph } from "../analysis/graph.ts";
import type { PropertyOf, Written } from "./properties.ts";

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
export interface PropertySet {
  readonly single: ReadonlyMap<PropertyRole, Written>;
  readonly policies: readonly Written<PropertyOf<"policy">>[];
  readonly waivers: readonly Written<PropertyOf<"waive">>[];
}

export const NO_PROPERTIES: PropertySet = { single: new Map(), policies: [], waivers: [] };

const propertySets = new WeakMap<Revision, PropertySet>();

/**
 * The properties of a request with those that it inherits. Of a property written twice the last one counts, as in
 * devicetree.
 */
export function propertySetOf(environment: Environment, binding: Binding): PropertySet {
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
export function withOwn(inherited: PropertySet, own: readonly Property[]): PropertySet {
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

export function single<K extends Exclude<PropertyRole, "size"> | "size" | "order" | "pages">(
  set: PropertySet,
  kind: K,
): Written<PropertyOf<K>> | null {
  const written = set.single.get(roleOf(kind));
  return written !== undefined && isOf(written, kind) ? written : null;
}

function isOf<K extends Property["kind"]>(written: Written, kind: K): written is Written<PropertyOf<K>> {
  return written.property.kind === kind;
}
