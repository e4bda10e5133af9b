import type { Span } from "../../rules/finding.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { LanguageRule } from "./language-rule.ts";
import { report } from "./report.ts";

/** The findings about policies: requests against them, a policy against itself, a policy against the kernel. */

const POLICY = "kernel 6.12\n\npolicy driver for kmalloc {\n";
const REQUEST = "\nrequest buffer {\n  api   kmalloc\n  size  4 KiB\n";

export const policyForbids: LanguageRule = {
  id: "policy-forbids",
  group: "policies",
  title: "A request that its policy forbids",
  severity: "error",
  source: "policy",
  explanation:
    "The mask meets a `forbid` of the policy, or stands outside of every `allow`. The policy is bound to the request by name, or by the function that it is `for`.",
  advice: "Write a mask that the policy takes, or change the policy where it is wrong.",
  examples: {
    bad: `${POLICY}  forbid has __GFP_NOFAIL because "a driver can report -ENOMEM"\n}\n${REQUEST}  flags GFP_KERNEL | __GFP_NOFAIL\n}\n`,
    good: `${POLICY}  forbid has __GFP_NOFAIL because "a driver can report -ENOMEM"\n}\n${REQUEST}  flags GFP_KERNEL\n}\n`,
  },
};

export const policyRequires: LanguageRule = {
  id: "policy-requires",
  group: "policies",
  title: "A request that lacks what its policy requires",
  severity: "error",
  source: "policy",
  explanation: "A `require` of the policy asks for something where its `when` holds, and the mask does not have it.",
  advice: "Add what is required, or change the policy where it is wrong.",
  examples: {
    bad: `${POLICY}  require has __GFP_NOWARN when size > 1 KiB\n}\n${REQUEST}  flags GFP_KERNEL\n}\n`,
    good: `${POLICY}  require has __GFP_NOWARN when size > 1 KiB\n}\n${REQUEST}  flags GFP_KERNEL | __GFP_NOWARN\n}\n`,
  },
};

export const policyWarns: LanguageRule = {
  id: "policy-warns",
  group: "policies",
  title: "A request that its policy warns about",
  severity: "warning",
  source: "policy",
  explanation: "The mask meets a `warn` of the policy: it is taken, and its authors would rather not see it.",
  advice: "Follow the reason that the policy gives, or waive the rule with one of your own.",
  examples: {
    bad: `${POLICY}  warn has __GFP_HIGH because "the reserves are for the receive path"\n}\n${REQUEST}  flags GFP_NOWAIT | __GFP_HIGH\n}\n`,
    good: `${POLICY}  warn has __GFP_HIGH because "the reserves are for the receive path"\n}\n${REQUEST}  flags GFP_NOWAIT\n}\n`,
  },
};

export const policyIgnores: LanguageRule = {
  id: "policy-ignores",
  group: "policies",
  title: "A flag that the policy ignores",
  severity: "hint",
  source: "policy",
  explanation: "The policy takes the flag and does nothing with it (`ignore`).",
  advice: "Leave the flag out.",
  examples: {
    bad: `${POLICY}  ignore __GFP_WRITE because "nothing here is page cache"\n}\n${REQUEST}  flags GFP_KERNEL | __GFP_WRITE\n}\n`,
    good: `${POLICY}  ignore __GFP_WRITE because "nothing here is page cache"\n}\n${REQUEST}  flags GFP_KERNEL\n}\n`,
  },
};

export const policyContradiction: LanguageRule = {
  id: "policy-contradiction",
  group: "policies",
  title: "Rules of a policy that no mask can meet together",
  severity: "error",
  source: "policy",
  explanation:
    "What one rule asks for, the others refuse: where the first applies, no mask is left. Decided over every mask, size and context.",
  advice: "Drop one of the two, or narrow it to where the other does not apply.",
  examples: {
    bad: `${POLICY}  forbid has __GFP_NOWARN\n  require has __GFP_NOWARN when size > 1 KiB\n}\n`,
    good: `${POLICY}  forbid has __GFP_NOWARN and size <= 1 KiB\n  require has __GFP_NOWARN when size > 1 KiB\n}\n`,
  },
};

export const policyRuleNeverFires: LanguageRule = {
  id: "policy-rule-never-fires",
  group: "policies",
  title: "A rule that decides nothing",
  severity: "warning",
  source: "policy",
  explanation: "Every request that meets the rule is decided by the rules before it, or none can meet it.",
  advice: "Drop the rule, or correct what it was meant to say.",
  examples: {
    bad: `${POLICY}  allow only GFP_KERNEL | __GFP_NOWARN\n  forbid has __GFP_NOFAIL\n}\n`,
    good: `${POLICY}  allow only GFP_KERNEL | __GFP_NOWARN | __GFP_NOFAIL\n  forbid has __GFP_NOFAIL and has __GFP_NOWARN\n}\n`,
  },
};

export const policySaysMoreThanItSeems: LanguageRule = {
  id: "policy-says-more-than-it-seems",
  group: "policies",
  title: "A composite that also matches masks of another kind",
  severity: "warning",
  source: "policy",
  explanation:
    "A composite is known for what it leaves out: GFP_NOWAIT and GFP_ATOMIC for direct reclaim, GFP_NOFS for __GFP_FS. `has` asks only for what it contains, so masks that do have those bits meet the test too.",
  advice: "Write `is`, or add `and lacks` with what the composite leaves out.",
  examples: {
    bad: `${POLICY}  warn has GFP_NOWAIT\n}\n`,
    good: `${POLICY}  warn has GFP_NOWAIT and lacks __GFP_DIRECT_RECLAIM\n}\n`,
  },
};

export const policyModesOverlap: LanguageRule = {
  id: "policy-modes-overlap",
  group: "policies",
  title: "A mask that selects two modes",
  severity: "warning",
  source: "policy",
  explanation:
    "Some mask that the policy takes meets the conditions of two modes, and nothing says which promise holds.",
  advice: "Let one mode exclude the other, or forbid the combination.",
  examples: {
    bad: `${POLICY}  mode quick when has __GFP_NORETRY { retries 0 }\n  mode quiet when has __GFP_NOWARN { warns never }\n  mode plain otherwise { }\n}\n`,
    good: `${POLICY}  mode quick when has __GFP_NORETRY { retries 0 }\n  mode quiet when has __GFP_NOWARN and lacks __GFP_NORETRY { warns never }\n  mode plain otherwise { }\n}\n`,
  },
};

export const policyModeUnreachable: LanguageRule = {
  id: "policy-mode-unreachable",
  group: "policies",
  title: "A mode that no allowed mask selects",
  severity: "error",
  source: "policy",
  explanation: "The policy's own rules refuse every mask that would select the mode.",
  advice: "Allow such masks, or drop the mode.",
  examples: {
    bad: `${POLICY}  forbid has __GFP_COMP\n  mode huge when has __GFP_COMP { retries 1 }\n  mode plain otherwise { }\n}\n`,
    good: `${POLICY}  mode huge when has __GFP_COMP { retries 1 }\n  mode plain otherwise { }\n}\n`,
  },
};

export const policyModeGap: LanguageRule = {
  id: "policy-mode-gap",
  group: "policies",
  title: "An allowed mask that no mode covers",
  severity: "warning",
  source: "policy",
  explanation: "The policy has modes, and takes a mask that selects none of them: what the caller gets is left open.",
  advice: "Add a mode `otherwise`, or forbid what no mode covers.",
  examples: {
    bad: `${POLICY}  mode quick when has __GFP_NORETRY { retries 0 }\n}\n`,
    good: `${POLICY}  mode quick when has __GFP_NORETRY { retries 0 }\n  mode plain otherwise { }\n}\n`,
  },
};

export const policyDeadFlag: LanguageRule = {
  id: "policy-dead-flag",
  group: "policies",
  title: "An allowed flag that no stage honours",
  severity: "warning",
  source: "policy",
  explanation:
    "The policy says which stage of the operation reads which flags, and none reads this one: callers may set it and nothing happens.",
  advice: "Name the stage that reads it, say `ignore`, or do not allow it.",
  examples: {
    bad: `${POLICY}  allow only GFP_KERNEL | __GFP_WRITE\n  stage refill honours GFP_KERNEL\n}\n`,
    good: `${POLICY}  allow only GFP_KERNEL\n  stage refill honours GFP_KERNEL\n}\n`,
  },
};

export const internalStageFlag: LanguageRule = {
  id: "internal-stage-flag",
  group: "policies",
  title: "A flag that only an internal stage honours",
  severity: "information",
  source: "policy",
  explanation:
    "Callers choose a flag that only reaches a stage which the policy calls internal: a detail of the implementation shows through in the contract.",
  advice: "Let the allocator choose the flag itself, or make the stage part of the contract.",
  examples: {
    bad: `${POLICY}  allow only GFP_KERNEL | __GFP_NOWARN\n  stage refill honours GFP_KERNEL\n  stage report honours __GFP_NOWARN internal\n}\n`,
    good: `${POLICY}  allow only GFP_KERNEL | __GFP_NOWARN\n  stage refill honours GFP_KERNEL\n  stage report honours __GFP_NOWARN\n}\n`,
  },
};

export const notWhatTheKernelDoes: LanguageRule = {
  id: "not-what-the-kernel-does",
  group: "policies",
  title: "A mode that promises what the kernel does not do",
  severity: "information",
  source: "policy",
  explanation:
    "For the functions that the policy is `for`, the model compares each effect of a mode with what the checked kernel does with the masks of that mode. A design may be ahead of the kernel: this says where.",
  advice: "Keep the claim as a design, or write what the kernel does.",
  examples: {
    bad: "kernel 6.12\n\npolicy pages for alloc_pages {\n  mode plain otherwise { sleeps never }\n}\n",
    good: "kernel 6.12\n\npolicy pages for alloc_pages {\n  mode waits when has __GFP_DIRECT_RECLAIM { sleeps may }\n  mode plain otherwise { sleeps never }\n}\n",
  },
};

const EVERY_RELEASE = "kernel 4.19 .. 7.3\n\n";
const RELEASES_THAT_COUNT = "kernel 6.6 .. 7.3\n\n";
const PROMISES = "\n  mode any otherwise { sleeps may, oom may, fails may }\n}\n";

const policyTooEntangled: LanguageRule = {
  id: "policy-too-entangled",
  group: "policies",
  title: "A policy whose rules hang together in too many ways",
  severity: "information",
  source: "policy",
  explanation:
    "What a policy says over all masks, sizes and contexts is decided with decision diagrams. Where rules join many flags with many others, with contexts and with sizes, or a policy promises something of several functions that do one thing in one release and another in the next, that is more work than a policy may be, and the question is left open: contradictions, rules that never fire, gaps and overlaps of modes and the promises of modes are not reported for this policy, and its matrix is not shown. The policies of a file share so much work: each has its part, and those that need more have it in the order of the text. Requests are judged by it all the same, and an `expect` about it fails, for nothing shows that it holds.",
  advice:
    "Split the policy by function, by what it is for, or by the size that its rules speak of; of many in one file move some to another. Check it against the releases that count instead of every one since 4.19, or bind fewer flags, contexts and sizes together in one rule.",
  examples: {
    bad: `${EVERY_RELEASE}policy growing for krealloc, kvrealloc, kvmemdup {${PROMISES}`,
    good: `${RELEASES_THAT_COUNT}policy growing for krealloc {${PROMISES}\npolicy growing_large for kvrealloc {${PROMISES}\npolicy copying for kvmemdup {${PROMISES}`,
  },
};

/** An expectation about a policy that takes more work than there is room for. */
export function beliefTooEntangled(span: Span): UnplacedFinding {
  return report(
    policyTooEntangled,
    span,
    "Too entangled to decide: what this expects over all masks, sizes and contexts. It counts as not shown.",
  );
}

/** A policy that takes more work than there is room for: by itself, or beside the others of its file. */
export function tooEntangled(span: Span, rules: number, isBeside: boolean): UnplacedFinding {
  const what = `what its ${rules} rules and modes come to over all masks, sizes and contexts`;
  const beside = isBeside ? ", beside the other policies of this file" : "";
  return report(
    policyTooEntangled,
    span,
    `Too entangled to decide${beside}: ${what}. Contradictions, gaps and promises are not looked for; requests are judged as ever.`,
  );
}

export const POLICY_RULES: readonly LanguageRule[] = [
  policyForbids,
  policyRequires,
  policyWarns,
  policyIgnores,
  policyContradiction,
  policyRuleNeverFires,
  policySaysMoreThanItSeems,
  policyModesOverlap,
  policyModeUnreachable,
  policyModeGap,
  policyDeadFlag,
  internalStageFlag,
  notWhatTheKernelDoes,
  policyTooEntangled,
];
