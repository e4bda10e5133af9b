import type { Region } from "../../grammar/source-file.ts";
import type { AnalysisMemory, Workspace } from "../documents/workspace.ts";
import type { Environment, Revision } from "../policy-language/analysis/environment.ts";
import { fileAnalysisOf } from "../policy-language/analysis/file-analysis.ts";

/** What was made for the regions of a file as it was last. */
interface Kept<Made> {
  readonly regions: readonly Region[];
  readonly revisions: readonly Revision[];
  readonly made: (Made | undefined)[];
}

/** What is made for the regions of a file at one moment: each when it is first asked for. */
export interface OfDeclarations<Made> {
  readonly environment: Environment;
  readonly at: (index: number) => Made | null;
}

/**
 * What is said of each declaration of a file by itself: it stays as long as neither its text nor anything that it
 * depends on changes, and from one text of the file to the next nothing is looked at but what is different.
 */
export class ByDeclaration<Made> {
  readonly #make: (environment: Environment, region: Region, index: number) => Made;
  readonly #known = new WeakMap<AnalysisMemory, Map<string, Kept<Made>>>();

  constructor(make: (environment: Environment, region: Region, index: number) => Made) {
    this.#make = make;
  }

  /** Null for a file that the workspace does not have. */
  of(workspace: Workspace, uri: string): OfDeclarations<Made> | null {
    const analysis = fileAnalysisOf(workspace, uri);
    const own = analysis?.files[0];
    const ofFiles = this.#known.get(workspace.memory) ?? new Map<string, Kept<Made>>();
    this.#known.set(workspace.memory, ofFiles);
    if (analysis === null || own === undefined) {
      ofFiles.delete(uri);
      return null;
    }
    const { revisions, index: of } = own;
    const { regions } = of.file;
    const before = ofFiles.get(uri);
    const isSame = before?.regions === regions && before.revisions === revisions;
    const kept = isSame ? before : { regions, revisions, made: carried(before, regions, revisions) };
    ofFiles.set(uri, kept);
    const { environment } = analysis;
    return {
      environment,
      at: (index) => {
        const known = kept.made[index];
        const region = regions[index];
        if (known !== undefined || region === undefined) return known ?? null;
        const made = this.#make(environment, region, index);
        kept.made[index] = made;
        return made;
      },
    };
  }
}

function carried<Made>(
  before: Kept<Made> | undefined,
  regions: readonly Region[],
  revisions: readonly Revision[],
): (Made | undefined)[] {
  if (before === undefined) return new Array<undefined>(regions.length).fill(undefined);
  const isSame = (index: number, old: number): boolean =>
    regions[index] === before.regions[old] && revisions[index] === before.revisions[old];
  const shorter = Math.min(regions.length, before.regions.length);
  const moved = regions.length - before.regions.length;
  let head = 0;
  while (head < shorter && isSame(head, head)) head += 1;
  let tail = 0;
  while (tail < shorter - head && isSame(regions.length - 1 - tail, before.regions.length - 1 - tail)) tail += 1;
  const between = Array.from({ length: regions.length - tail - head }, (_, i) =>
    // What leans on one declaration may stand far apart, with others between.
    moved === 0 && isSame(head + i, head + i) ? before.made[head + i] : undefined,
  );
  return before.made.slice(0, head).concat(between, before.made.slice(before.made.length - tail));
}
