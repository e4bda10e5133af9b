import type { Amount, Size, SizeUnit } from "../../../grammar/ast.ts";
import { PAGE_SIZES } from "../../model/kernels/build-options.ts";

/** The bytes of each unit: the one list of units with their values. */
const UNIT_BYTES: Readonly<Record<SizeUnit, number>> = {
  B: 1,
  K: 2 ** 10,
  KiB: 2 ** 10,
  M: 2 ** 20,
  MiB: 2 ** 20,
  G: 2 ** 30,
  GiB: 2 ** 30,
};

export function isUnit(text: string): text is SizeUnit {
  return Object.hasOwn(UNIT_BYTES, text);
}

/**
 * The bytes of `4096`, `0x1000`, `4K` or `4 KiB`, as settings and the command line write a size; null for other text.
 */
export function bytesOfText(text: string): number | null {
  const [, digits, unit = ""] = /^(\d+|0x[0-9a-f]+)\s*([A-Za-z]*)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  if (unit === "") return Number(digits);
  return isUnit(unit) ? Number(digits) * UNIT_BYTES[unit] : null;
}

/** A size in bytes; a bare number is bytes. */
export function bytesOfSize(size: Size): number {
  return size.number.value * (size.unit === null ? 1 : UNIT_BYTES[size.unit]);
}

/** An amount of memory in pages; a size that is no whole number of pages counts the page begun. */
export function pagesOfAmount(amount: Amount, pageBytes: number): number {
  return amount.kind === "pages" ? amount.number.value : Math.ceil(bytesOfSize(amount.size) / pageBytes);
}

const LARGE_UNITS: readonly SizeUnit[] = ["GiB", "MiB", "KiB"];

/** Bytes as the language writes them: the largest unit that divides them. */
export function sizeText(bytes: number): string {
  for (const unit of LARGE_UNITS) {
    const unitBytes = UNIT_BYTES[unit];
    if (bytes >= unitBytes && bytes % unitBytes === 0) return `${bytes / unitBytes} ${unit}`;
  }
  return `${bytes} B`;
}

/** The page sizes that there are, in words: `4 KiB, 8 KiB, 16 KiB, 32 KiB or 64 KiB`. */
export function pageSizesText(): string {
  const texts = PAGE_SIZES.map(sizeText);
  return `${texts.slice(0, -1).join(", ")} or ${texts.at(-1) ?? ""}`;
}
