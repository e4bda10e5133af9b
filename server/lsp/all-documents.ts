import type { Step } from "../service/steps.ts";
import type { KnownDocument, Session } from "./session.ts";

/** Reads the folders and prepares every document that is known, one by one; so does what `uri` is asked after. */
export async function preparedDocument(session: Session, uri: string, step: Step): Promise<KnownDocument> {
  await session.scanFolders(step);
  const all = [...session.all()];
  for (const [index, { kind, workspace, key }] of all.entries()) {
    await step(index, all.length);
    // While others had their turn the workspace may have become another: then what is new is made at the end.
    kind.answers.prepare?.(workspace, key);
  }
  return session.document(uri);
}
