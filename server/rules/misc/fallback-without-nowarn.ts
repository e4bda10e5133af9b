import { add, example, found, has, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const fallbackWithoutNowarn: Rule = {
  id: "fallback-without-nowarn",
  title: "A fallback, and no __GFP_NOWARN",
  severity: "information",
  class: "suspicious",
  concerns: { lacks: ["NOWARN"], hasFallback: true },
  recalled: "since 2.6.x",
  explanation:
    "A request with a fallback expects to fail now and then, and each failure prints a report with a stack and the state of memory (ratelimited). The rule speaks where the caller has a fallback, the model says that the request can fail with a report, and __GFP_NOWARN would silence it.",
  evidence: "mm/page_alloc.c:warn_alloc",
  advice: "Add __GFP_NOWARN to the try that may fail, and leave it out of the last one.",
  examples: {
    bad: example(
      "6.12",
      ["api      alloc_pages", "order    4", "flags    GFP_KERNEL | __GFP_NORETRY", "fallback single"],
      ["request single {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL\n}"],
    ),
    good: example(
      "6.12",
      ["api      alloc_pages", "order    4", "flags    GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN", "fallback single"],
      ["request single {\n  api   alloc_pages\n  order 0\n  flags GFP_KERNEL\n}"],
    ),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  if (
    !subject.hasFallback ||
    !subject.api.takesMask ||
    has(subject, "NOWARN") ||
    subject.verdict.fails === "never" ||
    subject.verdict.warns === "never"
  )
    return NOTHING;
  const treatment = subject.api.treatment(subject.kernel);
  if (((treatment.ignored | treatment.forced) & subject.kernel.bits.NOWARN) !== 0) return NOTHING;
  return found(
    { kind: "mask" },
    "This request has a fallback, and every failure of it prints a report: add __GFP_NOWARN.",
    add("NOWARN"),
  );
}
