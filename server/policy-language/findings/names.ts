import type { Declaration, Name, PolicyDeclaration } from "../../../grammar/ast.ts";
import { CONTEXT_NAMES, isContextName, isScopeName, LOCK, SCOPE, UNKNOWN_CONTEXT } from "../../model/contexts.ts";
import { HELD_NAMES, KERNEL_CONTEXTS } from "../../model/kernel-contexts.ts";
import { meaningOf } from "../../model/masks/names.ts";
import { contextGraph } from "../requests/contexts.ts";
import { didYouMean, listText, replacements, report } from "./report.ts";
import type { UnplacedFinding, UnplacedRelated } from "../analysis/unplaced-finding.ts";
import type { Binding, Environment, NameSpace } from "../analysis/environment.ts";
import type { Span } from "../../rules/finding.ts";
import { othersIn, type Graph } from "../analysis/graph.ts";
import { maskGraph } from "../requests/masks.ts";
import { policyGraph } from "../policies/resolved-policy.ts";
import { BUILT_IN, namesOf, spacesOf, wantedKinds, type NameUse } from "../analysis/region-names.ts";
import { memoryGraph } from "../requests/memory.ts";
import { likeGraph } from "../requests/requests.ts";
import { nearest } from "../names/suggest.ts";
import { visibleNames } from "../names/visible-names.ts";
import type { Region } from "../../../grammar/source-file.ts";
import type { LanguageRule } from "./language-rule.ts";

const unknownContext: LanguageRule = {
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

export const duplicateName: LanguageRule = {
  id: "duplicate-name",
  group: "language",
  title: "A name declared twice",
  severity: "error",
  source: "language",
  explanation:
    "Two declarations that could be meant by the same word have the same name, or one has the name of a flag or a built-in context. Names live in five spaces, by where they are used: masks (flags, transforms), contexts, subjects of expectations (requests, policies, transforms), memory states, allocators in C. So a context and a request may share a name. Of two, the first one counts.",
  advice: "Rename one of them.",
  examples: {
    bad: "kernel 6.12\n\nflags RING = GFP_KERNEL\nflags RING = GFP_KERNEL | __GFP_NOWARN\n",
    good: "kernel 6.12\n\nflags RING = GFP_KERNEL\nflags QUIET_RING = RING | __GFP_NOWARN\n",
  },
};

const nameCycle: LanguageRule = {
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

export const NAME_RULES: readonly LanguageRule[] = [unknownContext, unknownName, duplicateName, nameCycle];

/** A name that should be one of a fixed list: a lock, a scope, a zone, a rule. */
export function unknownWord(name: Name, what: string, known: readonly string[]): UnplacedFinding {
  const near = nearest(name.text, known);
  const rest = near.length > 0 ? didYouMean(near) : known.length <= 12 ? `: there are ${listText(known)}.` : ".";
  return report(unknownName, name, `${name.text} is no ${what}${rest}`, { fixes: replacements(name, near) });
}

// Uses ----------------------------------------------------------------------------------------------------------------

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

/** Related information: where something is declared. */
export function declarationOf(binding: Binding, message: string): UnplacedRelated {
  const { declaration } = binding;
  const span: Span = declaration.name ?? { start: declaration.start, end: declaration.end };
  return { revision: binding.revision, uri: binding.uri, span: { start: span.start, end: span.end }, message };
}

// Declarations --------------------------------------------------------------------------------------------------------

/** What a declared name clashes with: another declaration, or what it means anyway. */
type Clash =
  | { readonly kind: "declared"; readonly by: Binding }
  | { readonly kind: "built-in"; readonly where: string; readonly advice: string | null };

/** Null where the name of a declaration is its own. */
export function clashOf(environment: Environment, binding: Binding): Clash | null {
  const { name, kind } = binding;
  if (name === null || kind === "expect") return null;
  for (const space of spacesOf(kind)) {
    // Of two in one file the later one is wrong; against an imported one it is the file's own.
    const by = environment.rivalOf(space, binding);
    if (by !== null) return { kind: "declared", by };
  }
  if (kind === "context" && (isContextName(name) || name === UNKNOWN_CONTEXT))
    return { kind: "built-in", where: "is a built-in context", advice: null };
  if (kind === "scope" && (isScopeName(name) || isContextName(name) || KERNEL_CONTEXTS.has(name)))
    return {
      kind: "built-in",
      where: `is a ${isScopeName(name) ? "scope that kernels have" : "built-in context"}`,
      advice: "choose another name",
    };
  if (kind !== "flags" && kind !== "flag" && kind !== "transform") return null;
  if (!BUILT_IN.has(name)) return null;
  const kernel = environment.kernels.find((candidate) => "mask" in meaningOf(candidate, name));
  return kernel === undefined
    ? null
    : {
        kind: "built-in",
        where: `already has a meaning in ${kernel.name}`,
        advice: kind === "flag" ? "it needs no declaration there" : "choose another name",
      };
}

export function duplicateNameFindings(environment: Environment, binding: Binding): readonly UnplacedFinding[] {
  const clash = clashOf(environment, binding);
  const { name } = binding.declaration;
  if (clash === null || name === null) return [];
  if (clash.kind === "built-in") {
    const advice = clash.advice === null ? "" : `: ${clash.advice}`;
    return [report(duplicateName, name, `${name.text} ${clash.where}${advice}.`)];
  }
  const { by } = clash;
  const where = by.uri === binding.uri ? "already declared" : "declared in an imported file too";
  return [
    report(duplicateName, name, `${name.text} is ${where}, as ${article(by.kind)}.`, {
      related: [declarationOf(by, `The other ${name.text}.`)],
    }),
  ];
}

/** Modes and stages of a policy that another one of the same policy is called like: the later one is marked. */
export function duplicateModeFindings(policy: PolicyDeclaration, uri: string): readonly UnplacedFinding[] {
  const first = new Map<string, Name>();
  return policy.clauses.flatMap((clause) => {
    if ((clause.kind !== "mode" && clause.kind !== "stage") || clause.name === null) return [];
    const key = `${clause.kind} ${clause.name.text}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, clause.name);
      return [];
    }
    const related = [
      { revision: null, uri, span: { start: other.start, end: other.end }, message: `The other ${clause.name.text}.` },
    ];
    return [
      report(duplicateName, clause.name, `The policy has a ${clause.kind} ${clause.name.text} already.`, { related }),
    ];
  });
}

function article(kind: Declaration["kind"]): string {
  return kind === "expect" || kind === "allocator" ? `an ${kind}` : kind === "flags" ? "a `flags`" : `a ${kind}`;
}

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
