import type { Declaration, Fact, Item, Name } from "../../../grammar/ast.ts";
import { policyFile, policyFiles } from "../analysis/policy-files.ts";
import type { Region, SourceFile } from "../../../grammar/source-file.ts";
import type { Binding, Environment, NameSpace } from "../analysis/environment.ts";
import type { Span } from "../../rules/finding.ts";
import { eachMaskName, namesOf, spacesOf } from "../analysis/region-names.ts";
import { resolveRequest } from "../requests/requests.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { environmentOf } from "../analysis/file-analysis.ts";

/** What a name in the text is. */
export type PolicySymbol =
  | { readonly kind: "declared"; readonly space: NameSpace; readonly name: string }
  /** A parameter of the transform or allocator in that region. */
  | { readonly kind: "parameter"; readonly region: number; readonly name: string }
  /** A mode or stage of a policy, by the policy's name. */
  | { readonly kind: "mode"; readonly policy: string; readonly name: string };

export interface SymbolSpan {
  readonly uri: string;
  /** Index of the region in that file. */
  readonly region: number;
  readonly span: Span;
  /** It is the declaration, not a use. */
  readonly declares: boolean;
}

/**
 * The declared symbol whose name stands at an offset of the file (either edge included); null: none, or a built-in
 * name.
 */
export function symbolAt(
  workspace: Workspace,
  uri: string,
  offset: number,
): (SymbolSpan & { readonly symbol: PolicySymbol }) | null {
  const file = policyFile(workspace, uri);
  const environment = environmentOf(workspace, uri);
  if (file === undefined || environment === null) return null;
  // At the seam of two regions the name may be the end of the first.
  for (const region of regionsAt(file, offset)) {
    const at = offset - (file.starts[region] ?? 0);
    for (const { symbol, span, declares } of symbolsIn(environment, file, region)) {
      if (span.start <= at && at <= span.end)
        return { uri, region, span: { start: span.start, end: span.end }, declares, symbol };
    }
  }
  return null;
}

/** Where the symbol, seen from a file, is declared. */
export function definitionOf(workspace: Workspace, uri: string, symbol: PolicySymbol): SymbolSpan | null {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return null;
  switch (symbol.kind) {
    case "declared": {
      const binding = environment.lookup(symbol.space, symbol.name);
      const name = binding?.declaration.name ?? null;
      return binding === null || name === null ? null : declarationSpan(environment, binding, name);
    }
    case "parameter": {
      const item = environment.file.regions[symbol.region]?.item;
      const parameter = parametersIn(item ?? null).find(({ text }) => text === symbol.name);
      return parameter === undefined ? null : { uri, region: symbol.region, span: spanOf(parameter), declares: true };
    }
    case "mode": {
      const policy = environment.lookup("subject", symbol.policy);
      const name = policy === null ? null : modeNames(policy.declaration).find((mode) => mode.text === symbol.name);
      return policy === null || name === null || name === undefined ? null : declarationSpan(environment, policy, name);
    }
  }
}

function declarationSpan(environment: Environment, binding: Binding, name: Span): SymbolSpan | null {
  const place = environment.placeOf(binding);
  return place === null ? null : { uri: binding.uri, region: place.index, span: spanOf(name), declares: true };
}

/**
 * All its uses and its declaration, in every file of the workspace that sees the same declaration: by uri, and within a
 * file in the order of the text, whatever was opened or read first.
 */
export function referencesOf(workspace: Workspace, uri: string, symbol: PolicySymbol): readonly SymbolSpan[] {
  const definition = definitionOf(workspace, uri, symbol);
  if (definition === null) return [];
  const found: SymbolSpan[] = [];
  for (const [other, file] of policyFiles(workspace)) {
    if (symbol.kind === "parameter" && other !== uri) continue;
    const environment = environmentOf(workspace, other);
    if (environment === null || !seesSame(workspace, other, symbol, definition)) continue;
    file.regions.forEach((region, index) => {
      if (!mayHold(region, symbol)) return;
      for (const use of symbolsIn(environment, file, index)) {
        if (isSame(environment, use.symbol, symbol))
          found.push({ uri: other, region: index, span: spanOf(use.span), declares: use.declares });
      }
    });
  }
  return found.sort(
    (a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0) || a.region - b.region || a.span.start - b.span.start,
  );
}

function seesSame(workspace: Workspace, uri: string, symbol: PolicySymbol, definition: SymbolSpan): boolean {
  const seen = definitionOf(workspace, uri, symbol);
  return seen !== null && seen.uri === definition.uri && seen.region === definition.region;
}

/** Cheap: a region without the word holds no use of it. */
function mayHold(region: Region, symbol: PolicySymbol): boolean {
  return region.kind !== null && region.text.includes(symbol.name);
}

/** A transform is one symbol, whether it is called in a mask or spoken of in an expectation. */
function isSame(environment: Environment, use: PolicySymbol, symbol: PolicySymbol): boolean {
  if (use.kind !== symbol.kind || use.name !== symbol.name) return false;
  if (use.kind === "parameter" && symbol.kind === "parameter") return use.region === symbol.region;
  if (use.kind === "mode" && symbol.kind === "mode") return use.policy === symbol.policy;
  if (use.kind !== "declared" || symbol.kind !== "declared") return false;
  if (use.space === symbol.space) return true;
  return environment.lookup(use.space, use.name)?.revision === environment.lookup(symbol.space, symbol.name)?.revision;
}

function spanOf(name: Span): Span {
  return { start: name.start, end: name.end };
}

function regionsAt(file: SourceFile, offset: number): readonly number[] {
  let low = 0;
  let high = file.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((file.starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const region = low - 1;
  return region < 0 ? [] : region > 0 && file.starts[region] === offset ? [region, region - 1] : [region];
}

interface SymbolUse {
  readonly symbol: PolicySymbol;
  readonly span: Span;
  readonly declares: boolean;
}

/** The declared symbols in a region, in no order. */
function symbolsIn(environment: Environment, file: SourceFile, index: number): readonly SymbolUse[] {
  const region = file.regions[index];
  const item = region?.item ?? null;
  if (region === undefined || item === null) return [];
  const names = namesOf(region);
  const found: SymbolUse[] = [];
  const space = spacesOf(item.kind)[0];
  if (names.declares !== null && space !== undefined)
    found.push({
      symbol: { kind: "declared", space, name: names.declares.text },
      span: names.declares,
      declares: true,
    });
  for (const use of names.uses) {
    const binding = environment.lookup(use.space, use.name.text);
    if (binding !== null)
      found.push({
        symbol: { kind: "declared", space: spacesOf(binding.declaration.kind)[0] ?? use.space, name: use.name.text },
        span: use.name,
        declares: false,
      });
  }
  for (const parameter of parametersIn(item)) {
    const symbol: PolicySymbol = { kind: "parameter", region: index, name: parameter.text };
    found.push({ symbol, span: parameter, declares: true });
    for (const mask of item.kind === "transform" ? [item.body] : item.kind === "allocator" ? item.arguments : [])
      eachMaskName(mask, (role, name) => {
        if (role === "alias" && name.text === parameter.text) found.push({ symbol, span: name, declares: false });
      });
  }
  if (item.kind === "policy" && item.name !== null) {
    for (const mode of modeNames(item))
      found.push({ symbol: { kind: "mode", policy: item.name.text, name: mode.text }, span: mode, declares: true });
  }
  for (const fact of factsOf(item)) {
    if (fact.name.text !== "mode" || fact.value === null || "value" in fact.value) continue;
    const policy = policyWithMode(environment, item, fact.value.text);
    if (policy !== null)
      found.push({ symbol: { kind: "mode", policy, name: fact.value.text }, span: fact.value, declares: false });
  }
  return found;
}

/** The parameters of a transform or an allocator, each name once. */
function parametersIn(item: Item | null): readonly Name[] {
  if (item?.kind === "transform") return item.parameter === null ? [] : [item.parameter];
  if (item?.kind !== "allocator") return [];
  return item.parameters.filter(({ text }, at, all) => all.findIndex((one) => one.text === text) === at);
}

function factsOf(item: Item): readonly Fact[] {
  if (item.kind === "request")
    return item.properties.flatMap((property) => (property.kind === "expect" ? property.facts : []));
  return item.kind === "expect" && item.form?.kind === "facts" ? item.form.facts : [];
}

/** The names of a policy's modes and stages. */
function modeNames(declaration: Declaration): readonly Name[] {
  if (declaration.kind !== "policy") return [];
  return declaration.clauses.flatMap((clause) =>
    (clause.kind === "mode" || clause.kind === "stage") && clause.name !== null ? [clause.name] : [],
  );
}

/** The policy of the request that has a mode of this name. */
function policyWithMode(environment: Environment, item: Item, mode: string): string | null {
  const subject =
    item.kind === "expect" && item.name !== null ? environment.lookup("subject", item.name.text)?.declaration : item;
  if (subject?.kind !== "request") return null;
  for (const { declaration } of resolveRequest(environment, subject).policies) {
    if (declaration.name !== null && modeNames(declaration).some((name) => name.text === mode))
      return declaration.name.text;
  }
  return null;
}
