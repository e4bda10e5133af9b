import type { Span } from "../../grammar/ast.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import type { Workspace } from "../documents/workspace.ts";
import { namedFile, pathIn } from "./definition.ts";
import { languageRule } from "../policy-language/catalogue.ts";
import { kernelRule } from "../rules/catalogue.ts";
import { ruleUrl } from "../rules/rule-page.ts";

export interface Link extends Span {
  readonly target: { readonly kind: "file"; readonly uri: string } | { readonly kind: "web"; readonly url: string };
  readonly tooltip: string;
}

/** The links of a file: imports and logs to their files, rule names in `waive` to their pages. At most `limit`. */
export function linksOf(workspace: Workspace, uri: string, limit: number): readonly Link[] {
  const file = policyFile(workspace, uri);
  if (file === undefined) return [];
  const links: Link[] = [];
  for (let index = 0; index < file.regions.length && links.length < limit; index += 1) {
    const item = file.regions[index]?.item;
    const start = file.starts[index];
    if (item === undefined || item === null || start === undefined) continue;
    const path = pathIn(item);
    if (path !== null) {
      const target = namedFile(workspace, uri, index);
      // The quotes are not part of the link.
      if (target !== null)
        links.push({
          start: start + path.start + 1,
          end: start + path.end - 1,
          target: { kind: "file", uri: target },
          tooltip: item.kind === "import" ? "Open the imported file" : "Open the kernel log",
        });
    } else if (item.kind === "request") {
      for (const property of item.properties) {
        if (property.kind !== "waive" || property.rule === null) continue;
        const { rule } = property;
        if (kernelRule(rule.text) === null && languageRule(rule.text) === null) continue;
        links.push({
          start: start + rule.start,
          end: start + rule.end,
          target: { kind: "web", url: ruleUrl(rule.text) },
          tooltip: "Open the rule's page",
        });
      }
    }
  }
  return links;
}
