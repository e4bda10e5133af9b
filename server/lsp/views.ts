import type { Connection, Location, Range } from "vscode-languageserver";
import { policyFile } from "../policy-language/policy-files.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import type { Workspace } from "../documents/workspace.ts";
import { diffKernels, diffPolicies, kernelNames, type NamedPolicy } from "../service/diff.ts";
import { expectationsOf } from "../service/expectations.ts";
import { toMarkdown } from "../service/matrix-markdown.ts";
import { toSvg } from "../service/matrix-svg.ts";
import { matrixOf, policiesOf, type Matrix, type MatrixSpan, type WhichPolicy } from "../service/matrix.ts";
import { guarded, type Log } from "./guard.ts";
import {
  diffRequest,
  expectationsRequest,
  exportMatrixRequest,
  kernelsRequest,
  matrixRequest,
  policiesRequest,
  type WireMatrixAnswer,
} from "./requests.ts";
import type { Session } from "./session.ts";

/** A file of a workspace, as a request names it. */
interface Known {
  readonly key: string;
  readonly workspace: Workspace;
  readonly file: SourceFile;
}

/** Answers what an editor's own views ask: the test explorer, the matrix, differences. */
export function registerViews(connection: Connection, session: Session, log: Log): void {
  const { files } = session;

  /** The file that a request names: open, or found in a folder. */
  async function fileOf(uri: string | null): Promise<Known | null> {
    if (uri === null) return null;
    const key = files.key(uri);
    if (!session.folder(key).workspace.documents.has(key)) await session.scanFolders();
    await session.importsSettled(key);
    const { workspace } = session.folder(key);
    const file = policyFile(workspace, key);
    return file === undefined ? null : { key, workspace, file };
  }

  connection.onRequest(
    expectationsRequest,
    guarded(log, expectationsRequest.method, async (params) => {
      const known = await fileOf(textIn(params, "uri"));
      if (known === null) return null;
      const range = (span: { readonly start: number; readonly end: number }): Range =>
        files.rangeIn(known.file, span.start, span.end);
      const items = expectationsOf(known.workspace, known.key, {
        now: () => performance.now(),
        fresh: fieldOf(params, "fresh") === true,
      });
      return {
        items: items.map((item) => ({
          ...item,
          range: range(item.range),
          declarationRange: item.declarationRange === null ? null : range(item.declarationRange),
        })),
      };
    }),
  );

  connection.onRequest(
    policiesRequest,
    guarded(log, policiesRequest.method, async (params) => {
      const known = await fileOf(textIn(params, "uri"));
      if (known === null) return [];
      return policiesOf(known.workspace, known.key).map(({ name, range }) => ({
        name,
        range: files.rangeIn(known.file, range.start, range.end),
      }));
    }),
  );

  connection.onRequest(
    matrixRequest,
    guarded(log, matrixRequest.method, async (params): Promise<WireMatrixAnswer | null> => {
      const known = await fileOf(textIn(params, "uri"));
      const answer = known === null ? null : matrixOf(known.workspace, known.key, whichOf(known.file, params));
      if (known === null || answer === null) return null;
      return answer.kind === "matrix" ? { kind: "matrix", matrix: located(known.workspace, answer.matrix) } : answer;
    }),
  );
  connection.onRequest(
    exportMatrixRequest,
    guarded(log, exportMatrixRequest.method, async (params) => {
      const known = await fileOf(textIn(params, "uri"));
      const answer = known === null ? null : matrixOf(known.workspace, known.key, whichOf(known.file, params));
      if (answer === null || answer.kind !== "matrix") return null;
      return { text: textIn(params, "format") === "svg" ? toSvg(answer.matrix) : toMarkdown(answer.matrix) };
    }),
  );

  connection.onRequest(
    kernelsRequest,
    guarded(log, kernelsRequest.method, () => kernelNames()),
  );
  connection.onRequest(
    diffRequest,
    guarded(log, diffRequest.method, async (params) => {
      const [from, to] = [textIn(params, "from"), textIn(params, "to")];
      if (from !== null && to !== null) {
        const known = await fileOf(textIn(params, "uri"));
        return known === null ? null : diffKernels(known.workspace, known.key, from, to);
      }
      const [first, second] = [await policyOf(fieldOf(params, "first")), await policyOf(fieldOf(params, "second"))];
      const markdown = first === null || second === null ? null : diffPolicies(first, second);
      return markdown === null ? null : { markdown };
    }),
  );

  async function policyOf(named: unknown): Promise<NamedPolicy | null> {
    const known = await fileOf(textIn(named, "uri"));
    const name = textIn(named, "policy");
    return known === null || name === null ? null : { workspace: known.workspace, uri: known.key, name };
  }

  /** `policy` by name; else `position`; else the first. */
  function whichOf(file: SourceFile, params: unknown): WhichPolicy {
    const name = textIn(params, "policy");
    if (name !== null) return { name };
    const position = fieldOf(params, "position");
    const [line, character] = [fieldOf(position, "line"), fieldOf(position, "character")];
    return {
      offset: typeof line === "number" && typeof character === "number" ? files.offset(file, { line, character }) : 0,
    };
  }

  function located(
    workspace: Workspace,
    matrix: Matrix,
  ): Extract<WireMatrixAnswer, { readonly kind: "matrix" }>["matrix"] {
    const at = (span: MatrixSpan): Location => ({
      uri: files.clientUri(span.uri),
      range: files.range(workspace, span.uri, span.start, span.end),
    });
    const atOrNull = (span: MatrixSpan | null): Location | null => (span === null ? null : at(span));
    return {
      ...matrix,
      span: at(matrix.span),
      columns: matrix.columns.map((column) => ({ ...column, span: atOrNull(column.span) })),
      promises: matrix.promises.map((promise) => ({
        ...promise,
        cells: promise.cells.map((cell) => (cell === null ? null : { ...cell, span: at(cell.span) })),
      })),
      groups: matrix.groups.map((group) => ({
        ...group,
        rows: group.rows.map((row) => ({
          ...row,
          cells: row.cells.map((cell) => ({ ...cell, rule: atOrNull(cell.rule) })),
        })),
      })),
    };
  }
}

/** A field of what a client sent; undefined where there is none. */
function fieldOf(params: unknown, field: string): unknown {
  return typeof params === "object" && params !== null && field in params ? Reflect.get(params, field) : undefined;
}

function textIn(params: unknown, field: string): string | null {
  const value = fieldOf(params, field);
  return typeof value === "string" ? value : null;
}
