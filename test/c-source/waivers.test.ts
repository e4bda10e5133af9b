import { describe, expect, test } from "vitest";
import { waive, waiversIn, type Waived } from "../../server/c-source/judge/waivers.ts";
import { findingsIn } from "./_c.ts";

const BAD = "p = kmalloc(64, GFP_KERNEL);";
const WAIVER = '/* allocpolicy: waive sleep-in-atomic because "it never runs" */';

const code = (...lines: string[]): string =>
  `void *get(struct own *o)\n{\n\tvoid *p;\n\n\tspin_lock(&o->lock);\n${lines.map((line) => `\t${line}\n`).join("")}\tspin_unlock(&o->lock);\n\treturn p;\n}\n`;

const waived = (text: string, isAll = true): Waived =>
  waive(text, findingsIn(text), { isRule: (id) => id === "sleep-in-atomic" || id === "nofail-with-noretry", isAll });

describe("a waiver in a comment", () => {
  test.each([
    ["on the line before", [WAIVER, BAD]],
    ["at the end of the line", [`${BAD} ${WAIVER}`]],
    ["of the other kind", ['// allocpolicy: waive sleep-in-atomic because "it never runs"', BAD]],
    ["over several lines", ["/*", ' * allocpolicy: waive sleep-in-atomic because "it', ' * never runs"', " */", BAD]],
    ["before a call that goes over several lines", [WAIVER, "p =", "\tkmalloc(64,", "\t\tGFP_KERNEL);"]],
    ["in the middle of such a call", ["p = kmalloc(64,", `\tGFP_KERNEL); ${WAIVER}`]],
    ["before another comment", [WAIVER, "/* as ever */", BAD]],
  ])("silences what it names: %s", (_, lines) => {
    expect(waived(code(...lines))).toEqual({ findings: [], wrong: [] });
  });

  test.each([
    ["a line too early", [WAIVER, "o->count++;", BAD]],
    ["behind it", [BAD, WAIVER]],
    ["in a string", [`o->name = "${WAIVER.replaceAll('"', '\\"')}";`, BAD]],
  ])("silences nothing else: %s", (_, lines) => {
    const { findings, wrong } = waived(code(...lines));
    expect(findings.map(({ rule }) => rule)).toEqual(["sleep-in-atomic"]);
    expect(wrong.map(({ rule }) => rule)).toEqual(lines[0]?.startsWith("o->name") === true ? [] : ["unused-waiver"]);
  });

  test.each([
    "/* allocpolicy: waive sleep-in-atomic */",
    '/* allocpolicy: waive sleep-in-atomic because "" */',
    "/* allocpolicy: waive sleep-in-atomic because it never runs */",
    "/* allocpolicy: ignore */",
  ])("without a reason is none, and says so: %s", (comment) => {
    const { findings, wrong } = waived(code(comment, BAD));
    expect(findings).toHaveLength(1);
    expect(wrong).toMatchObject([{ rule: "syntax", severity: "error" }]);
  });

  test("that silences nothing is reported, where all is known that it could silence", () => {
    const text = code(WAIVER, "p = kmalloc(64, GFP_ATOMIC);");
    expect(waived(text).wrong).toMatchObject([
      { rule: "unused-waiver", message: "sleep-in-atomic has nothing to say about this code: remove the waiver." },
    ]);
    expect(waived(text, false).wrong).toEqual([]);
  });

  test("of a rule that there is not is reported wherever it stands", () => {
    const text = code(WAIVER.replace("sleep-in-atomic", "sleeps"), BAD);
    expect(waived(text, false).wrong).toMatchObject([
      { message: "There is no rule 'sleeps', and so this waives nothing." },
    ]);
    expect(waived(text).findings).toHaveLength(1);
  });

  test("silences one of several rules, and two waivers one below the other both count", () => {
    const two = "p = kmalloc(64, GFP_KERNEL | __GFP_NOFAIL | __GFP_NORETRY);";
    expect(waived(code(WAIVER, two)).findings.map(({ rule }) => rule)).toContain("nofail-with-noretry");
    const both = waived(code(WAIVER, WAIVER.replace("sleep-in-atomic", "nofail-with-noretry"), two));
    expect(both.findings.map(({ rule }) => rule)).not.toContain("nofail-with-noretry");
    expect(both.wrong).toEqual([]);
  });

  test("that is cut short is read as far as it goes", () => {
    const text = code(WAIVER, BAD);
    for (let length = 0; length <= text.length; length++) expect(() => waiversIn(text.slice(0, length))).not.toThrow();
  });
});
