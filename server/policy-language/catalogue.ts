import { ALL_RULES, kernelRule, SOURCE_RULES } from "../rules/catalogue.ts";
import type { Severity } from "../rules/finding.ts";
import { page } from "../rules/rule-page.ts";
import { releasesText } from "./example-releases.ts";
import type { LanguageRule } from "./findings/language-rule.ts";
import { LANGUAGE_RULES } from "./findings/language-rules.ts";

/** The finding of that id that is no kernel rule (language, requests, policies, memory, expectations), or null. */
export function languageRule(id: string): LanguageRule | null {
  return LANGUAGE_RULES.find((rule) => rule.id === id) ?? null;
}

/** What every finding has to show in a list. */
export interface CatalogueEntry {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
}

/** Everything that can be reported: the kernel rules, those of C code, then the other findings. */
export function catalogue(): readonly CatalogueEntry[] {
  return [...ALL_RULES, ...SOURCE_RULES, ...LANGUAGE_RULES];
}

/** The page of a finding as Markdown, made from its data; null where there is no finding of that id. */
export function rulePage(id: string): string | null {
  const rule = kernelRule(id);
  if (rule !== null)
    return page(rule, "What the kernel does", [
      ["class", rule.class],
      ["kernels", releasesText(rule)],
      ["evidence", rule.evidence],
    ]);
  const source = SOURCE_RULES.find((one) => one.id === id);
  if (source !== undefined)
    return page(
      source,
      "What happens",
      [
        ["class", source.class],
        ["reported in", "C code"],
        ["evidence", source.evidence],
      ],
      "c",
    );
  const other = languageRule(id);
  return other === null ? null : page(other, "What it means", [["about", other.group]]);
}
