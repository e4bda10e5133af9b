import type { LanguageRule } from "./language-rule.ts";

/** Every finding that is no kernel rule, in the order of the language's documentation. */
export declare const LANGUAGE_RULES: readonly LanguageRule[];
