import { describe, expect, test } from "vitest";
import { kernelFindings } from "../../server/policy-language/kernel-rules.ts";
import { holdsOf, versionsText, withVersions } from "../../server/policy-language/over-kernels.ts";
import { resolvedRequestOf } from "../../server/policy-language/requests.ts";
import type { Rule } from "../../server/rules/rule.ts";
import { environmentOf } from "../../server/policy-language/check.ts";
import { FIXTURE_URI, fixtureWorkspace } from "./_fixture.ts";

const TEXT = "kernel 6.1, 6.6, 6.8, 6.12\nrequest r {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n";

const rule = (id: string, check: Rule["check"]): Rule => ({
  id,
  title: id,
  severity: "error",
  class: "bug",
  versions: { since: "4.19", until: null },
  explanation: "",
  evidence: "",
  advice: "",
  examples: { bad: "", good: "" },
  check,
});

function setUp(): { readonly environment: NonNullable<ReturnType<typeof environmentOf>> } {
  const environment = environmentOf(fixtureWorkspace(TEXT), FIXTURE_URI);
  if (environment === null) throw new Error("the fixture is not there");
  return { environment };
}

describe("rules", () => {
  test("one that throws becomes a finding that names it, and the others are still asked", () => {
    const { environment } = setUp();
    const binding = environment.lookup("subject", "r");
    const kernel = environment.kernels[0];
    if (binding === null || kernel === undefined) throw new Error("the fixture has no request");
    const rules = [
      rule("broken", () => {
        throw new Error("no such field");
      }),
      rule("sound", () => [{ anchor: { kind: "mask" }, message: "Fine.", fixes: [] }]),
    ];
    const drafts = kernelFindings(environment, rules, resolvedRequestOf(environment, binding), kernel, TEXT);
    expect(drafts.map((draft) => draft.rule)).toEqual(["internal-error", "sound"]);
    expect(drafts[0]?.message).toContain("broken");
    expect(drafts[0]?.message).toContain("no such field");
  });
});

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

  test("the span stands before the full stop", () => {
    expect(withVersions("It sleeps.", "since 6.3")).toBe("It sleeps (since 6.3).");
  });
});
