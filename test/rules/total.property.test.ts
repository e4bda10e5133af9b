import fc from "fast-check";
import { expect, test } from "vitest";
import { ALL } from "../../server/rules/index.ts";
import type { Match, Subject } from "../../server/rules/rule.ts";
import { compositeText, flagText } from "../../server/model/masks/names.ts";
import { asked } from "./_arbitrary.ts";
import { subjectOf } from "./_subject.ts";

/**
 * What a match marks is there to be marked: a flag that the mask has or names, or that the call adds; a written
 * handling.
 */
function marksSomething(
  { mask: value, kernel, written, result, verdict, request }: Subject,
  { anchor }: Match,
): boolean {
  const there = (flag: (typeof kernel)["bits"] extends Record<infer Name, unknown> ? Name : never): boolean =>
    (value & kernel.bits[flag]) !== 0 || (written?.names.includes(flagText(flag)) ?? false);
  switch (anchor.kind) {
    case "flag":
      return there(anchor.flag) || (verdict.effective & kernel.bits[anchor.flag]) !== 0;
    case "flags":
      return anchor.flags.length > 0 && anchor.flags.every(there);
    case "pair":
      return anchor.flags.every(there);
    case "composite":
      return written?.names.includes(compositeText(anchor.composite)) ?? false;
    case "written":
      return written !== null && [...written.names, ...written.cleared].includes(anchor.name);
    case "result-check":
      return result !== null;
    case "literal":
      return written?.hasLiteral ?? false;
    case "mask":
      return written !== null;
    case "number":
      return request.numbers?.[anchor.name] !== undefined;
    case "size":
    case "api":
    case "context":
      return true;
  }
}

test("every rule answers every request, in one sentence, about something that is there", () => {
  fc.assert(
    fc.property(asked, (request) => {
      const subject = subjectOf(request);
      // No rule is asked where the function is missing, or the mask that it takes.
      if (subject === null) return fc.pre(false);
      for (const rule of ALL) {
        for (const match of rule.check(subject)) {
          expect(match.message, rule.id).toMatch(/^[A-Z_a-z].*[^.]\.$/);
          expect(match.message, rule.id).not.toMatch(/undefined|NaN|null\b(?!.*NULL)|\n|\. [A-Z]/);
          expect(marksSomething(subject, match), `${rule.id} marks ${JSON.stringify(match.anchor)}`).toBe(true);
          for (const fix of match.fixes) expect(fix.title.trim(), rule.id).not.toBe("");
        }
      }
    }),
    { numRuns: 2000, seed: 20201203 },
  );
});
