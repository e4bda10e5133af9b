import type { Diagnostic, DiagnosticRelatedInformation, DiagnosticTag, Range } from "vscode-languageserver";
import type { Finding, Severity } from "../rules/finding.ts";
import type { FindingLimits, Findings, PlacedFinding } from "../service/findings.ts";
import { ruleUrl } from "../rules/rule-page.ts";
import type { FileTable } from "./file-table.ts";
import { RunTexts, type Elsewhere } from "./run-texts.ts";
import type { KnownDocument, Session } from "./session.ts";
import { inParts, type Part } from "./written.ts";

/** The most that one file's answer holds; a last one says how many more there are. */
const MOST_DIAGNOSTICS = 1000;
const MOST_RELATED = 10;

const NOTHING: Findings = { runs: [], total: 0 };

/** So long may findings be made in one go, before others have their turn. */
const SLICE_MS = 8;
/** What takes more slices takes long. */
const MANY_SLICES = 8;

const SOURCE = "allocpolicy";

/** What the client can show. */
export interface DiagnosticAbilities {
  readonly relatedInformation: boolean;
  readonly tags: boolean;
  /** The folder of the pages that findings link to, as a uri with its slash. */
  readonly rulePages: string;
  readonly data: boolean;
}

export interface Report {
  /** The diagnostics in JSON. */
  readonly parts: readonly Part[];
  /** Equal for equal diagnostics; those of a part are called so. */
  readonly resultId: string;
  /** There is more than it says, or may be: the client is to ask again. */
  readonly isPart: boolean;
}

/** How many findings are sent of a document that was not looked at whole, those around the last edit. */
const MOST_IN_PART = 200;
const LIMITS: FindingLimits = { whole: MOST_DIAGNOSTICS, part: MOST_IN_PART };

/** The reports of a session's documents. */
export class Reports {
  readonly #session: Session;
  readonly #texts: RunTexts<Finding>;
  readonly #last = new Map<string, Report>();
  #results = 0;

  constructor(session: Session, abilities: () => DiagnosticAbilities) {
    const { files } = session;
    this.#session = session;
    this.#texts = new RunTexts(
      files,
      (findings, rangeOf, known) =>
        findings.map((finding) =>
          diagnosticAt(finding, rangeOf(finding.span.start, finding.span.end), known, files, abilities()),
        ),
      (findings, known) =>
        abilities().relatedInformation && findings.some(({ related }) => related.length > 0)
          ? elsewhereOf(findings, known)
          : null,
    );
  }

  /** All diagnostics of a document; none where its kind finds nothing. */
  whole(known: KnownDocument): Report {
    return this.#wholeOf(known, known.kind.answers.findings?.(known.workspace, known.key, MOST_DIAGNOSTICS) ?? NOTHING);
  }

  #wholeOf(known: KnownDocument, { runs, total }: Findings): Report {
    const count = runs.reduce((sum, { items }) => sum + items.length, 0);
    if (total <= count) return this.#named(known.key, this.#texts.of(known, runs), false);
    const shown = runs.slice(0, -1);
    const last = runs.at(-1) ?? { start: 0, items: [] };
    const { start, end } = last.items.at(-1)?.span ?? { start: 0, end: 0 };
    const range = this.#session.files.rangeIn(known.document, last.start + start, last.start + end);
    const texts = this.#texts.of(known, [...shown, { start: last.start, items: last.items.slice(0, -1) }]);
    return this.#named(known.key, [...texts, JSON.stringify(notShown(range, total - count + 1))], false);
  }

  /** What was found so far around the last edit; the whole report where all is found. */
  soFar(known: KnownDocument): Report {
    const around = this.#session.lastEdit(known.key)?.offset ?? 0;
    const found = known.kind.answers.findingsSoFar?.(known.workspace, known.key, around, LIMITS);
    if (found === undefined) return this.whole(known);
    if (found.complete) return this.#wholeOf(known, found);
    return this.#named(known.key, this.#texts.of(known, found.runs), true);
  }

  /** A name for the report: the last one where nothing is different. */
  #named(key: string, texts: readonly string[], isPart: boolean): Report {
    const last = this.#last.get(key);
    const parts = inParts(texts, last?.parts);
    if (last !== undefined && last.isPart === isPart && isSame(last.parts, parts)) return last;
    this.#results += 1;
    const report = { parts, resultId: `${isPart ? "part-" : ""}${this.#results}`, isPart };
    this.#last.set(key, report);
    return report;
  }
}

function isSame(one: readonly Part[], other: readonly Part[]): boolean {
  return one.length === other.length && one.every((part, i) => part === other[i]);
}

/** What is related to findings, where it stands now. */
function elsewhereOf(findings: readonly Finding[], { workspace, kind }: KnownDocument): readonly Elsewhere[] {
  const places: Elsewhere[] = [];
  for (const finding of findings) {
    if (finding.related.length === 0) continue;
    for (const { uri, start, end } of kind.answers.related?.(workspace, finding) ?? []) {
      const document = workspace.documents.get(uri);
      if (document !== undefined) places.push({ document, start, end });
    }
  }
  return places;
}

function notShown(range: Range, count: number): Diagnostic {
  return {
    range,
    severity: SEVERITY.information,
    source: SOURCE,
    message: `${count} more findings in this file are not shown.`,
  };
}

/** Makes findings of a document for so long at most; whether there are none left to be made. */
export function makeFindings(known: KnownDocument, session: Session, milliseconds: number): boolean {
  const end = Date.now() + milliseconds;
  const around = session.lastEdit(known.key)?.offset ?? 0;
  return known.kind.answers.makeFindings?.(known.workspace, known.key, around, () => Date.now() >= end) ?? true;
}

/** The same in slices, between which others have their turn, until all are made or the document is gone. */
export async function makeAllFindings(key: string, session: Session, isCancelled: () => boolean): Promise<void> {
  for (let slices = 1; ; slices += 1) {
    const known = session.find(key);
    if (known === null || isCancelled() || makeFindings(known, session, SLICE_MS)) return;
    if (slices === MANY_SLICES) session.worksLong();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Does for so long what the next edit of the document begins with; whether nothing is left of it. */
export function workAhead(key: string, session: Session, milliseconds: number): boolean {
  const known = session.find(key);
  const end = Date.now() + milliseconds;
  return known?.kind.answers.workAhead?.(known.workspace, key, () => Date.now() >= end) ?? true;
}

/** One finding as the protocol has it. */
export function diagnosticOf(
  { finding, start, end }: PlacedFinding,
  known: KnownDocument,
  files: FileTable,
  abilities: DiagnosticAbilities,
): Diagnostic {
  return diagnosticAt(finding, files.rangeIn(known.document, start, end), known, files, abilities);
}

function diagnosticAt(
  finding: Finding,
  range: Range,
  known: KnownDocument,
  files: FileTable,
  abilities: DiagnosticAbilities,
): Diagnostic {
  const diagnostic: Diagnostic = {
    range,
    severity: SEVERITY[finding.severity],
    code: finding.rule,
    source: SOURCE,
    message: finding.message,
    // Editors that do not know the field pass it over; several that can show it do not say so.
    codeDescription: { href: ruleUrl(finding.rule, abilities.rulePages) },
  };
  if (abilities.relatedInformation && finding.related.length > 0) {
    const related = relatedTo(finding, known, files);
    if (related.length > 0) diagnostic.relatedInformation = related;
  }
  if (abilities.tags && finding.tag !== null) diagnostic.tags = [TAG[finding.tag]];
  if (abilities.data && finding.fixes.length > 0) diagnostic.data = { fixes: finding.fixes.length };
  return diagnostic;
}

function relatedTo(
  finding: Finding,
  { workspace, kind }: KnownDocument,
  files: FileTable,
): DiagnosticRelatedInformation[] {
  return (kind.answers.related?.(workspace, finding) ?? [])
    .slice(0, MOST_RELATED)
    .map(({ uri, start, end, message }) => ({
      location: { uri: files.clientUri(uri), range: files.range(workspace, uri, start, end) },
      message,
    }));
}

// The numbers are the protocol's DiagnosticSeverity and DiagnosticTag.
const SEVERITY = { error: 1, warning: 2, information: 3, hint: 4 } as const satisfies Record<Severity, 1 | 2 | 3 | 4>;
const TAG: Readonly<Record<NonNullable<Finding["tag"]>, DiagnosticTag>> = { unnecessary: 1, deprecated: 2 };
