import { inInterrupt as contextInInterrupt, isAtomic, LOCK } from "../model/contexts.ts";
import { mask, type FlagName } from "../model/masks/mask.ts";
import { flagsIn, flagText } from "../model/masks/names.ts";
import type { Match, RuleFix, Subject, Anchor } from "./rule.ts";

/** True where the mask has this bit. False for a flag that the kernel does not have. */
export const has = (subject: Subject, flag: FlagName): boolean => (subject.mask & subject.kernel.bits[flag]) !== 0;

/** Those of the flags that the mask has, in the order given. */
export const setFlags = (subject: Subject, flags: readonly FlagName[]): readonly FlagName[] =>
  flags.filter((flag) => has(subject, flag));

/** The flags of the mask that are in `bits`, which the model gave: what a call refuses, drops, takes no notice of. */
export function setIn(subject: Subject, bits: number): readonly FlagName[] {
  const both = mask(subject.mask & bits);
  return both === 0 ? [] : flagsIn(subject.kernel, both);
}

/** True where the name itself stands in the expression, whatever its value is in this kernel. */
export const wrote = (subject: Subject, name: string): boolean => subject.written?.names.includes(name) ?? false;

/** True where the flag was named by itself: not carried by a composite, not a bit of a number. */
export const named = (subject: Subject, flag: FlagName): boolean => wrote(subject, flagText(flag));

/** The caller may block by this mask. */
export const blocks = (subject: Subject): boolean => has(subject, "DIRECT_RECLAIM");

/** in_interrupt() is true: hard or soft interrupt, NMI, or bottom halves disabled. */
export const inInterrupt = (subject: Subject): boolean => contextInInterrupt(subject.request.context);

/** The caller may not sleep where it stands, whatever its mask. */
export const mayNotSleep = (subject: Subject): boolean => isAtomic(subject.kernel, subject.request.context);

export const holds = (subject: Subject, lock: keyof typeof LOCK): boolean =>
  (subject.request.context.locks & LOCK[lock]) !== 0;

/** `__GFP_ZERO and __GFP_COMP`: flags as a message names them. */
export function listed(flags: readonly FlagName[]): string {
  const names = flags.map((flag) => `__GFP_${flag}`);
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** `is` for one flag, `are` for more. */
export const verb = (flags: readonly FlagName[], one: string, more: string): string =>
  flags.length === 1 ? one : more;

/** ` and warns` where the call warns. */
export const warning = (subject: Subject): string => (subject.verdict.warns === "never" ? "" : " and warns");

/** `4 MiB`, `512 KiB`: a limit of the kernel, which is a power of two. */
export const limitText = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 10} KiB`;

/** One match, as the list that `check` gives. */
export const found = (anchor: Anchor, message: string, ...fixes: readonly RuleFix[]): readonly Match[] => [
  { anchor, message, fixes },
];

export const NOTHING: readonly Match[] = [];

/** The fix that takes flags out of the mask. */
export const drop = (...flags: readonly FlagName[]): RuleFix => ({
  kind: "remove-flags",
  flags,
  title: `Drop ${listed(flags)}`,
});

/** The fix that adds flags to the mask. */
export const add = (...flags: readonly FlagName[]): RuleFix => ({
  kind: "add-flags",
  flags,
  title: `Add ${listed(flags)}`,
});

/** A complete file with one request: what the rule pages show and the tests run. */
export function example(kernel: string, properties: readonly string[], declarations: readonly string[] = []): string {
  const request = ["request example {", ...properties.map((property) => `  ${property}`), "}"].join("\n");
  return `${[`kernel ${kernel}`, ...(declarations.length === 0 ? [] : [declarations.join("\n")]), request].join("\n\n")}\n`;
}
