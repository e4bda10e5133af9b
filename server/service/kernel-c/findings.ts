import type { CFinding } from "../../c-source/c-finding.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { Finding } from "../../rules/finding.ts";
import type { Action, Change } from "../actions.ts";
import type { PlacedFinding, PlacedRelated } from "../findings.ts";
import { findingsInC, judgedC } from "./judged.ts";

interface PlacedC extends PlacedFinding {
  readonly found: CFinding;
}

/** The findings of a C file in the order of the text, at most `limit` of them, and how many there are in all. */
export function findingsOfC(
  workspace: Workspace,
  uri: string,
  limit: number,
): { readonly findings: readonly PlacedC[]; readonly total: number } {
  const judged = judgedC(workspace, uri);
  if (judged === null) return { findings: [], total: 0 };
  const { ruleLevels } = workspace.settings;
  const findings: PlacedC[] = [];
  let total = 0;
  for (const found of findingsInC(workspace, judged)) {
    const level = Object.hasOwn(ruleLevels, found.rule) ? ruleLevels[found.rule] : undefined;
    if (level === "off") continue;
    total++;
    if (findings.length < limit)
      findings.push({ found, finding: findingOf(found, uri, level), start: found.start, end: found.end });
  }
  return { findings, total };
}

/** A C file is one region that begins where the file does. */
function findingOf(found: CFinding, uri: string, level: Finding["severity"] | undefined): Finding {
  const { rule, severity, message, tag, start, end, proof, fixes } = found;
  return {
    rule,
    severity: level ?? severity,
    source: "kernel",
    message,
    span: { start, end },
    holds: null,
    related: proof.map((step) => ({
      uri,
      region: 0,
      span: { start: step.start, end: step.end },
      message: step.text,
    })),
    fixes,
    tag,
  };
}

/** The steps of a finding's proof. */
export function relatedInC(_workspace: Workspace, { related }: Finding): readonly PlacedRelated[] {
  return related.map(({ uri, span, message }) => ({ uri, start: span.start, end: span.end, message }));
}

const MOST_FINDINGS = 10_000;

/** What can be done about the findings that meet [start, end): their fixes, and a waiver. */
export function actionsInC(workspace: Workspace, uri: string, start: number, end: number): readonly Action[] {
  const here = findingsOfC(workspace, uri, MOST_FINDINGS).findings.filter(
    (placed) => placed.start <= end && start <= placed.end,
  );
  const text = workspace.documents.get(uri)?.text ?? "";
  return [
    ...here.flatMap((placed) =>
      placed.finding.fixes.map(
        ({ title, preferred, changes }): Action => ({ title, kind: "fix", preferred, changes, findings: [placed] }),
      ),
    ),
    ...here.map(
      (placed): Action => ({
        title: `Waive ${placed.finding.rule} here`,
        kind: "waive",
        preferred: false,
        changes: [waiver(text, placed)],
        findings: [placed],
      }),
    ),
  ];
}

/** A comment on the line before, indented like the line. */
function waiver(text: string, { start, finding }: PlacedC): Change {
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(line, start))?.[0] ?? "";
  return {
    start: line,
    end: line,
    text: `${indent}/* allocpolicy: waive ${finding.rule} because "reason" */\n`,
  };
}
