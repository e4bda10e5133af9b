import { FLAG_GROUPS, isGroupName } from "../kernels/flags/groups.ts";
import { REMOVED_NAMES, type RemovedName } from "../kernels/flags/history.ts";
import { designedBits } from "../kernels/designed.ts";
import type { Kernel } from "../kernels/kernel.ts";
import { comesBefore, kernelOf, mainlineReleases } from "../kernels/kernels.ts";
import { perKernel } from "../kernels/per-kernel.ts";
import { FLAG_NAMES, COMPOSITE_NAMES, EMPTY, hex, mask, type CompositeName, type FlagName, type Mask } from "./mask.ts";

const FLAG_TEXTS: ReadonlyMap<FlagName, string> = new Map(FLAG_NAMES.map((flag) => [flag, `__GFP_${flag}`]));

/** A flag's name as written in C. */
export function flagText(flag: FlagName): string {
  return FLAG_TEXTS.get(flag) ?? "";
}

/** A composite's name as written in C: `GFP_KERNEL`, but `__GFP_RECLAIM`. */
export function compositeText(composite: CompositeName): string {
  return composite === "RECLAIM" ? "__GFP_RECLAIM" : `GFP_${composite}`;
}

const FLAGS_BY_TEXT: ReadonlyMap<string, FlagName> = new Map(FLAG_NAMES.map((flag) => [flagText(flag), flag]));
const COMPOSITES_BY_TEXT: ReadonlyMap<string, CompositeName> = new Map(
  COMPOSITE_NAMES.map((composite) => [compositeText(composite), composite]),
);
const REMOVED_BY_TEXT: ReadonlyMap<string, RemovedName> = new Map(
  REMOVED_NAMES.map((removed) => [removed.name, removed]),
);

/** Some release took a flag of this name away. */
export const wasRemoved = (name: string): boolean => REMOVED_BY_TEXT.has(name);

/** What a name of a mask expression is in one kernel. */
export type NameMeaning =
  | { readonly kind: "flag"; readonly flag: FlagName; readonly mask: Mask }
  | { readonly kind: "composite"; readonly composite: CompositeName; readonly mask: Mask }
  | { readonly kind: "group"; readonly mask: Mask }
  /** The kernel's headers had the name once, or a later kernel's had it taken away. */
  | { readonly kind: "removed"; readonly removed: RemovedName }
  /** A later release brings the name: `since`. */
  | { readonly kind: "not-yet"; readonly flag: FlagName; readonly since: string }
  | { readonly kind: "unknown" };

/** The first mainline release whose headers have the flag, with default options. */
function firstReleaseWith(flag: FlagName): string | null {
  for (const name of mainlineReleases()) {
    const kernel = kernelOf(name);
    if (!("unknown" in kernel) && kernel.exists[flag]) return name;
  }
  return null;
}

/** The meaning of a name as written: `GFP_KERNEL`, `__GFP_ZERO`, `ZONE_MODIFIERS`, `__GFP_REPEAT`. */
export function meaningOf(kernel: Kernel, name: string): NameMeaning {
  const flag = FLAGS_BY_TEXT.get(name);
  if (flag !== undefined && kernel.exists[flag]) return { kind: "flag", flag, mask: kernel.bits[flag] };
  const composite = COMPOSITES_BY_TEXT.get(name);
  if (composite !== undefined) return { kind: "composite", composite, mask: kernel.gfp[composite] };
  if (isGroupName(name)) {
    return { kind: "group", mask: FLAG_GROUPS[name].reduce((all, member) => mask(all | kernel.bits[member]), EMPTY) };
  }
  const removed = REMOVED_BY_TEXT.get(name);
  if (removed !== undefined && !comesBefore(kernel, removed.removedIn)) return { kind: "removed", removed };
  if (flag !== undefined) {
    const since = firstReleaseWith(flag);
    if (since !== null) return { kind: "not-yet", flag, since };
  }
  return { kind: "unknown" };
}

/** The mask of names, or the first name that the kernel does not have. */
export function encode(kernel: Kernel, names: readonly string[]): Mask | { readonly unknown: string } {
  let value = EMPTY;
  for (const name of names) {
    const meaning = meaningOf(kernel, name);
    switch (meaning.kind) {
      case "flag":
      case "composite":
      case "group":
        value = mask(value | meaning.mask);
        break;
      case "removed":
      case "not-yet":
      case "unknown":
        return { unknown: name };
    }
  }
  return value;
}

/** Composites that the kernel prints before any flag, in this order: most bits first. include/trace/events/mmflags.h */
const PRINTED_COMPOSITES: readonly CompositeName[] = [
  "TRANSHUGE",
  "TRANSHUGE_LIGHT",
  "HIGHUSER_MOVABLE",
  "HIGHUSER",
  "USER",
  "KERNEL_ACCOUNT",
  "KERNEL",
  "NOFS",
  "ATOMIC",
  "NOIO",
  "NOWAIT",
];

type Printed = { readonly composite: CompositeName } | { readonly flag: FlagName };

/**
 * The order in which releases to 6.14 print what the composites left: by hand, with GFP_DMA and GFP_DMA32 among the
 * flags.
 */
const BY_HAND: readonly Printed[] = [
  { composite: "DMA" },
  { flag: "HIGHMEM" },
  { composite: "DMA32" },
  { flag: "HIGH" },
  { flag: "ATOMIC" },
  { flag: "IO" },
  { flag: "FS" },
  { flag: "NOWARN" },
  { flag: "RETRY_MAYFAIL" },
  { flag: "NOFAIL" },
  { flag: "NORETRY" },
  { flag: "COMP" },
  { flag: "ZERO" },
  { flag: "NOMEMALLOC" },
  { flag: "MEMALLOC" },
  { flag: "HARDWALL" },
  { flag: "THISNODE" },
  { flag: "RECLAIMABLE" },
  { flag: "MOVABLE" },
  { flag: "ACCOUNT" },
  { flag: "WRITE" },
  { composite: "RECLAIM" },
  { flag: "DIRECT_RECLAIM" },
  { flag: "KSWAPD_RECLAIM" },
  { flag: "ZEROTAGS" },
  { flag: "SKIP_ZERO" },
  { flag: "SKIP_KASAN" },
  { flag: "SKIP_KASAN_POISON" },
  { flag: "SKIP_KASAN_UNPOISON" },
];

/** The order since then: the composites, then every flag by its bit. */
const BY_BIT: readonly Printed[] = [
  { composite: "DMA" },
  { composite: "DMA32" },
  { composite: "RECLAIM" },
  ...FLAG_NAMES.map((flag): Printed => ({ flag })),
];

interface Label {
  readonly text: string;
  readonly bits: Mask;
}

/** The table that the kernel prints by: names with their bits, those without bits left out. */
const labelsOf: (kernel: Kernel) => readonly Label[] = perKernel((kernel) => {
  const order = [
    ...PRINTED_COMPOSITES.map((composite): Printed => ({ composite })),
    ...(kernel.features.printOrder === "by-hand" ? BY_HAND : BY_BIT),
  ];
  const labels = order
    .map(
      (entry): Label =>
        "flag" in entry
          ? { text: flagText(entry.flag), bits: kernel.bits[entry.flag] }
          : { text: compositeText(entry.composite), bits: kernel.gfp[entry.composite] },
    )
    .filter(({ bits }) => bits !== 0);
  for (const [text, bits] of Object.entries(kernel.designed)) labels.push({ text, bits });
  return labels;
});

interface Greedy {
  readonly names: readonly string[];
  readonly rest: Mask;
}

/** Takes the first name whose bits are all there, then the next: format_flags(), lib/vsprintf.c. */
function greedily(kernel: Kernel, value: Mask): Greedy {
  const names: string[] = [];
  let rest: number = value;
  for (const { text, bits } of labelsOf(kernel)) {
    if (rest === 0) break;
    if ((rest & bits) >>> 0 !== bits) continue;
    names.push(text);
    rest &= ~bits;
  }
  return { names, rest: mask(rest) };
}

/** A mask by name. */
export interface DecodedMask {
  /** In the order in which the kernel prints them; flags that its printer has no name for come last. */
  readonly names: readonly string[];
  /** The bits that no name of the version stands for. */
  readonly undefinedBits: Mask;
}

/** The names of a mask, composites first as %pGg prints them. Names and undefined bits together give the mask again. */
export function decode(kernel: Kernel, value: Mask): DecodedMask {
  const { names, rest } = greedily(kernel, value);
  const unprinted =
    rest === 0 ? [] : FLAG_NAMES.filter((flag) => kernel.bits[flag] !== 0 && (rest & kernel.bits[flag]) !== 0);
  return {
    names: [...names, ...unprinted.map(flagText)],
    undefinedBits: mask(rest & ~kernel.namedBits & ~designedBits(kernel)),
  };
}

/**
 * The text that %pGg prints: names joined by `|`, what has no name there in hexadecimal, nothing for 0. lib/vsprintf.c:
 * flags_string().
 */
export function printed(kernel: Kernel, value: Mask): string {
  const { names, rest } = greedily(kernel, value);
  return [...names, ...(rest === 0 ? [] : [hex(rest)])].join("|");
}

/** The names joined by ` | `, undefined bits in hexadecimal, `0` for none: as the language writes a mask. */
export function maskText(kernel: Kernel, value: Mask): string {
  const { names, undefinedBits } = decode(kernel, value);
  const parts = undefinedBits === 0 ? names : [...names, hex(undefinedBits)];
  return parts.length === 0 ? "0" : parts.join(" | ");
}

/** The bits of the mask that no flag of the version stands for. */
export function undefinedBits(kernel: Kernel, value: Mask): Mask {
  return mask(value & ~kernel.namedBits);
}

/** The flags that are set, lowest bit of the enum first. */
export function flagsIn(kernel: Kernel, value: Mask): readonly FlagName[] {
  return FLAG_NAMES.filter((flag) => kernel.bits[flag] !== 0 && (value & kernel.bits[flag]) !== 0);
}
