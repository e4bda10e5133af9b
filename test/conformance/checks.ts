import type { KindCheck } from "./row.ts";
import { pressureChecks } from "./kinds/pressure.ts";

/** Every kind that is checked, by name. */
export const CHECKS: ReadonlyMap<string, KindCheck> = new Map([...pressureChecks].map((check) => [check.kind, check]));
