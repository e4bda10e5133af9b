import type { Finding, RelatedSpan } from "../../rules/finding.ts";
import type { Environment } from "../analysis/environment.ts";
import type { RegionFindings } from "../analysis/analysed-file.ts";

/** Related places get the index that their region has now; where none moved, the same findings serve again. */
export function published(
  known: RegionFindings,
  own: number,
  environment: Environment,
  ownUri: string,
): readonly Finding[] {
  const findings = known.unplaced.map(
    (finding): Finding => ({
      ...finding,
      related: finding.related.flatMap(({ revision, uri, span, message }): readonly RelatedSpan[] => {
        const region = revision === null ? own : (environment.placeOf({ uri, revision })?.index ?? null);
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
