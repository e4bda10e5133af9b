import type { LanguageRule } from "./language-rule.ts";
import { fallbackCycle, fallbackNoBetter } from "./requests/fallbacks.ts";
import { missingProperty, unknownApi } from "./requests/properties.ts";
import { wrongSizeUnit } from "./requests/sizes.ts";
import { unusedWaiver } from "./requests/waivers.ts";
import { zoneMismatch } from "./requests/zones.ts";

export const REQUEST_LANGUAGE_RULES: readonly LanguageRule[] = [unknownApi, missingProperty, wrongSizeUnit];

export const REQUEST_RULES: readonly LanguageRule[] = [zoneMismatch, fallbackCycle, fallbackNoBetter, unusedWaiver];
