import type { Matrix as MatrixOver } from "../../../protocol/matrix.ts";
import type { Location } from "../../../protocol/places.ts";
import type { Workspace } from "../../documents/workspace.ts";
import type { Matrix, MatrixSpan } from "../../service/matrix/spans.ts";
import { customRequest, policyParams } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import type { FileTable } from "../file-table.ts";
import { matrixAsked } from "../matrix-asked.ts";

export const matrix: Feature = customRequest("allocpolicy/matrix", policyParams, async (server, params, step) => {
  const asked = await matrixAsked(server, params, step);
  if (asked === null) return null;
  const { answer, workspace } = asked;
  return answer.kind === "matrix"
    ? { kind: "matrix", matrix: located(server.session.files, workspace, answer.matrix) }
    : answer;
});

/** The matrix with each span as a location of the client. */
function located(files: FileTable, workspace: Workspace, made: Matrix): MatrixOver<Location> {
  const at = (span: MatrixSpan): Location => ({
    uri: files.clientUri(span.uri),
    range: files.range(workspace, span.uri, span.start, span.end),
  });
  const atOrNull = (span: MatrixSpan | null): Location | null => (span === null ? null : at(span));
  return {
    ...made,
    span: at(made.span),
    columns: made.columns.map((column) => ({ ...column, span: atOrNull(column.span) })),
    promises: made.promises.map((promise) => ({
      ...promise,
      cells: promise.cells.map((cell) => (cell === null ? null : { ...cell, span: at(cell.span) })),
    })),
    groups: made.groups.map((group) => ({
      ...group,
      rows: group.rows.map((row) => ({
        ...row,
        cells: row.cells.map((cell) => ({ ...cell, rule: atOrNull(cell.rule) })),
      })),
    })),
  };
}
