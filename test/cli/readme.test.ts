import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { annotationsIn, findingsIn } from "../policy-language/_fixture.ts";
import { folderWith, run } from "./_run.ts";

test("the README's example prints what the README says", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, example = ""] = /```allocpolicy\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, printed = ""] = /`allocpolicy check` prints\n\n```\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(example).not.toBe("");
  const { out } = await run(["check", "refill.allocpolicy"], { cwd: folderWith({ "refill.allocpolicy": example }) });
  expect(out).toBe(printed);
});

const EXAMPLES = new URL("../../examples/", import.meta.url);

test.each(readdirSync(EXAMPLES).filter((name) => name.endsWith(".allocpolicy")))(
  "every annotation of examples/%s is a finding on exactly that text",
  (name) => {
    const text = readFileSync(new URL(name, EXAMPLES), "utf8");
    const found = findingsIn(text).map(({ rule, startOffset, endOffset }) => ({ rule, startOffset, endOffset }));
    for (const annotation of annotationsIn(text)) expect(found).toContainEqual(annotation);
    const isAnnotated = annotationsIn(text).length > 0;
    const errors = findingsIn(text).filter(({ severity }) => severity === "error");
    // An example without annotations is one to start from; the design of virtio-mem is ahead of its kernel, and says
    // so.
    if (!isAnnotated)
      expect(errors.map(({ rule }) => rule)).toEqual(text.includes("plug_block") ? ["range-noretry"] : []);
  },
);
