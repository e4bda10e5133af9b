import type { Allocator } from "../c-source/functions/allocators.ts";
import type { DeclaredContext } from "../c-source/link/link.ts";
import type { LockFamily } from "../c-source/tables/locks.ts";
import { LOCK_CALLS } from "../c-source/tables/locks.ts";
import { taken } from "../c-source/functions/state.ts";
import type { NetEffect } from "../c-source/functions/walk.ts";
import { isScopeName } from "../model/contexts.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { allocatorsOf } from "../policy-language/requests/allocators.ts";
import { codeContextsOf, type CodeContext } from "../policy-language/requests/code-contexts.ts";

/** What policy files say of C: the contexts of functions, and the functions that lock or allocate. */
export interface CodeEvidence {
  readonly declared: readonly DeclaredContext[];
  readonly wrappers: ReadonlyMap<string, NetEffect>;
  readonly allocators: ReadonlyMap<string, Allocator>;
}

export const NO_EVIDENCE: CodeEvidence = { declared: [], wrappers: new Map(), allocators: new Map() };

/**
 * What these files declare of functions in C, as evidence for the calls in them.
 * @param nameOf how a file is called in a proof
 */
export function codeEvidence(environments: readonly Environment[], nameOf: (uri: string) => string): CodeEvidence {
  const known = new Map<string, CodeContext>();
  for (const environment of environments)
    for (const context of codeContextsOf(environment)) known.set(`${context.uri} ${context.name}`, context);
  const contexts = [...known.values()];
  return {
    declared: contexts.flatMap(({ name, uri, contexts: words, functions }) =>
      functions.map((one) => ({
        function: one.name,
        path: one.path,
        contexts: words.length === 0 ? ["process"] : words,
        because: `context ${name} of ${nameOf(uri)} says so of ${one.name}()`,
      })),
    ),
    wrappers: new Map(
      contexts.flatMap(({ held, sections }) =>
        sections.flatMap(({ takes, gives }): readonly (readonly [string, NetEffect])[] => [
          [
            takes,
            { takes: held.map((context) => taken(takes, { family: familyOf(context), context }, null, 0)), gives: [] },
          ],
          [gives, { takes: [], gives: held.map(releasedOf) }],
        ]),
      ),
    ),
    allocators: declaredAllocators(environments, nameOf),
  };
}

/** The allocators that these files declare, by their names; of two by one name the first counts. */
export function declaredAllocators(
  environments: readonly Environment[],
  nameOf: (uri: string) => string,
): ReadonlyMap<string, Allocator> {
  const allocators = new Map<string, Allocator>();
  for (const { name, uri, parameters, callee, arguments: given } of environments.flatMap(allocatorsOf))
    if (!allocators.has(name))
      allocators.set(name, {
        parameters,
        callee,
        arguments: given,
        isFixed: false,
        held: [],
        isResult: true,
        sure: "certain",
        because: `as allocator ${name} of ${nameOf(uri)} says`,
      });
  return allocators;
}

const releasedOf = (context: string): NetEffect["gives"][number] => ({
  family: familyOf(context),
  lock: null,
  turnsOn: /_irq(?:save)?$/.test(context) ? "irqs" : context.endsWith("_bh") ? "bh" : null,
});

/** What gives it back, by the kernel's own lock of that name; the words of the language by their nearest kin. */
function familyOf(context: string): LockFamily {
  if (isScopeName(context)) return context;
  const own = LOCK_CALLS.get(context);
  if (own !== undefined) return own.family;
  switch (context) {
    case "spinlock":
      return "spin";
    case "raw_spinlock":
      return "raw";
    case "rcu_read":
      return "rcu";
    default:
      return "mutex";
  }
}
