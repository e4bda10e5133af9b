import { definitionOf, symbolAt, type SymbolSpan } from "../policy-language/names/names.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import { rootsFor } from "../documents/roots.ts";
import { importTarget } from "../policy-language/analysis/uris.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import type { Item, Span, Text } from "../../grammar/ast.ts";
import { wordAtOffset } from "./regions.ts";

/** A stretch of a file of the workspace. */
export interface FileSpan extends Span {
  readonly uri: string;
}

export interface Definition {
  /** What was asked about. */
  readonly origin: Span;
  /** The name in the declaration; the start of the file for an import. */
  readonly target: FileSpan;
  /** The whole declaration. */
  readonly targetRange: FileSpan;
}

/** Where the name, or the imported file, at an offset is declared; null for built-in names and everything else. */
export function definitionAt(workspace: Workspace, uri: string, offset: number): Definition | null {
  const found = symbolAt(workspace, uri, offset);
  if (found === null) return importAt(workspace, uri, offset);
  const declared = definitionOf(workspace, uri, found.symbol);
  if (declared === null) return null;
  const origin = spanOf(workspace, found);
  const target = spanOf(workspace, declared);
  if (origin === null || target === null) return null;
  return { origin, target, targetRange: declarationAround(workspace, declared) ?? target };
}

/** A symbol's place as offsets of its file; null where the file has changed since. */
export function spanOf(workspace: Workspace, span: SymbolSpan): FileSpan | null {
  const start = policyFile(workspace, span.uri)?.starts[span.region];
  return start === undefined ? null : { uri: span.uri, start: start + span.span.start, end: start + span.span.end };
}

function declarationAround(workspace: Workspace, span: SymbolSpan): FileSpan | null {
  const file = policyFile(workspace, span.uri);
  const start = file?.starts[span.region];
  const item = file?.regions[span.region]?.item;
  return start === undefined || item === undefined || item === null
    ? null
    : { uri: span.uri, start: start + item.start, end: start + item.end };
}

function importAt(workspace: Workspace, uri: string, offset: number): Definition | null {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return null;
  const found = wordAtOffset(environment.file, offset);
  const item = found?.placed.region.item;
  if (found === null || (item?.kind !== "import" && item?.kind !== "memory")) return null;
  const target = namedFile(workspace, uri, found.placed.index);
  if (target === null || !workspace.documents.has(target)) return null;
  const span = { uri: target, start: 0, end: 0 };
  return { origin: found.range, target: span, targetRange: span };
}

/**
 * The file of the workspace that a region names, as an import or as the log of a state of memory; it may not have been
 * looked for yet. Null when the region names none, or none that may be opened.
 */
export function namedFile(workspace: Workspace, uri: string, region: number): string | null {
  const item = policyFile(workspace, uri)?.regions[region]?.item;
  const path = item === undefined || item === null ? null : pathIn(item);
  if (path === null || path.value === "") return null;
  const target = importTarget(rootsFor(workspace.roots, uri), uri, path.value);
  return target.kind === "file" && !workspace.missing.has(target.uri) ? target.uri : null;
}

/** The path that stands in an item; null: none does. */
export function pathIn(item: Item): Text | null {
  if (item.kind === "import") return item.path;
  return item.kind === "memory" && item.source?.kind === "from" ? item.source.path : null;
}
