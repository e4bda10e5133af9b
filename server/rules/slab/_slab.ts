import type { Subject } from "../rule.ts";

export const warning = (subject: Subject): string => (subject.verdict.warns === "never" ? "" : " and warns");
