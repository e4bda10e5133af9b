import type { RequestDeclaration } from "../../../grammar/ast.ts";
import type { Region } from "../../../grammar/source-file.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { namesOf } from "../analysis/region-names.ts";
import { contextNamed } from "../requests/contexts.ts";
import { declaredMaskOf } from "../requests/masks.ts";

/**
 * All that the kernels' answer to a request hangs on besides the kernels: its text but for its name and what stands
 * before, where that ends, and what the masks and contexts that it names are worth. Requests with one content are
 * answered alike, places included. Null: it leans on other requests, or on scopes of a design, and is asked by itself.
 */
export function contentOf(environment: Environment, region: Region, declaration: RequestDeclaration): string | null {
  const { name, like } = declaration;
  if (name === null || like !== null || region.problems.length > 0) return null;
  const values: string[] = [];
  for (const use of namesOf(region).uses) {
    if (use.role === "policy") continue;
    const value = worthOf(environment, use.space, use.name.text);
    if (value === null) return null;
    values.push(value);
  }
  return JSON.stringify([
    environment.uri,
    declaration.start,
    name.start,
    name.end,
    region.text.slice(declaration.start, name.start),
    region.text.slice(name.end),
    values,
  ]);
}

/** What a name is worth to who uses it; "" for one that is built in or unknown. */
function worthOf(environment: Environment, space: string, name: string): string | null {
  if (space === "context") {
    if (environment.lookup("context", name) === null) return "";
    const context = contextNamed(environment, name);
    return context === null || context.designed.length > 0 ? null : JSON.stringify(context);
  }
  if (space !== "mask") return null;
  const binding = environment.lookup("mask", name);
  return binding === null ? "" : maskText(environment, binding);
}

const masks = new WeakMap<Revision, { readonly groups: Environment["groups"]; readonly text: string }>();

function maskText(environment: Environment, binding: Binding): string {
  const { groups } = environment;
  const known = masks.get(binding.revision);
  if (known?.groups === groups) return known.text;
  const text = JSON.stringify(groups.map(({ kernel }) => declaredMaskOf(environment, kernel, binding)));
  masks.set(binding.revision, { groups, text });
  return text;
}
