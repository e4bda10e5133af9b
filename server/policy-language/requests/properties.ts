import type { Property } from "../../../grammar/ast.ts";
import type { Binding } from "../analysis/environment.ts";

export type PropertyOf<K extends Property["kind"]> = Extract<Property, { readonly kind: K }>;

/** A property and the declaration that it is written in: the request itself, or one that it is `like`. */
export interface Written<P extends Property = Property> {
  readonly property: P;
  /** Null: in the request itself. */
  readonly inheritedFrom: Binding | null;
}
