// Incremental is fresh: whatever was typed before, an editor is shown what a workspace that never saw another text
// shows.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editFile, parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, withMissing, type Workspace } from "../../server/documents/workspace.ts";
import { policyFile } from "../../server/policy-language/analysis/policy-files.ts";
import { placedFindings } from "../../server/service/findings.ts";
import { expectationsOf } from "./_expectations.ts";
import { upTo } from "../../server/service/runs.ts";
import { allocPolicy } from "../../server/service/kinds/allocpolicy.ts";
import { matrixOf, policiesOf } from "../../server/service/matrix.ts";
import { declaration, headers } from "../policy-language/_arbitrary.ts";

const URIS = ["file:///p/main.allocpolicy", "file:///p/library.allocpolicy", "file:///p/other.allocpolicy"] as const;
const GONE = "file:///p/gone.allocpolicy";

/** The same files in another order, parsed anew, under settings of their own: nothing is remembered of them. */
function fresh(workspace: Workspace): Workspace {
  const empty = withMissing(emptyWorkspace({ ...workspace.settings }), GONE);
  return [...workspace.documents]
    .toReversed()
    .reduce((made, [uri, { text }]) => withDocument(made, uri, parseFile(text)), empty);
}

/** Everything that an editor can be shown of a file; of what is asked at a place, at some places. */
function shown(workspace: Workspace, uri: string, places: readonly number[]): unknown {
  const { answers } = allocPolicy;
  const text = policyFile(workspace, uri)?.text ?? "";
  const end = text.length;
  const findings = answers.findings?.(workspace, uri, 1000);
  return {
    findings: placedFindings(findings?.runs ?? []).map(({ finding, start, end: to }) => ({
      ...finding,
      span: [start, to],
      related: answers.related?.(workspace, finding),
    })),
    fixAll: answers.fixAll?.(workspace, uri),
    symbols: answers.symbols?.(workspace, uri, upTo(1000)),
    folds: answers.folds?.(workspace, uri, upTo(1000)),
    links: answers.links?.(workspace, uri, upTo(1000)),
    tokens: answers.tokens?.(workspace, uri, 0, end),
    hints: answers.hints?.(workspace, uri, 0, end, 1000),
    formatting: answers.formatting?.(workspace, uri, 0, end),
    kernel: answers.kernelInForce?.(workspace, uri),
    expectations: expectationsOf(workspace, uri),
    matrices: policiesOf(workspace, uri).map((policy) => [policy, matrixOf(workspace, uri, { name: policy.name })]),
    places: places.map((place) => {
      const offset = place % (end + 1);
      return {
        offset,
        hover: answers.hover?.(workspace, uri, offset),
        definition: answers.definition?.(workspace, uri, offset),
        references: answers.uses?.(workspace, uri, offset),
        highlights: answers.highlights?.(workspace, uri, offset),
        rename: answers.rename?.at(workspace, uri, offset, "renamed"),
        completion: answers.completion?.at(workspace, uri, offset, null),
        actions: answers.actions?.(workspace, uri, offset, offset),
      };
    }),
  };
}

const importLine = fc
  .constantFrom("main", "library", "other", "gone", "unknown", "../outside")
  .map((name) => `import "${name}.allocpolicy"\n`);
const lines = fc.oneof(
  { weight: 4, arbitrary: declaration },
  { weight: 2, arbitrary: headers },
  { weight: 2, arbitrary: importLine },
  fc.constantFrom(
    "\n",
    "\uFEFF",
    "\uFEFFkernel 6.12\n",
    "// a comment\n",
    "/// about what follows\n",
    "/*\n",
    "*/\n",
    "policy p { mode x when has a { oom never } mode y otherwise { } }\n",
    'policy q like p for kmalloc { forbid has b because "no" }\n',
    "expect p within q\n",
    "expect q forbids __GFP_NOFAIL\n",
    "request r like a { flags b expect { sleeps never, mode x } }\n",
    "memory m { node 0 { zone Normal { managed 1 GiB free order 0: 10 watermarks min 1 MiB, low 2 MiB, high 3 MiB } } }\n",
    "expect a on m { fails }\n",
  ),
);
const text = fc.array(lines, { maxLength: 7 }).map((parts) => parts.join(""));

/** Where and by how much is left to the text that the edit meets. */
type Step =
  | { readonly kind: "insert" | "replace"; readonly file: number; readonly line: number; readonly text: string }
  | { readonly kind: "delete"; readonly file: number; readonly line: number; readonly count: number }
  | { readonly kind: "type"; readonly file: number; readonly at: number; readonly count: number; readonly text: string }
  | { readonly kind: "undo"; readonly file: number };

const file = fc.constantFrom(0, 0, 1, 2);
const line = fc.oneof(fc.constant(0), fc.nat(12));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("insert", "replace"), file, line, text: lines }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("delete"), file, line, count: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("type"),
      file,
      at: fc.oneof(fc.constant(0), fc.nat(400)),
      count: fc.oneof(fc.constant(0), fc.nat(8)),
      text: fc.constantFrom("", "x", " ", "\n", "{", "}", "|", "a", "/*", '"', "\uFEFF", "6", "kernel 6.6\n"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("undo"), file }) },
);

/** The file after a step; `earlier`: its texts before, the last one last. */
function edited(before: SourceFile, change: Step, earlier: readonly string[]): SourceFile {
  const starts = [0, ...[...before.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const startOf = (number: number): number => starts[Math.min(number, starts.length)] ?? before.text.length;
  switch (change.kind) {
    case "insert":
      return replaced(before, startOf(change.line), startOf(change.line), change.text);
    case "replace":
      return replaced(before, startOf(change.line), startOf(change.line + 1), change.text);
    case "delete":
      return replaced(before, startOf(change.line), startOf(change.line + change.count), "");
    case "type": {
      const start = Math.min(change.at, before.text.length);
      return replaced(before, start, Math.min(start + change.count, before.text.length), change.text);
    }
    case "undo": {
      const back = earlier.at(-1) ?? before.text;
      let start = 0;
      while (start < back.length && back[start] === before.text[start]) start += 1;
      let tail = 0;
      const most = Math.min(back.length, before.text.length) - start;
      while (tail < most && back.at(-1 - tail) === before.text.at(-1 - tail)) tail += 1;
      return replaced(before, start, before.text.length - tail, back.slice(start, back.length - tail));
    }
  }
}

function replaced(before: SourceFile, start: number, end: number, text: string): SourceFile {
  return editFile(before, { start, end, text });
}

describe("after any edits", () => {
  test("of up to three files that import each other, everything that is shown is as if nothing had been typed before", () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.array(fc.record({ change: step, looked: fc.subarray([0, 1, 2]) }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(2000), { minLength: 2, maxLength: 4 }),
        (texts, steps, places) => {
          let workspace = withMissing(emptyWorkspace({ ...DEFAULT_SETTINGS }), GONE);
          texts.forEach((each, i) => {
            workspace = withDocument(workspace, URIS[i] ?? "", parseFile(each));
          });
          const earlier = URIS.map((): string[] => []);
          for (const { change, looked } of [{ change: null, looked: [0, 1, 2] }, ...steps]) {
            const uri = URIS[change?.file ?? 0] ?? "";
            const before = policyFile(workspace, uri);
            if (change !== null && before !== undefined) {
              const texts = earlier[change.file] ?? [];
              workspace = withDocument(workspace, uri, edited(before, change, texts));
              if (change.kind === "undo") texts.pop();
              else texts.push(before.text);
            }
            const other = fresh(workspace);
            for (const i of looked) {
              const seen = URIS[i] ?? "";
              if (workspace.documents.has(seen))
                expect(shown(workspace, seen, places)).toEqual(shown(other, seen, places));
            }
          }
        },
      ),
      { numRuns: 150, seed: 20201214 },
    );
  });

  test("of the words and places of what others lean on, and back, everything that is shown is as if it had stood there always", () => {
    const before = [
      "kernel 6.12\n",
      'context c { in process holds mutex "dev lock" }\n',
      "flags RING = GFP_KERNEL | __GFP_NOWARN\n",
      'policy p { forbid has __GFP_NOFAIL because "it may wait for ever"  mode m otherwise { sleeps may } }\n',
      'policy q like p for kmalloc { forbid has __GFP_DMA because "no" }\n',
      "request r { api kmalloc size 64 B flags RING context c policy p expect { mode m } }\n",
      "request s like r { flags RING | __GFP_NOFAIL }\n",
      "request t { api kmalloc size 64 B flags GFP_KERNEL | __GFP_DMA context c fallback r }\n",
      "expect p forbids RING\nexpect r { mode m }\n",
    ].join("");
    const words = [
      "dev lock",
      "it may wait",
      "no",
      "RING",
      "GFP_KERNEL",
      "process",
      "mutex",
      "c {",
      "p {",
      "m otherwise",
    ];
    const typed = fc.record({
      word: fc.constantFrom(...words),
      from: fc.nat(8),
      count: fc.nat(2),
      text: fc.constantFrom("", "x", " ", "\n", "// why\n", "/* */", "softirq ", "| __GFP_ZERO "),
    });
    fc.assert(
      fc.property(
        fc.array(typed, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(900), { maxLength: 2 }),
        (edits, places) => {
          const uri = URIS[0];
          let workspace = withDocument(emptyWorkspace({ ...DEFAULT_SETTINGS }), uri, parseFile(before));
          shown(workspace, uri, places);
          const texts: string[] = [];
          const turns = [...edits.map((edit) => ({ edit })), ...edits.map(() => ({ edit: null }))];
          for (const { edit } of turns) {
            const file = policyFile(workspace, uri);
            if (file === undefined) return;
            const start = edit === null ? 0 : Math.max(0, file.text.indexOf(edit.word)) + edit.from;
            const next =
              edit === null
                ? edited(file, { kind: "undo", file: 0 }, texts)
                : replaced(
                    file,
                    Math.min(start, file.text.length),
                    Math.min(start + edit.count, file.text.length),
                    edit.text,
                  );
            if (edit === null) texts.pop();
            else texts.push(file.text);
            workspace = withDocument(workspace, uri, next);
            const other = fresh(workspace);
            expect(shown(workspace, uri, places)).toEqual(shown(other, uri, places));
          }
          expect(policyFile(workspace, uri)?.text).toBe(before);
        },
      ),
      { numRuns: 25, seed: 20261128 },
    );
  });
});
