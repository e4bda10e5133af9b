import type { PolicyParams } from "../../protocol/requests.ts";
import type { Workspace } from "../documents/workspace.ts";
import { matrixOf } from "../service/matrix.ts";
import type { MatrixAnswer } from "../service/matrix/spans.ts";
import type { Step } from "../service/steps.ts";
import { documentNamed } from "./custom-request.ts";
import type { Server } from "./feature.ts";

/** The matrix that a request names; null where the document declares no such policy. */
export async function matrixAsked(
  server: Server,
  { uri, policy, position }: PolicyParams,
  step: Step,
): Promise<{ readonly workspace: Workspace; readonly answer: MatrixAnswer } | null> {
  const known = await documentNamed(server, uri, step);
  if (known === null) return null;
  const { workspace, key, document } = known;
  const offset = position === undefined ? 0 : server.session.files.offset(document, position);
  const answer = matrixOf(workspace, key, policy === undefined ? { offset } : { name: policy });
  return answer === null ? null : { workspace, answer };
}
