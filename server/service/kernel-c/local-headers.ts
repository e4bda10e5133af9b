import { NO_HEADER, readHeader, type Header } from "../../c-source/functions/headers.ts";
import type { ReadOptions } from "../../c-source/functions/c-file.ts";
import { isInside, rootsFor } from "../../documents/roots.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { resolveUri } from "../../policy-language/analysis/uris.ts";
import { isCDocument, type CDocument } from "./c-document.ts";

interface Places {
  readonly uri: string;
  /** For each name that is included, where it may stand: the first that does counts. */
  readonly candidates: readonly (readonly string[])[];
}

const places = new WeakMap<readonly string[], Places>();

/** Where the headers of a C file may stand: next to it, or in the folder above, as those of a module do. */
export function headersFor(uri: string, { includes }: CDocument): readonly (readonly string[])[] {
  // What headers include themselves is not followed.
  if (includes.length === 0 || uri.endsWith(".h")) return [];
  const known = places.get(includes);
  if (known?.uri === uri) return known.candidates;
  const candidates = includes.map((name) => [resolveUri(uri, name), resolveUri(uri, `../${name}`)]);
  places.set(includes, { uri, candidates });
  return candidates;
}

interface ReadAs {
  readonly options: ReadOptions;
  readonly header: Header;
}

const readings = new WeakMap<CDocument, ReadAs>();

function headerOf(document: CDocument, options: ReadOptions, uri: string): Header {
  const known = readings.get(document);
  if (
    known !== undefined &&
    known.options.build === options.build &&
    known.options.wrappers === options.wrappers &&
    known.options.allocators === options.allocators
  )
    return known.header;
  const header = readHeader(document.text, options, uri.slice(uri.lastIndexOf("/") + 1));
  readings.set(document, { options, header });
  return header;
}

/** What the headers of a C file say that were read: each the same object for as long as its text is. */
export function localHeaders(
  workspace: Workspace,
  uri: string,
  document: CDocument,
  options: ReadOptions,
): readonly Header[] {
  const all = headersFor(uri, document);
  if (all.length === 0) return [];
  const roots = rootsFor(workspace.roots, uri);
  return all.flatMap((candidates) => {
    for (const candidate of candidates) {
      const found = isInside(roots, candidate) ? workspace.documents.get(candidate) : undefined;
      if (found === undefined || !isCDocument(found)) continue;
      const header = headerOf(found, options, candidate);
      return header === NO_HEADER ? [] : [header];
    }
    return [];
  });
}
