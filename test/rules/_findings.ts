import { parseFile } from "../../grammar/regions.ts";
import type { Finding, Fix } from "../../server/rules/finding.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";

const URI = "file:///example.allocpolicy";

/** What is reported of each region of a file with this text. */
const regionsOf = (text: string): readonly (readonly Finding[])[] =>
  check(withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, parseFile(text)), URI).regions;

/** All findings of a file with this text. */
export function findingsOf(text: string): readonly Finding[] {
  return regionsOf(text).flat();
}

/** The same, each with the text that it marks. */
export function placedFindings(text: string): readonly { readonly finding: Finding; readonly marked: string }[] {
  const { starts } = parseFile(text);
  return regionsOf(text).flatMap((findings, region) =>
    findings.map((finding) => {
      const by = starts[region] ?? 0;
      return { finding, marked: text.slice(by + finding.span.start, by + finding.span.end) };
    }),
  );
}

/** The rules of those findings that call for a change, each once. */
export function seriousRules(text: string): readonly string[] {
  return [
    ...new Set(
      findingsOf(text)
        .filter(({ severity }) => severity === "error" || severity === "warning")
        .map(({ rule }) => rule),
    ),
  ];
}

/** A fix that is offered in a text, and the text after it. */
interface Mended {
  readonly rule: string;
  readonly title: string;
  readonly text: string;
}

/** The text after each fix that is offered in it. */
export function mendedTexts(text: string): readonly Mended[] {
  const { starts } = parseFile(text);
  return regionsOf(text).flatMap((findings, region) =>
    findings.flatMap(({ rule, fixes }) =>
      fixes.map((fix) => ({ rule, title: fix.title, text: afterFix(text, starts[region] ?? 0, fix) })),
    ),
  );
}

function afterFix(text: string, region: number, fix: Fix): string {
  return fix.changes
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, { start, end, text: by }) => all.slice(0, region + start) + by + all.slice(region + end), text);
}
