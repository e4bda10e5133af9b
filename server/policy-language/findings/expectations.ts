import type { LanguageRule } from "./language-rule.ts";
import { unknownFact } from "./expectations/facts.ts";

export const expectationFails: LanguageRule = {
  id: "expectation-fails",
  group: "expectations",
  title: "A belief that does not hold",
  severity: "error",
  source: "expectation",
  explanation:
    "`expect` states what the author believes the kernel or a policy to do. The model, or the policy, says otherwise, and the message says why. Of `may`: it holds where the kernel may or will. With `on`, the model runs the request on that state of memory; how often it succeeds is found by runs with a fixed seed.",
  advice: "Correct the belief, or the request.",
  examples: {
    bad: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n\nexpect small { sleeps never }\n",
    good: "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n\nexpect small { sleeps may }\n",
  },
};

export const EXPECTATION_RULES: readonly LanguageRule[] = [expectationFails, unknownFact];
