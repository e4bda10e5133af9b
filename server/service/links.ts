import type { Span } from "../../grammar/ast.ts";
import type { Region } from "../../grammar/source-file.ts";
import { policyFile } from "../policy-language/analysis/policy-files.ts";
import type { Workspace } from "../documents/workspace.ts";
import { namedFile, pathIn } from "./definition.ts";
import { languageRule } from "../policy-language/catalogue.ts";
import { kernelRule } from "../rules/catalogue.ts";
import { ruleUrl } from "../rules/rule-page.ts";
import { kept, runsOf, type Asked, type Run } from "./runs.ts";

/** Offsets in its run. */
export interface Link extends Span {
  readonly target: { readonly kind: "file"; readonly uri: string } | { readonly kind: "web"; readonly url: string };
  readonly tooltip: string;
}

/** The links of a file: imports and logs to their files, rule names in `waive` to their pages. */
export function linksOf(workspace: Workspace, uri: string, asked: Asked): readonly Run<Link>[] {
  const file = policyFile(workspace, uri);
  if (file === undefined) return [];
  return runsOf(file, asked, (region, index) => {
    const { rules, path } = linksIn(region);
    if (path === null) return rules;
    // Which file that is depends on the workspace.
    const target = namedFile(workspace, uri, index);
    return target === null ? [] : [{ ...path, target: { kind: "file", uri: target } }];
  });
}

interface RegionLinks {
  readonly rules: readonly Link[];
  /** A path that names a file. */
  readonly path: Omit<Link, "target"> | null;
}

const WITH_PATHS: ReadonlySet<Region["kind"]> = new Set(["import", "memory"]);
const NO_LINKS: RegionLinks = { rules: [], path: null };

const linksIn = kept((region: Region): RegionLinks => {
  // Most declarations have none, which is seen without their trees.
  if (region.kind === "request" ? !region.text.includes("waive") : !WITH_PATHS.has(region.kind)) return NO_LINKS;
  const { item } = region;
  if (item === null) return NO_LINKS;
  const path = pathIn(item);
  if (path !== null) {
    const tooltip = item.kind === "import" ? "Open the imported file" : "Open the kernel log";
    // The quotes are not part of the link.
    return { rules: [], path: { start: path.start + 1, end: path.end - 1, tooltip } };
  }
  if (item.kind !== "request") return NO_LINKS;
  const rules = item.properties.flatMap((property): readonly Link[] => {
    if (property.kind !== "waive" || property.rule === null) return [];
    const { text, start, end } = property.rule;
    if (kernelRule(text) === null && languageRule(text) === null) return [];
    return [{ start, end, target: { kind: "web", url: ruleUrl(text) }, tooltip: "Open the rule's page" }];
  });
  return rules.length === 0 ? NO_LINKS : { rules, path: null };
});
