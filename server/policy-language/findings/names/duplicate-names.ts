import type { Declaration, Name, PolicyDeclaration } from "../../../../grammar/ast.ts";
import { isContextName, isScopeName, UNKNOWN_CONTEXT } from "../../../model/contexts.ts";
import { KERNEL_CONTEXTS } from "../../../model/kernel-contexts.ts";
import { meaningOf } from "../../../model/masks/names.ts";
import { report } from "../report.ts";
import type { UnplacedFinding } from "../../analysis/unplaced-finding.ts";
import type { Binding, Environment } from "../../analysis/environment.ts";
import { BUILT_IN, spacesOf } from "../../analysis/region-names.ts";
import type { LanguageRule } from "../language-rule.ts";
import { declarationOf } from "./declared-at.ts";

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
