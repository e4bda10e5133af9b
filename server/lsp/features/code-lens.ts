import type { CodeLens, CodeLensParams, Command } from "vscode-languageserver";
import { LENS_COMMANDS, type Lens, type LensCommand } from "../../service/lenses.ts";
import type { Feature, Server } from "../feature.ts";
import { guarded } from "../guard.ts";
import { RunTexts } from "../run-texts.ts";
import type { KnownDocument } from "../session.ts";
import { onWritten } from "../written-request.ts";
import { Written } from "../written.ts";

const MOST_LENSES = 2000;

/**
 * Lenses over declarations. Their commands are the client's: a client that has them says so by `experimental` (see
 * `Abilities.lensCommands`), any other gets none.
 */
export const codeLens: Feature = {
  capability: () => ({ codeLensProvider: { resolveProvider: true } }),
  register(server) {
    const { connection, session, log, abilities } = server;
    const { files } = session;
    const lenses = new RunTexts(files, (items: readonly Lens[], rangeOf, { key }) =>
      items.map(
        ({ start, end, command, name }): CodeLens => ({
          range: rangeOf(start, end),
          data: { uri: files.clientUri(key), command, name },
        }),
      ),
    );
    onWritten<CodeLensParams>(server, "textDocument/codeLens", ({ textDocument: { uri } }) => {
      if (!abilities().lensCommands) return new Written("[]");
      const known = session.document(uri);
      return lenses.written(known, known.kind.answers.lenses?.of(known.workspace, known.key, MOST_LENSES) ?? []);
    });
    connection.onCodeLensResolve(
      guarded(log, "codeLens/resolve", async (lens): Promise<CodeLens> => {
        const data: unknown = lens.data;
        if (typeof data !== "object" || data === null || !("uri" in data) || !("command" in data)) return lens;
        const { uri } = data;
        const command = LENS_COMMANDS.find((known) => known === data.command);
        const name = "name" in data && typeof data.name === "string" ? data.name : "";
        if (typeof uri !== "string" || command === undefined) return lens;
        if (command === "uses") await session.scanFolders();
        const known = session.find(files.key(uri));
        return known === null ? lens : { ...lens, command: commandOf(server, known, lens, command, name, uri) };
      }),
    );
  },
};

function commandOf(
  { session: { files } }: Server,
  { key, workspace, document, kind }: KnownDocument,
  { range }: CodeLens,
  command: LensCommand,
  name: string,
  uri: string,
): Command {
  const place = [uri, range.start] as const;
  switch (command) {
    case "explain":
      return { title: "Explain", command: "allocpolicy.explain", arguments: [...place] };
    case "compare":
      return { title: "Compare kernels", command: "allocpolicy.compareKernels", arguments: [...place] };
    case "simulate":
      return { title: "Simulate", command: "allocpolicy.openTrace", arguments: [...place] };
    case "matrix":
      return { title: "Matrix", command: "allocpolicy.openMatrix", arguments: [uri, name] };
    case "run":
      return { title: "Run expectations", command: "allocpolicy.runExpectations", arguments: [...place] };
    case "uses": {
      const uses = kind.answers.lenses?.uses(workspace, key, files.offset(document, range.start)) ?? [];
      const locations = uses.map((use) => ({
        uri: files.clientUri(use.uri),
        range: files.range(workspace, use.uri, use.start, use.end),
      }));
      const title = uses.length === 0 ? "No uses" : uses.length === 1 ? "1 use" : `${uses.length} uses`;
      return { title, command: "allocpolicy.showUses", arguments: [...place, locations] };
    }
  }
}
