import { madeOnce } from "../model/kept.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { joinedNames, maskValue } from "../model/masks/evaluation/mask-value.ts";
import { kernelScope, type WrittenMask } from "../model/masks/mask-scope.ts";
import type { MaskExpression } from "../model/masks/expression.ts";
import { EMPTY, mask, type FlagName, type Mask } from "../model/masks/mask.ts";
import { flagsIn, meaningOf, undefinedBits } from "../model/masks/names.ts";

/** What one text of a mask is in each of some releases, which are named by their place in the list. */
export interface Reading {
  /** Null where the release does not have one of its names: no caller can write the mask there. */
  readonly in: (release: number) => { readonly mask: Mask; readonly written: WrittenMask } | null;
  /** Equal numbers for releases in which it is the same flags, and nothing besides; null: it is so in all of them. */
  readonly flagsIn: ((release: number) => number) | null;
}

/** What is asked for, release by release: a name, or a flag. */
interface Piece {
  /** Null where the release does not have the name. */
  readonly masks: readonly (Mask | null)[];
  /** Equal numbers below `several` for the same flags. */
  readonly kinds: readonly number[];
  readonly several: number;
}

const names = new WeakMap<readonly Kernel[], Map<string, Piece>>();

function pieceNamed(kernels: readonly Kernel[], name: string): Piece {
  const known = madeOnce(names, kernels, () => new Map<string, Piece>());
  const before = known.get(name);
  if (before !== undefined) return before;
  const made = pieceOf(kernels, (kernel) => {
    const meaning = meaningOf(kernel, name);
    return "mask" in meaning ? meaning.mask : null;
  });
  // Names are as various as what people write; those of flags are few.
  if (made.masks.some((value) => value !== null)) known.set(name, made);
  return made;
}

const flags = new WeakMap<readonly Kernel[], Map<FlagName, Piece>>();

function pieceOfFlag(kernels: readonly Kernel[], flag: FlagName): Piece {
  const known = madeOnce(flags, kernels, () => new Map<FlagName, Piece>());
  return madeOnce(known, flag, () => pieceOf(kernels, (kernel) => kernel.bits[flag]));
}

function pieceOf(kernels: readonly Kernel[], valueIn: (kernel: Kernel) => Mask | null): Piece {
  const masks = kernels.map(valueIn);
  const kindsByText = new Map<string, number>();
  const kinds = masks.map((value, index) => {
    const text = value === null ? "none" : flagsText(kernels[index], value);
    const kind = kindsByText.get(text) ?? kindsByText.size;
    kindsByText.set(text, kind);
    return kind;
  });
  return { masks, kinds, several: kindsByText.size };
}

const flagsText = (kernel: Kernel | undefined, value: Mask): string =>
  kernel === undefined ? "" : flagsIn(kernel, value).join(" ");

function readingOfPieces(pieces: readonly Piece[], written: WrittenMask): Reading {
  const various = pieces.filter(({ several }) => several > 1);
  return {
    in: (release) => {
      let value = EMPTY;
      for (const { masks } of pieces) {
        const own = masks[release] ?? null;
        if (own === null) return null;
        value = mask(value | own);
      }
      return { mask: value, written };
    },
    flagsIn:
      various.length === 0
        ? null
        : (release) => various.reduce((all, { kinds, several }) => all * several + (kinds[release] ?? 0), 0),
  };
}

/** The flags of a number, which means other flags elsewhere; `written` as it stands. */
export function bitsInReleases(kernels: readonly Kernel[], set: readonly FlagName[], written: WrittenMask): Reading {
  return readingOfPieces(
    set.map((flag) => pieceOfFlag(kernels, flag)),
    written,
  );
}

/** A mask as its text says in each release. `written`: as in the kernel that it was read for. */
export function readingOf(kernels: readonly Kernel[], expression: MaskExpression, written: WrittenMask): Reading {
  const plain = joinedNames(expression);
  if (plain !== null)
    return readingOfPieces(
      plain.map(({ text }) => pieceNamed(kernels, text)),
      written,
    );
  const values = kernels.map((kernel) => ofExpression(kernel, expression));
  const texts = new Map<string, number>();
  const kinds = values.map((value, index) => {
    const text = value === null || value.rest !== 0 ? String(index) : flagsText(kernels[index], value.mask);
    const kind = texts.get(text) ?? texts.size;
    texts.set(text, kind);
    return kind;
  });
  return { in: (release) => values[release] ?? null, flagsIn: (release) => kinds[release] ?? -1 };
}

function ofExpression(
  kernel: Kernel,
  expression: MaskExpression,
): { readonly mask: Mask; readonly written: WrittenMask; readonly rest: Mask } | null {
  const { mask: value, written, parts } = maskValue(kernelScope(kernel), expression);
  return parts.some(({ kind }) => kind === "unknown")
    ? null
    : { mask: value, written, rest: undefinedBits(kernel, value) };
}
