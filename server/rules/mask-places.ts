import type { Kernel } from "../model/kernels/kernel.ts";
import type { MaskPart, MaskValue } from "../model/masks/evaluation/mask-value.ts";
import type { FlagName } from "../model/masks/mask.ts";
import { compositeText, flagText } from "../model/masks/names.ts";
import type { Anchor } from "./rule.ts";

/** The anchors that stand in the text of a mask. */
export type MaskAnchor = Extract<
  Anchor,
  { readonly kind: "flag" | "pair" | "flags" | "composite" | "written" | "literal" | "mask" }
>;

/** The text of a mask that an anchor is about. */
export interface MaskPlace {
  /** Null: the whole mask. */
  readonly marked: MaskPart | null;
  /** The other one of two that do not go together, where it stands apart. */
  readonly beside: MaskPart | null;
}

const WHOLE: MaskPlace = { marked: null, beside: null };

/**
 * The smallest part of a mask that an anchor stands for, for every site that has its mask as an expression. Null: what
 * it is about is not written in this text, but comes in through a name that is declared elsewhere.
 */
export function maskPlace(kernel: Kernel, value: MaskValue | null, anchor: MaskAnchor): MaskPlace | null {
  if (value === null) return anchor.kind === "written" ? null : WHOLE;
  switch (anchor.kind) {
    case "flag":
      return { ...WHOLE, marked: carrierOf(kernel, value, anchor.flag) };
    case "flags": {
      const parts = anchor.flags.flatMap((flag) => carrierOf(kernel, value, flag) ?? []);
      return { ...WHOLE, marked: parts.toSorted((a, b) => a.span.start - b.span.start)[0] ?? null };
    }
    case "pair": {
      const [one, other] = [carrierOf(kernel, value, anchor.flags[0]), carrierOf(kernel, value, anchor.flags[1])];
      if (one === null || other === null) return WHOLE;
      const [earlier, later] = one.span.start <= other.span.start ? [one, other] : [other, one];
      return { marked: later, beside: earlier.span.start === later.span.start ? null : earlier };
    }
    case "composite":
      return { ...WHOLE, marked: nameOrAlias(value, compositeText(anchor.composite)) };
    case "written": {
      const part = value.parts.find(({ text }) => text === anchor.name);
      return part === undefined ? null : { ...WHOLE, marked: part };
    }
    case "literal":
      return { ...WHOLE, marked: value.parts.find(holdsLiteral) ?? null };
    case "mask":
      return WHOLE;
  }
}

/** Whether the text that stands for a flag says more than it: an alias, a composite or a number with other bits. */
export function saysMore(kernel: Kernel, value: MaskValue | null, anchor: Anchor): boolean {
  switch (anchor.kind) {
    case "flag":
      return carriesMore(kernel, value, [anchor.flag]);
    case "flags":
    case "pair":
      return carriesMore(kernel, value, anchor.flags);
    // The call is made for more than what is wrong with it.
    case "api":
    case "context":
      return true;
    default:
      return false;
  }
}

function carriesMore(kernel: Kernel, value: MaskValue | null, flags: readonly FlagName[]): boolean {
  const bits = flags.reduce((all, flag) => all | kernel.bits[flag], 0);
  return value !== null && flags.some((flag) => ((carrierOf(kernel, value, flag)?.bits ?? 0) & ~bits) !== 0);
}

/**
 * The piece of the expression that sets the bit of a flag: its own name first, else the first composite, alias or
 * number that carries it.
 */
function carrierOf(kernel: Kernel, value: MaskValue, flag: FlagName): MaskPart | null {
  const name = flagText(flag);
  const own = value.parts.find((part) => part.text === name && !part.negated);
  if (own !== undefined) return own;
  const bit = kernel.bits[flag];
  const carriers = value.parts.filter((part) => (part.carries & bit) !== 0);
  return carriers.find((part) => part.kind !== "complement") ?? carriers[0] ?? null;
}

/** The piece that is a name, or the alias that stands for it. */
function nameOrAlias({ parts }: MaskValue, name: string): MaskPart | null {
  return (
    parts.find((part) => part.text === name) ??
    parts.find((part) => part.named?.written.names.includes(name) === true) ??
    null
  );
}

function holdsLiteral({ kind, bits, negated, named }: MaskPart): boolean {
  return (kind === "literal" && (bits !== 0 || negated)) || named?.written.hasLiteral === true;
}
