import type { Clause, Span } from "../../../grammar/ast.ts";
import type * as protocol from "../../../protocol/matrix.ts";
import type { Binding, Environment } from "../../policy-language/analysis/environment.ts";

/** A place in a file: offsets of that file. */
export interface MatrixSpan extends Span {
  readonly uri: string;
}

export type MatrixCell = protocol.MatrixCell<MatrixSpan>;
export type Matrix = protocol.Matrix<MatrixSpan>;
export type MatrixRow = protocol.MatrixRow<MatrixSpan>;
export type MatrixAnswer = protocol.MatrixAnswer<MatrixSpan>;
export type MatrixColumn = protocol.MatrixColumn<MatrixSpan>;
export type MatrixPromise = protocol.MatrixPromise<MatrixSpan>;
export type MatrixPromises = protocol.MatrixPromises<MatrixSpan>;

/** What a click on the cell shows. */
export function spanOf(clause: Clause): Span {
  switch (clause.kind) {
    case "mode":
      return clause.when ?? clause.name ?? clause.keyword;
    case "allow":
    case "forbid":
    case "warn":
    case "require":
      return clause.predicate;
    case "ignore":
      return clause.masks[0] ?? clause.keyword;
    case "stage":
      return clause.keyword;
  }
}

// The kernel ----------------------------------------------------------------------------------------------------------

/** A place of the file that a policy or what it extends is declared in. */
export function spanIn(environment: Environment, owner: Binding, { start, end }: Span): MatrixSpan {
  const offset = environment.placeOf(owner)?.start ?? 0;
  return { uri: owner.uri, start: offset + start, end: offset + end };
}

/** The text of such a place, as it is written. */
export function textOf(environment: Environment, owner: Binding, { start, end }: Span): string {
  return (environment.placeOf(owner)?.region.text.slice(start, end) ?? "").replace(/\s+/g, " ");
}
