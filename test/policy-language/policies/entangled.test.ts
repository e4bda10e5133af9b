import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inRoot } from "../../../scripts/paths.ts";
import { parseFile } from "../../../grammar/index.ts";
import { DEFAULT_SETTINGS } from "../../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, type Workspace } from "../../../server/documents/workspace.ts";
import { fileAnalysisOf } from "../../../server/policy-language/analysis/file-analysis.ts";
import { check } from "../../../server/policy-language/check/check.ts";
import { analyse } from "../../../server/policy-language/check/file-findings.ts";
import type { Finding } from "../../../server/rules/finding.ts";
import { matrixOf } from "../../../server/service/matrix.ts";
import { ENTANGLED } from "./_entangled.ts";

const URI = "file:///entangled.allocpolicy";

function workspaceOf(text: string): Workspace {
  return withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, parseFile(text));
}

function found(text: string): readonly Finding[] {
  return check(workspaceOf(text), URI).regions.flat();
}

function textOf(name: string): string {
  const policy = ENTANGLED.find((each) => each.name === name);
  if (policy === undefined) throw new Error(`no policy is called ${name}`);
  return policy.text;
}

const decided = ENTANGLED.filter(({ name }) => /^(flag|pairs|triples|a chain).*6\.12$/.test(name));
const examples = readdirSync(inRoot("examples"))
  .map((name) => ({ name, text: readFileSync(inRoot("examples", name), "utf8") }))
  .filter(({ text }) => text.includes("allow only"));
const entangled = textOf("soup 4, 6.12");
const REQUEST = "request r { api kmalloc  size 64 B  flags GFP_KERNEL  policy p }\n";

describe("a policy whose rules hang together", () => {
  test.each(decided)("is decided: $name", ({ text }) => {
    const rules = new Set(found(text).map(({ rule }) => rule));
    expect([...rules].filter((rule) => rule !== "policy-rule-never-fires")).toEqual([]);
  });

  test.each(examples)("is decided over all kernels where it says which flags it takes: $name", ({ text }) => {
    const findings = found(text.replace(/^kernel .*$/m, "kernel 4.19 .. 7.3"));
    expect(findings.map(({ rule }) => rule)).not.toContain("policy-too-entangled");
  });

  test("in too many ways is told so, and nothing else is said of it over all masks", () => {
    const findings = found(entangled);
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([["policy-too-entangled", "information"]]);
    expect(findings[0]?.message).toMatch(/^Too entangled to decide: what its \d+ rules and modes come to/);
  });

  test("in too many ways judges requests all the same", () => {
    const text = `${entangled.replace(/}\n$/, "  forbid has __GFP_DIRECT_RECLAIM\n}\n")}${REQUEST}`;
    expect(found(text).map(({ rule }) => rule)).toContain("policy-forbids");
  });

  test("in too many ways makes an expectation about it fail: nothing shows that it holds", () => {
    const errors = found(`${entangled}expect p within p\n`).filter(({ severity }) => severity === "error");
    expect(errors.map(({ rule }) => rule)).toEqual(["policy-too-entangled"]);
  });

  test("in too many ways has no matrix, and the reason is given", () => {
    const matrix = matrixOf(workspaceOf(entangled), URI, { name: "p" });
    expect(matrix).toMatchObject({ kind: "unreadable", reason: expect.stringMatching(/too entangled/) });
  });

  test("gives the same answer whatever was asked of it before", () => {
    const workspace = workspaceOf(`${entangled}expect p allows GFP_KERNEL\n`);
    const other = workspaceOf(`${entangled}expect p allows GFP_KERNEL\n`);
    matrixOf(other, URI, { name: "p" });
    expect(check(other, URI)).toEqual(check(workspace, URI));
  });

  test.each([
    "nested, 6.12",
    "mode per size, for kmalloc, 6.12",
    "what the kernel does, 4.19 .. 7.3",
    "a chain of policies, 6.12",
  ])("is analysed in small steps, and comes to the same: %s", (name) => {
    const text = textOf(name);
    const workspace = workspaceOf(text);
    const analysis = fileAnalysisOf(workspace, URI);
    let stops = 0;
    // Others have their turn after each step.
    while (analysis !== null && !analyse(analysis, 0, () => true)) stops += 1;
    const parts = text.match(/^ {2}(?:mode|allow|forbid|require|warn)\b/gm)?.length ?? 0;
    expect(parts).toBeGreaterThan(10);
    expect(stops).toBeGreaterThan(parts);
    expect(check(workspace, URI).regions.flat()).toEqual(found(text));
  });
});
