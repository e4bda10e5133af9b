import type { Rule } from "chevrotain";
import { startsOf } from "./one-token-ahead.ts";
import { NO_STARTS, NOT } from "./token-numbers.ts";

/** The rules of which the parser asks what they begin with. */
type Asked =
  | "property"
  | "contextItem"
  | "scopeItem"
  | "cacheFact"
  | "clause"
  | "memoryItem"
  | "nodeItem"
  | "zoneFact"
  | "mask"
  | "predicate"
  /** A condition without the `not` before it. */
  | "test"
  | "expectForm";

/** The types of the tokens that a rule may begin with. */
export type Starts = Readonly<Record<Asked, ReadonlySet<number>>>;

function startsBy(find: (rule: Asked) => ReadonlySet<number>): Starts {
  return {
    property: find("property"),
    contextItem: find("contextItem"),
    scopeItem: find("scopeItem"),
    cacheFact: find("cacheFact"),
    clause: find("clause"),
    memoryItem: find("memoryItem"),
    nodeItem: find("nodeItem"),
    zoneFact: find("zoneFact"),
    mask: find("mask"),
    predicate: find("predicate"),
    test: find("test"),
    expectForm: find("expectForm"),
  };
}

/** Before the grammar is recorded. */
export const UNKNOWN_STARTS: Starts = startsBy(() => NO_STARTS);

/** By the rules as Chevrotain recorded them. */
export function startsIn(rules: Readonly<Record<string, Rule>>): Starts {
  const find = (rule: string): ReadonlySet<number> => startsOf(rules[rule]?.definition ?? []);
  return startsBy((rule) =>
    rule === "test" ? new Set([...find("predicate")].filter((type) => type !== NOT)) : find(rule),
  );
}
