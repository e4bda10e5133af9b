import type { Region } from "../../../grammar/source-file.ts";
import type { Finding } from "../../rules/finding.ts";
import { declarationFindings } from "./declaration-findings.ts";
import type { FileAnalysis, RegionFindings } from "../analysis/file-analysis.ts";
import { noKernelFinding } from "../findings/headers.ts";
import { published } from "./published-findings.ts";
import { withLevels } from "./rule-levels.ts";

const NOTHING: readonly Finding[] = [];
const NO_FINDINGS: RegionFindings = { unplaced: [], movable: false, suggests: false, published: NOTHING };

/** The findings of every region of a file. Only regions with a new revision are looked at; the others keep theirs. */
export function findingsOf(analysis: FileAnalysis): readonly (readonly Finding[])[] {
  const own = analysis.files[0];
  if (own === undefined) return [];
  const { regions } = own.index.file;
  // What an import says hangs on other files as well.
  for (const region of own.index.imports) analysis.findings[region] = analysis.ready[region] = undefined;
  const result = new Array<readonly Finding[]>(regions.length);
  for (let i = 0; i < regions.length; i++) {
    result[i] = analysis.ready[i] ?? regionFindings(analysis, i, own.uri);
  }
  return withFirstDeclaration(analysis, result);
}

function regionFindings(analysis: FileAnalysis, index: number, uri: string): readonly Finding[] {
  let known = analysis.findings[index];
  if (known === undefined) {
    const region = analysis.files[0]?.index.file.regions[index];
    known = region === undefined ? NO_FINDINGS : analysed(analysis, region, index);
    analysis.findings[index] = known;
  }
  if (known.movable) return published(known, index, analysis.environment, uri);
  analysis.ready[index] = known.published;
  return known.published;
}

function analysed(analysis: FileAnalysis, region: Region, index: number): RegionFindings {
  const unplaced = withLevels(analysis.environment, declarationFindings(analysis, region, index));
  if (unplaced.length === 0) return NO_FINDINGS;
  const movable = unplaced.some((finding) => finding.related.length > 0);
  const suggests = unplaced.some((finding) => finding.rule.startsWith("unknown-"));
  return {
    unplaced,
    movable,
    suggests,
    published: movable ? NOTHING : unplaced.map((finding) => ({ ...finding, related: [] })),
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
  const findings = withLevels(environment, [noKernelFinding(span, environment.kernelsText)]);
  result[region] = [...(result[region] ?? NOTHING), ...findings.map((finding) => ({ ...finding, related: [] }))];
  return result;
}
