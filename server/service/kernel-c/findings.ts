import type { CFinding } from "../../c-source/c-finding.ts";
import { waive, type WaiverFinding } from "../../c-source/judge/waivers.ts";
import type { Settings } from "../../documents/settings.ts";
import type { Workspace } from "../../documents/workspace.ts";
import { rulePage } from "../../policy-language/catalogue.ts";
import type { Finding } from "../../rules/finding.ts";
import type { Action, Change } from "../actions.ts";
import type { Findings, PlacedFinding, PlacedRelated } from "../findings.ts";
import { findingsInC, judgedC } from "./judged.ts";
import { policyFindingsInC } from "./policies.ts";

/** The findings of a C file, at most `limit` of them, and how many there are in all. */
export function findingsOfC(workspace: Workspace, uri: string, limit: number): Findings {
  const all = allFindings(workspace, uri);
  return { runs: [{ start: 0, items: all.slice(0, limit) }], total: all.length };
}

/** In the order of the text, with offsets of the file. */
function allFindings(workspace: Workspace, uri: string): readonly Finding[] {
  const judged = judgedC(workspace, uri);
  if (judged === null) return [];
  const { findings, wrong } = waive(judged.document.text, findingsInC(workspace, judged), { isRule, isAll: false });
  const all = [
    ...findings.map((found) => findingOf(found, uri)),
    ...wrong.map(waiverFinding),
    ...policyFindingsInC(workspace, judged),
  ];
  const { ruleLevels } = workspace.settings;
  return all.flatMap((finding) => atLevel(finding, ruleLevels)).sort((a, b) => a.span.start - b.span.start);
}

const isRule = (id: string): boolean => rulePage(id) !== null;

/** With the severity that the settings want; nothing where they want none. */
function atLevel(finding: Finding, levels: Settings["ruleLevels"]): readonly Finding[] {
  const level = Object.hasOwn(levels, finding.rule) ? levels[finding.rule] : undefined;
  if (level === "off") return [];
  return [level === undefined ? finding : { ...finding, severity: level }];
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
  const here = allFindings(workspace, uri)
    .slice(0, MOST_FINDINGS)
    .filter(({ span }) => span.start <= end && start <= span.end)
    .map((finding): PlacedFinding => ({ finding, ...finding.span }));
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

/** A comment on the line before, indented like the line: it waives nothing before somebody writes why. */
function waiver(text: string, { start, finding }: PlacedFinding): Change {
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(line, start))?.[0] ?? "";
  return {
    start: line,
    end: line,
    text: `${indent}/* allocpolicy: waive ${finding.rule} because "" */\n`,
  };
}
