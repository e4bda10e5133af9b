import type { Kernel } from "../model/kernels/kernel.ts";
import { COMPOSITE_NAMES, FLAG_NAMES } from "../model/masks/mask.ts";
import { compositeText, flagText } from "../model/masks/names.ts";
import type { NoMask } from "../rules/bare-request.ts";
import { nearest } from "../policy-language/names/suggest.ts";

/**
 * What was meant by a name that there is not, as the end of a message: `: did you mean check?`; empty where nothing is
 * near. Beginnings count: `ver` may mean `verdict`.
 */
export function meantText(
  name: string,
  names: readonly string[],
  written: (name: string) => string = (one) => one,
): string {
  const begun = name.length >= 2 ? names.filter((candidate) => candidate.startsWith(name)) : [];
  const meant = [...new Set([...nearest(name, names), ...begun])].slice(0, 3).map(written);
  const last = meant.pop();
  if (last === undefined) return "";
  return `: did you mean ${meant.length === 0 ? last : `${meant.join(", ")} or ${last}`}?`;
}

/** Why a text is no mask of a kernel, and which of its flags was meant. */
export function noMaskText(kernel: Kernel, { wrong, unknown }: NoMask): string {
  if (unknown === null) return wrong;
  const flags = FLAG_NAMES.filter((flag) => kernel.exists[flag]).map(flagText);
  return `${wrong}${meantText(unknown, [...COMPOSITE_NAMES.map(compositeText), ...flags])}`;
}
