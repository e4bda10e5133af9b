import { maskArgumentOf } from "../requests/allocators.ts";
import type { Mask as MaskNode, Predicate } from "../../../grammar/ast.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";

import { compositeText, decode, flagText, meaningOf } from "../../model/masks/names.ts";
import { FLAG_GROUPS } from "../../model/kernels/flags/groups.ts";
import { FLAG_NAMES, COMPOSITE_NAMES, hex, mask } from "../../model/masks/mask.ts";
import { didYouMean, replacements, report } from "./report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Environment } from "../analysis/environment.ts";
import { literalBits, type MaskExpression } from "../../model/masks/expression.ts";
import type { Meaning } from "../../model/masks/evaluation/leaves.ts";
import { hasTooManyCases, meaningsOf } from "../requests/masks.ts";
import { DESIGN_RULES } from "./design.ts";
import { CONDITION_RULES, conditionFindings, tooManyCasesFinding } from "./conditions.ts";
import { eachPredicateLeaf, isMaskOfKernels, type NameUse } from "../analysis/region-names.ts";
import type { Region } from "../../../grammar/source-file.ts";
import { overKernelsOnce } from "./over-kernels.ts";
import { nearest } from "../names/suggest.ts";
import { visibleNames } from "../names/visible-names.ts";
import type { LanguageRule } from "./language-rule.ts";

const unknownFlag: LanguageRule = {
  id: "unknown-flag",
  group: "language",
  title: "A name that is no flag of this kernel",
  severity: "error",
  source: "language",
  explanation:
    "The name is no flag, composite or group of the checked kernel version, and no `flags` or `transform` declaration that is visible here. A flag that a later release adds is reported with that release; one that an earlier release removed is the kernel rule `removed-flag`. While a name of a request's mask is unknown, the kernel's rules say nothing about that request.",
  advice: "Correct the name, or check against a kernel that has it.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNAL\n}\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n",
  },
};

const undefinedBits: LanguageRule = {
  id: "undefined-bits",
  group: "language",
  title: "A number with bits that this kernel does not define",
  severity: "error",
  source: "language",
  explanation:
    "A gfp_t has 32 bits, and each version defines only the lower ones, some of them only with certain build options. The page allocator ignores the others; slab reports them.",
  advice: "Write the flags by name, or correct the number.",
  examples: {
    bad: "kernel 6.12\n\nflags ODD = 0x80000cc0\n",
    good: "kernel 6.12\n\nflags PLAIN = GFP_KERNEL\n",
  },
};

export const FLAG_RULES: readonly LanguageRule[] = [unknownFlag, undefinedBits, ...CONDITION_RULES, ...DESIGN_RULES];

/** A mask expression of a declaration, with the parameter that it may use. */
export interface WrittenExpression {
  readonly node: MaskNode;
  readonly parameter: string | null;
  /** Of an allocator, its other parameters: further names that are known. Null: it is none. */
  readonly others: readonly string[] | null;
}

/** All mask expressions of a region. */
export function expressionsOf(region: Region): readonly WrittenExpression[] {
  const { item } = region;
  if (item === null) return [];
  const found: WrittenExpression[] = [];
  const add = (node: MaskNode, parameter: string | null = null, others: readonly string[] | null = null): void => {
    found.push({ node, parameter, others });
  };
  const addPredicate = (predicate: Predicate): void =>
    eachPredicateLeaf(predicate, (leaf) => {
      if (leaf.kind === "mask") add(leaf.mask);
    });
  switch (item.kind) {
    case "flags":
      add(item.value);
      break;
    case "transform":
      add(item.body, item.parameter?.text ?? null);
      break;
    case "allocator": {
      const mask = maskArgumentOf(item);
      const [first, ...others] = item.parameters.map(({ text }) => text);
      if (mask !== null) add(mask, first ?? null, others);
      break;
    }
    case "scope":
      for (const { mask } of item.items) add(mask);
      break;
    case "request":
      for (const property of item.properties) if (property.kind === "flags") add(property.mask);
      break;
    case "policy":
      for (const clause of item.clauses) {
        switch (clause.kind) {
          case "allow":
          case "forbid":
          case "warn":
            addPredicate(clause.predicate);
            break;
          case "require":
            addPredicate(clause.predicate);
            addPredicate(clause.when);
            break;
          case "ignore":
            clause.masks.forEach((node) => add(node));
            break;
          case "mode":
            if (clause.when !== null) addPredicate(clause.when);
            break;
          case "stage":
            clause.honours.forEach((node) => add(node));
            break;
        }
      }
      break;
    case "expect":
      if (item.form?.kind === "forbids" || item.form?.kind === "allows") add(item.form.mask);
      if (item.form?.kind === "gives") {
        if (item.form.when !== null) addPredicate(item.form.when);
        addPredicate(item.form.gives);
      }
      break;
    case "context":
    case "memory":
    case "kernel":
    case "config":
    case "import":
      break;
  }
  return found;
}

/**
 * Names and numbers of an expression that this kernel does not know. Removed flags are a kernel rule's, and names that
 * may be anything `unknownMaskFindings` tells.
 */
export function flagFindings(
  environment: Environment,
  kernel: Kernel,
  expression: WrittenExpression,
): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [...conditionFindings(expression.node)];
  if (expression.parameter !== null && hasTooManyCases(environment, kernel, expression.node, expression.parameter))
    findings.push(tooManyCasesFinding(expression.node));
  for (const { node, meaning } of meaningsOf(environment, kernel, expression.node, expression.parameter)) {
    if (meaning.kind === "literal" && node.kind === "number") {
      const finding = literalFinding(kernel, node, meaning);
      if (finding !== null) findings.push(finding);
    }
    if (meaning.kind !== "unknown") continue;
    const name = node.kind === "call" ? node.callee : node.kind === "name" ? node : null;
    if (name === null || expression.others?.includes(name.text) || environment.mayBeDamaged(name.text)) continue;
    const declared = environment.lookup("mask", name.text);
    const isOwn = expression.others !== null || (name.text === expression.parameter && node.kind !== "call");
    if (!isOwn && declared === null && !isMaskOfKernels(name.text)) continue;
    if (!environment.complete && declared === null && meaning.why?.kind !== "not-yet") continue;
    findings.push(
      ...unknownNames(
        environment,
        kernel,
        { start: name.start, end: name.end, text: name.text },
        meaning.why,
        declared !== null,
        node.kind === "call",
        expression.parameter,
      ),
    );
  }
  return findings;
}

/** Names in masks that nothing declares, and no kernel has or had. */
export function unknownMaskFindings(environment: Environment, uses: readonly NameUse[]): readonly UnplacedFinding[] {
  if (!environment.complete) return [];
  const unknown = uses.filter(
    ({ space, name: { text } }) =>
      space === "mask" && environment.lookup("mask", text) === null && !environment.mayBeDamaged(text),
  );
  if (unknown.length === 0) return [];
  return overKernelsOnce(environment, "where-it-differs", (kernel) =>
    unknown.flatMap(({ role, name, parameter = null }) =>
      unknownNames(environment, kernel, name, null, false, role === "call", parameter),
    ),
  );
}

function unknownNames(
  environment: Environment,
  kernel: Kernel,
  name: { readonly start: number; readonly end: number; readonly text: string },
  why: Extract<Meaning, { readonly kind: "unknown" }>["why"],
  declared: boolean,
  called: boolean,
  parameter: string | null,
): readonly UnplacedFinding[] {
  if (declared) {
    const message = called
      ? `${name.text} is a mask, not a transform: write it without the parentheses.`
      : `${name.text} is a transform: write ${name.text}(…) with the mask that goes in.`;
    return [report(unknownFlag, name, message)];
  }
  if (why?.kind === "removed") return [];
  if (why?.kind === "not-yet") return [report(unknownFlag, name, `${name.text} does not exist before ${why.since}.`)];
  if (called) {
    const near = nearest(name.text, visibleNames(environment, "mask", ["transform"]));
    return [
      report(
        unknownFlag,
        name,
        `No transform ${name.text} is declared here or imported${near.length > 0 ? didYouMean(near) : "."}`,
        { fixes: replacements(name, near) },
      ),
    ];
  }
  const near = suggestions(environment, kernel, name.text, parameter);
  return [
    report(
      unknownFlag,
      name,
      `${name.text} is no flag of the kernel and no declared mask${near.length > 0 ? didYouMean(near) : orDeclare(name.text)}`,
      { fixes: replacements(name, near) },
    ),
  ];
}

/** What is called like a flag and like none that there is may be one that a patch is to bring. */
const orDeclare = (name: string): string =>
  /^__GFP_[A-Z]/.test(name) ? `: if a patch is to bring it, declare it with \`flag ${name}\`.` : ".";

const namesByKernel = new WeakMap<Kernel, readonly string[]>();
/** One list for all kernels that have the same names. */
const nameLists = new Map<string, readonly string[]>();

/** All names that mean something in this kernel. */
function kernelMaskNames(kernel: Kernel): readonly string[] {
  const known = namesByKernel.get(kernel);
  if (known !== undefined) return known;
  const names = [
    ...COMPOSITE_NAMES.map(compositeText),
    ...FLAG_NAMES.map(flagText),
    ...Object.keys(FLAG_GROUPS),
  ].filter((name) => "mask" in meaningOf(kernel, name));
  const shared = nameLists.get(names.join(" ")) ?? names;
  nameLists.set(names.join(" "), shared);
  namesByKernel.set(kernel, shared);
  return shared;
}

const NONE: readonly string[] = [];
const suggested = new WeakMap<Environment, WeakMap<readonly string[], Map<string, readonly string[]>>>();

/** Names near to one that does not exist; kernels that have the same names give the same answer. */
function suggestions(
  environment: Environment,
  kernel: Kernel,
  name: string,
  parameter: string | null,
): readonly string[] {
  const names = kernelMaskNames(kernel);
  let byNames = suggested.get(environment);
  if (byNames === undefined) {
    byNames = new WeakMap();
    suggested.set(environment, byNames);
  }
  let known = byNames.get(names);
  if (known === undefined) {
    known = new Map();
    byNames.set(names, known);
  }
  const key = JSON.stringify([name, parameter]);
  let found = known.get(key);
  if (found === undefined) {
    // NOFAIL for __GFP_NOFAIL, KERNEL for GFP_KERNEL.
    const upper = name.toUpperCase();
    const short = names.filter((candidate) => candidate === `GFP_${upper}` || candidate === `__GFP_${upper}`);
    found =
      short.length > 0
        ? short
        : nearest(name, names, visibleNames(environment, "mask"), parameter === null ? NONE : [parameter]);
    known.set(key, found);
  }
  return found;
}

/** Numbers may be as long as a file. */
function shortened(numeral: string): string {
  return numeral.length > 24 ? `${numeral.slice(0, 20)}…` : numeral;
}

function literalFinding(
  kernel: Kernel,
  node: Extract<MaskExpression, { readonly kind: "number" }>,
  meaning: Extract<Meaning, { readonly kind: "literal" }>,
): UnplacedFinding | null {
  const { bits, fits } = literalBits(node.numeral);
  if (!fits) return report(undefinedBits, node, `A gfp_t has 32 bits, and ${shortened(node.numeral.text)} has more.`);
  const extra = mask(meaning.bits & ~kernel.namedBits);
  if (extra === 0) return null;
  const { names } = decode(kernel, mask(bits & kernel.namedBits));
  if (names.length === 0)
    return report(
      undefinedBits,
      node,
      `${kernel.name} defines no flag with a bit of ${node.numeral.text}: write the flags by name.`,
    );
  const known = names.join(" | ");
  return report(
    undefinedBits,
    node,
    `${kernel.name} defines no flag for ${hex(extra)} in ${node.numeral.text}: the rest is ${known}.`,
    {
      fixes: [
        {
          title: `Write ${known}`,
          changes: [{ start: node.start, end: node.end, text: names.length > 1 ? `(${known})` : known }],
          preferred: false,
        },
      ],
    },
  );
}
