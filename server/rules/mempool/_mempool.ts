import type { Subject } from "../rule.ts";

export const isPool = (subject: Subject): boolean => subject.api.family === "mempool";
