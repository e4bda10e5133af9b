import type { Rule } from "./rule.ts";

/** Where the generated pages (docs/rules) are read on the web. The one place that knows it. */
export const PAGES_ON_THE_WEB = "https://github.com/allocpolicy/allocpolicy/blob/main/docs/rules/";

/** The address of a rule's page, on the web or in another folder of pages that ends with a slash. */
export function ruleUrl(id: string, pages: string = PAGES_ON_THE_WEB): string {
  return `${pages}${id}.md`;
}

/** Names as C writes them: flags, composites, functions. */
const C_NAMES = /(?<![\w(])(?:__GFP_\w+|GFP_[A-Z]\w*|[A-Za-z_]\w*\*?\(\))/g;

/**
 * Text for a page: C names as code, so that their underscores and stars stay what they are. What is code already stays.
 */
export function withCode(text: string): string {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 0 ? part.replace(C_NAMES, "`$&`") : part))
    .join("`");
}

/** What a page is made of. */
export type Documented = Pick<Rule, "id" | "title" | "severity" | "explanation" | "advice" | "examples">;

/**
 * A page as Markdown: `meaning` heads the explanation, `facts` are rows of the table under the title, `code` is the
 * language of the examples.
 */
export function page(
  rule: Documented,
  meaning: string,
  facts: readonly (readonly [string, string])[],
  code: "allocpolicy" | "c" = "allocpolicy",
): string {
  const rows = [["severity", rule.severity] as const, ...facts].map(
    ([name, value]) => `| ${name} | ${value.replaceAll("|", "\\|")} |`,
  );
  return `${[
    `# ${rule.id}`,
    withCode(sentence(rule.title)),
    ["| | |", "|---|---|", ...rows].join("\n"),
    `## ${meaning}`,
    withCode(rule.explanation),
    "## What to write",
    withCode(rule.advice),
    "## Reported",
    fenced(rule.examples.bad, code),
    "## Not reported",
    fenced(rule.examples.good, code),
  ].join("\n\n")}\n`;
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const fenced = (text: string, code: string): string => `\`\`\`${code}\n${text.trim()}\n\`\`\``;
