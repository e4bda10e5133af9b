import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { actionsAt, fixAllAction } from "../../server/service/actions.ts";
import { completionsAt } from "../../server/service/completion.ts";
import { definitionAt } from "../../server/service/definition.ts";
import { diffKernels, diffPolicies } from "../../server/service/diff.ts";
import { expectationsOf } from "./_expectations.ts";
import { foldsOf } from "../../server/service/folding.ts";
import { formattingOf } from "../../server/service/formatting.ts";
import { hoverAt } from "../../server/service/hover.ts";
import { inlayHintsOf } from "../../server/service/inlay-hints.ts";
import { linksOf } from "../../server/service/links.ts";
import { toMarkdown } from "../../server/service/matrix/markdown.ts";
import { toSvg } from "../../server/service/matrix/svg.ts";
import { matrixOf, policiesOf } from "../../server/service/matrix.ts";
import { highlightsAt, referencesAt } from "../../server/service/references.ts";
import { prepareRename, renameAt } from "../../server/service/rename.ts";
import { selectionsAt } from "../../server/service/selection.ts";
import { semanticTokensOf } from "../../server/service/semantic-tokens.ts";
import { upTo } from "../../server/service/runs.ts";
import { symbolsOf } from "../../server/service/symbols.ts";
import { applied, placed, URI } from "./_fixture.ts";

/** Asks everything about a text, at some of its offsets; what comes back must lie within the text. */
function askAll(text: string, offsets: readonly number[]): void {
  const file = parseFile(text);
  const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, file);
  const inside = ({ start, end }: { readonly start: number; readonly end: number }): void => {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length);
  };
  for (const offset of offsets) {
    const hover = hoverAt(workspace, URI, offset);
    if (hover !== null) inside(hover);
    inside(completionsAt(workspace, URI, offset, null));
    definitionAt(workspace, URI, offset);
    referencesAt(workspace, URI, offset).forEach(inside);
    highlightsAt(workspace, URI, offset).forEach(inside);
    prepareRename(workspace, URI, offset);
    renameAt(workspace, URI, offset, "renamed");
    selectionsAt(file, offset).forEach(inside);
    for (const action of actionsAt(workspace, URI, offset, offset)) action.changes.forEach(inside);
  }
  placed(foldsOf(file, upTo(1000))).forEach(inside);
  placed(semanticTokensOf(workspace, URI, 0, text.length)).forEach(inside);
  placed(linksOf(workspace, URI, upTo(100))).forEach(inside);
  for (const { start: by, items } of symbolsOf(file, upTo(1000)))
    for (const { range } of items) inside({ start: by + range.start, end: by + range.end });
  for (const { offset } of inlayHintsOf(workspace, URI, 0, text.length, 1000)) inside({ start: offset, end: offset });
  formattingOf(file, 0, text.length).forEach(inside);
  fixAllAction(workspace, URI)?.changes.forEach(inside);
  for (const { range, message } of expectationsOf(workspace, URI)) {
    inside(range);
    expect(message ?? "").not.toMatch(/AllocPolicy itself failed/);
  }
  for (const { name, range } of policiesOf(workspace, URI)) {
    inside(range);
    const answer = matrixOf(workspace, URI, { name });
    if (answer?.kind === "matrix") {
      const { columns, groups } = answer.matrix;
      for (const { rows } of groups) for (const { cells } of rows) expect(cells).toHaveLength(columns.length);
      for (const { rows } of groups)
        for (const { cells } of rows) for (const { rule } of cells) if (rule?.uri === URI) inside(rule);
      toMarkdown(answer.matrix);
      toSvg(answer.matrix);
    }
    diffPolicies({ workspace, uri: URI, name }, { workspace, uri: URI, name: "p" });
  }
  diffKernels(workspace, URI, "6.1", "6.12");
}

const WHOLE = `kernel 6.1 .. 6.12
config { PREEMPT_RT on  page 4 KiB }
import "contexts.allocpolicy"
flags RING = GFP_KERNEL | __GFP_NOWARN
transform nested(gfp) = gfp & (GFP_KERNEL | ~0x40u) | __GFP_NORETRY
context rx { in softirq  holds spinlock "ring"  scope nofs, noio }
request a { api kmem_cache_alloc  cache { size 256  ctor }  flags nested(RING)  context rx  node any  handles null  expect { sleeps never }  waive x-y because "z" }
request b like a { fallback none; }
policy p for alloc_pages { allow only RING  require has __GFP_NOWARN when order > 0 and not (in rx or sleeps)  mode m otherwise { drain lru | pcp, retries 3 }  stage s honours RING internal }
memory m { node 0 { zone Normal { managed 4 GiB  free order 0: 3, order 1: 4  watermarks min 1 MiB, low 2 MiB  pinned 3 pages } } }
expect a on m { fails, oom never }
expect nested when lacks __GFP_IO gives has __GFP_NOWARN
`;

describe("whatever the text", () => {
  test("every question has an answer at every offset of a whole file", () => {
    askAll(
      WHOLE,
      Array.from({ length: WHOLE.length + 1 }, (_, at) => at).filter((at) => at % 3 === 0),
    );
  });

  test("every question has an answer in text that was cut, doubled or overwritten", () => {
    fc.assert(
      fc.property(
        fc.nat(WHOLE.length),
        fc.nat(WHOLE.length),
        fc.string({ maxLength: 6 }),
        fc.nat(WHOLE.length),
        (from, to, insert, at) => {
          const text = WHOLE.slice(0, Math.min(from, to)) + insert + WHOLE.slice(Math.max(from, to));
          askAll(text, [0, Math.min(at, text.length), Math.min(from, to, text.length), text.length]);
        },
      ),
      { seed: 20201, numRuns: 60 },
    );
  });

  test("every question has an answer in random characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.nat(200), (text, at) =>
        askAll(text, [Math.min(at, text.length)]),
      ),
      { seed: 20202, numRuns: 60 },
    );
  });

  test.each([
    ["100,000 parentheses", `kernel 6.12\nflags M = ${"(".repeat(100_000)}GFP_KERNEL${")".repeat(100_000)}\n`],
    ["an alias of itself", "kernel 6.12\nflags A = B\nflags B = A\nrequest r { api kmalloc size 1 B flags A }\n"],
    [
      "requests like each other",
      "kernel 6.12\nrequest a like b { api kmalloc }\nrequest b like a { flags GFP_KERNEL }\n",
    ],
    [
      "a file that imports itself",
      'kernel 6.12\nimport "main.allocpolicy"\nrequest a { api kmalloc size 1 B flags GFP_KERNEL }\n',
    ],
    ["half a declaration", "kernel 6.12\nrequest r {\n  api kmalloc\n  flags GFP_KERNEL | "],
    [
      "numbers beyond measure",
      "kernel 6.12\nrequest r { api kmalloc size 99999999999999999999999999 GiB flags 0xffffffffffffffffff }\nrequest s { api alloc_pages order 4294967296 flags 0 }\n",
    ],
  ])("every question has an answer: %s", (_, text) => {
    askAll(text, [0, 12, Math.min(text.length, 30), text.length >> 1, text.length - 1, text.length]);
  });

  test("formatting twice is formatting once", () => {
    const once = applied(WHOLE, formattingOf(parseFile(WHOLE), 0, WHOLE.length));
    expect(formattingOf(parseFile(once), 0, once.length)).toEqual([]);
  });
});
