import type { Finding, Span } from "../../rules/finding.ts";
import type { Revision } from "./environment.ts";

/**
 * A finding whose related places are tied to revisions: region indexes move with every line that is typed, revisions do
 * not.
 */
export interface UnplacedFinding extends Omit<Finding, "related"> {
  readonly related: readonly UnplacedRelated[];
}

export interface UnplacedRelated {
  /** Null: in the finding's own region. */
  readonly revision: Revision | null;
  readonly uri: string;
  readonly span: Span;
  readonly message: string;
}
