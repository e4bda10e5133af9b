import { describe, expect, test } from "vitest";
import { parseFile } from "../../grammar/regions.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { requestSite } from "../../server/policy-language/requests/request-site.ts";
import { resolveRequest } from "../../server/policy-language/requests/requests.ts";
import { underKernels } from "../../server/policy-language/requests/under-kernels.ts";
import { ALL } from "../../server/rules/index.ts";
import type { Rule } from "../../server/rules/rule.ts";
import { subjectOf } from "../../server/rules/subject.ts";
import { findingsOf, mendedTexts, placedFindings } from "./_findings.ts";

const errorsIn = (text: string): readonly string[] =>
  findingsOf(text).flatMap(({ rule, severity }) => (severity === "error" ? [rule] : []));

const mended = ALL.flatMap(({ id, examples }) =>
  mendedTexts(examples.bad)
    .filter(({ rule }) => rule === id)
    .map(({ title, text }) => ({ id, title, bad: examples.bad, text })),
);

describe("a fix mends what it is offered for, and breaks nothing", () => {
  // A mended request may show a warning that the error covered, but no error.
  test.each(mended)("$id: $title", ({ id, bad, text }) => {
    const before = errorsIn(bad);
    expect(findingsOf(text).map(({ rule }) => rule)).not.toContain(id);
    expect(errorsIn(text).filter((other) => !before.includes(other))).toEqual([]);
  });
});

/** The fixes that a rule has for its own bad example, and how many of them come to an edit of it. */
function offeredIn({
  id,
  check,
  examples: { bad },
}: Rule): readonly { readonly title: string; readonly isWritten: boolean }[] {
  const uri = "file:///example.allocpolicy";
  const environment = environmentOf(withDocument(emptyWorkspace(DEFAULT_SETTINGS), uri, parseFile(bad)), uri);
  if (environment === null) throw new Error(`${id} has an example that is no file`);
  return environment.file.regions.flatMap(({ item, text }) => {
    if (item?.kind !== "request") return [];
    const site = requestSite(environment, underKernels(environment, resolveRequest(environment, item)), text);
    return environment.kernels.flatMap((kernel) =>
      site.asked(kernel).flatMap((asked) => {
        const subject = subjectOf(kernel, asked);
        return (subject === null ? [] : check(subject)).flatMap(({ fixes }) =>
          fixes.map((fix) => ({ title: fix.title, isWritten: (site.editsOf(fix, kernel) ?? []).length > 0 })),
        );
      }),
    );
  });
}

describe("a fix that a rule has for its bad example", () => {
  test.each(ALL.map((rule) => [rule.id, rule] as const))("can be written into it: %s", (_, rule) => {
    expect(offeredIn(rule).filter(({ isWritten }) => !isWritten)).toEqual([]);
  });
});

const COMMENT = /\/\*.*?\*\/|\/\/.*/g;
const wordsOf = (text: string): string =>
  text
    .replace(COMMENT, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([|&]) ?/g, "$1");

describe("a fix of a mask with comments between its flags", () => {
  const commented = ALL.flatMap(({ id, examples: { bad } }) =>
    / [|&] /.test(bad) ? [[id, bad, bad.replace(/ ([|&]) /g, " /* one */ $1 // two\n    /* three */ ")] as const] : [],
  );
  test.each(commented)("keeps them, and says what it says without them: %s", (_, bad, text) => {
    const comments = text.match(COMMENT);
    const fixed = mendedTexts(text);
    expect(fixed.map((fix) => fix.text.match(COMMENT))).toEqual(fixed.map(() => comments));
    expect(fixed.map((fix) => [fix.title, wordsOf(fix.text)])).toEqual(
      mendedTexts(bad).map((fix) => [fix.title, wordsOf(fix.text)]),
    );
  });
});

describe("what is greyed out is nothing but what is too much", () => {
  const greyed = (text: string): readonly string[] =>
    placedFindings(text).flatMap(({ finding: { tag }, marked }) => (tag === "unnecessary" ? [marked] : []));
  const flags = (text: string): string => (/^ *flags +(\w+ \| .*)/m.exec(text)?.[1] ?? "").trimEnd();
  const masks = ALL.flatMap(({ id, class: kind, examples: { bad } }) =>
    (kind === "ineffective" || kind === "redundant") && flags(bad) !== "" ? [[id, bad, flags(bad)] as const] : [],
  );
  test.each(masks)("not an alias that has other flags too, nor the name of another request: %s", (_, bad, mask) => {
    expect(greyed(bad).filter((text) => /\s/.test(text))).toEqual([]);
    const alias = bad.replace(mask, "TOO_MUCH").replace(/^(?=context|request)/m, `flags TOO_MUCH = ${mask}\n`);
    expect(greyed(alias)).not.toContain("TOO_MUCH");
    const [, name] = /^request (\w+)/m.exec(bad) ?? [];
    expect(greyed(`${bad}\nrequest another like ${name} { }\n`)).toEqual(greyed(bad));
  });
});
