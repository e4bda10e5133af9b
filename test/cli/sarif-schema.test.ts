import { describe, expect, test } from "vitest";
import { LANGUAGE_RULES } from "../../server/policy-language/findings/language-rules.ts";
import { ALL_RULES } from "../../server/rules/catalogue.ts";
import { sarif } from "../../server/cli/reporters/sarif.ts";
import { SARIF_LOG, violations } from "./_sarif-schema.ts";
import { folderWith, run } from "./_run.ts";

const RULES = [...ALL_RULES, ...LANGUAGE_RULES];
const LOOK = { excerptColumns: null, hasColour: false };

async function logOf(files: Readonly<Record<string, string>>): Promise<unknown> {
  const { out } = await run(["check", "--format", "sarif"], { cwd: folderWith(files) });
  return JSON.parse(out);
}

describe("SARIF by the schema of the standard", () => {
  test("is valid for the examples of every rule, all in one log", async () => {
    const files = Object.fromEntries(RULES.map(({ id, examples }) => [`${id}.allocpolicy`, examples.bad]));
    const log = await logOf(files);
    expect(violations(SARIF_LOG, log)).toEqual([]);
    const found = JSON.stringify(log);
    for (const property of ["relatedLocations", "fixes", "logicalLocations", "partialFingerprints"])
      expect(found).toContain(`"${property}"`);
  });

  test("is valid whatever files are called and hold, and where there is nothing to say", async () => {
    const odd = "kernel 6.12\n// \u202e\u0085\nrequest r { api kmalloc  size 8 B  flags GFP_\u{1f600} }\n";
    const names = ["a b", "per%cent", "ünï", "q?u#e", "new\nline", "[x]", "back\\slash", "'\"<>`{}|^"];
    for (const files of [
      Object.fromEntries(names.map((name) => [`${name}.allocpolicy`, odd])),
      { "a.allocpolicy": "kernel 6.12\n" },
    ])
      expect(violations(SARIF_LOG, await logOf(files))).toEqual([]);
  });

  test("is valid for a finding with a path, which is a code flow", () => {
    const range = { start: { line: 3, character: 1 }, end: { line: 3, character: 5 } };
    const step = { path: "drivers/net/a.c", range, message: "the lock is taken here" };
    const report = {
      path: "drivers/net/a.c",
      text: "\n\n\n kmalloc\n",
      findings: [
        {
          rule: "sleep-in-atomic",
          severity: "error" as const,
          message: "sleeps",
          declaration: "probe",
          range,
          kernel: { since: null, until: null },
          source: "kernel" as const,
          related: [],
          steps: [step, { ...step, message: "and this calls it" }],
          fixes: [],
          url: "",
        },
      ],
      expectations: { passed: 0, failed: 0, notDecided: 0 },
    };
    const log: unknown = JSON.parse(
      `${sarif.begin()}${sarif.file(report, LOOK)}${sarif.end(
        {
          files: 1,
          severities: { error: 1, warning: 0, information: 0, hint: 0 },
          expectations: report.expectations,
          internal: 0,
          known: 0,
        },
        LOOK,
      )}`,
    );
    expect(violations(SARIF_LOG, log)).toEqual([]);
    expect(JSON.stringify(log)).toMatch(/"codeFlows":.*the lock is taken here.*and this calls it/);
  });

  test("is seen not to be valid where it is not", () => {
    const run = { tool: { driver: { name: "x" } } };
    const withResult = (result: object): object => ({ version: "2.1.0", runs: [{ ...run, results: [result] }] });
    const message = { text: "m" };
    const at = (uri: string, startLine: number): object => ({
      message,
      locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine } } }],
    });
    expect(violations(SARIF_LOG, withResult(at("a.c", 1)))).toEqual([]);
    for (const wrong of [
      {},
      { version: "2.0.0", runs: [] },
      { version: "2.1.0", runs: [{}] },
      withResult({}),
      withResult({ message, level: "hint" }),
      withResult({ message, colour: "red" }),
      withResult({ message, fixes: [{ artifactChanges: [] }] }),
      withResult({ message, codeFlows: [{ threadFlows: [{ locations: [] }] }] }),
      withResult(at("a b.c", 1)),
      withResult(at("a.c", 0)),
    ])
      expect(violations(SARIF_LOG, wrong)).not.toEqual([]);
  });
});
