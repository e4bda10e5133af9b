import type { RequestDeclaration } from "../../grammar/ast.ts";
import type { Region } from "../../grammar/source-file.ts";
import { unplaced, type UnplacedFinding } from "./unplaced-finding.ts";
import { expectDrafts, factDrafts } from "./expectations.ts";
import type { Binding, Environment, Revision } from "./environment.ts";
import type { Finding, Span, RelatedSpan } from "../rules/finding.ts";
import { unknownFactFindings } from "./findings/expectations.ts";
import { expressionsOf, flagFindings, type WrittenExpression } from "./findings/flags.ts";
import {
  configHeaderFindings,
  importFindings,
  kernelHeaderFindings,
  noKernelFinding,
  secondHeader,
} from "./findings/headers.ts";
import { internalError } from "./findings/internal.ts";
import { LANGUAGE_RULES } from "./findings/language-rules.ts";
import { memoryFindings } from "./findings/memory.ts";
import {
  contextWordFindings,
  duplicateModeFindings,
  duplicateNameFindings,
  nameCycleFindings,
  unknownNameFindings,
} from "./findings/names.ts";
import {
  applyWaivers,
  duplicatePropertyFindings,
  fallbackCycleFindings,
  fallbackFindings,
  measureUnitFindings,
  missingPropertyFindings,
  sizeUnitFindings,
  unknownApiFinding,
  unknownZoneFindings,
  zoneFindings,
} from "./findings/requests.ts";
import { syntaxFindings } from "./findings/syntax.ts";
import { judge } from "../rules/judge.ts";
import { nameSpan } from "./request-places.ts";
import { requestSite } from "./request-site.ts";
import { overKernels, overKernelsOnce } from "./over-kernels.ts";
import { checkPolicy, checkPromises, policyVerdict } from "./policy-checks.ts";
import {
  likeGraph,
  resolvedRequestOf,
  underKernels,
  type RequestUnderKernels,
  type ResolvedRequest,
} from "./requests.ts";
import { ALL_RULES } from "../rules/catalogue.ts";
import { namesOf } from "./region-names.ts";
import { removedNameFindings } from "./removed-names.ts";
import type { RegionFindings, FileAnalysis } from "./file-analysis.ts";

const NOTHING: readonly Finding[] = [];
const NO_FINDINGS: RegionFindings = { drafts: [], movable: false, suggests: false, published: NOTHING };

/** The findings of every region of the unit's own file. Only regions with a new slot are looked at; the others keep theirs. */
export function findingsOf(analysis: FileAnalysis): readonly (readonly Finding[])[] {
  const own = analysis.files[0];
  if (own === undefined) return [];
  const { regions } = own.index.file;
  // What an import says hangs on other files as well.
  for (const region of own.index.imports) analysis.findings[region] = analysis.ready[region] = undefined;
  const regionOf = revisionRegions(analysis);
  const result = new Array<readonly Finding[]>(regions.length);
  for (let i = 0; i < regions.length; i++) {
    result[i] = analysis.ready[i] ?? regionFindings(analysis, i, regionOf, own.uri);
  }
  return withFirstDeclaration(analysis, result);
}

function regionFindings(
  analysis: FileAnalysis,
  index: number,
  regionOf: (uri: string, revision: Revision) => number | null,
  uri: string,
): readonly Finding[] {
  let known = analysis.findings[index];
  if (known === undefined) {
    const region = analysis.files[0]?.index.file.regions[index];
    known = region === undefined ? NO_FINDINGS : analysed(analysis, region, index);
    analysis.findings[index] = known;
  }
  if (known.movable) return published(known, index, regionOf, uri);
  analysis.ready[index] = known.published;
  return known.published;
}

function analysed(analysis: FileAnalysis, region: Region, index: number): RegionFindings {
  const drafts = withLevels(analysis.environment, regionDrafts(analysis, region, index));
  if (drafts.length === 0) return NO_FINDINGS;
  const movable = drafts.some((draft) => draft.related.length > 0);
  const suggests = drafts.some((draft) => draft.rule.startsWith("unknown-"));
  return {
    drafts,
    movable,
    suggests,
    published: movable ? NOTHING : drafts.map((draft) => ({ ...draft, related: [] })),
  };
}

/** Severities as the settings want them. */
function withLevels(environment: Environment, drafts: readonly UnplacedFinding[]): readonly UnplacedFinding[] {
  if (drafts.length === 0) return drafts;
  const { ruleLevels } = environment;
  return drafts.flatMap((draft) => {
    const level = Object.hasOwn(ruleLevels, draft.rule) ? ruleLevels[draft.rule] : undefined;
    if (level === undefined) return [draft];
    return level === "off" ? [] : [{ ...draft, severity: level }];
  });
}

/** Related places get the index that their region has now; where none moved, the same findings serve again. */
function published(
  known: RegionFindings,
  own: number,
  regionOf: (uri: string, revision: Revision) => number | null,
  ownUri: string,
): readonly Finding[] {
  const findings = known.drafts.map(
    (draft): Finding => ({
      ...draft,
      related: draft.related.flatMap(({ revision, uri, span, message }): readonly RelatedSpan[] => {
        const region = revision === null ? own : regionOf(uri, revision);
        return region === null ? [] : [{ uri: revision === null ? ownUri : uri, region, span, message }];
      }),
    }),
  );
  const same =
    known.published.length === findings.length &&
    known.published.every((before, i) => {
      const now = findings[i];
      return (
        now !== undefined &&
        before.related.length === now.related.length &&
        before.related.every((span, j) => span.region === now.related[j]?.region)
      );
    });
  if (!same) known.published = findings;
  return known.published;
}

/** Finds the region of a slot; the table of a file is made when the first one is asked for. */
function revisionRegions(analysis: FileAnalysis): (uri: string, revision: Revision) => number | null {
  const tables = new Map<string, ReadonlyMap<Revision, number>>();
  return (uri, revision) => {
    let table = tables.get(uri);
    if (table === undefined) {
      const file = analysis.files.find((candidate) => candidate.uri === uri);
      table = new Map(file?.revisions.map((own, region) => [own, region]));
      tables.set(uri, table);
    }
    return table.get(revision) ?? null;
  };
}

/** What is said of the file as a whole stands at its first declaration. */
function withFirstDeclaration(analysis: FileAnalysis, result: (readonly Finding[])[]): readonly (readonly Finding[])[] {
  const own = analysis.files[0];
  const { environment } = analysis;
  if (
    own === undefined ||
    environment.kernelsFrom !== "newest" ||
    !environment.kernelKnown ||
    own.index.firstDeclaration < 0
  )
    return result;
  const region = own.index.firstDeclaration;
  const item = own.index.file.regions[region]?.item;
  if (item === undefined || item === null || item.kind === "kernel" || item.kind === "config" || item.kind === "import")
    return result;
  const span = item.name ?? { start: item.start, end: item.start + item.kind.length };
  const drafts = withLevels(environment, [noKernelFinding(span, environment.kernelsText)]);
  result[region] = [...(result[region] ?? NOTHING), ...drafts.map((draft) => ({ ...draft, related: [] }))];
  return result;
}

// One region ----------------------------------------------------------------------------------------------------------

/** All that there is to say of a region. A damaged one says only where the damage is: the rest would be guessed. */
function regionDrafts(analysis: FileAnalysis, region: Region, index: number): readonly UnplacedFinding[] {
  if (region.problems.length > 0) return syntaxFindings(region.problems);
  const { item } = region;
  if (item === null) return [];
  try {
    return itemDrafts(analysis, region, index);
  } catch (error) {
    return [
      internalError({ start: item.start, end: item.start + item.kind.length }, `check of \`${item.kind}\``, error),
    ];
  }
}

function itemDrafts(analysis: FileAnalysis, region: Region, index: number): readonly UnplacedFinding[] {
  const { environment } = analysis;
  const own = analysis.files[0];
  const { item } = region;
  if (item === null || own === undefined) return [];
  switch (item.kind) {
    case "kernel":
      return [...(own.index.kernels[0] === index ? [] : [secondHeader(item)]), ...kernelHeaderFindings(item)];
    case "config":
      return [...(own.index.configs[0] === index ? [] : [secondHeader(item)]), ...configHeaderFindings(item, own.uri)];
    case "import":
      return importFindings(item, analysis.imports.find((state) => state.region === index) ?? null);
    default:
      break;
  }

  const binding = environment.bindingAt(index);
  const drafts: UnplacedFinding[] = [...unknownNameFindings(environment, region)];
  if (binding !== null)
    drafts.push(...duplicateNameFindings(environment, binding), ...nameCycleFindings(environment, binding, region));
  drafts.push(...expressionDrafts(environment, expressionsOf(region), item.kind !== "request"));
  switch (item.kind) {
    case "context":
      drafts.push(...contextWordFindings(item));
      break;
    case "request":
      return binding === null ? drafts : requestDrafts(environment, region, item, binding, drafts);
    case "policy":
      drafts.push(
        ...apiDrafts(environment, item.apis),
        ...measureUnitFindings(item),
        ...duplicateModeFindings(item, environment.uri),
      );
      if (binding !== null && environment.kernelKnown) {
        drafts.push(
          ...overKernels(environment, "where-it-differs", (kernel) => checkPolicy(environment, binding, kernel)),
        );
        drafts.push(...overKernels(environment, "always", (kernel) => checkPromises(environment, binding, kernel)));
      }
      break;
    case "memory":
      drafts.push(...memoryFindings(environment, item));
      break;
    case "expect":
      drafts.push(...expectDrafts(environment, item));
      break;
    case "flags":
    case "transform":
      break;
  }
  return drafts;
}

/** Names and numbers of mask expressions. In a request the rule `removed-flag` is asked with all others. */
function expressionDrafts(
  environment: Environment,
  expressions: readonly WrittenExpression[],
  removedToo: boolean,
): readonly UnplacedFinding[] {
  if (expressions.length === 0) return [];
  return overKernelsOnce(environment, "where-it-differs", (kernel) =>
    expressions.flatMap((expression) => [
      ...flagFindings(environment, kernel, expression),
      ...(removedToo && environment.kernelKnown ? removedNameFindings(environment, kernel, expression) : []),
    ]),
  );
}

function apiDrafts(
  environment: Environment,
  names: readonly { readonly text: string; readonly start: number; readonly end: number }[],
): readonly UnplacedFinding[] {
  if (names.length === 0) return [];
  return overKernelsOnce(environment, "where-it-differs", (kernel) =>
    names.flatMap((name) => unknownApiFinding(kernel, name) ?? []),
  );
}

// Requests ------------------------------------------------------------------------------------------------------------

const RULE_IDS: readonly string[] = [...ALL_RULES.map((rule) => rule.id), ...LANGUAGE_RULES.map((rule) => rule.id)];

function requestDrafts(
  environment: Environment,
  region: Region,
  declaration: RequestDeclaration,
  binding: Binding,
  found: readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const request = resolvedRequestOf(environment, binding);
  const drafts: UnplacedFinding[] = [...found, ...duplicatePropertyFindings(declaration.properties, environment.uri)];
  const base = likeGraph.usesOf(environment, binding)[0];
  // What is missing because the base of `like` is unknown or damaged is not this request's mistake.
  const baseKnown =
    declaration.like === null ||
    (base !== undefined && !base.damaged && likeGraph.cycleOf(environment, binding) === null);
  if (baseKnown) drafts.push(...missingPropertyFindings(request, region.text));
  drafts.push(
    ...sizeUnitFindings(request),
    ...unknownZoneFindings(request),
    ...fallbackCycleFindings(environment, binding, request),
  );
  const ownApi = request.apiWritten?.inheritedFrom === null ? request.apiWritten.property.api : null;
  if (ownApi !== null) drafts.push(...apiDrafts(environment, [ownApi]));
  const facts = declaration.properties.flatMap((property) => (property.kind === "expect" ? property.facts : []));
  drafts.push(...unknownFactFindings(facts, false));
  if (environment.kernelKnown) {
    const asked = underKernels(environment, request);
    drafts.push(...kernelDrafts(environment, region, binding, asked), ...policyDrafts(environment, asked));
    if (facts.length > 0) drafts.push(...factDrafts(environment, asked, facts));
  }
  return applyWaivers(request, drafts, RULE_IDS, region.text);
}

/** What the kernels say of a request, and what that depends on besides the region: everything but policies. */
interface KernelAnswer {
  readonly groups: Environment["groups"];
  readonly leansOn: readonly (Revision | null)[];
  readonly drafts: readonly UnplacedFinding[];
}

const kernelAnswers = new WeakMap<Region, KernelAnswer>();

/** The kernel's part of the findings: kept while a policy that binds the request is edited. */
function kernelDrafts(
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
    return known.drafts;
  const site = requestSite(environment, asked, region.text);
  const judged = overKernelsOnce(environment, "always", (kernel) => {
    const under = asked.under(kernel);
    return under === null
      ? []
      : [
          ...judge(site, kernel).map(unplaced),
          ...zoneFindings(request, under),
          ...fallbackFindings(environment, binding, request, under),
        ];
  });
  const drafts = withoutInherited(environment, request, judged);
  kernelAnswers.set(region, { groups, leansOn, drafts });
  return drafts;
}

function policyDrafts(environment: Environment, { request, under }: RequestUnderKernels): readonly UnplacedFinding[] {
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
 * A finding on text that is inherited, of a rule that says the same of the request that it is inherited from, is reported
 * there and nowhere else.
 */
function withoutInherited(
  environment: Environment,
  request: ResolvedRequest,
  drafts: readonly UnplacedFinding[],
): readonly UnplacedFinding[] {
  const like = request.declaration.like;
  if (like === null) return drafts;
  const base = environment.lookup("subject", like.text);
  if (base === null || !drafts.some((draft) => isInherited(draft, like))) return drafts;
  const said = new Set<string>();
  const inherited = requestSite(environment, underKernels(environment, resolvedRequestOf(environment, base)), "");
  for (const { kernel } of environment.groups) {
    for (const draft of judge(inherited, kernel).map(unplaced)) {
      const origin = draft.related.find((related) => related.revision !== null && related.revision !== base.revision);
      const span: Span = origin?.span ?? draft.span;
      said.add(`${draft.rule} ${span.start} ${span.end}`);
    }
  }
  return drafts.filter((draft) => {
    const origin = isInherited(draft, like) ? draft.related[0] : undefined;
    return origin === undefined || !said.has(`${draft.rule} ${origin.span.start} ${origin.span.end}`);
  });
}

function isInherited(draft: UnplacedFinding, like: Span): boolean {
  return draft.span.start === like.start && draft.span.end === like.end && draft.related[0]?.revision != null;
}
