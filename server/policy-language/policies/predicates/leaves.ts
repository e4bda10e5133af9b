import type { Predicate } from "../../../../grammar/ast.ts";
import type { NameSpace } from "../../analysis/environment.ts";
import { eachMaskName } from "../../analysis/region-names.ts";
import type { MeasurePredicate } from "./sizes.ts";

/** The names of masks and contexts that the predicate says. */
export function namesIn(predicate: Predicate): readonly { readonly space: NameSpace; readonly name: string }[] {
  const names: { readonly space: NameSpace; readonly name: string }[] = [];
  for (const leaf of leavesOf(predicate)) {
    if (leaf.kind === "in" && leaf.context !== null) names.push({ space: "context", name: leaf.context.text });
    if (leaf.kind === "mask") eachMaskName(leaf.mask, (_role, { text }) => names.push({ space: "mask", name: text }));
  }
  return names;
}

/** A predicate without others in it. */
export type Leaf = Exclude<Predicate, { readonly kind: "or" | "and" | "not" | "paren" }>;

/** The tests that the predicate is made of, in the order of the text. */
export function leavesOf(predicate: Predicate): readonly Leaf[] {
  switch (predicate.kind) {
    case "or":
    case "and":
      return predicate.operands.flatMap(leavesOf);
    case "not":
      return leavesOf(predicate.operand);
    case "paren":
      return leavesOf(predicate.inner);
    case "mask":
    case "in":
    case "measure":
    case "model":
    case "missing":
      return [predicate];
  }
}

/** Whether the predicate asks the allocator model. */
export function asksModel(predicate: Predicate): boolean {
  return leavesOf(predicate).some(({ kind }) => kind === "model");
}

/** What the predicates ask the allocator model. */
export function modelTestsOf(predicates: readonly Predicate[]): ReadonlySet<ModelTest> {
  return new Set(predicates.flatMap(leavesOf).flatMap((leaf) => (leaf.kind === "model" ? [leaf.test] : [])));
}

type ModelTest = Extract<Leaf, { readonly kind: "model" }>["test"];

/** Each mask test of the predicate. */
export function maskTestsOf(predicate: Predicate): readonly Extract<Predicate, { kind: "mask" }>[] {
  return leavesOf(predicate).filter((leaf) => leaf.kind === "mask");
}

/** Each comparison of the predicate with a size. */
export function measureTestsOf(predicate: Predicate): readonly MeasurePredicate[] {
  return leavesOf(predicate).filter((leaf) => leaf.kind === "measure");
}
