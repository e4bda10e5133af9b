import { example, found, NOTHING } from "../_predicates.ts";
import type { Match, Rule, Subject } from "../rule.ts";

export const bulkUnchecked: Rule = {
  id: "bulk-unchecked",
  title: "Result of alloc_pages_bulk() not compared",
  severity: "information",
  class: "suspicious",
  concerns: { families: ["bulk"], result: "unchecked" },
  explanation:
    "The call takes what the per-cpu lists and the watermark give and returns how many pages there are now. Fewer than asked for is an ordinary result, also with GFP_KERNEL and plenty of memory. The rule speaks where the caller is known not to look at that number.",
  evidence: "mm/page_alloc.c:alloc_pages_bulk",
  advice: "Compare the count, and call again or fall back for the rest.",
  examples: {
    bad: example("6.14", ["api     alloc_pages_bulk", "count   64", "flags   GFP_KERNEL", "handles nothing"]),
    good: example("6.14", ["api     alloc_pages_bulk", "count   64", "flags   GFP_KERNEL", "handles null"]),
  },
  check,
};

function check(subject: Subject): readonly Match[] {
  return subject.api.family === "bulk" && subject.result === "unchecked"
    ? found(
        { kind: "result-check" },
        `${subject.api.name}() returns how many pages there are, and fewer than asked for is an ordinary result: compare the count and go on for the rest.`,
        { kind: "add-result-check", title: "Handle a short result" },
      )
    : NOTHING;
}
