import type { Binding } from "../analysis/environment.ts";
import { flagDifferences, type FlagDifference } from "./flags.ts";
import { comparePolicies, type PolicyDifference } from "./policies.ts";
import { requestChanges, type RequestDifference } from "./requests.ts";
import type { Side } from "./side.ts";

/** What is different between two sides: two files, or one file under two kernels. */
export interface Difference {
  readonly policies: readonly PolicyDifference[];
  readonly requests: readonly RequestDifference[];
  readonly flags: readonly FlagDifference[];
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

/** Two files by the names of their declarations, or one file under two kernels. */
export function compareSides(first: Side, second: Side): Difference {
  const firstSubjects = subjectsOf(first);
  const secondSubjects = subjectsOf(second);
  const both = [...firstSubjects.keys()].filter((name) => secondSubjects.has(name));
  const pairs = both.flatMap((name) => {
    const [one, other] = [firstSubjects.get(name), secondSubjects.get(name)];
    return one === undefined || other === undefined ? [] : [{ name, one, other }];
  });
  const sameKernel = first.kernel === second.kernel;
  return {
    policies: sameKernel
      ? pairs
          .filter(({ one, other }) => one.declaration.kind === "policy" && other.declaration.kind === "policy")
          .map(({ one, other }) => comparePolicies(first, one, second, other))
      : [],
    requests: pairs.flatMap(({ name, one, other }) => {
      if (one.declaration.kind !== "request" || other.declaration.kind !== "request") return [];
      const changes = requestChanges(first, one.declaration, second, other.declaration);
      return changes.length === 0 ? [] : [{ name, changes }];
    }),
    flags: sameKernel ? [] : flagDifferences(first, second),
    onlyFirst: [...firstSubjects.keys()].filter((name) => !secondSubjects.has(name)),
    onlySecond: [...secondSubjects.keys()].filter((name) => !firstSubjects.has(name)),
  };
}

/** Requests and policies of the file itself, by name. */
function subjectsOf({ environment }: Side): ReadonlyMap<string, Binding> {
  const own = environment
    .visible("subject")
    .filter(({ uri, declaration }) => uri === environment.uri && declaration.kind !== "transform");
  return new Map(
    own.flatMap((binding) =>
      binding.declaration.name === null ? [] : [[binding.declaration.name.text, binding] as const],
    ),
  );
}
