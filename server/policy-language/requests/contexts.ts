import type { ContextItem, Name } from "../../../grammar/ast.ts";
import { combine, contextOf, isScopeName, withDesignedScope, withScope, type Context } from "../../model/contexts.ts";
import { namedContext, withHeld } from "../../model/kernel-contexts.ts";
import type { Binding, Environment, Revision } from "../analysis/environment.ts";
import { graphOf, type Graph } from "../analysis/graph.ts";
import { declaredScopes } from "../analysis/region-names.ts";

const PROCESS: Context = contextOf("process");

/** Contexts, by those that they start from or combine. */
export const contextGraph: Graph = graphOf((environment, binding) => {
  const { declaration } = binding;
  if (declaration.kind !== "context") return [];
  const names = [
    declaration.like,
    ...declaration.items.flatMap((item): readonly (Name | null)[] =>
      item.kind === "in" ? [item.context] : scopesOf(item),
    ),
  ];
  return names.flatMap((name) => {
    const used = name === null ? null : environment.lookup("context", name.text);
    return used === null ? [] : [used];
  });
});

const scopesOf = (item: ContextItem): readonly Name[] => (item.kind === "scope" ? declaredScopes(item.scopes) : []);

/**
 * By whether the kernels in force are PREEMPT_RT, which locks and handlers depend on: imports may be judged by both.
 */
const contexts = { rt: new WeakMap<Revision, Context>(), plain: new WeakMap<Revision, Context>() };

const isRt = (environment: Environment): boolean => environment.options.PREEMPT_RT;

const contextsIn = (environment: Environment): WeakMap<Revision, Context> =>
  isRt(environment) ? contexts.rt : contexts.plain;

/** A context by name, declared or built in; null for a name that is neither. A context that is a cycle is `process`. */
export function contextNamed(environment: Environment, name: string): Context | null {
  const binding = environment.lookup("context", name);
  if (binding === null) return namedContext(name, isRt(environment));
  return declaredContextOf(environment, binding);
}

/** What a declared context combines. */
function declaredContextOf(environment: Environment, binding: Binding): Context {
  const known = contextsIn(environment);
  const own = known.get(binding.revision);
  if (own !== undefined) return own;
  contextGraph.inOrder(
    environment,
    binding,
    (used) => known.has(used.revision),
    (used, cyclic) => {
      known.set(used.revision, cyclic ? PROCESS : combined(environment, used));
    },
  );
  return known.get(binding.revision) ?? PROCESS;
}

function combined(environment: Environment, binding: Binding): Context {
  const { declaration } = binding;
  if (declaration.kind === "scope" && declaration.name !== null)
    return withDesignedScope(PROCESS, declaration.name.text);
  if (declaration.kind !== "context") return PROCESS;
  const start = declaration.like === null ? null : knownContext(environment, declaration.like.text);
  return declaration.items.reduce((context, item) => withItem(environment, context, item), start ?? PROCESS);
}

function withItem(environment: Environment, context: Context, item: ContextItem): Context {
  switch (item.kind) {
    case "in": {
      const part = item.context === null ? null : knownContext(environment, item.context.text);
      return part === null ? context : combine(context, part);
    }
    case "holds":
      return item.lock === null ? context : withHeld(context, item.lock.text, isRt(environment));
    case "for":
    case "between":
      return context;
    case "scope":
      return item.scopes.reduce((all, { text }) => inScope(environment, all, text), context);
  }
}

/** The context with a scope of the kernel or a declared one. */
function inScope(environment: Environment, context: Context, name: string): Context {
  if (isScopeName(name)) return withScope(context, name);
  return environment.lookup("context", name)?.declaration.kind === "scope" ? withDesignedScope(context, name) : context;
}

/** A context that is computed already: `inOrder` has seen to that. */
function knownContext(environment: Environment, name: string): Context | null {
  const binding = environment.lookup("context", name);
  if (binding !== null) return contextsIn(environment).get(binding.revision) ?? null;
  return namedContext(name, isRt(environment));
}
