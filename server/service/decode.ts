import { flagList } from "../model/explain.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { kernelOf, newestRelease } from "../model/kernels/kernels.ts";
import { kernelScope } from "../model/masks/mask-scope.ts";
import { maskValue } from "../model/masks/evaluation/mask-value.ts";
import { hex } from "../model/masks/mask.ts";
import { decode, maskText } from "../model/masks/names.ts";
import { parseMask } from "../model/masks/parse.ts";
import { parseVersions, releasesOf } from "../policy-language/analysis/checked-kernels.ts";
import { kernelsText, overKernels } from "./over-kernels.ts";

/**
 * A mask, as a number or an expression, told by name: `0xcc0 = GFP_KERNEL`, and its single flags. For the kernels given
 * as in a header, one line for each answer; null when the text is no mask or the kernel none that the model knows.
 */
export function decodeMask(text: string, kernel: string | null): string | null {
  const expression = /\n/.test(text.trim()) ? null : parseMask(text);
  if (expression === null || "wrong" in expression) return null;
  const kernels = kernelsNamed(kernel);
  if (kernels.length === 0) return null;
  const answers = overKernels(
    kernels,
    (each) => {
      const value = maskValue(kernelScope(each), expression);
      const unknown = value.parts.filter((part) => part.kind === "unknown").map((part) => part.text);
      if (unknown.length > 0) return `${unknown.join(", ")}: not in Linux ${each.name}`;
      const names = maskText(each, value.mask);
      const flags = flagList(each, value.mask);
      const strange = decode(each, value.mask).undefinedBits;
      return `${hex(value.mask)} = ${names}${flags === names ? "" : ` (${flags})`}${strange === 0 ? "" : `; the kernel does not define ${hex(strange)}`}`;
    },
    String,
  );
  return answers.map(({ value, kernels }) => `Linux ${kernelsText(kernels)}: ${value}`).join("\n");
}

/** In the notation of the header; without one the newest release. */
function kernelsNamed(text: string | null): readonly Kernel[] {
  const names = text === null ? [newestRelease()] : releasesOf(parseVersions(text));
  return names.flatMap((name) => {
    const kernel = kernelOf(name);
    return "unknown" in kernel ? [] : [kernel];
  });
}
