import { hex } from "../../model/masks/mask.ts";
import { parseArgs } from "node:util";
import { bareMask } from "../../rules/bare-request.ts";
import { knownKernels } from "../../model/kernels/kernels.ts";
import type { OlderHeader } from "../../model/kernels/older/header.ts";
import { olderHeader, olderReleases } from "../../model/kernels/older/headers.ts";
import { encodeOlder } from "../../model/masks/older-names.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { grouped } from "../grouped.ts";
import { kernelFrom, olderHeaderFrom } from "../kernels.ts";

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
    const numberIn = (version: string | undefined, assume?: (sentence: string) => void): string => {
      const result = bareMask(kernelFrom(version, values.config, assume), text);
      if (!("wrong" in result)) return hex(result.mask);
      if (values.all) return `- (${result.wrong.replace(/^\S+ has/, "has")})`;
      throw new UsageError(result.wrong);
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
      await io.write(grouped(older) + grouped(knownKernels().map((name) => ({ name, text: numberIn(name) }))));
      return OK;
    }
    const assume = (sentence: string): void => io.warn(`${values.kernel}: ${sentence}\n`);
    const older = values.kernel === undefined ? null : olderHeaderFrom(values.kernel, assume);
    if (older === null) await io.write(`${numberIn(values.kernel, assume)}\n`);
    else await io.write(`${inOlder(older)}\n`);
    return OK;
  },
};
