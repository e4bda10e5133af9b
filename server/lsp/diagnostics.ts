import type { Diagnostic, DiagnosticRelatedInformation, DiagnosticTag } from "vscode-languageserver";
import type { Finding, Severity } from "../rules/finding.ts";
import type { PlacedFinding } from "../service/findings.ts";
import { ruleUrl } from "../rules/rule-page.ts";
import type { FileTable } from "./file-table.ts";
import type { KnownDocument } from "./session.ts";

/** The most that one file's answer holds; a last one says how many more there are. */
const MOST_DIAGNOSTICS = 1000;
const MOST_RELATED = 10;

const NOTHING = { findings: [], total: 0 };

const SOURCE = "allocpolicy";

/** What the client can show. */
export interface DiagnosticAbilities {
  readonly relatedInformation: boolean;
  readonly tags: boolean;
  readonly codeDescription: boolean;
  readonly data: boolean;
}

export interface Report {
  readonly items: Diagnostic[];
  /** Equal for equal items. */
  readonly resultId: string;
}

/** All diagnostics of a document; none where its kind finds nothing. */
export function reportOf(known: KnownDocument, files: FileTable, abilities: DiagnosticAbilities): Report {
  const { findings, total } = known.kind.answers.findings?.(known.workspace, known.key, MOST_DIAGNOSTICS) ?? NOTHING;
  const items = findings.map((placed) => diagnosticOf(placed, known, files, abilities));
  const last = items[items.length - 1];
  if (total > findings.length && last !== undefined) {
    items[items.length - 1] = {
      range: last.range,
      severity: SEVERITY.information,
      source: SOURCE,
      message: `${total - findings.length + 1} more findings in this file are not shown.`,
    };
  }
  return { items, resultId: hash(items.length === 0 ? "" : JSON.stringify(items)) };
}

/** One finding as the protocol has it. */
export function diagnosticOf(
  placed: PlacedFinding,
  { workspace, document, kind }: KnownDocument,
  files: FileTable,
  abilities: DiagnosticAbilities,
): Diagnostic {
  const { finding } = placed;
  const diagnostic: Diagnostic = {
    range: files.rangeIn(document, placed.start, placed.end),
    severity: SEVERITY[finding.severity],
    code: finding.rule,
    source: SOURCE,
    message: finding.message,
  };
  if (abilities.codeDescription) diagnostic.codeDescription = { href: ruleUrl(finding.rule) };
  if (abilities.relatedInformation && finding.related.length > 0) {
    const related = (kind.answers.related?.(workspace, finding) ?? []).slice(0, MOST_RELATED);
    if (related.length > 0) {
      diagnostic.relatedInformation = related.map(
        (each): DiagnosticRelatedInformation => ({
          location: { uri: files.clientUri(each.uri), range: files.range(workspace, each.uri, each.start, each.end) },
          message: each.message,
        }),
      );
    }
  }
  if (abilities.tags && finding.tag !== null) diagnostic.tags = [TAG[finding.tag]];
  if (abilities.data && finding.fixes.length > 0) diagnostic.data = { fixes: finding.fixes.length };
  return diagnostic;
}

// The numbers are the protocol's DiagnosticSeverity and DiagnosticTag.
const SEVERITY = { error: 1, warning: 2, information: 3, hint: 4 } as const satisfies Record<Severity, 1 | 2 | 3 | 4>;
const TAG: Readonly<Record<NonNullable<Finding["tag"]>, DiagnosticTag>> = { unnecessary: 1, deprecated: 2 };

/** A 53-bit hash in hexadecimal (FNV-1a in two lanes): to tell texts apart, not to keep secrets. */
function hash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return (low >>> 0).toString(16) + (high >>> 0).toString(16);
}
