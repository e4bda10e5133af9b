import { parseFile } from "../../grammar/index.ts";
import { DEFAULT_SETTINGS } from "../documents/settings.ts";
import { emptyWorkspace, withDocument } from "../documents/workspace.ts";
import { knownKernels, mainlineReleases } from "../model/kernels/kernels.ts";
import type { Rule } from "../rules/rule.ts";
import { judge } from "../rules/judge.ts";
import { environmentOf } from "./analysis/file-analysis.ts";
import { requestSite } from "./requests/request-site.ts";
import { resolveRequest } from "./requests/requests.ts";
import { underKernels } from "./requests/under-kernels.ts";

const EXAMPLE = "file:///example.allocpolicy";

/** Those of the kernels, written as a setting, under which the rule speaks of its own bad example. */
function speaksUnder(rule: Rule, kernels: string): readonly string[] {
  const file = parseFile(rule.examples.bad);
  const workspace = withDocument(emptyWorkspace({ ...DEFAULT_SETTINGS, forcedKernel: kernels }), EXAMPLE, file);
  const environment = environmentOf(workspace, EXAMPLE);
  if (environment === null) return [];
  const sites = file.regions.flatMap(({ item, text }) =>
    item?.kind === "request"
      ? [requestSite(environment, underKernels(environment, resolveRequest(environment, item)), text)]
      : [],
  );
  return environment.kernels
    .filter((kernel) => sites.some((site) => judge(site, kernel, [rule]).length > 0))
    .map(({ name }) => name);
}

/** Releases that follow each other, as one: `since 6.14`, `5.17 to 5.19`. */
function runText(run: readonly string[]): string {
  const releases = mainlineReleases();
  const [first, last] = [run[0] ?? "", run.at(-1) ?? ""];
  const [isOldest, isNewest] = [first === releases[0], last === releases.at(-1)];
  if (isOldest) return isNewest ? `every release since ${first}` : `to ${last}`;
  if (isNewest) return `since ${first}`;
  return first === last ? first : `${first} to ${last}`;
}

/** The runs of those among the mainline releases. */
function runsOf(spoken: readonly string[]): readonly (readonly string[])[] {
  const runs: string[][] = [];
  const releases = mainlineReleases();
  releases.forEach((release, index) => {
    if (!spoken.includes(release)) return;
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1) === releases[index - 1]) run.push(release);
    else runs.push([release]);
  });
  return runs;
}

const texts = new Map<string, string>();

/**
 * The kernels in which a rule reports its own bad example, asked of every mainline release and, where there is none, of
 * the other trees, with what is recalled of earlier ones: `to 5.16, 6.0 to 6.18; recalled: since 4.12`.
 */
export function releasesText(rule: Rule): string {
  const known = texts.get(rule.id);
  if (known !== undefined) return known;
  const releases = mainlineReleases();
  const spoken = speaksUnder(rule, `${releases[0] ?? ""} .. ${releases.at(-1) ?? ""}`);
  const others = knownKernels().filter((kernel) => !releases.includes(kernel));
  const text = (spoken.length > 0 ? runsOf(spoken).map(runText) : speaksUnder(rule, others.join(", "))).join(", ");
  const told = rule.recalled === undefined ? text : `${text}; recalled: ${rule.recalled}`;
  texts.set(rule.id, told);
  return told;
}
