import type { CTree } from "../../service/kernel-c/callers-page.ts";
import { kernelC } from "../../service/kernel-c/piece.ts";
import type { Step } from "../../service/steps.ts";
import { customRequest, documentNamed, policyParams } from "../custom-request.ts";
import type { Feature } from "../feature.ts";
import type { Session } from "../session.ts";

/** Who calls, in the C of the document's folder, what a policy is for. */
export const callers: Feature = customRequest("allocpolicy/callers", policyParams, async (server, params, step) => {
  const known = await documentNamed(server, params.uri, step);
  if (known === null) return null;
  const { session } = server;
  const { workspace, key, document, folder } = known;
  const { policy, position } = params;
  const offset = position === undefined ? 0 : session.files.offset(document, position);
  const root = folder.uri ?? key.slice(0, key.lastIndexOf("/"));
  const tree = await cTree(session, root, step);
  const markdown = await kernelC().callersPage(
    workspace,
    key,
    policy === undefined ? { offset } : { name: policy },
    tree,
  );
  return markdown === null ? null : { markdown };
});

/** More files than any kernel has. */
const MOST_FILES = 200_000;
/** Files that are read at once. */
const AT_ONCE = 16;

async function cTree(session: Session, root: string, step: Step): Promise<CTree> {
  const files = await session.filesBelow(root, (name) => /\.[ch]$/.test(name), MOST_FILES);
  return {
    makefile: await session.textOf(`${root}/Makefile`),
    config: await session.textOf(`${root}/.config`),
    filesWith: (words) => textsWith(session, files, root, words, step),
  };
}

/** A file that is read, with the others in between: the server answers meanwhile. */
async function textsWith(
  session: Session,
  files: readonly string[],
  root: string,
  words: readonly string[],
  step: Step,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const found: { readonly path: string; readonly text: string }[] = [];
  let [next, read] = [0, 0];
  const readOn = async (): Promise<void> => {
    for (let key = files[next++]; key !== undefined; key = files[next++]) {
      const text = await session.textOf(key);
      if (text !== null && words.some((word) => text.includes(word)))
        found.push({ path: decodeURI(key.slice(root.length + 1)), text });
      read += 1;
      await step(read, files.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readOn));
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
