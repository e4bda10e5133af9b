import type { FlagDeclaration, ScopeDeclaration } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { mask } from "../../model/masks/mask.ts";
import { maskText } from "../../model/masks/names.ts";
import type { Environment } from "../analysis/environment.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { evaluateMask } from "../requests/masks.ts";
import { nameSpan, placeIn } from "../requests/request-places.ts";
import type { KernelRequest } from "../requests/under-kernels.ts";
import type { ResolvedRequest } from "../requests/requests.ts";
import type { LanguageRule } from "./language-rule.ts";
import { listText, report } from "./report.ts";

const noFreeBit: LanguageRule = {
  id: "no-free-bit",
  group: "language",
  title: "A declared flag or scope that no bit is left for",
  severity: "error",
  source: "language",
  explanation:
    "A gfp_t has 32 bits, and a kernel leaves a few of them free, three to ten by version and build options. Each `flag` that a file declares or imports takes one; for those beyond nothing can be told apart, in a kernel as in this file. A `scope` takes a bit of the task's flags, of which there are 32.",
  advice: "Declare fewer flags, or check against a kernel and options that leave more bits.",
  examples: {
    bad: `kernel 6.12\n\n${Array.from({ length: 12 }, (_, i) => `flag __GFP_NEW_${String(i).padStart(2, "0")}`).join("\n")}\n`,
    good: "kernel 6.12\n\nflag __GFP_PROTECTED\n",
  },
};

const scopeContradiction: LanguageRule = {
  id: "scope-contradiction",
  group: "language",
  title: "A scope that clears what it adds",
  severity: "warning",
  source: "language",
  explanation:
    "What the scopes of a task clear is cleared first, then what they add is added, in whatever order they were entered. A flag that a scope clears and adds is set in every mask, and clearing it says nothing.",
  advice: "Leave one of them out.",
  examples: {
    bad: "kernel 6.12\n\nscope quiet {\n  clears GFP_KERNEL\n  adds   __GFP_IO | __GFP_NOWARN\n}\n",
    good: "kernel 6.12\n\nscope quiet {\n  clears __GFP_FS\n  adds   __GFP_NOWARN\n}\n",
  },
};

const unknownScope: LanguageRule = {
  id: "unknown-scope",
  group: "requests",
  title: "A request in a scope that no kernel has",
  severity: "hint",
  source: "kernel",
  explanation:
    "A declared scope is a design. Policies know the request by it (`in NAME`) and judge the mask that the call gives; no decision of a kernel knows the scope, so all that is told of the kernel is told of the mask that the scope would leave.",
  advice: "Nothing is wrong: read what the kernel does as what it would do if the scope were there.",
  examples: {
    bad: "kernel 6.12\n\nscope protected {\n  clears __GFP_FS\n}\n\nrequest fault {\n  api     folio_alloc\n  order   0\n  flags   GFP_KERNEL\n  context protected\n  handles null\n}\n",
    good: "kernel 6.12\n\nrequest fault {\n  api     folio_alloc\n  order   0\n  flags   GFP_KERNEL\n  context nofs\n  handles null\n}\n",
  },
};

export const DESIGN_RULES: readonly LanguageRule[] = [noFreeBit, scopeContradiction, unknownScope];

/** A declared flag or scope for which a kernel in force has no bit left. */
export function noFreeBitFindings(
  environment: Environment,
  declaration: FlagDeclaration | ScopeDeclaration,
): readonly UnplacedFinding[] {
  const { kind, name } = declaration;
  // Of two of one name the first counts.
  if (name === null || environment.lookup(kind === "flag" ? "mask" : "context", name.text)?.declaration !== declaration)
    return [];
  const full = environment.kernels.find(({ designed, designedScopes }) =>
    kind === "flag" ? designed[name.text] === undefined : !designedScopes.includes(name.text),
  );
  if (full === undefined) return [];
  const message =
    kind === "flag"
      ? `No bit of a mask is left for ${name.text} in ${full.name}: declare fewer flags.`
      : `No bit of a task's flags is left for ${name.text}: declare fewer scopes.`;
  return [report(noFreeBit, name, message)];
}

/** The parts of a scope that add what the scope clears. */
export function scopeContradictionFindings(
  environment: Environment,
  kernel: Kernel,
  { items }: ScopeDeclaration,
): readonly UnplacedFinding[] {
  const valued = items.map((item) => ({ item, bits: evaluateMask(environment, kernel, item.mask).mask }));
  const cleared = valued.reduce((all, { item, bits }) => (item.kind === "clears" ? all | bits : all), 0);
  return valued.flatMap(({ item, bits }) => {
    const both = mask(item.kind === "adds" ? bits & cleared : 0);
    return both === 0
      ? []
      : [report(scopeContradiction, item.mask, `The scope clears ${maskText(kernel, both)} too, and adding it wins.`)];
  });
}

/** A request in declared scopes: what the kernel was asked instead. */
export function unknownScopeFindings(
  request: ResolvedRequest,
  { kernel, callMask, request: asked }: KernelRequest,
): readonly UnplacedFinding[] {
  const scopes = request.context.designed;
  if (scopes.length === 0 || request.api === null) return [];
  const place = placeIn(request, request.contextWritten, request.contextWritten?.property.context ?? nameSpan(request));
  const what = scopes.length === 1 ? `the scope ${scopes[0]}` : `the scopes ${listText(scopes)}`;
  const effect = !request.api.takesMask
    ? `and ${request.api.name}() takes no mask that it could change`
    : asked.mask === callMask
      ? "and it leaves this mask as it is"
      : `and what is said of the kernel is said of ${maskText(kernel, asked.mask)}, which it leaves of ${maskText(kernel, callMask)}`;
  return [{ ...report(unknownScope, place.span, `No kernel has ${what}, ${effect}.`), related: place.related }];
}
