import type { CFinding } from "../../c-source/c-finding.ts";
import { waive, type WaiverFinding } from "../../c-source/waivers.ts";
import type { Settings } from "../../documents/settings.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { rulePage } from "../../policy-language/catalogue.ts";
import type { Finding } from "../../rules/finding.ts";
import type { Action, Change } from "../actions.ts";
import type { PlacedFinding, PlacedRelated } from "../findings.ts";
import { findingsInC, judgedC } from "./judged.ts";
import { policyFindingsInC } from "./policies.ts";

/** The findings of a C file in the order of the text, at most `limit` of them, and how many there are in all. */
export function findingsOfC(
  workspace: Workspace,
  uri: string,
  limit: number,
): { readonly findings: readonly PlacedFinding[]; readonly total: number } {
  const judged = judgedC(workspace, uri);
  if (judged === null) return { findings: [], total: 0 };
  const { findings, wrong } = waive(judged.document.text, findingsInC(workspace, judged), { isRule, isAll: false });
  const all = [
    ...findings.map((found) => placedFinding(findingOf(found, uri))),
    ...wrong.map((found) => placedFinding(waiverFinding(found))),
    ...policyFindingsInC(workspace, judged),
  ];
  const { ruleLevels } = workspace.settings;
  const shown = all.flatMap((placed) => atLevel(placed, ruleLevels)).sort((a, b) => a.start - b.start);
  return { findings: shown.slice(0, limit), total: shown.length };
}

const isRule = (id: string): boolean => rulePage(id) !== null;

const placedFinding = (finding: Finding): PlacedFinding => ({ finding, ...finding.span });

/** With the severity that the settings want; nothing where they want none. */
function atLevel({ finding, ...place }: PlacedFinding, levels: Settings["ruleLevels"]): readonly PlacedFinding[] {
  const level = Object.hasOwn(levels, finding.rule) ? levels[finding.rule] : undefined;
  if (level === "off") return [];
  return [{ ...place, finding: level === undefined ? finding : { ...finding, severity: level } }];
}

function waiverFinding({ rule, severity, message, start, end }: WaiverFinding): Finding {
  return {
    rule,
    severity,
    source: "language",
    message,
    span: { start, end },
    holds: null,
    related: [],
    fixes: [],
    tag: null,
  };
}

/** A C file is one region that begins where the file does. */
function findingOf(found: CFinding, uri: string): Finding {
  const { rule, severity, message, tag, start, end, proof, fixes } = found;
  return {
    rule,
    severity,
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
    ...here
      .filter(({ finding }) => finding.source === "kernel")
      .map(
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
function waiver(text: string, { start, finding }: PlacedFinding): Change {
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(line, start))?.[0] ?? "";
  return {
    start: line,
    end: line,
    text: `${indent}/* allocpolicy: waive ${finding.rule} because "reason" */\n`,
  };
}
