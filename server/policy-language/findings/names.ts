import type { LanguageRule } from "./language-rule.ts";
import { duplicateName } from "./names/duplicate-names.ts";
import { nameCycle } from "./names/name-cycles.ts";
import { unknownContext, unknownName } from "./names/unknown-names.ts";

export const NAME_RULES: readonly LanguageRule[] = [unknownContext, unknownName, duplicateName, nameCycle];
