import { maskText } from "../../model/masks/names.ts";
import type { Binding, Environment } from "../../policy-language/analysis/environment.ts";
import { effectOfScopes, inScopes } from "../../policy-language/requests/scopes.ts";
import { contextFollows } from "./follows.ts";
import { CONTEXTS, DECLARATIONS, SCOPES } from "../descriptions/words.ts";
import { bulleted, docMarkdown, fenced, heading } from "../markdown.ts";
import { linesOver, overKernels } from "../over-kernels.ts";
import { sourceOf } from "./source.ts";

/** A context or a scope, declared or known; null for any other name. */
export function contextHover(name: string, environment: Environment): string | null {
  const binding = environment.lookup("context", name);
  if (binding !== null && binding.declaration.kind === "context")
    return heading(name, "context", [docMarkdown(binding.declaration.doc), fenced(sourceOf(environment, binding))]);
  if (binding !== null) return scopeHover(binding, environment);
  const words: Readonly<Record<string, string>> = { ...SCOPES, ...CONTEXTS };
  const meaning = Object.hasOwn(words, name) ? words[name] : undefined;
  return meaning === undefined ? null : heading(name, "context", [meaning, contextFollows(name, environment)]);
}

/** A declared scope: what it makes of the masks that people write most. */
export function scopeHover(binding: Binding, environment: Environment): string {
  const { name, doc } = binding.declaration;
  const scope = name?.text ?? "";
  const effects = overKernels(
    environment.kernels,
    (kernel) => {
      const effect = effectOfScopes(environment, kernel, [scope]);
      const made = (["KERNEL", "ATOMIC"] as const).map(
        (composite) => `\`GFP_${composite}\` → \`${maskText(kernel, inScopes(effect, kernel.gfp[composite]))}\``,
      );
      return made.join(", ");
    },
    String,
  );
  return heading(scope, "scope", [
    doc ?? "",
    DECLARATIONS.scope.meaning,
    fenced(sourceOf(environment, binding)),
    bulleted(linesOver(effects, String)),
  ]);
}
