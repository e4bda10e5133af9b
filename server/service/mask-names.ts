import type { Environment } from "../policy-language/analysis/environment.ts";
import { isGroupName, type GroupName } from "../model/kernels/flags/groups.ts";

import { FLAG_NAMES, COMPOSITE_NAMES, type CompositeName, type FlagName } from "../model/masks/mask.ts";
import { compositeText, flagText } from "../model/masks/names.ts";

/** What a name in a mask is, before any kernel is asked. */
export type MaskName =
  | { readonly kind: "flag"; readonly flag: FlagName }
  | { readonly kind: "composite"; readonly composite: CompositeName }
  | { readonly kind: "group"; readonly group: GroupName }
  | { readonly kind: "declared"; readonly declares: "flags" | "flag" | "transform" }
  | { readonly kind: "unknown" };

const FLAGS: ReadonlyMap<string, FlagName> = new Map(FLAG_NAMES.map((flag) => [flagText(flag), flag]));
const COMPOSITES: ReadonlyMap<string, CompositeName> = new Map(
  COMPOSITE_NAMES.map((composite) => [compositeText(composite), composite]),
);

/** A built-in name; declared masks come first where a file has one of the same name. */
export function builtInMaskName(text: string): MaskName {
  const flag = FLAGS.get(text);
  if (flag !== undefined) return { kind: "flag", flag };
  const composite = COMPOSITES.get(text);
  if (composite !== undefined) return { kind: "composite", composite };
  return isGroupName(text) ? { kind: "group", group: text } : { kind: "unknown" };
}

/** What a name in a mask of this file stands for. */
export function maskName(environment: Environment, text: string): MaskName {
  const binding = environment.lookup("mask", text);
  const kind = binding?.kind;
  return kind === "flags" || kind === "flag" || kind === "transform"
    ? { kind: "declared", declares: kind }
    : builtInMaskName(text);
}
