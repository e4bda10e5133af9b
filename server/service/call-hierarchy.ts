import type { Declaration, Name, RequestDeclaration, Span } from "../../grammar/ast.ts";
import type { Workspace } from "../documents/workspace.ts";
import type { Binding, Environment } from "../policy-language/analysis/environment.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import type { FileSpan } from "./definition.ts";
import { referencesAt } from "./references.ts";
import { regionAt, wordAtOffset } from "./regions.ts";

/** A request, as a call hierarchy shows it. */
export interface HierarchyItem {
  readonly uri: string;
  readonly name: string;
  /** Its function. */
  readonly detail: string;
  readonly range: Span;
  readonly nameRange: Span;
}

/** A request that leads to another, or that another leads to, and where that is written. */
export interface HierarchyCall {
  readonly item: HierarchyItem;
  /** In the file of the request that leads on. */
  readonly from: readonly Span[];
}

/** The request that an offset names, at its declaration or where it is used; null for anything else. */
export function hierarchyItemAt(workspace: Workspace, uri: string, offset: number): HierarchyItem | null {
  const environment = environmentOf(workspace, uri);
  const found = environment === null ? null : wordAtOffset(environment.file, offset);
  if (environment === null || found === null) return null;
  const { word } = found;
  if (word.role !== "declared" && word.role !== "reference") return null;
  const binding = environment.lookup("subject", word.text);
  return binding === null ? null : itemOf(environment, binding);
}

/** Where a request leads: its `fallback`, and the request that it is `like`. `nameOffset`: in its name. */
export function outgoingCalls(workspace: Workspace, uri: string, nameOffset: number): readonly HierarchyCall[] {
  const environment = environmentOf(workspace, uri);
  const request = requestAt(workspace, uri, nameOffset);
  if (environment === null || request === null) return [];
  return linksOf(request.declaration).flatMap((name) => {
    const binding = environment.lookup("subject", name.text);
    const item = binding === null ? null : itemOf(environment, binding);
    return item === null ? [] : [{ item, from: [moved(name, request.start)] }];
  });
}

/** The requests that lead to this one. */
export function incomingCalls(workspace: Workspace, uri: string, nameOffset: number): readonly HierarchyCall[] {
  const calls = new Map<string, { readonly item: HierarchyItem; readonly from: Span[] }>();
  for (const use of referencesAt(workspace, uri, nameOffset)) {
    const request = use.declares ? null : requestAt(workspace, use.uri, use.start);
    const environment = environmentOf(workspace, use.uri);
    if (request === null || environment === null || !leads(request, use)) continue;
    const binding = environment.bindingAt(request.index);
    const item = binding === null ? null : itemOf(environment, binding);
    if (item === null) continue;
    const key = `${item.uri} ${item.nameRange.start}`;
    const known = calls.get(key) ?? { item, from: [] };
    known.from.push({ start: use.start, end: use.end });
    calls.set(key, known);
  }
  return [...calls.values()];
}

interface PlacedRequest {
  readonly declaration: RequestDeclaration;
  readonly index: number;
  readonly start: number;
}

function requestAt(workspace: Workspace, uri: string, offset: number): PlacedRequest | null {
  const file = policyFile(workspace, uri);
  const placed = file === undefined ? null : regionAt(file, offset);
  const item = placed?.region.item;
  return placed !== null && item?.kind === "request"
    ? { declaration: item, index: placed.index, start: placed.start }
    : null;
}

/** The names of other requests that a request goes on with. */
function linksOf({ like, properties }: RequestDeclaration): readonly Name[] {
  const fallbacks = properties.flatMap((property) =>
    property.kind === "fallback" && property.request !== null ? [property.request] : [],
  );
  return like === null ? fallbacks : [...fallbacks, like];
}

const leads = ({ declaration, start }: PlacedRequest, use: FileSpan): boolean =>
  linksOf(declaration).some((name) => start + name.start === use.start);

function itemOf(environment: Environment, binding: Binding): HierarchyItem | null {
  const { declaration, uri } = binding;
  const start = environment.placeOf(binding)?.start;
  if (declaration.kind !== "request" || declaration.name === null || start === undefined) return null;
  return {
    uri,
    name: declaration.name.text,
    detail: apiOf(declaration),
    range: moved(declaration, start),
    nameRange: moved(declaration.name, start),
  };
}

function apiOf(declaration: Extract<Declaration, { readonly kind: "request" }>): string {
  for (const property of declaration.properties)
    if (property.kind === "api" && property.api !== null) return property.api.text;
  return declaration.like === null ? "" : `like ${declaration.like.text}`;
}

const moved = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by });
