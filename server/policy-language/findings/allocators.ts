import type { AllocatorDeclaration, Mask, Name } from "../../../grammar/ast.ts";
import { apiNamed } from "../../model/apis.ts";
import type { Api } from "../../model/apis/api.ts";
import { parametersOf } from "../../model/prototype.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { eachMaskName } from "../analysis/region-names.ts";
import { nearest } from "../names/suggest.ts";
import { maskArgumentOf } from "../requests/allocators.ts";
import type { LanguageRule } from "./language-rule.ts";
import { duplicateName } from "./names/duplicate-names.ts";
import { unknownName } from "./names/unknown-names.ts";
import { didYouMean, replacements, report } from "./report.ts";

const wrongArguments: LanguageRule = {
  id: "wrong-arguments",
  group: "language",
  title: "An allocator that calls with other arguments than the function takes",
  severity: "error",
  source: "language",
  explanation:
    "`allocator` says which call in C a function stands for, and gives that call its arguments in the order of the kernel's prototype: parameters of its own, numbers, and for the mask an expression. With more or fewer, calls in C would be judged by the wrong argument.",
  advice: "Give every argument of the function, in its order; one that does not matter is any parameter, or 0.",
  examples: {
    bad: "kernel 6.12\n\nallocator own_alloc(adapter, n, gfp) = kmalloc(adapter, n, gfp)\n",
    good: "kernel 6.12\n\nallocator own_alloc(adapter, n, gfp) = kmalloc(n, gfp | __GFP_ZERO)\n",
  },
};

export const ALLOCATOR_RULES: readonly LanguageRule[] = [wrongArguments];

/** An allocator by the name of a function that the model knows, its parameters, and what it gives on. */
export function allocatorFindings(allocator: AllocatorDeclaration): readonly UnplacedFinding[] {
  const { name, callee, parameters } = allocator;
  const findings: UnplacedFinding[] = [];
  if (name !== null && apiNamed(name.text) !== null)
    findings.push(
      report(duplicateName, name, `${name.text}() is a function that the model knows: it needs no declaration.`),
    );
  const seen = new Set<string>();
  for (const parameter of parameters) {
    if (seen.has(parameter.text))
      findings.push(report(duplicateName, parameter, `Two parameters are called ${parameter.text}.`));
    seen.add(parameter.text);
  }
  const api = callee === null ? null : apiNamed(callee.text);
  if (callee !== null && api !== null) findings.push(...argumentFindings(allocator, callee, api));
  return findings;
}

function argumentFindings(allocator: AllocatorDeclaration, callee: Name, api: Api): readonly UnplacedFinding[] {
  const { arguments: given, parameters } = allocator;
  const wanted = parametersOf(api).filter((one) => one !== "" && one !== "void");
  const isOpen = wanted.includes("...");
  const least = wanted.length - (isOpen || api.withoutMask !== undefined ? 1 : 0);
  if (given.length < least || (!isOpen && given.length > wanted.length)) {
    const takes = wanted.length === 1 ? "1 argument" : `${wanted.length} arguments`;
    return [
      report(
        wrongArguments,
        callee,
        `${api.name}() takes ${takes}, (${wanted.join(", ")}), and ${given.length} ${given.length === 1 ? "is" : "are"} given.`,
      ),
    ];
  }
  const mask = maskArgumentOf(allocator);
  const names = parameters.map(({ text }) => text);
  return given.flatMap((one) => (one === mask ? [] : valueFindings(allocator, one, names)));
}

/** What is no mask is a parameter or a number. */
function valueFindings(
  { name }: AllocatorDeclaration,
  argument: Mask,
  parameters: readonly string[],
): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [];
  eachMaskName(argument, (_, used) => {
    if (parameters.includes(used.text)) return;
    const near = nearest(used.text, parameters);
    findings.push(
      report(
        unknownName,
        used,
        `${used.text} is no parameter of ${name?.text ?? "the allocator"}${near.length > 0 ? didYouMean(near) : "."}`,
        { fixes: replacements(used, near) },
      ),
    );
  });
  return findings;
}
