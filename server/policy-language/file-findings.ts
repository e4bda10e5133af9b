import type { RequestDeclaration } from "../../grammar/ast.ts";
import type { Region } from "../../grammar/source-file.ts";
import type { DraftFinding } from "./unplaced-finding.ts";
import { expectDrafts, factDrafts } from "./expectations.ts";
import type { Binding, Environment, Slot } from "./environment.ts";
import type { Finding, Place, RelatedPlace } from "../rules/finding.ts";
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
import { kernelFindings, nameSpot } from "./kernel-rules.ts";
import { overKernels, overKernelsOnce } from "./over-kernels.ts";
import { checkPolicy, checkPromises, policyVerdict } from "./policy-checks.ts";
import { likeGraph, requestUnder, resolvedRequestOf, type ResolvedRequest } from "./requests.ts";
import { ALL as KERNEL_RULES } from "../rules/index.ts";
import { namesOf } from "./region-names.ts";
import { removedNameFindings } from "./removed-names.ts";
import type { RegionFindings, Unit } from "./file-analysis.ts";

const NOTHING: readonly Finding[] = [];
const NO_FINDINGS: RegionFindings = { drafts: [], movable: false, suggests: false, published: NOTHING };

/** The findings of every region of the unit's own file. Only regions with a new slot are looked at; the others keep theirs. */
export function findingsOf(unit: Unit): readonly (readonly Finding[])[] {
  const own = unit.files[0];
  if (own === undefined) return [];
  const { regions } = own.index.file;
  // What an import says hangs on other files as well.
  for (const region of own.index.imports) unit.findings[region] = unit.ready[region] = undefined;
  const regionOf = slotRegions(unit);
  const result = new Array<readonly Finding[]>(regions.length);
  for (let i = 0; i < regions.length; i++) {
    result[i] = unit.ready[i] ?? regionFindings(unit, i, regionOf, own.uri);
  }
  return withFirstDeclaration(unit, result);
}

function regionFindings(
  unit: Unit,
  index: number,
  regionOf: (uri: string, slot: Slot) => number | null,
  uri: string,
): readonly Finding[] {
  let known = unit.findings[index];
  if (known === undefined) {
    const region = unit.files[0]?.index.file.regions[index];
    known = region === undefined ? NO_FINDINGS : analysed(unit, region, index);
    unit.findings[index] = known;
  }
  if (known.movable) return published(known, index, regionOf, uri);
  unit.ready[index] = known.published;
  return known.published;
}

function analysed(unit: Unit, region: Region, index: number): RegionFindings {
  const drafts = withLevels(unit.environment, regionDrafts(unit, region, index));
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
function withLevels(environment: Environment, drafts: readonly DraftFinding[]): readonly DraftFinding[] {
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
  regionOf: (uri: string, slot: Slot) => number | null,
  ownUri: string,
): readonly Finding[] {
  const findings = known.drafts.map(
    (draft): Finding => ({
      ...draft,
      related: draft.related.flatMap(({ slot, uri, place, message }): readonly RelatedPlace[] => {
        const region = slot === null ? own : regionOf(uri, slot);
        return region === null ? [] : [{ uri: slot === null ? ownUri : uri, region, place, message }];
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
        before.related.every((place, j) => place.region === now.related[j]?.region)
      );
    });
  if (!same) known.published = findings;
  return known.published;
}

/** Finds the region of a slot; the table of a file is made when the first one is asked for. */
function slotRegions(unit: Unit): (uri: string, slot: Slot) => number | null {
  const tables = new Map<string, ReadonlyMap<Slot, number>>();
  return (uri, slot) => {
    let table = tables.get(uri);
    if (table === undefined) {
      const file = unit.files.find((candidate) => candidate.uri === uri);
      table = new Map(file?.slots.map((own, region) => [own, region]));
      tables.set(uri, table);
    }
    return table.get(slot) ?? null;
  };
}

/** What is said of the file as a whole stands at its first declaration. */
function withFirstDeclaration(unit: Unit, result: (readonly Finding[])[]): readonly (readonly Finding[])[] {
  const own = unit.files[0];
  const { environment } = unit;
  if (
    own === undefined ||
    environment.kernelsFrom !== "newest" ||
    !environment.judges ||
    own.index.firstDeclaration < 0
  )
    return result;
  const region = own.index.firstDeclaration;
  const item = own.index.file.regions[region]?.item;
  if (item === undefined || item === null || item.kind === "kernel" || item.kind === "config" || item.kind === "import")
    return result;
  const place = item.name ?? { start: item.start, end: item.start + item.kind.length };
  const drafts = withLevels(environment, [noKernelFinding(place, environment.kernelsText)]);
  result[region] = [...(result[region] ?? NOTHING), ...drafts.map((draft) => ({ ...draft, related: [] }))];
  return result;
}

// One region ----------------------------------------------------------------------------------------------------------

/** All that there is to say of a region. A damaged one says only where the damage is: the rest would be guessed. */
function regionDrafts(unit: Unit, region: Region, index: number): readonly DraftFinding[] {
  if (region.problems.length > 0) return syntaxFindings(region.problems);
  const { item } = region;
  if (item === null) return [];
  try {
    return itemDrafts(unit, region, index);
  } catch (error) {
    return [
      internalError({ start: item.start, end: item.start + item.kind.length }, `check of \`${item.kind}\``, error),
    ];
  }
}

function itemDrafts(unit: Unit, region: Region, index: number): readonly DraftFinding[] {
  const { environment } = unit;
  const own = unit.files[0];
  const { item } = region;
  if (item === null || own === undefined) return [];
  switch (item.kind) {
    case "kernel":
      return [...(own.index.kernels[0] === index ? [] : [secondHeader(item)]), ...kernelHeaderFindings(item)];
    case "config":
      return [...(own.index.configs[0] === index ? [] : [secondHeader(item)]), ...configHeaderFindings(item, own.uri)];
    case "import":
      return importFindings(item, unit.imports.find((state) => state.region === index) ?? null);
    default:
      break;
  }

  const binding = environment.bindingAt(index);
  const drafts: DraftFinding[] = [...unknownNameFindings(environment, region)];
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
      if (binding !== null && environment.judges) {
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
): readonly DraftFinding[] {
  if (expressions.length === 0) return [];
  return overKernelsOnce(environment, "where-it-differs", (kernel) =>
    expressions.flatMap((expression) => [
      ...flagFindings(environment, kernel, expression),
      ...(removedToo && environment.judges ? removedNameFindings(environment, kernel, expression) : []),
    ]),
  );
}

function apiDrafts(
  environment: Environment,
  names: readonly { readonly text: string; readonly start: number; readonly end: number }[],
): readonly DraftFinding[] {
  if (names.length === 0) return [];
  return overKernelsOnce(environment, "where-it-differs", (kernel) =>
    names.flatMap((name) => unknownApiFinding(kernel, name) ?? []),
  );
}

// Requests ------------------------------------------------------------------------------------------------------------

const RULE_IDS: readonly string[] = [...KERNEL_RULES.map((rule) => rule.id), ...LANGUAGE_RULES.map((rule) => rule.id)];

function requestDrafts(
  environment: Environment,
  region: Region,
  declaration: RequestDeclaration,
  binding: Binding,
  found: readonly DraftFinding[],
): readonly DraftFinding[] {
  const request = resolvedRequestOf(environment, binding);
  const drafts: DraftFinding[] = [...found, ...duplicatePropertyFindings(declaration.properties, environment.uri)];
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
  if (environment.judges) {
    drafts.push(...kernelDrafts(environment, region, binding, request), ...policyDrafts(environment, request));
    if (facts.length > 0) drafts.push(...factDrafts(environment, request, facts));
  }
  return applyWaivers(request, drafts, RULE_IDS, region.text);
}

/** What the kernels say of a request, and what that depends on besides the region: everything but policies. */
interface KernelAnswer {
  readonly groups: Environment["groups"];
  readonly leansOn: readonly (Slot | null)[];
  readonly drafts: readonly DraftFinding[];
}

const kernelAnswers = new WeakMap<Region, KernelAnswer>();

/** The kernel's part of the findings: kept while a policy that binds the request is edited. */
function kernelDrafts(
  environment: Environment,
  region: Region,
  binding: Binding,
  request: ResolvedRequest,
): readonly DraftFinding[] {
  const leansOn = namesOf(region).uses.flatMap((use) =>
    use.role === "policy" ? [] : [environment.lookup(use.space, use.name.text)?.slot ?? null],
  );
  const known = kernelAnswers.get(region);
  const { groups } = environment;
  if (known !== undefined && known.groups === groups && known.leansOn.every((slot, i) => slot === leansOn[i]))
    return known.drafts;
  const judged = overKernelsOnce(environment, "always", (kernel) => {
    const under = requestUnder(environment, request, kernel);
    return under === null
      ? []
      : [
          ...kernelFindings(environment, KERNEL_RULES, request, kernel, region.text),
          ...zoneFindings(request, under),
          ...fallbackFindings(environment, binding, request, under),
        ];
  });
  const drafts = withoutInherited(environment, request, judged);
  kernelAnswers.set(region, { groups, leansOn, drafts });
  return drafts;
}

function policyDrafts(environment: Environment, request: ResolvedRequest): readonly DraftFinding[] {
  if (request.policies.length === 0) return [];
  try {
    return overKernelsOnce(environment, "always", (kernel) => {
      const under = requestUnder(environment, request, kernel);
      return under === null ? [] : policyVerdict(environment, request, under);
    });
  } catch (error) {
    return [internalError(nameSpot(request), "check against policies", error)];
  }
}

/**
 * A finding on text that is inherited, of a rule that says the same of the request that it is inherited from, is reported
 * there and nowhere else.
 */
function withoutInherited(
  environment: Environment,
  request: ResolvedRequest,
  drafts: readonly DraftFinding[],
): readonly DraftFinding[] {
  const like = request.declaration.like;
  if (like === null) return drafts;
  const base = environment.lookup("subject", like.text);
  if (base === null || !drafts.some((draft) => isInherited(draft, like))) return drafts;
  const said = new Set<string>();
  const inherited = resolvedRequestOf(environment, base);
  for (const { kernel } of environment.groups) {
    for (const draft of kernelFindings(environment, KERNEL_RULES, inherited, kernel, "")) {
      const origin = draft.related.find((related) => related.slot !== null && related.slot !== base.slot);
      const place: Place = origin?.place ?? draft.place;
      said.add(`${draft.rule} ${place.start} ${place.end}`);
    }
  }
  return drafts.filter((draft) => {
    const origin = isInherited(draft, like) ? draft.related[0] : undefined;
    return origin === undefined || !said.has(`${draft.rule} ${origin.place.start} ${origin.place.end}`);
  });
}

function isInherited(draft: DraftFinding, like: Place): boolean {
  return draft.place.start === like.start && draft.place.end === like.end && draft.related[0]?.slot != null;
}
