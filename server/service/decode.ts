import { parseFile } from "../../grammar/index.ts";
import { evaluateMask } from "../policy-language/masks.ts";
import { emptyWorkspace, withDocument } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/check.ts";
import { DEFAULT_SETTINGS } from "../documents/settings.ts";
import { flagList } from "../model/explain.ts";
import { decode, maskText } from "../model/masks/names.ts";
import { hex } from "../model/masks/mask.ts";
import { kernelsText, overKernels } from "./over-kernels.ts";

const URI = "memory:decode.allocpolicy";

/**
 * A mask, as a number or an expression, told by name: `0xcc0 = GFP_KERNEL`, and its single flags. For the kernels given
 * as in a header, one line for each answer; null when the text is no mask or the kernel none that the model knows.
 */
export function decodeMask(text: string, kernel: string | null): string | null {
  const written = text.trim();
  if (written === "" || /[\n{}"]/.test(written)) return null;
  const file = parseFile(`flags decoded = ${written}`);
  const item = file.regions[0]?.item;
  if (file.regions.length !== 1 || item?.kind !== "flags" || file.regions[0]?.problems.length !== 0) return null;
  const workspace = withDocument(
    emptyWorkspace({ ...DEFAULT_SETTINGS, ...(kernel === null ? {} : { defaultKernel: kernel }) }),
    URI,
    file,
  );
  const environment = environmentOf(workspace, URI);
  if (environment === null || (kernel !== null && environment.kernelsFrom !== "settings")) return null;
  const answers = overKernels(
    environment.kernels,
    (each) => {
      const value = evaluateMask(environment, each, item.value);
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
