import { kernelRule, languageRule } from "../analysis/rules/catalogue.ts";

/** A finding's documentation in a few lines of Markdown, for hovers and completion; null when there is none of that name. */
export function ruleSummary(id: string): string | null {
  const rule = kernelRule(id);
  if (rule !== null) {
    const { since, until } = rule.versions;
    const versions = until === null ? `since ${since}` : `${since} to ${until}`;
    return `**${id}** · ${rule.severity}, ${versions}\n\n${rule.title}\n\n${rule.explanation}\n\n\`${rule.evidence}\``;
  }
  const other = languageRule(id);
  return other === null ? null : `**${id}** · ${other.severity}\n\n${other.title}\n\n${other.explanation}`;
}
