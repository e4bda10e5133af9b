import { expect } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import type { Finding } from "../../server/rules/finding.ts";
import { emptyWorkspace, withDocument, withMissing, type Workspace } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../server/documents/settings.ts";

/** What a fixture is checked with besides its own text. */
export interface FixtureOptions {
  /** False: findings that no annotation names are fine. True if left out: there may be no others. */
  readonly only?: boolean;
  /** Rules that the fixture is not about: their findings count neither as right nor as wrong. */
  readonly ignore?: readonly string[];
  /** Other files by uri, relative to the fixture: `contexts.allocpolicy`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files that were looked for and are not there. */
  readonly missing?: readonly string[];
  readonly settings?: Partial<Settings>;
}

/** A finding of the fixture, with offsets of the whole text. */
export interface FoundFinding extends Finding {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly text: string;
}

export const FIXTURE_URI = "file:///fixture/example.allocpolicy";

export function fixtureUri(name: string): string {
  return `file:///fixture/${name}`;
}

export function fixtureWorkspace(text: string, options: FixtureOptions = {}): Workspace {
  let workspace = emptyWorkspace({ ...DEFAULT_SETTINGS, ...options.settings });
  for (const [name, other] of Object.entries(options.files ?? {}))
    workspace = withDocument(workspace, fixtureUri(name), parseFile(other));
  for (const name of options.missing ?? []) workspace = withMissing(workspace, fixtureUri(name));
  return withDocument(workspace, FIXTURE_URI, parseFile(text));
}

/** All findings of a text, in the order of the text. */
export function findingsIn(text: string, options: FixtureOptions = {}): readonly FoundFinding[] {
  const file = parseFile(text);
  const { regions } = check(withDocument(fixtureWorkspace(text, options), FIXTURE_URI, file), FIXTURE_URI);
  expect(regions.length).toBe(file.regions.length);
  return regions
    .flatMap((findings, region) =>
      findings.map((finding) => {
        const startOffset = (file.starts[region] ?? 0) + finding.span.start;
        const endOffset = (file.starts[region] ?? 0) + finding.span.end;
        return { ...finding, startOffset, endOffset, text: text.slice(startOffset, endOffset) };
      }),
    )
    .sort((a, b) => a.startOffset - b.startOffset || a.endOffset - b.endOffset || (a.rule < b.rule ? -1 : 1));
}

/** A range that an annotation marks, and the rule that it names. */
export interface Annotation {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly rule: string;
}

/** `//   ^^^^ rule-id`: the carets stand under the marked text of the last line that is no annotation. */
export function annotationsIn(text: string): readonly Annotation[] {
  const annotations: Annotation[] = [];
  let lineStart = 0;
  let codeStart = 0;
  for (const line of text.split("\n")) {
    const carets = /^\s*\/\/\s*(\^+)\s+([a-z][a-z0-9-]*)\s*$/.exec(line);
    const marks = carets?.[1];
    const rule = carets?.[2];
    if (marks === undefined || rule === undefined) {
      codeStart = lineStart;
    } else {
      const column = line.indexOf("^");
      annotations.push({ startOffset: codeStart + column, endOffset: codeStart + column + marks.length, rule });
    }
    lineStart += line.length + 1;
  }
  return annotations;
}

/**
 * Checks a policy text against its annotations: each must be found on exactly the marked text, and nothing else may be.
 */
export function checkFindings(text: string, options: FixtureOptions = {}): readonly FoundFinding[] {
  const findings = findingsIn(text, options).filter((finding) => !(options.ignore ?? []).includes(finding.rule));
  const wanted = annotationsIn(text);
  const found = findings.map((finding) => describe(text, finding));
  if (options.only ?? true) {
    expect(found, messagesOf(findings)).toEqual(wanted.map((annotation) => describe(text, annotation)).sort(byLine));
  } else {
    for (const annotation of wanted) expect(found, messagesOf(findings)).toContain(describe(text, annotation));
  }
  return findings;
}

function describe(
  text: string,
  span: { readonly startOffset: number; readonly endOffset: number; readonly rule: string },
): string {
  const before = text.slice(0, span.startOffset).split("\n");
  return `${before.length}:${(before.at(-1) ?? "").length + 1} ${JSON.stringify(text.slice(span.startOffset, span.endOffset))} ${span.rule}`;
}

function byLine(a: string, b: string): number {
  const [lineA = 0, columnA = 0] = a.split(/[: ]/).map(Number);
  const [lineB = 0, columnB = 0] = b.split(/[: ]/).map(Number);
  return lineA - lineB || columnA - columnB || (a < b ? -1 : 1);
}

function messagesOf(findings: readonly FoundFinding[]): string {
  return findings.map((finding) => `${finding.rule}: ${finding.message}`).join("\n");
}

/** The text after the first fix of the first finding of a rule; null when there is none. */
export function fixed(text: string, rule: string, title: RegExp = /./, options: FixtureOptions = {}): string | null {
  const file = parseFile(text);
  const { regions } = check(withDocument(fixtureWorkspace(text, options), FIXTURE_URI, file), FIXTURE_URI);
  for (const [region, findings] of regions.entries()) {
    for (const finding of findings) {
      if (finding.rule !== rule) continue;
      const fix = finding.fixes.find((candidate) => title.test(candidate.title));
      if (fix === undefined) continue;
      const start = file.starts[region] ?? 0;
      return fix.changes
        .toSorted((a, b) => b.start - a.start)
        .reduce(
          (result, change) => result.slice(0, start + change.start) + change.text + result.slice(start + change.end),
          text,
        );
    }
  }
  return null;
}
