import type { Declaration, Span } from "../../grammar/ast.ts";
import type { Region, SourceFile } from "../../grammar/source-file.ts";
import { kept, runsOf, type Asked, type Run } from "./runs.ts";

export type FileSymbolKind = Exclude<Declaration["kind"], "expect"> | "mode" | "stage" | "zone" | "node";

export interface FileSymbol {
  readonly name: string;
  /** A short addition: a request's API, a policy's APIs. */
  readonly detail: string;
  readonly kind: FileSymbolKind;
  /** The whole declaration, and its name; offsets in its run. */
  readonly range: Span;
  readonly nameRange: Span;
  readonly children: readonly FileSymbol[];
}

/** The declarations of a file, those at the top level counted; expectations speak about others and are left out. */
export function symbolsOf(file: SourceFile, asked: Asked): readonly Run<FileSymbol>[] {
  return runsOf(file, asked, symbolsIn);
}

const symbolsIn = kept((region: Region): readonly FileSymbol[] => {
  if (region.name === null || region.kind === "expect") return [];
  const { item } = region;
  if (item === null || item.kind === "kernel" || item.kind === "config" || item.kind === "import") return [];
  return item.kind === "expect" || item.name === null ? [] : [symbolOf(item, item.name)];
});

/** Whether a symbol matches what was typed into a symbol search: its letters in order, in any case. */
export function matches(name: string, query: string): boolean {
  let at = 0;
  const wanted = query.toLowerCase();
  for (const char of name.toLowerCase()) if (char === wanted[at]) at += 1;
  return at === wanted.length;
}

function symbolOf(item: Exclude<Declaration, { kind: "expect" }>, name: Span & { readonly text: string }): FileSymbol {
  return {
    name: name.text,
    detail: detailOf(item),
    kind: item.kind,
    range: spanOf(item),
    nameRange: spanOf(name),
    children: childrenOf(item),
  };
}

function detailOf(item: Exclude<Declaration, { kind: "expect" }>): string {
  switch (item.kind) {
    case "request": {
      for (const property of item.properties)
        if (property.kind === "api" && property.api !== null) return property.api.text;
      return item.like === null ? "" : `like ${item.like.text}`;
    }
    case "policy":
      return item.apis.map((api) => api.text).join(", ");
    case "transform":
      return item.parameter === null ? "" : `(${item.parameter.text})`;
    case "allocator":
      return item.callee === null ? "" : item.callee.text;
    case "context":
      return item.items
        .flatMap((each) => (each.kind === "in" && each.context !== null ? [each.context.text] : []))
        .join(", ");
    case "scope":
    case "flags":
    case "flag":
    case "memory":
      return "";
  }
}

function childrenOf(item: Declaration): readonly FileSymbol[] {
  const leaf = (
    name: string,
    kind: FileSymbolKind,
    range: Span,
    nameRange: Span,
    children: readonly FileSymbol[] = [],
  ): FileSymbol => ({
    name,
    detail: "",
    kind,
    range: spanOf(range),
    nameRange: spanOf(nameRange),
    children,
  });
  if (item.kind === "policy") {
    return item.clauses.flatMap((clause) =>
      (clause.kind === "mode" || clause.kind === "stage") && clause.name !== null
        ? [leaf(clause.name.text, clause.kind, clause, clause.name)]
        : [],
    );
  }
  if (item.kind === "memory" && item.source?.kind === "nodes") {
    return item.source.nodes.flatMap((node) => {
      if (node.number === null) return [];
      const zones = node.zones.flatMap((zone) =>
        zone.name === null ? [] : [leaf(zone.name.text, "zone", zone, zone.name)],
      );
      return [leaf(`node ${node.number.text}`, "node", node, node.number, zones)];
    });
  }
  return [];
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
