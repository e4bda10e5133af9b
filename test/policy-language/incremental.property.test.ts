import fc from "fast-check";
import { policyFile, policyFiles } from "../../server/policy-language/analysis/policy-files.ts";
import { describe, expect, test } from "vitest";
import { editFile, parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import {
  emptyWorkspace,
  withDocument,
  withMissing,
  withoutDocument,
  withSettings,
  type Workspace,
} from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../server/documents/settings.ts";
import { declaration, headers } from "./_arbitrary.ts";

const MAIN = "file:///p/main.allocpolicy";
const LIBRARY = "file:///p/library.allocpolicy";

/** A fresh workspace with the same files and nothing remembered. */
function fresh(workspace: Workspace): Workspace {
  let result = emptyWorkspace(workspace.settings);
  for (const [uri, file] of policyFiles(workspace)) result = withDocument(result, uri, parseFile(file.text));
  for (const [uri, why] of workspace.missing) result = withMissing(result, uri, why);
  return result;
}

/**
 * The findings as text, with absolute places: the regions of a fresh parse may be other objects, never other findings.
 */
function shown(workspace: Workspace, uri: string): readonly string[] {
  const file = policyFile(workspace, uri);
  return check(workspace, uri).regions.flatMap((findings, region) =>
    findings.map((finding) => {
      const start = file?.starts[region] ?? 0;
      const related = finding.related.map((span) => {
        const other = policyFile(workspace, span.uri);
        return `${span.uri} ${(other?.starts[span.region] ?? -1) + span.span.start} ${span.message}`;
      });
      const fixes = finding.fixes.map((fix) => `${fix.title} ${JSON.stringify(fix.changes)}`);
      return [
        finding.rule,
        finding.severity,
        finding.message,
        start + finding.span.start,
        start + finding.span.end,
        JSON.stringify(finding.holds),
        ...related,
        ...fixes,
      ].join(" | ");
    }),
  );
}

const header = fc.constantFrom(
  "kernel 6.12\n",
  "kernel 6.1 .. 6.6\n",
  "kernel 6.\n",
  "",
  'kernel 6.12\nimport "library.allocpolicy"\n',
  'kernel 6.12\nconfig { PREEMPT_RT on }\nimport "library.allocpolicy"\n',
);
const fileText = fc
  .tuple(header, fc.array(declaration, { maxLength: 8 }))
  .map(([first, rest]) => first + rest.join("\n"));

type Step =
  | { readonly kind: "edit"; readonly uri: string; readonly at: number; readonly length: number; readonly text: string }
  | { readonly kind: "replace"; readonly uri: string; readonly text: string }
  | { readonly kind: "remove" | "missing" }
  | { readonly kind: "settings"; readonly settings: Settings };

const uri = fc.constantFrom(MAIN, MAIN, MAIN, LIBRARY);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("edit" as const),
      uri,
      at: fc.nat(600),
      length: fc.nat(12),
      text: fc.oneof(fc.constantFrom("", "x", " ", "\n", "{", "}", "|", "a", "/*", '"'), declaration),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("replace" as const), uri, text: fileText }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "remove" }, { kind: "missing" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(
      { kind: "settings", settings: DEFAULT_SETTINGS },
      {
        kind: "settings",
        settings: { ...DEFAULT_SETTINGS, defaultKernel: "6.6", ruleLevels: { "nofail-high-order": "off" } },
      },
    ),
  },
);

function apply(workspace: Workspace, change: Step): Workspace {
  switch (change.kind) {
    case "edit": {
      const file: SourceFile | undefined = policyFile(workspace, change.uri);
      if (file === undefined) return workspace;
      const start = Math.min(change.at, file.text.length);
      return withDocument(
        workspace,
        change.uri,
        editFile(file, { start, end: Math.min(start + change.length, file.text.length), text: change.text }),
      );
    }
    case "replace":
      return withDocument(workspace, change.uri, parseFile(change.text));
    case "remove":
      return withoutDocument(workspace, LIBRARY);
    case "missing":
      return withMissing(workspace, LIBRARY);
    case "settings":
      return withSettings(workspace, change.settings);
  }
}

describe("after any edits", () => {
  test("the findings are those of a workspace that never saw another text", () => {
    fc.assert(
      fc.property(fileText, fileText, fc.array(step, { minLength: 1, maxLength: 8 }), (main, library, steps) => {
        let workspace = withDocument(
          withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, parseFile(main)),
          LIBRARY,
          parseFile(library),
        );
        check(workspace, MAIN);
        for (const change of steps) {
          workspace = apply(workspace, change);
          if (!workspace.documents.has(MAIN)) continue;
          expect(shown(workspace, MAIN)).toEqual(shown(fresh(workspace), MAIN));
        }
      }),
      { numRuns: 300, seed: 20201210 },
    );
  });

  test("so are those that say what may have been meant", () => {
    const near: Readonly<Record<string, string>> = { a: "ring_a", b: "ring_b", c: "rung_a", d: "rings" };
    const named = (text: string): string => text.replace(/\b[a-d]\b/g, (name) => near[name] ?? name);
    const letter = fc.record({ at: fc.nat(2000), length: fc.nat(1), text: fc.constantFrom("", "x", "g", "_a", " ") });
    const steps = fc.array(fc.oneof(letter, fc.record({ at: fc.nat(), length: fc.nat(60), text: declaration })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(fileText, steps, (text, edits) => {
        let file = parseFile(named(text));
        let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, file);
        check(workspace, MAIN);
        for (const edit of edits) {
          const start = edit.at % (file.text.length + 1);
          const end = Math.min(start + edit.length, file.text.length);
          file = editFile(file, { start, end, text: named(edit.text) });
          workspace = withDocument(workspace, MAIN, file);
          expect(shown(workspace, MAIN)).toEqual(shown(fresh(workspace), MAIN));
        }
      }),
      { numRuns: 150, seed: 20261128 },
    );
  });

  test("an earlier snapshot still has its own findings", () => {
    const text = "kernel 6.12\nrequest r {\n  api   kmalloc\n  size  8 MiB\n  flags GFP_KERNEL\n}\n";
    const before = withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, parseFile(text));
    const first = shown(before, MAIN);
    const after = withDocument(before, MAIN, parseFile(text.replace("8 MiB", "8 KiB")));
    expect(shown(after, MAIN)).toEqual([]);
    expect(shown(before, MAIN)).toEqual(first);
  });

  test("what leans on an edited alias is checked again, through other aliases and in files that import it", () => {
    const library = parseFile("kernel 6.12\nflags BASE = GFP_NOWAIT\nflags RING = BASE | __GFP_NOWARN\n");
    const main = parseFile(
      'kernel 6.12\nimport "library.allocpolicy"\nrequest r {\n  api     kmalloc\n  size    64 B\n  flags   RING\n  context softirq\n}\n',
    );
    const before = withDocument(withDocument(emptyWorkspace(DEFAULT_SETTINGS), LIBRARY, library), MAIN, main);
    expect(shown(before, MAIN).filter((line) => line.startsWith("sleep-in-atomic"))).toHaveLength(0);
    const at = library.text.indexOf("GFP_NOWAIT");
    const after = withDocument(
      before,
      LIBRARY,
      editFile(library, { start: at, end: at + "GFP_NOWAIT".length, text: "GFP_KERNEL" }),
    );
    expect(shown(after, MAIN).filter((line) => line.startsWith("sleep-in-atomic"))).toHaveLength(1);
  });

  test("who calls a transform that is named like its own parameter leans on that transform, or on what hides it", () => {
    const text =
      "kernel 6.12\ntransform outer(m) = m(m)\nexpect outer gives has __GFP_ZERO\ntransform m(x) = x | __GFP_ZERO\n";
    const edits: readonly (readonly [from: string, to: string])[] = [
      ["__GFP_ZERO\n", "__GFP_COMP\n"],
      ["transform m(", "transform n("],
      ["gives has __GFP_ZERO", "gives has m |"],
    ];
    let file = parseFile(text.replace("x | __GFP_ZERO", "x | __GFP_NOWARN"));
    expect(shown(withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, file), MAIN)).toHaveLength(1);
    file = parseFile(text);
    let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, file);
    expect(shown(workspace, MAIN)).toEqual([]);
    for (const [from, to] of edits) {
      const start = file.text.lastIndexOf(from);
      file = editFile(file, { start, end: start + from.length, text: to });
      workspace = withDocument(workspace, MAIN, file);
      expect(shown(workspace, MAIN)).toEqual(shown(fresh(workspace), MAIN));
      expect(shown(workspace, MAIN)).not.toEqual([]);
    }
  });

  test("a name that moves within a declaration that says what it said is shown where it stands now", () => {
    const file = parseFile("kernel 6.12\n/// First.\ncontext a { in softirq }\ncontext a { in hardirq }\n");
    const before = withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, file);
    check(before, MAIN);
    const at = file.text.indexOf("First");
    const after = withDocument(before, MAIN, editFile(file, { start: at, end: at, text: "The " }));
    expect(shown(after, MAIN)).toEqual(shown(fresh(after), MAIN));
    expect(shown(after, MAIN)).toHaveLength(1);
  });

  test("regions that did not change keep their findings, the very objects", () => {
    const request = (name: string): string =>
      `request ${name} {\n  api   kmalloc\n  size  8 MiB\n  flags GFP_KERNEL\n}\n`;
    const file = parseFile(`kernel 6.12\n${request("a")}${request("b")}`);
    const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), MAIN, file);
    const before = check(workspace, MAIN).regions;
    const at = file.text.indexOf("8 MiB");
    const after = check(
      withDocument(workspace, MAIN, editFile(file, { start: at, end: at + 1, text: "9" })),
      MAIN,
    ).regions;
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).toBe(before[2]);
  });
});

describe("files of one workspace that do not import each other", () => {
  test("get what each gets alone, whatever was analysed before", () => {
    const file = fc
      .tuple(headers, fc.array(declaration, { maxLength: 3 }))
      .map(([first, rest]) => first + rest.join(""));
    const settings = fc.record(
      { defaultKernel: fc.constantFrom(null, "6.1", "6.6, 6.12"), forcedKernel: fc.constantFrom(null, "5.10 .. 5.15") },
      { requiredKeys: ["defaultKernel"] },
    );
    fc.assert(
      fc.property(fc.array(file, { minLength: 2, maxLength: 5 }), settings, (texts, more) => {
        // Settings of their own: what is remembered for one object must not be there for the other.
        const alone = texts.map((text, i) =>
          shown(
            withDocument(
              emptyWorkspace({ ...DEFAULT_SETTINGS, ...more }),
              `file:///p/${i}.allocpolicy`,
              parseFile(text),
            ),
            `file:///p/${i}.allocpolicy`,
          ),
        );
        const together = texts.reduce(
          (workspace, text, i) => withDocument(workspace, `file:///p/${i}.allocpolicy`, parseFile(text)),
          emptyWorkspace({ ...DEFAULT_SETTINGS, ...more }),
        );
        expect(texts.map((_, i) => shown(together, `file:///p/${i}.allocpolicy`))).toEqual(alone);
      }),
      { numRuns: 300, seed: 20201211 },
    );
  });
});
