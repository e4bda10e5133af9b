import { apiChecks } from "./kinds/apis.ts";
import { evaluators } from "./kinds/masks.ts";
import { pressureChecks } from "./kinds/pressure.ts";
import type { KindCheck } from "./kind-check.ts";
import type { Fields, Row } from "./row.ts";

/** Fields of mask rows that say what was asked, not what came of it. */
const QUESTION: ReadonlySet<string> = new Set([
  "v",
  "part",
  "kind",
  "id",
  "g",
  "n",
  "ctx",
  "order",
  "m",
  "name",
  "config",
  "unstable",
  "log",
  "loglines",
  "ms",
]);

/**
 * The model's answers to exactly the fields that the row has: what it says nothing about shows as a difference, and a
 * field that the recorder left out (the call would have crashed the machine) is no question.
 */
function answers(row: Row, said: Fields): Fields {
  const asked = Object.keys(row).filter((field) => !QUESTION.has(field));
  return Object.fromEntries(asked.map((field) => [field, said[field] ?? "nothing"]));
}

const maskChecks: readonly KindCheck[] = Object.entries(evaluators).map(([kind, evaluate]) => ({
  kind,
  model: (row, scene) => answers(row, evaluate(row, scene.kernel)),
  observed: (row) => row,
  minima: { "*": 1 },
}));

/** Every kind that is checked, by name. */
export const CHECKS: ReadonlyMap<string, KindCheck> = new Map(
  [...maskChecks, ...pressureChecks, ...apiChecks].map((check) => [check.kind, check]),
);
