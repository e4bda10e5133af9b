import type { Kernel } from "../../model/kernels/kernel.ts";
import type { FlagName } from "../../model/masks/mask.ts";
import type { SourceCall, SourceMatch } from "../source-rule.ts";

export const said = (message: string, more: Partial<SourceMatch> = {}): SourceMatch => ({
  message,
  writeMask: null,
  ...more,
});

/** The mask is known and has the flag. */
export const asks = (kernel: Kernel, { mask }: SourceCall, flag: FlagName): boolean =>
  mask !== null && (mask.mask & kernel.bits[flag]) !== 0;

/** A function around C statements, for examples. */
export const inFunction = (head: string, ...lines: readonly string[]): string =>
  `${head}\n{\n${lines.map((line) => (line === "" ? "" : `\t${line}`)).join("\n")}\n}\n`;
