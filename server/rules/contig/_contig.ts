import type { Subject } from "../rule.ts";

export const isRange = (subject: Subject): boolean => subject.api.family === "contig";
