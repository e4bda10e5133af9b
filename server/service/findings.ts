import type { Workspace } from "../documents/workspace.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import { check } from "../policy-language/check/check.ts";
import type { Finding } from "../rules/finding.ts";

/** A finding with its place in the document. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly start: number;
  readonly end: number;
}

/** A finding in a policy file. */
export interface RegionFinding extends PlacedFinding {
  readonly region: number;
  /** Where the region starts: what the finding's own offsets are relative to. */
  readonly regionStart: number;
}

export interface PlacedRelated {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** The findings of a file in the order of the text, at most `limit` of them, and how many there are in all. */
export function findingsOf(
  workspace: Workspace,
  uri: string,
  limit: number,
): { readonly findings: readonly RegionFinding[]; readonly total: number } {
  const file = policyFile(workspace, uri);
  if (file === undefined) return { findings: [], total: 0 };
  const findings: RegionFinding[] = [];
  let total = 0;
  check(workspace, uri).regions.forEach((list, region) => {
    total += list.length;
    const start = file.starts[region];
    if (list.length === 0 || start === undefined) return;
    for (const finding of list) {
      if (findings.length < limit)
        findings.push({
          finding,
          region,
          regionStart: start,
          start: start + finding.span.start,
          end: start + finding.span.end,
        });
    }
  });
  return { findings, total };
}

/** The related places of a finding that still exist, as offsets of their files. */
export function relatedOf(workspace: Workspace, finding: Finding): readonly PlacedRelated[] {
  return finding.related.flatMap((related) => {
    const start = policyFile(workspace, related.uri)?.starts[related.region];
    return start === undefined
      ? []
      : [
          {
            uri: related.uri,
            start: start + related.span.start,
            end: start + related.span.end,
            message: related.message,
          },
        ];
  });
}
