import type { Rule } from "../../server/rules/rule.ts";

/** A rule that stands in no catalogue. */
export const ruleThat = (id: string, check: Rule["check"]): Rule => ({
  id,
  title: id,
  severity: "error",
  class: "bug",
  explanation: "",
  evidence: "",
  advice: `Mend ${id}.`,
  examples: { bad: "", good: "" },
  check,
});
