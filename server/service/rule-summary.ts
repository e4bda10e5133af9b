import { languageRule } from "../policy-language/catalogue.ts";
import { releasesText } from "../policy-language/example-releases.ts";
import { kernelRule, SOURCE_RULES } from "../rules/catalogue.ts";
import { code, heading, withCode } from "./markdown.ts";

/**
 * A finding's documentation in a few lines of Markdown, for hovers and completion; null when there is none of that
 * name.
 */
export function ruleSummary(id: string): string | null {
  const rule = kernelRule(id);
  if (rule !== null) {
    return heading(id, `${rule.severity}, ${releasesText(rule)}`, [
      withCode(rule.title),
      withCode(rule.explanation),
      code(rule.evidence),
    ]);
  }
  const source = SOURCE_RULES.find((one) => one.id === id);
  if (source !== undefined)
    return heading(id, `${source.severity}, in C`, [
      withCode(source.title),
      withCode(source.explanation),
      code(source.evidence),
    ]);
  const other = languageRule(id);
  return other === null ? null : heading(id, other.severity, [withCode(other.title), withCode(other.explanation)]);
}
