import type { Finding, RelatedSpan } from "../rules/finding.ts";
import type { Revision } from "./environment.ts";
import type { FileAnalysis, RegionFindings } from "./file-analysis.ts";

/** Where the region of a revision stands now; null where it is gone. */
export type RegionOf = (uri: string, revision: Revision) => number | null;

/** Related places get the index that their region has now; where none moved, the same findings serve again. */
export function published(known: RegionFindings, own: number, regionOf: RegionOf, ownUri: string): readonly Finding[] {
  const findings = known.unplaced.map(
    (finding): Finding => ({
      ...finding,
      related: finding.related.flatMap(({ revision, uri, span, message }): readonly RelatedSpan[] => {
        const region = revision === null ? own : regionOf(uri, revision);
        return region === null ? [] : [{ uri: revision === null ? ownUri : uri, region, span, message }];
      }),
    }),
  );
  const same =
    known.published.length === findings.length &&
    known.published.every((before, i) => {
      const now = findings[i];
      return (
        now !== undefined &&
        before.related.length === now.related.length &&
        before.related.every((span, j) => span.region === now.related[j]?.region)
      );
    });
  if (!same) known.published = findings;
  return known.published;
}

/** Finds the region of a revision; the table of a file is made when the first one is asked for. */
export function regionsOf(analysis: FileAnalysis): RegionOf {
  const tables = new Map<string, ReadonlyMap<Revision, number>>();
  return (uri, revision) => {
    let table = tables.get(uri);
    if (table === undefined) {
      const file = analysis.files.find((candidate) => candidate.uri === uri);
      table = new Map(file?.revisions.map((own, region) => [own, region]));
      tables.set(uri, table);
    }
    return table.get(revision) ?? null;
  };
}
