import type { Kernel } from "../../model/kernels/kernel.ts";
import { mainlineReleases } from "../../model/kernels/kernels.ts";
import { olderHeader, olderReleases } from "../../model/kernels/older/headers.ts";
import { hex, mask, type Mask } from "../../model/masks/mask.ts";
import { decode as decodeMask, type DecodedMask } from "../../model/masks/names.ts";
import { decodeOlder } from "../../model/masks/older-names.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { allKernelsText, grouped, otherTrees, type Row } from "../grouped.ts";
import { kernelFrom, olderHeaderFrom } from "../kernels.ts";
import { parsed, type Options } from "../options.ts";

const OPTIONS = {
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "the kernel that printed the mask; without it the newest, and where others read it differently",
  },
  config: {
    type: "string",
    multiple: true,
    default: [],
    takes: "K=V,…",
    means: "build options of the kernel: PREEMPT_RT=y, page=16384",
  },
  all: { type: "boolean", default: false, means: "how every kernel that is known reads it" },
} as const satisfies Options;

export const decode: Command = {
  name: "decode",
  operands: "MASK",
  options: OPTIONS,
  summary: "print the names of a number such as 0x140dca, for one kernel or for all that are known",
  examples: [
    { line: "allocpolicy decode 0x140dca --kernel 6.12", does: "the flags of a mask in a report of a 6.12 kernel" },
    { line: "allocpolicy decode 0xd0", does: "a mask from an old report: which kernels read it as what" },
  ],
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    const [text, ...more] = positionals;
    if (text === undefined || more.length > 0) throw new UsageError("give one mask, such as 0x140dca");
    const value = maskFrom(text);
    if (values.all) {
      const mainline = readings(mainlineReleases(), value, values.config);
      const others = readings(otherTrees(), value, values.config);
      await io.write(allKernelsText(olderReadings(value), mainline, others));
    } else if (values.kernel === undefined) {
      const newest = kernelFrom(undefined, values.config);
      await io.write(readingText(newest.name, decodeMask(newest, value)) + elsewhere(newest, value, values.config));
    } else {
      const assume = (sentence: string): void => io.warn(`${values.kernel}: ${sentence}\n`);
      const older = olderHeaderFrom(values.kernel, assume);
      if (older !== null) {
        await io.write(readingText(older.release, decodeOlder(older, value)));
        io.warn(`${older.release} is older than the model: its flags are known, not what it does (${older.source})\n`);
      } else {
        const kernel = kernelFrom(values.kernel, values.config, assume);
        await io.write(readingText(kernel.name, decodeMask(kernel, value)));
      }
    }
    return OK;
  },
};

function readings(kernels: readonly string[], value: Mask, config: readonly string[]): readonly Row[] {
  return kernels.map((name) => ({ name, text: namesText(decodeMask(kernelFrom(name, config), value)) }));
}

function olderReadings(value: Mask): readonly Row[] {
  return olderReleases().flatMap((name) => {
    const header = olderHeader(name);
    return header === null ? [] : [{ name, text: namesText(decodeOlder(header, value)) }];
  });
}

/** How the mainline releases read the mask that do not read it as `newest` does, for whoever has one of them. */
function elsewhere(newest: Kernel, value: Mask, config: readonly string[]): string {
  // The order of the names is a matter of the printer.
  const meaning = (text: string): string => text.split("|").sort().join("|");
  const here = meaning(namesText(decodeMask(newest, value)));
  const others = [...olderReadings(value), ...readings(mainlineReleases(), value, config)].filter(
    ({ text }) => meaning(text) !== here,
  );
  return others.length === 0 ? "" : `as ${newest.name} reads it; otherwise in\n${grouped(others).join("")}`;
}

/** The names, and in a line of its own what has none. */
function readingText(kernel: string, decoded: DecodedMask): string {
  const { undefinedBits } = decoded;
  const note = undefinedBits === 0 ? "" : `${hex(undefinedBits)}: ${kernel} defines no such flag\n`;
  return `${namesText(decoded)}\n${note}`;
}

/** A hexadecimal or decimal number of 32 bits, with C's suffixes. Throws `UsageError`. */
function maskFrom(text: string): Mask {
  const [, digits] = /^(0x[0-9a-f]+|\d+)[ul]*$/i.exec(text.trim()) ?? [];
  const value = digits === undefined ? Number.NaN : Number(digits);
  if (/^\s*[A-Z_a-z]/.test(text))
    throw new UsageError(`'${text}' is no number such as 0x140dca: allocpolicy encode '${text}' gives it`);
  if (!(value >= 0 && value <= 0xffffffff))
    throw new UsageError(`'${text}' is no mask: give a number of at most 32 bits, such as 0x140dca`);
  return mask(value);
}

/** As the kernel prints it (%pGg): names, then in hexadecimal the bits that have none. */
function namesText({ names, undefinedBits }: DecodedMask): string {
  const rest = undefinedBits === 0 ? [] : [hex(undefinedBits)];
  return [...names, ...rest].join("|") || "0";
}
