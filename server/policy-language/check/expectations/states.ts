import type { Environment, Binding } from "../../analysis/environment.ts";
import { clashOf } from "../../findings/names/duplicate-names.ts";
import { besideOf, type Beside } from "../beside.ts";
import { contentOf } from "../content.ts";
import { expectationGroups, type ExpectationState } from "./holds.ts";

const NONE: readonly ExpectationState[] = [];

/** Of each expectation that stands in a file whether it holds; not in which order. */
export function expectationStates(environment: Environment): readonly ExpectationState[] {
  const all: ExpectationState[] = [];
  for (const [index, { kind, text }] of environment.file.regions.entries()) {
    if (kind !== "expect" && (kind !== "request" || !text.includes("expect"))) continue;
    const binding = environment.bindingAt(index);
    if (binding !== null) all.push(...statesOf(environment, binding));
  }
  return all;
}

const known = new WeakMap<Beside, Map<number, readonly ExpectationState[]>>();
const MOST_KNOWN = 50_000;

/** Those of one declaration: of the same content in files beside each other it is the same. */
function statesOf(environment: Environment, binding: Binding): readonly ExpectationState[] {
  const beside = besideOf(environment);
  const content =
    beside.several && !binding.damaged && clashOf(environment, binding) === null
      ? contentOf(environment, binding)
      : null;
  if (content === null) return newStates(environment, binding);
  const ofFiles = known.get(beside) ?? new Map<number, readonly ExpectationState[]>();
  known.set(beside, ofFiles);
  const before = ofFiles.get(content.id);
  if (before !== undefined) return before;
  const states = newStates(environment, binding);
  if (ofFiles.size > MOST_KNOWN) ofFiles.clear();
  ofFiles.set(content.id, states);
  return states;
}

function newStates(environment: Environment, binding: Binding): readonly ExpectationState[] {
  const groups = expectationGroups(environment, binding);
  return groups.length === 0 ? NONE : groups.flatMap(({ decide }) => decide().map(({ state }) => state));
}
