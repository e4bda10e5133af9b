import { hex } from "../../model/masks/mask.ts";
import { parseArgs } from "node:util";
import { bareMask } from "../../rules/bare-request.ts";
import { knownKernels } from "../../model/kernels/kernels.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { grouped } from "../grouped.ts";
import { kernelFrom } from "../kernels.ts";

export const encode: Command = {
  name: "encode",
  usage: "NAMES [--kernel V] [--config K=V,…] [--all]",
  summary: "print the number of a mask such as 'GFP_KERNEL|__GFP_ZERO', for one kernel or for all that are known",
  run: async (args, io) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kernel: { type: "string" },
        config: { type: "string", multiple: true, default: [] },
        all: { type: "boolean", default: false },
      },
    });
    if (positionals.length === 0) throw new UsageError("give the names of a mask, such as 'GFP_KERNEL|__GFP_ZERO'");
    const text = positionals.join("|");
    const numberIn = (version: string | undefined): string => {
      const result = bareMask(kernelFrom(version, values.config), text);
      if (!("wrong" in result)) return hex(result.mask);
      if (values.all) return `- (${result.wrong.replace(/^\S+ has/, "has")})`;
      throw new UsageError(result.wrong);
    };
    if (values.all) await io.write(grouped(knownKernels().map((name) => ({ name, text: numberIn(name) }))));
    else await io.write(`${numberIn(values.kernel)}\n`);
    return OK;
  },
};
