import type { DocumentLink, DocumentLinkParams } from "vscode-languageserver";
import { isInside, rootsFor } from "../../documents/roots.ts";
import type { Link } from "../../service/links.ts";
import type { Feature } from "../feature.ts";
import { RunTexts, type Asking } from "../run-texts.ts";
import { onWritten } from "../written-request.ts";

const MOST_LINKS = 1000;

export const documentLink: Feature = {
  capability: () => ({ documentLinkProvider: {} }),
  register(server) {
    const { session } = server;
    const { files } = session;
    // A list with a link to a file is made anew each time: how the client writes its uri is as it is today.
    const texts = new RunTexts(files, (links: readonly Link[], rangeOf) =>
      links.map(
        ({ start, end, target, tooltip }): DocumentLink => ({
          range: rangeOf(start, end),
          target: target.kind === "file" ? files.clientUri(target.uri) : target.url,
          tooltip,
        }),
      ),
    );
    onWritten<DocumentLinkParams>(server, "textDocument/documentLink", ({ textDocument: { uri } }) => {
      const known = session.document(uri);
      const { key, workspace, kind } = known;
      const roots = rootsFor(workspace.roots, key);
      // The editor opens what it is given, commands among it: of the text's own words only files of the workspace.
      const isSafe = ({ target }: Link): boolean => target.kind === "web" || isInside(roots, target.uri);
      const runsIn: Asking<Link>["runsIn"] = (asked) =>
        (kind.answers.links?.(workspace, key, asked) ?? []).filter(({ items }) => items.every(isSafe));
      return texts.writtenOf({ known, limit: MOST_LINKS, runsIn });
    });
  },
};
