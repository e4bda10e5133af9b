import type * as protocol from "../../../protocol/matrix.ts";
import type { Api } from "../../model/apis/api.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import type { Mask } from "../../model/masks/mask.ts";
import { flagText, flagsIn } from "../../model/masks/names.ts";
import { listText } from "../../policy-language/findings/report.ts";
import { type Treatment, treatmentKind } from "../treatment.ts";
import { plural } from "./phrases.ts";

const DROPPED: Partial<Readonly<Record<Treatment, string>>> = {
  refused: "refuses",
  clearedWithWarning: "clears, with a warning,",
  cleared: "clears",
  ignored: "ignores",
};

/**
 * What the functions of the policy do with flags that the policy takes (or takes to have no effect); null where they
 * agree.
 */
export function kernelDifference(
  kernel: Kernel,
  apis: readonly Api[],
  bits: Mask,
  kind: protocol.CellKind,
): string | null {
  const said = new Map<string, string[]>();
  for (const api of apis) {
    if (!api.takesMask) {
      said.set("takes no mask", [...(said.get("takes no mask") ?? []), api.name]);
      continue;
    }
    const byTreatment = new Map<Treatment, string[]>();
    for (const flag of flagsIn(kernel, bits)) {
      const treatment = treatmentKind(api, kernel, flag);
      byTreatment.set(treatment, [...(byTreatment.get(treatment) ?? []), flagText(flag)]);
    }
    for (const [treatment, flags] of byTreatment) {
      const verb =
        kind === "ignored"
          ? treatment === "honoured"
            ? "honours"
            : treatment === "refused"
              ? "refuses"
              : undefined
          : DROPPED[treatment];
      if (verb === undefined) continue;
      const text = `${verb} ${listText(flags)}`;
      said.set(text, [...(said.get(text) ?? []), api.name]);
    }
  }
  if (said.size === 0) return null;
  return [...said]
    .map(
      ([text, names]) =>
        `${listText(names.map((name) => `${name}()`))} ${names.length === 1 ? text : plural(text)} (${kernel.name}).`,
    )
    .join(" ");
}
