import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holdsOf, saidOnce, versionsText, withVersions } from "../../server/policy-language/findings/over-kernels.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { FIXTURE_URI, fixtureWorkspace } from "./_fixture.ts";

const TEXT = "kernel 6.1, 6.6, 6.8, 6.12\nrequest r {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n";

function setUp(): { readonly environment: NonNullable<ReturnType<typeof environmentOf>> } {
  const environment = environmentOf(fixtureWorkspace(TEXT), FIXTURE_URI);
  if (environment === null) throw new Error("the fixture is not there");
  return { environment };
}

describe("spans of kernels", () => {
  test.each([
    [[0, 1, 2, 3], "6.1 to 6.12", null, null],
    [[2, 3], "since 6.8", "6.8", null],
    [[0, 1], "until 6.6", null, "6.6"],
    [[1, 2], "6.6 and 6.8", "6.6", "6.8"],
    [[1], "6.6", "6.6", "6.6"],
    [[0, 2, 3], "6.1, 6.8 and 6.12", null, null],
  ])("%j of four is %s", (indexes, text, since, until) => {
    const { environment } = setUp();
    expect(versionsText(environment, indexes)).toBe(text);
    expect(holdsOf(environment, indexes)).toEqual({ since, until });
  });

  test("what is the same in what kernels say is said once", () => {
    const said = (...pairs: readonly (readonly [message: string, versions: string])[]): string =>
      saidOnce(pairs.map(([message, versions]) => ({ message, versions })));
    expect(said(["It sleeps: drop it.", "6.12"])).toBe("It sleeps: drop it (6.12).");
    expect(said(["It sleeps: drop it.", "since 6.3"], ["It sleeps: handle NULL.", "until 6.2"])).toBe(
      "It sleeps: drop it (since 6.3); handle NULL (until 6.2).",
    );
    expect(said(["It sleeps: drop it.", "since 6.3"], ["It warns: drop it.", "until 6.2"])).toBe(
      "It sleeps (since 6.3); It warns (until 6.2): drop it.",
    );
    expect(said(["Order 2: it sleeps; drop it.", "7.3"], ["Order 2: it warns; drop it.", "6.12"])).toBe(
      "Order 2: it sleeps (7.3); it warns (6.12); drop it.",
    );
    expect(said(["It sleeps.", "since 6.3"], ["It warns.", "until 6.2"])).toBe(
      "It sleeps (since 6.3); It warns (until 6.2).",
    );
  });

  test("no word and no version of what kernels say is lost", () => {
    const clause = fc.constantFrom("it sleeps", "it warns", "a: b", "x, y", "", ".", ";");
    const sentence = fc
      .array(fc.tuple(clause, fc.constantFrom(": ", "; ", ", ", " ")))
      .map((parts) => parts.flat().join(""));
    fc.assert(
      fc.property(fc.uniqueArray(sentence, { minLength: 1, maxLength: 5 }), (messages) => {
        const text = saidOnce(messages.map((message, index) => ({ message, versions: `6.${index}` })));
        for (const [index, message] of messages.entries()) {
          expect(text).toContain(`(6.${index})`);
          for (const word of message.match(/\w+/g) ?? []) expect(text).toContain(word);
        }
      }),
      { seed: 31, numRuns: 500 },
    );
  });

  test("the span stands before the full stop", () => {
    expect(withVersions("It sleeps.", "since 6.3")).toBe("It sleeps (since 6.3).");
  });
});
