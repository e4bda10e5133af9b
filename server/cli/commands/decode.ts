import { parseArgs } from "node:util";
import { knownKernels } from "../../model/kernels/kernels.ts";
import { hex, mask, type Mask } from "../../model/masks/mask.ts";
import { decode as decodeMask, type DecodedMask } from "../../model/masks/names.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { grouped } from "../grouped.ts";
import { kernelFrom } from "../kernels.ts";

export const decode: Command = {
  name: "decode",
  usage: "MASK [--kernel V] [--config K=V,…] [--all]",
  summary: "print the names of a number such as 0x140dca, for one kernel or for all that are known",
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
    const [text, ...more] = positionals;
    if (text === undefined || more.length > 0) throw new UsageError("give one mask, such as 0x140dca");
    const value = maskFrom(text);
    if (values.all) {
      await io.write(
        grouped(
          knownKernels().map((name) => ({ name, text: namesText(decodeMask(kernelFrom(name, values.config), value)) })),
        ),
      );
    } else {
      const kernel = kernelFrom(values.kernel, values.config);
      const decoded = decodeMask(kernel, value);
      const undefinedNote =
        decoded.undefinedBits === 0 ? "" : `${hex(decoded.undefinedBits)}: ${kernel.name} defines no such flag\n`;
      await io.write(`${namesText(decoded)}\n${undefinedNote}`);
    }
    return OK;
  },
};

/** A hexadecimal or decimal number of 32 bits, with C's suffixes. Throws `UsageError`. */
function maskFrom(text: string): Mask {
  const [, digits] = /^(0x[0-9a-f]+|\d+)[ul]*$/i.exec(text.trim()) ?? [];
  const value = digits === undefined ? Number.NaN : Number(digits);
  if (!(value >= 0 && value <= 0xffffffff))
    throw new UsageError(`'${text}' is no mask: give a number of at most 32 bits, such as 0x140dca`);
  return mask(value);
}

/** As the kernel prints it (%pGg): names, then in hexadecimal the bits that have none. */
function namesText({ names, undefinedBits }: DecodedMask): string {
  const rest = undefinedBits === 0 ? [] : [hex(undefinedBits)];
  return [...names, ...rest].join("|") || "0";
}
