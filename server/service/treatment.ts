import type { Api } from "../model/apis/api.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { placesIn } from "../model/kernels/places.ts";
import { mask, type FlagName, type Mask } from "../model/masks/mask.ts";
import { flagList } from "../model/explain.ts";
import { code, withCode } from "./markdown.ts";

export type Treatment =
  | "forced"
  | "refused"
  | "clearedWithWarning"
  | "cleared"
  | "ignored"
  | "honoured"
  | "absent"
  | "no mask";

/** What an API of this kernel does with a flag. */
export function treatmentKind(api: Api, kernel: Kernel, flag: FlagName): Treatment {
  if (!api.takesMask) return "no mask";
  const bit = kernel.bits[flag];
  if (bit === 0) return "absent";
  const treatment = api.treatment(kernel);
  // A flag that is refused never gets far enough to be forced or cleared.
  for (const kind of ["refused", "clearedWithWarning", "cleared", "ignored", "forced"] as const)
    if ((treatment[kind] & bit) !== 0) return kind;
  return "honoured";
}

/** The same as a sentence's end, for hovers: `honoured`, `refused: the call fails at once`. */
export function treatmentOfFlag(api: Api, kernel: Kernel, flag: FlagName): string {
  switch (treatmentKind(api, kernel, flag)) {
    case "forced":
      return `set by \`${api.name}\` in any case`;
    case "refused":
      return "refused: the call fails at once";
    case "clearedWithWarning":
      return "cleared, with a warning in the kernel log";
    case "cleared":
      return "cleared silently";
    case "ignored":
      return "accepted, without any effect";
    case "honoured":
      return "honoured";
    case "absent":
      return kernel.exists[flag] ? "no bit with these build options" : "does not exist in this kernel";
    case "no mask":
      return `\`${api.name}\` takes no mask`;
  }
}

/** What an API does to masks, as a list; with the kernel's name where there are several. */
export function treatmentLines(api: Api, kernel: Kernel, named: boolean): string {
  const { forced, cleared, clearedWithWarning, ignored, refused, notes } = api.treatment(kernel);
  const line = (label: string, bits: Mask): readonly string[] =>
    (bits & kernel.namedBits) === 0 ? [] : [`- ${label}: \`${flagList(kernel, intersect(bits, kernel))}\``];
  const lines = [
    ...line("sets", forced),
    ...line("clears", cleared),
    ...line("clears with a warning", clearedWithWarning),
    ...line("ignores", ignored),
    ...line("refuses", refused),
    ...notes.map((note) => `- ${withCode(note.text)} (${code(placesIn(kernel, note.evidence))})`),
  ];
  return lines.length === 0 ? "" : `${named ? `In ${kernel.name}:\n\n` : ""}${lines.join("\n")}`;
}

function intersect(bits: Mask, kernel: Kernel): Mask {
  return mask(bits & kernel.namedBits);
}
