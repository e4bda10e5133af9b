import { describe, expect, test } from "vitest";
import { ALL } from "../../server/rules/index.ts";
import { findingsOf, mendedTexts } from "./_findings.ts";

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
