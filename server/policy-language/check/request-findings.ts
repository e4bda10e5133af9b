import type { Name, RequestDeclaration } from "../../../grammar/ast.ts";
import type { Region } from "../../../grammar/source-file.ts";
import { ALL_RULES } from "../../rules/catalogue.ts";
import type { Span } from "../../rules/finding.ts";
import { apiNamed } from "../../model/apis.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { judge } from "../../rules/judge.ts";
import { judgeEach } from "../../rules/judge-each.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { factFindings } from "./expectations/findings.ts";
import { contentOf } from "./request-content.ts";
import { unknownFactFindings } from "../findings/expectations/facts.ts";
import { unknownScopeFindings } from "../findings/design.ts";
import { internalError } from "../findings/internal.ts";
import { LANGUAGE_RULES } from "../findings/language-rules.ts";
import { applyWaivers } from "../findings/requests/waivers.ts";
import {
  duplicatePropertyFindings,
  missingPropertyFindings,
  unknownApiFinding,
} from "../findings/requests/properties.ts";
import { fallbackCycleFindings, fallbackFindings } from "../findings/requests/fallbacks.ts";
import { sizeUnitFindings } from "../findings/requests/sizes.ts";
import { unknownZoneFindings, zoneFindings } from "../findings/requests/zones.ts";
import { overKernelsOnce } from "../findings/over-kernels.ts";
import { policyVerdict } from "./policy-checks.ts";
import { namesOf } from "../analysis/region-names.ts";
import { nameSpan } from "../requests/request-places.ts";
import { requestSite } from "../requests/request-site.ts";
import { likeGraph } from "../requests/property-sets.ts";
import { resolvedRequestOf, type ResolvedRequest } from "../requests/requests.ts";
import { underKernels, type RequestUnderKernels } from "../requests/under-kernels.ts";
import { unplaced } from "../findings/report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";

const RULE_IDS: readonly string[] = [...ALL_RULES.map((rule) => rule.id), ...LANGUAGE_RULES.map((rule) => rule.id)];

/**
 * All that there is to say of a request: `found` is what its names and expressions gave. Waivers are taken into
 * account.
 */
export function requestFindings(
  environment: Environment,
  region: Region,
  declaration: RequestDeclaration,
  binding: Binding,
  found: readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const request = resolvedRequestOf(environment, binding);
  const findings: UnplacedFinding[] = [...found, ...duplicatePropertyFindings(declaration.properties, environment.uri)];
  const base = likeGraph.usesOf(environment, binding)[0];
  // What is missing because the base of `like` is unknown or damaged is not this request's mistake.
  const baseKnown =
    declaration.like === null ||
    (base !== undefined && !base.damaged && likeGraph.cycleOf(environment, binding) === null);
  if (baseKnown) findings.push(...missingPropertyFindings(request, region.text));
  findings.push(
    ...sizeUnitFindings(request),
    ...unknownZoneFindings(request),
    ...fallbackCycleFindings(environment, binding, request),
  );
  const ownApi = request.apiWritten?.inheritedFrom === null ? request.apiWritten.property.api : null;
  if (ownApi !== null) findings.push(...apiFindings(environment, [ownApi]));
  const facts = declaration.properties.flatMap((property) => (property.kind === "expect" ? property.facts : []));
  findings.push(...unknownFactFindings(facts, false));
  if (environment.kernelKnown) {
    const asked = underKernels(environment, request);
    findings.push(...kernelFindings(environment, region, binding, asked), ...policyFindings(environment, asked));
    if (facts.length > 0) findings.push(...factFindings(environment, asked, facts));
  }
  return applyWaivers(request, findings, RULE_IDS, region.text);
}

/** What the kernels say of a request, and what that depends on besides the region: everything but policies. */
interface KernelAnswer {
  readonly groups: Environment["groups"];
  readonly leansOn: readonly (Revision | null)[];
  readonly findings: readonly UnplacedFinding[];
}

const kernelAnswers = new WeakMap<Region, KernelAnswer>();

/** The kernel's part of the findings: kept while a policy that binds the request is edited. */
function kernelFindings(
  environment: Environment,
  region: Region,
  binding: Binding,
  asked: RequestUnderKernels,
): readonly UnplacedFinding[] {
  const { request } = asked;
  const leansOn = namesOf(region).uses.flatMap((use) =>
    use.role === "policy" ? [] : [environment.lookup(use.space, use.name.text)?.revision ?? null],
  );
  const known = kernelAnswers.get(region);
  const { groups } = environment;
  if (known !== undefined && known.groups === groups && known.leansOn.every((revision, i) => revision === leansOn[i]))
    return known.findings;
  const content = contentOf(environment, region, request.declaration);
  const findings =
    (content === null ? undefined : alike(groups).get(content)) ?? askedOfKernels(environment, region, binding, asked);
  if (content !== null) remember(alike(groups), content, findings);
  kernelAnswers.set(region, { groups, leansOn, findings });
  return findings;
}

/** The answers to requests of one content, the last ones last. */
const answers = new WeakMap<Environment["groups"], Map<string, readonly UnplacedFinding[]>>();
const MOST_ANSWERS = 5_000;

function alike(groups: Environment["groups"]): Map<string, readonly UnplacedFinding[]> {
  const known = answers.get(groups) ?? new Map<string, readonly UnplacedFinding[]>();
  answers.set(groups, known);
  return known;
}

function remember(
  known: Map<string, readonly UnplacedFinding[]>,
  content: string,
  findings: readonly UnplacedFinding[],
): void {
  known.delete(content);
  known.set(content, findings);
  if (known.size <= MOST_ANSWERS) return;
  for (const oldest of known.keys()) {
    if (known.size <= MOST_ANSWERS) break;
    known.delete(oldest);
  }
}

function askedOfKernels(
  environment: Environment,
  region: Region,
  binding: Binding,
  asked: RequestUnderKernels,
): readonly UnplacedFinding[] {
  const { request } = asked;
  const site = requestSite(environment, asked, region.text);
  const judgedBy = environment.groups.length > 1 ? judgeEach(site) : (kernel: Kernel) => judge(site, kernel);
  const judged = overKernelsOnce(environment, "always", (kernel) => {
    const under = asked.under(kernel);
    return under === null
      ? []
      : [
          ...judgedBy(kernel).map(unplaced),
          ...zoneFindings(request, under),
          ...unknownScopeFindings(request, under),
          ...fallbackFindings(environment, binding, request, under),
        ];
  });
  return withoutInherited(environment, request, judged);
}

function policyFindings(environment: Environment, { request, under }: RequestUnderKernels): readonly UnplacedFinding[] {
  if (request.policies.length === 0) return [];
  try {
    return overKernelsOnce(environment, "always", (kernel) => {
      const answer = under(kernel);
      return answer === null ? [] : policyVerdict(environment, request, answer);
    });
  } catch (error) {
    return [internalError(nameSpan(request), "check against policies", error)];
  }
}

/**
 * A finding on text that is inherited, of a rule that says the same of the request that it is inherited from, is
 * reported there and nowhere else.
 */
function withoutInherited(
  environment: Environment,
  request: ResolvedRequest,
  findings: readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const like = request.declaration.like;
  if (like === null) return findings;
  const base = environment.lookup("subject", like.text);
  if (base === null || !findings.some((finding) => isInherited(finding, like))) return findings;
  const said = new Set<string>();
  const inherited = requestSite(environment, underKernels(environment, resolvedRequestOf(environment, base)), "");
  for (const { kernel } of environment.groups) {
    for (const finding of judge(inherited, kernel).map(unplaced)) {
      const origin = finding.related.find((related) => related.revision !== null && related.revision !== base.revision);
      const span: Span = origin?.span ?? finding.span;
      said.add(`${finding.rule} ${span.start} ${span.end}`);
    }
  }
  return findings.filter((finding) => {
    const origin = isInherited(finding, like) ? finding.related[0] : undefined;
    return origin === undefined || !said.has(`${finding.rule} ${origin.span.start} ${origin.span.end}`);
  });
}

function isInherited(finding: UnplacedFinding, like: Span): boolean {
  return finding.span.start === like.start && finding.span.end === like.end && finding.related[0]?.revision != null;
}

/** The names of functions that one of the kernels does not have. */
export function apiFindings(environment: Environment, names: readonly Name[]): readonly UnplacedFinding[] {
  if (names.length === 0) return [];
  return overKernelsOnce(environment, "where-it-differs", (kernel) =>
    names.flatMap((name) => unknownApiFinding(kernel, name) ?? []),
  );
}

/** The names of functions that none of the kernels has: a contract outlives the functions that it is for. */
export function policyApiFindings(environment: Environment, names: readonly Name[]): readonly UnplacedFinding[] {
  const nowhere = names.filter(({ text }) => {
    const api = apiNamed(text);
    return api === null || !environment.kernels.some((kernel) => api.exists(kernel));
  });
  return apiFindings(environment, nowhere);
}
