import type { Finding } from "../../rules/finding.ts";
import type { Revision } from "./environment.ts";
import type { FileIndex } from "./file-index.ts";
import type { UnplacedFinding } from "./unplaced-finding.ts";

export interface AnalysedFile {
  readonly uri: string;
  readonly index: FileIndex;
  /** As long as `index.file.regions`. */
  readonly revisions: readonly Revision[];
}

/** Of an analysis: the files that it is about, and what is said of the first. */
export interface AnalysedFiles {
  /** The file itself first, then what it imports, depth first, each once. */
  readonly files: readonly AnalysedFile[];
  /** By region of the file itself; filled by `check`. Empty where the region's revision is new. */
  readonly findings: (RegionFindings | undefined)[];
  /** What was given out for each region, where it can be given out again as it is. */
  readonly ready: (readonly Finding[] | undefined)[];
}

/** The findings of a region, and how they were last given out. */
export interface RegionFindings {
  readonly unplaced: readonly UnplacedFinding[];
  /** Some finding has related places, whose region indexes must be looked up again when regions move. */
  readonly movable: boolean;
  /** Some finding offers names that were meant: those depend on all names that are declared. */
  readonly suggests: boolean;
  published: readonly Finding[];
}

export function newRevision(lastPlace: number): Revision {
  return { lastPlace };
}
