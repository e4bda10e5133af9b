import { ALLOCATOR_RULES } from "./allocators.ts";
import { CODE_CONTEXT_RULES } from "./code-contexts.ts";
import { CONTEXT_RULES } from "./contexts.ts";
import { EXPECTATION_RULES } from "./expectations.ts";
import { FLAG_RULES } from "./flags.ts";
import { HEADER_RULES } from "./headers.ts";
import { INTERNAL_RULES } from "./internal.ts";
import type { LanguageRule } from "./language-rule.ts";
import { MEMORY_RULES } from "./memory.ts";
import { NAME_RULES } from "./names.ts";
import { POLICY_RULES } from "./policies.ts";
import { REQUEST_LANGUAGE_RULES, REQUEST_RULES } from "./requests.ts";
import { SYNTAX_RULES } from "./syntax.ts";

/** Every finding that is no kernel rule, in the order of the language's documentation. */
export const LANGUAGE_RULES: readonly LanguageRule[] = [
  ...SYNTAX_RULES,
  ...FLAG_RULES,
  ...REQUEST_LANGUAGE_RULES,
  ...NAME_RULES,
  ...CONTEXT_RULES,
  ...CODE_CONTEXT_RULES,
  ...ALLOCATOR_RULES,
  ...HEADER_RULES,
  ...REQUEST_RULES,
  ...POLICY_RULES,
  ...MEMORY_RULES,
  ...EXPECTATION_RULES,
  ...INTERNAL_RULES,
];
