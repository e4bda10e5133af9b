import { noFreeBitFindings, scopeContradictionFindings } from "../findings/design.ts";
import type { Region } from "../../../grammar/source-file.ts";
import type { Environment } from "../analysis/environment.ts";
import { expectFindings } from "./expectations/findings.ts";
import type { FileAnalysis } from "../analysis/file-analysis.ts";
import { contextPlaceFindings } from "../findings/contexts.ts";
import { effectWordFindings } from "../findings/effects.ts";
import { expressionsOf, flagFindings, type WrittenExpression } from "../findings/flags.ts";
import { configHeaderFindings, importFindings, kernelHeaderFindings, secondHeader } from "../findings/headers.ts";
import { allocatorFindings } from "../findings/allocators.ts";
import { codeContextFindings } from "../findings/code-contexts.ts";
import { internalError } from "../findings/internal.ts";
import { memoryFindings } from "../findings/memory.ts";
import { contextWordFindings, unknownNameFindings } from "../findings/names/unknown-names.ts";
import { duplicateModeFindings, duplicateNameFindings } from "../findings/names/duplicate-names.ts";
import { nameCycleFindings } from "../findings/names/name-cycles.ts";
import { measureUnitFindings } from "../findings/requests/sizes.ts";
import { syntaxFindings } from "../findings/syntax.ts";
import { Paused, type Pause } from "../analysis/pause.ts";
import { namesOf } from "../analysis/region-names.ts";
import { isLeftOut } from "./content.ts";
import { postponed, shareIn } from "./file-work.ts";
import { overKernelsOnce } from "../findings/over-kernels.ts";
import { checkPolicy, preparePolicy } from "./policy-checks.ts";
import { removedNameFindings } from "./removed-names.ts";
import { apiFindings, policyApiFindings, requestFindings } from "./request-findings.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";

/**
 * All that there is to say of a region, its declaration or header, but whether there is what the names stand for that
 * `isLeftOut`. A damaged one says only where the damage is: the rest would be guessed.
 * @param most how much work a policy may be; null: its share of the file's, and if it needs more it is postponed
 */
export function declarationFindings(
  analysis: FileAnalysis,
  region: Region,
  index: number,
  most: number | null,
  pause: Pause,
): readonly UnplacedFinding[] {
  if (region.problems.length > 0) return syntaxFindings(region.problems);
  return orInternalError(region, () => itemFindings(analysis, region, index, most, pause));
}

/** What `find` gives; where it fails, a finding that says so. */
export function orInternalError(region: Region, find: () => readonly UnplacedFinding[]): readonly UnplacedFinding[] {
  try {
    return find();
  } catch (error) {
    if (error instanceof Paused) throw error;
    const { start, kind } = region.item ?? { start: 0, kind: region.kind ?? "" };
    return [internalError({ start, end: start + kind.length }, `check of \`${kind}\``, error)];
  }
}

function itemFindings(
  analysis: FileAnalysis,
  region: Region,
  index: number,
  most: number | null,
  pause: Pause,
): readonly UnplacedFinding[] {
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
      return importFindings(item, analysis.imports.get(index) ?? null);
    default:
      break;
  }

  const binding = environment.bindingAt(index);
  // First, for it may be stopped: what stands before it would be done again.
  const mayBe = most ?? shareIn(environment.file);
  if (item.kind === "policy" && binding !== null && environment.kernelKnown) {
    const outcome = preparePolicy(environment, binding, mayBe, pause);
    if (outcome === "too-entangled" && most === null) throw postponed();
  }
  const uses = namesOf(region).uses.filter((use) => !isLeftOut(environment, region.kind, use));
  const findings: UnplacedFinding[] = [...unknownNameFindings(environment, uses)];
  if (binding !== null)
    findings.push(...duplicateNameFindings(environment, binding), ...nameCycleFindings(environment, binding, region));
  findings.push(...expressionFindings(environment, expressionsOf(region), item.kind !== "request"));
  switch (item.kind) {
    case "context":
      findings.push(
        ...contextWordFindings(item),
        ...contextPlaceFindings(environment, item),
        ...codeContextFindings(item),
      );
      break;
    case "request":
      return binding === null ? findings : requestFindings(environment, region, item, binding, findings);
    case "policy":
      findings.push(
        ...policyApiFindings(environment, item.apis),
        ...measureUnitFindings(item),
        ...duplicateModeFindings(item, environment.uri),
        ...effectWordFindings(item),
      );
      if (binding !== null && environment.kernelKnown) findings.push(...checkPolicy(environment, binding, mayBe));
      break;
    case "memory":
      if (binding !== null) findings.push(...memoryFindings(environment, binding));
      break;
    case "expect":
      findings.push(...expectFindings(environment, item));
      break;
    case "flag":
      findings.push(...noFreeBitFindings(environment, item));
      break;
    case "scope":
      findings.push(
        ...noFreeBitFindings(environment, item),
        ...overKernelsOnce(environment, "where-it-differs", (kernel) =>
          scopeContradictionFindings(environment, kernel, item),
        ),
      );
      break;
    case "allocator":
      findings.push(
        ...allocatorFindings(item),
        ...(item.callee === null ? [] : apiFindings(environment, [item.callee])),
      );
      break;
    case "flags":
    case "transform":
      break;
  }
  return findings;
}

/** Names and numbers of mask expressions. In a request the rule `removed-flag` is asked with all others. */
function expressionFindings(
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
