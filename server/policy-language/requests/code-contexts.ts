import type { ContextDeclaration } from "../../../grammar/ast.ts";
import { isLockName, isScopeName } from "../../model/contexts.ts";
import { KERNEL_CONTEXTS } from "../../model/kernel-contexts.ts";
import type { Environment } from "../analysis/environment.ts";

/** A function in C; `path` from the root of its tree, null: in whatever file. */
export interface NamedFunction {
  readonly path: string | null;
  readonly name: string;
}

/** What a declared context says of C. */
export interface CodeContext {
  readonly name: string;
  /** Where it is declared. */
  readonly uri: string;
  /** What it comes to, in the words of the model: contexts, locks and scopes that kernels have. */
  readonly contexts: readonly string[];
  /** Of these, what it holds: locks, sections and scopes. */
  readonly held: readonly string[];
  readonly functions: readonly NamedFunction[];
  readonly sections: readonly { readonly takes: string; readonly gives: string }[];
}

/** `drivers/net/foo.c:foo_tx_done`; null: it names no function. */
export function functionIn(text: string): NamedFunction | null {
  const [, path, name] = /^(?:\.\/)?([^:]+):([A-Za-z_]\w*)(?:\(\))?$/.exec(text) ?? [];
  return path === undefined || name === undefined ? null : { path, name };
}

/** The contexts of a file, and of those that it imports, that speak of functions in C. */
export function codeContextsOf(environment: Environment): readonly CodeContext[] {
  return environment.visible("context").flatMap(({ uri, declaration, damaged }): readonly CodeContext[] => {
    if (declaration.kind !== "context" || declaration.name === null || damaged) return [];
    const functions = declaration.items.flatMap((item) =>
      item.kind === "for"
        ? item.functions.flatMap((one) =>
            "text" in one ? [{ path: null, name: one.text }] : (functionIn(one.value) ?? []),
          )
        : [],
    );
    const sections = declaration.items.flatMap((item) =>
      item.kind === "between" && item.takes !== null && item.gives !== null
        ? [{ takes: item.takes.text, gives: item.gives.text }]
        : [],
    );
    if (functions.length + sections.length === 0) return [];
    const words = wordsOf(environment, declaration, new Set());
    return [
      {
        name: declaration.name.text,
        uri,
        contexts: [...new Set([...words.places, ...words.held])],
        held: [...new Set(words.held)],
        functions,
        sections,
      },
    ];
  });
}

interface Words {
  readonly places: readonly string[];
  readonly held: readonly string[];
}

const NONE: Words = { places: [], held: [] };

/** What a context is made of, those that it starts from and combines taken apart. */
function wordsOf(environment: Environment, { like, items }: ContextDeclaration, seen: ReadonlySet<string>): Words {
  const of = (name: string): Words => {
    const declaration = environment.lookup("context", name)?.declaration;
    if (declaration === undefined) return wordOf(name);
    if (declaration.kind !== "context" || seen.has(name)) return NONE;
    return wordsOf(environment, declaration, new Set([...seen, name]));
  };
  const words = [...(like === null ? [] : [of(like.text)])];
  for (const item of items) {
    if (item.kind === "in" && item.context !== null) words.push(of(item.context.text));
    else if (item.kind === "holds" && item.lock !== null) words.push(wordOf(item.lock.text));
    else if (item.kind === "scope")
      words.push({ places: [], held: item.scopes.flatMap(({ text }) => (isScopeName(text) ? [text] : [])) });
  }
  return {
    places: words.flatMap(({ places }) => places),
    held: words.flatMap(({ held }) => held),
  };
}

function wordOf(name: string): Words {
  const isHeld = isLockName(name) || isScopeName(name) || KERNEL_CONTEXTS.get(name)?.kind === "held";
  return isHeld ? { places: [], held: [name] } : { places: [name], held: [] };
}
