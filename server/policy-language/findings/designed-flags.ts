import type { FlagDeclaration } from "../../../grammar/ast.ts";
import type { Environment } from "../analysis/environment.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { LanguageRule } from "./language-rule.ts";
import { report } from "./report.ts";

const noFreeBit: LanguageRule = {
  id: "no-free-bit",
  group: "language",
  title: "A declared flag that no bit is left for",
  severity: "error",
  source: "language",
  explanation:
    "A gfp_t has 32 bits, and a kernel leaves a few of them free, three to ten by version and build options. Each `flag` that a file declares or imports takes one; for those beyond nothing can be told apart, in a kernel as in this file.",
  advice: "Declare fewer flags, or check against a kernel and options that leave more bits.",
  examples: {
    bad: `kernel 6.12\n\n${Array.from({ length: 12 }, (_, i) => `flag __GFP_NEW_${String(i).padStart(2, "0")}`).join("\n")}\n`,
    good: "kernel 6.12\n\nflag __GFP_PROTECTED\n",
  },
};

export const DESIGN_RULES: readonly LanguageRule[] = [noFreeBit];

/** A declared flag for which a kernel in force has no bit left. */
export function noFreeBitFindings(environment: Environment, { name }: FlagDeclaration): readonly UnplacedFinding[] {
  if (name === null) return [];
  const full = environment.kernels.find(({ designed }) => designed[name.text] === undefined);
  return full === undefined
    ? []
    : [report(noFreeBit, name, `No bit of a mask is left for ${name.text} in ${full.name}: declare fewer flags.`)];
}
