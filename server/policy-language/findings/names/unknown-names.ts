import type { Declaration, Name } from "../../../../grammar/ast.ts";
import { CONTEXT_NAMES, LOCK, SCOPE, UNKNOWN_CONTEXT } from "../../../model/contexts.ts";
import { HELD_NAMES, KERNEL_CONTEXTS } from "../../../model/kernel-contexts.ts";
import { didYouMean, listText, replacements, report } from "../report.ts";
import type { UnplacedFinding, UnplacedRelated } from "../../analysis/unplaced-finding.ts";
import type { Environment } from "../../analysis/environment.ts";
import { wantedKinds, type NameUse } from "../../analysis/region-names.ts";
import { nearest } from "../../names/suggest.ts";
import { visibleNames } from "../../names/visible-names.ts";
import type { LanguageRule } from "../language-rule.ts";
import { declarationOf } from "./declared-at.ts";

export const unknownContext: LanguageRule = {
  id: "unknown-context",
  group: "language",
  title: "A context that does not exist",
  severity: "error",
  source: "language",
  explanation:
    "The name is neither a built-in context nor one that this file or an imported one declares. The request is judged as if it were made in process context.",
  advice: `Declare the context, or write a built-in one: ${CONTEXT_NAMES.filter((name) => name !== "sigkill_pending").join(", ")}; or one by the kernel's name for it, such as spin_lock_irqsave, timer or workqueue.`,
  examples: {
    bad: "kernel 6.12\n\nrequest rx {\n  api     kmalloc\n  size    64 B\n  flags   GFP_ATOMIC\n  context softriq\n}\n",
    good: "kernel 6.12\n\nrequest rx {\n  api     kmalloc\n  size    64 B\n  flags   GFP_ATOMIC\n  context softirq\n}\n",
  },
};

export const unknownName: LanguageRule = {
  id: "unknown-name",
  group: "language",
  title: "A name that nothing declares",
  severity: "error",
  source: "language",
  explanation:
    "No request, policy, transform, memory state, lock, scope, zone or rule of that name exists here. Declarations of this file and of the files that it imports are visible, wherever they stand.",
  advice: "Correct the name, or declare or import what it should stand for.",
  examples: {
    bad: "kernel 6.12\n\nrequest small like big {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
    good: "kernel 6.12\n\nrequest big {\n  api   kmalloc\n  size  8 KiB\n  flags GFP_KERNEL\n}\n\nrequest small like big {\n  size  64 B\n}\n",
  },
};

/** A name that should be one of a fixed list: a lock, a scope, a zone, a rule. */
export function unknownWord(name: Name, what: string, known: readonly string[]): UnplacedFinding {
  const near = nearest(name.text, known);
  const rest = near.length > 0 ? didYouMean(near) : known.length <= 12 ? `: there are ${listText(known)}.` : ".";
  return report(unknownName, name, `${name.text} is no ${what}${rest}`, { fixes: replacements(name, near) });
}

/** Names that nothing declares; flags of masks are `flags.ts`'s. */
export function unknownNameFindings(environment: Environment, uses: readonly NameUse[]): readonly UnplacedFinding[] {
  if (!environment.complete) return [];
  const findings: UnplacedFinding[] = [];
  for (const use of uses) {
    if (use.space === "mask" || environment.mayBeDamaged(use.name.text)) continue;
    const finding = unknownUse(environment, use);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}

const NOT_DECLARED: ReadonlySet<string> = new Set([
  ...CONTEXT_NAMES,
  ...Object.keys(SCOPE),
  ...KERNEL_CONTEXTS.keys(),
  UNKNOWN_CONTEXT,
]);

/** A name means a context without being declared. */
export const isBuiltInContext = (name: string): boolean => NOT_DECLARED.has(name);

const BUILT_IN_CONTEXTS: readonly string[] = [...CONTEXT_NAMES, ...KERNEL_CONTEXTS.keys()];

function unknownUse(environment: Environment, use: NameUse): UnplacedFinding | null {
  const { name } = use;
  if (use.space === "context") {
    if (use.role === "scope") return unknownScope(environment, name);
    if (isBuiltInContext(name.text) && (use.role === "context" || name.text !== UNKNOWN_CONTEXT)) return null;
    if (environment.lookup("context", name.text) !== null) return null;
    const near = nearest(name.text, visibleNames(environment, "context"), BUILT_IN_CONTEXTS);
    return report(
      unknownContext,
      name,
      `No context ${name.text} is declared or built in${near.length > 0 ? didYouMean(near) : "."}`,
      { fixes: replacements(name, near) },
    );
  }
  const wanted = wantedKinds(use);
  const found = environment.lookup(use.space, name.text);
  if (found !== null && wanted.includes(found.kind)) return null;
  const what = listText(wanted, "or");
  const near = nearest(name.text, visibleNames(environment, use.space, wanted));
  const message =
    found === null
      ? `No ${what} ${name.text} is declared here or imported${near.length > 0 ? didYouMean(near) : "."}`
      : `${name.text} is a ${found.declaration.kind}, and a ${what} is needed here.`;
  const related: readonly UnplacedRelated[] = found === null ? [] : [declarationOf(found, "It is declared here.")];
  return report(unknownName, name, message, { related, fixes: replacements(name, near) });
}

/** What a context says that it is in the scope of, and that is none. */
function unknownScope(environment: Environment, name: Name): UnplacedFinding | null {
  const found = environment.lookup("context", name.text);
  if (found?.declaration.kind === "scope") return null;
  if (found === null)
    return unknownWord(name, "allocation scope", [
      ...Object.keys(SCOPE),
      ...visibleNames(environment, "context", ["scope"]),
    ]);
  return report(
    unknownName,
    name,
    `${name.text} is a context, and a scope is needed here; \`in ${name.text}\` takes it.`,
    {
      related: [declarationOf(found, "It is declared here.")],
    },
  );
}

/** What a context can hold: the locks of the language, and locks and sections by the kernel's names. */
const HELD: readonly string[] = [...Object.keys(LOCK), ...HELD_NAMES];

/** The locks of a context are words of the language. */
export function contextWordFindings(
  declaration: Extract<Declaration, { readonly kind: "context" }>,
): readonly UnplacedFinding[] {
  return declaration.items.flatMap((item) => {
    if (item.kind === "holds")
      return item.lock === null || HELD.includes(item.lock.text)
        ? []
        : [unknownWord(item.lock, "lock that a context can hold", HELD)];
    return [];
  });
}
