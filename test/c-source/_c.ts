import { expect } from "vitest";
import { READ_AS_IT_IS, readCFile } from "../../server/c-source/functions/c-file.ts";
import { FOR_FINDINGS } from "../../server/c-source/functions/for-findings.ts";
import type { Confidence } from "../../server/c-source/evidence.ts";
import type { CFinding } from "../../server/c-source/c-finding.ts";
import { judgeC, type JudgeOptions } from "../../server/c-source/judge/judge.ts";
import { kernelNamed } from "../rules/_subject.ts";

interface Judging extends Partial<Pick<JudgeOptions, "declared">> {
  readonly kernel?: string;
  readonly rt?: boolean;
  readonly confidence?: Confidence;
}

/**
 * What is said of C files that belong together; one text is a file called driver.c. Of one that stands alone it is what
 * is said where only what bears on findings is read.
 */
export function findingsIn(code: string | Readonly<Record<string, string>>, given: Judging = {}): readonly CFinding[] {
  const files = typeof code === "string" ? { "driver.c": code } : code;
  const options: JudgeOptions = {
    kernel: kernelNamed(given.kernel ?? "6.12", { PREEMPT_RT: given.rt ?? false }),
    confidence: given.confidence ?? "possible",
    ...(given.declared === undefined ? {} : { declared: given.declared }),
  };
  const found = judgeC(
    Object.entries(files).map(([path, text]) => ({ path, file: readCFile(text) })),
    options,
  );
  if (typeof code === "string" && given.declared === undefined) {
    const file = readCFile(code, { ...READ_AS_IT_IS, selection: FOR_FINDINGS });
    expect(judgeC([{ path: "driver.c", file }], options)).toEqual(found);
  }
  return found;
}

/** Findings of errors and warnings as `rule function: marked text`. */
export function toldIn(code: string, given: Judging = {}): readonly string[] {
  return findingsIn(code, given)
    .filter(({ severity }) => severity === "error" || severity === "warning")
    .map((finding) => `${finding.rule} ${finding.function}: ${code.slice(finding.start, finding.end)}`);
}

/** The C text with the edits of a fix. */
export function fixed(code: string, finding: CFinding, title: RegExp): string {
  const fix = finding.fixes.find((one) => title.test(one.title));
  if (fix === undefined)
    throw new Error(`no fix like ${title} among ${finding.fixes.map((one) => one.title).join("; ")}`);
  return fix.changes
    .toReversed()
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), code);
}
