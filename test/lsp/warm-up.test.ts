import { expect, test } from "vitest";
import { warmUp } from "../../server/lsp/warm-up.ts";
import { documentKind, type DocumentKind } from "../../server/service/document-kind.ts";
import { DOCUMENT_KINDS } from "../../server/service/kinds/index.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import type { Document } from "../../server/documents/document.ts";

/** A kind whose documents tell how often they are looked at. */
function kind(name: string, sampledBeside: string | null, asked: string[]): DocumentKind {
  return documentKind<Document>({
    name,
    is: (document): document is Document => document.kind === name,
    languageIds: [],
    sample: () => "sample",
    ...(sampledBeside === null ? {} : { sampledBeside }),
    open: (text) => ({ kind: name, text }),
    answers: {
      findings: () => {
        asked.push(name);
        return { runs: [], total: 0 };
      },
    },
  });
}

test("a sample is read where a folder has documents of its kind, and what the folder was opened for first", async () => {
  const asked: string[] = [];
  const kinds = [kind("everywhere", null, asked), kind("here", "Kbuild", asked), kind("elsewhere", "other", asked)];
  const isDone = await warmUp(
    kinds,
    (name) => Promise.resolve(name === "Kbuild"),
    () => true,
  );
  expect(isDone).toBe(true);
  expect([...new Set(asked)]).toEqual(["here", "everywhere"]);
});

test("the first document ends it", async () => {
  const asked: string[] = [];
  const isDone = await warmUp(
    [kind("everywhere", null, asked)],
    () => Promise.resolve(true),
    () => asked.length < 3,
  );
  expect(isDone).toBe(false);
  expect(asked).toHaveLength(3);
});

test("a sample is asked about and typed into, and what is typed is taken back", async () => {
  const seen: string[] = [];
  const own = documentKind<Document>({
    name: "own",
    is: (document): document is Document => document.kind === "own",
    languageIds: [],
    sample: () => "a sample of some words",
    open: (text) => ({ kind: "own", text }),
    answers: {
      hover: (workspace, uri, offset) => {
        const text = workspace.documents.get(uri)?.text ?? "";
        seen.push(text);
        expect(offset).toBeLessThan(text.length);
        return null;
      },
    },
  });
  await warmUp(
    [own],
    () => Promise.resolve(true),
    () => true,
  );
  expect(new Set(seen)).toEqual(new Set(["a sample of some words"]));
  expect(seen.length).toBeGreaterThan(1);
});

test.each(DOCUMENT_KINDS.filter(({ sample }) => sample !== null).map((one) => [one.name, one] as const))(
  "the sample of %s has findings, so that what makes them is compiled",
  (_, { sample, open, answers }) => {
    const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), "file:///sample", open(sample?.() ?? ""));
    answers.makeFindings?.(workspace, "file:///sample", 0, () => false);
    expect(answers.findings?.(workspace, "file:///sample", 100).total).toBeGreaterThan(1);
  },
);
