import type { Declaration } from "../../../../grammar/ast.ts";
import { contextGraph } from "../../requests/contexts.ts";
import { listText, report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { Binding, Environment, NameSpace } from "../../analysis/environment.ts";
import { othersIn, type Graph } from "../../analysis/graph.ts";
import { maskGraph } from "../../requests/masks.ts";
import { policyGraph } from "../../policies/resolved-policy.ts";
import { namesOf } from "../../analysis/region-names.ts";
import { memoryGraph } from "../../requests/memory.ts";
import { likeGraph } from "../../requests/property-sets.ts";
import type { Region } from "../../../../grammar/source-file.ts";
import type { LanguageRule } from "../language-rule.ts";
import { declarationOf } from "./declared-at.ts";

export const nameCycle: LanguageRule = {
  id: "name-cycle",
  group: "language",
  title: "A declaration that leads back to itself",
  severity: "error",
  source: "language",
  explanation:
    "The declaration is defined by itself, directly or through others, so it has no value. Masks in a cycle count as empty, contexts as `process`, a request or a policy inherits nothing, and a state of memory cannot be used.",
  advice: "Break the cycle.",
  examples: {
    bad: "kernel 6.12\n\nflags A = B | GFP_KERNEL\nflags B = A | __GFP_ZERO\n",
    good: "kernel 6.12\n\nflags A = GFP_KERNEL\nflags B = A | __GFP_ZERO\n",
  },
};

/** A declaration that is its own foundation: the name that closes the cycle is marked. */
export function nameCycleFindings(
  environment: Environment,
  binding: Binding,
  region: Region,
): readonly UnplacedFinding[] {
  const graph = graphFor(binding.declaration.kind);
  if (graph === null) return [];
  const cycle = graph.cycleOf(environment, binding);
  if (cycle === null) return [];
  const space = spaceOf(graph);
  const use = namesOf(region).uses.find((candidate) => {
    if (candidate.space !== space || (space === "subject" && candidate.role !== "like")) return false;
    const target = environment.lookup(space, candidate.name.text);
    return target !== null && graph.cycleOf(environment, target) === cycle;
  });
  const own = binding.declaration.name?.text ?? "";
  const others = othersIn(graph, environment, cycle, binding, MOST_RELATED);
  const through = throughText(others, cycle.members.length - 1);
  const message = `${own} is defined by itself${through}, so it has no value.`;
  const related = others.map((member) => declarationOf(member, "Part of the cycle."));
  return [report(nameCycle, use?.name ?? binding.declaration.name ?? binding.declaration, message, { related })];
}

function spaceOf(graph: Graph): NameSpace {
  if (graph === maskGraph) return "mask";
  if (graph === contextGraph) return "context";
  return graph === memoryGraph ? "memory" : "subject";
}

const MOST_RELATED = 8;

const MOST_LISTED = 4;

/** ` through B, C and 3 more`; nothing for a cycle of one. */
export function throughText(others: readonly Binding[], count: number): string {
  const names = others.slice(0, MOST_LISTED).flatMap(({ declaration }) => declaration.name?.text ?? []);
  if (names.length === 0) return "";
  return ` through ${count > names.length ? `${names.join(", ")} and ${count - names.length} more` : listText(names)}`;
}

function graphFor(kind: Declaration["kind"]): Graph | null {
  switch (kind) {
    case "flag":
    case "allocator":
    case "scope":
      return null;
    case "flags":
    case "transform":
      return maskGraph;
    case "context":
      return contextGraph;
    case "request":
      return likeGraph;
    case "policy":
      return policyGraph;
    case "memory":
      return memoryGraph;
    case "expect":
      return null;
  }
}
