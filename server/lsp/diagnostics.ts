import type { Diagnostic, DiagnosticRelatedInformation, DiagnosticTag, Range } from "vscode-languageserver";
import type { Finding, Severity } from "../rules/finding.ts";
import type { Findings, PlacedFinding } from "../service/findings.ts";
import { ruleUrl } from "../rules/rule-page.ts";
import type { FileTable } from "./file-table.ts";
import type { KnownDocument, Session } from "./session.ts";

/** The most that one file's answer holds; a last one says how many more there are. */
const MOST_DIAGNOSTICS = 1000;
const MOST_RELATED = 10;

const NOTHING = { findings: [], total: 0 };

/** So long may findings be made in one go, before others have their turn. */
const SLICE_MS = 8;

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
  /** Equal for equal items; those of a part are called so. */
  readonly resultId: string;
  /** There is more than it says, or may be: the client is to ask again. */
  readonly isPart: boolean;
}

/** How many findings are sent while someone types, those around: a few hundred more cost each key milliseconds. */
const MOST_WHILE_TYPING = 200;

/** The reports of a session's documents. */
export class Reports {
  readonly #session: Session;
  readonly #abilities: () => DiagnosticAbilities;
  readonly #last = new Map<string, Report>();
  #results = 0;

  constructor(session: Session, abilities: () => DiagnosticAbilities) {
    this.#session = session;
    this.#abilities = abilities;
  }

  /** All diagnostics of a document; none where its kind finds nothing. */
  whole(known: KnownDocument): Report {
    return this.#wholeOf(known, known.kind.answers.findings?.(known.workspace, known.key, MOST_DIAGNOSTICS) ?? NOTHING);
  }

  #wholeOf(known: KnownDocument, { findings, total }: Findings): Report {
    const items = this.#itemsOf(known, findings);
    const last = items[items.length - 1];
    if (total > findings.length && last !== undefined)
      items[items.length - 1] = notShown(last, total - items.length + 1);
    return this.#named(known.key, items, false);
  }

  /**
   * What was found so far; while someone types the findings around. The whole report where that is all.
   */
  soFar(known: KnownDocument, isTyping: boolean): Report {
    const around = this.#session.lastEdit(known.key)?.offset ?? 0;
    const most = isTyping ? MOST_WHILE_TYPING : MOST_DIAGNOSTICS;
    const found = known.kind.answers.findingsSoFar?.(known.workspace, known.key, around, most);
    if (found === undefined) return this.whole(known);
    if (found.complete && found.total <= most) return this.#wholeOf(known, found);
    if (found.complete && !isTyping) return this.whole(known);
    return this.#named(known.key, this.#itemsOf(known, found.findings), true);
  }

  #itemsOf(known: KnownDocument, findings: readonly PlacedFinding[]): Diagnostic[] {
    const abilities = this.#abilities();
    return findings.map((placed) => keptDiagnosticOf(placed, known, this.#session.files, abilities));
  }

  /** A name for the report: the last one where nothing is different. */
  #named(key: string, items: Diagnostic[], isPart: boolean): Report {
    const last = this.#last.get(key);
    if (last !== undefined && last.isPart === isPart && isSame(last.items, items)) return last;
    this.#results += 1;
    const report = { items, resultId: `${isPart ? "part-" : ""}${this.#results}`, isPart };
    this.#last.set(key, report);
    return report;
  }
}

function isSame(one: readonly Diagnostic[], other: readonly Diagnostic[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i] || isSameNote(item, other[i]));
}

/** The one item that no finding stands for is made anew each time. */
function isSameNote(one: Diagnostic, other: Diagnostic | undefined): boolean {
  return (
    other !== undefined &&
    one.code === undefined &&
    other.code === undefined &&
    one.message === other.message &&
    isSameRange(one.range, other.range)
  );
}

function notShown({ range }: Diagnostic, count: number): Diagnostic {
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
  for (;;) {
    const known = session.find(key);
    if (known === null || isCancelled() || makeFindings(known, session, SLICE_MS)) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** What was sent for a finding: it is sent again as long as nothing in it has moved. */
const sent = new WeakMap<Finding, { readonly abilities: DiagnosticAbilities; readonly diagnostic: Diagnostic }>();

/** The diagnostic of a finding: the same object for as long as it says the same. */
function keptDiagnosticOf(
  placed: PlacedFinding,
  known: KnownDocument,
  files: FileTable,
  abilities: DiagnosticAbilities,
): Diagnostic {
  const before = sent.get(placed.finding);
  const made = diagnosticOf(placed, known, files, abilities);
  if (before?.abilities === abilities && isUnmoved(before.diagnostic, made)) return before.diagnostic;
  sent.set(placed.finding, { abilities, diagnostic: made });
  return made;
}

/** Two diagnostics of one finding differ in their places alone. */
function isUnmoved(one: Diagnostic, other: Diagnostic): boolean {
  const [related, others] = [one.relatedInformation ?? [], other.relatedInformation ?? []];
  return (
    isSameRange(one.range, other.range) &&
    related.length === others.length &&
    related.every(({ location, message }, i) => {
      const same = others[i];
      return (
        same !== undefined &&
        location.uri === same.location.uri &&
        message === same.message &&
        isSameRange(location.range, same.location.range)
      );
    })
  );
}

function isSameRange(one: Range, other: Range): boolean {
  return (
    one.start.line === other.start.line &&
    one.start.character === other.start.character &&
    one.end.line === other.end.line &&
    one.end.character === other.end.character
  );
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
