import { hex } from "../../model/masks/mask.ts";
import { bareMask } from "../../rules/bare-request.ts";
import { mainlineReleases } from "../../model/kernels/kernels.ts";
import type { OlderHeader } from "../../model/kernels/older/header.ts";
import { olderHeader, olderReleases } from "../../model/kernels/older/headers.ts";
import { encodeOlder } from "../../model/masks/older-names.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { allKernelsText, otherTrees, type Row } from "../grouped.ts";
import { kernelFrom, olderHeaderFrom } from "../kernels.ts";
import { noMaskText } from "../meant.ts";
import { parsed, type Options } from "../options.ts";

const OPTIONS = {
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "the kernel that reads the mask; without it the newest",
  },
  config: {
    type: "string",
    multiple: true,
    default: [],
    takes: "K=V,…",
    means: "build options of the kernel: PREEMPT_RT=y, page=16384",
  },
  all: { type: "boolean", default: false, means: "the number in every kernel that is known" },
} as const satisfies Options;

export const encode: Command = {
  name: "encode",
  operands: "NAMES",
  operandWords: "flags",
  options: OPTIONS,
  summary: "print the number of a mask such as 'GFP_KERNEL|__GFP_ZERO', for one kernel or for all that are known",
  examples: [
    { line: "allocpolicy encode 'GFP_KERNEL|__GFP_ZERO' --kernel 6.1", does: "the number that 6.1 gives to this mask" },
    { line: "allocpolicy encode GFP_ATOMIC --all", does: "how the number changed over the releases" },
  ],
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    if (positionals.length === 0) throw new UsageError("give the names of a mask, such as 'GFP_KERNEL|__GFP_ZERO'");
    const text = positionals.join("|");
    const numberIn = (version: string | undefined, assume?: (sentence: string) => void): string => {
      const kernel = kernelFrom(version, values.config, assume);
      const result = bareMask(kernel, text);
      if (!("wrong" in result)) return hex(result.mask);
      if (values.all) return `- (${result.wrong.replace(/^\S+ has/, "has")})`;
      throw new UsageError(noMaskText(kernel, result));
    };
    const inOlder = (header: OlderHeader): string => {
      const result = encodeOlder(header, text);
      if (typeof result === "number") return hex(result);
      if (values.all) return `- (has no ${result.unknown})`;
      throw new UsageError(`${header.release} has no flag ${result.unknown}`);
    };
    if (values.all) {
      const older = olderReleases().flatMap((name) => {
        const header = olderHeader(name);
        return header === null ? [] : [{ name, text: inOlder(header) }];
      });
      const rows = (names: readonly string[]): readonly Row[] => names.map((name) => ({ name, text: numberIn(name) }));
      await io.write(allKernelsText(older, rows(mainlineReleases()), rows(otherTrees())));
      return OK;
    }
    const assume = (sentence: string): void => io.warn(`${values.kernel}: ${sentence}\n`);
    const older = values.kernel === undefined ? null : olderHeaderFrom(values.kernel, assume);
    if (older === null) await io.write(`${numberIn(values.kernel, assume)}\n`);
    else await io.write(`${inOlder(older)}\n`);
    return OK;
  },
};
