import { linesOf, offsetAt, type Lines } from "../../../grammar/lines.ts";
import type { FileReport, ReportedFinding } from "../report.ts";

/** By what a finding is known again when lines have moved: its rule, what it stands in, and the marked text. */
export interface Fingerprint {
  readonly rule: string;
  readonly declaration: string | null;
  /** The marked text, of C the call. White space between words counts as one blank. */
  readonly text: string;
}

/** Of each finding of a file, in their order. */
export function fingerprintsOf({ text, findings }: Pick<FileReport, "text" | "findings">): readonly Fingerprint[] {
  if (findings.length === 0) return [];
  const lines = linesOf(text);
  return findings.map((finding) => fingerprintOf(finding, text, lines));
}

function fingerprintOf({ rule, declaration, range, call }: ReportedFinding, text: string, lines: Lines): Fingerprint {
  if (call !== undefined) return { rule, declaration, text: call };
  const marked = text.slice(offsetAt(lines, range.start, text), offsetAt(lines, range.end, text));
  return { rule, declaration, text: marked.replace(/\s+/g, " ").trim() };
}

/** As a key: equal fingerprints have equal ones. */
export function keyOf({ rule, declaration, text }: Fingerprint): string {
  return JSON.stringify([rule, declaration, text]);
}
