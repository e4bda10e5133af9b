import type { Amount, Size, SizeUnit } from "../../grammar/ast.ts";

const UNIT_BYTES: Readonly<Record<SizeUnit, number>> = {
  B: 1,
  K: 2 ** 10,
  KiB: 2 ** 10,
  M: 2 ** 20,
  MiB: 2 ** 20,
  G: 2 ** 30,
  GiB: 2 ** 30,
};

/** A size in bytes; a bare number is bytes. */
export function bytesOfSize(size: Size): number {
  return size.number.value * (size.unit === null ? 1 : UNIT_BYTES[size.unit]);
}

/** An amount of memory in pages; a size that is no whole number of pages counts the page begun. */
export function pagesOfAmount(amount: Amount, pageBytes: number): number {
  return amount.kind === "pages" ? amount.number.value : Math.ceil(bytesOfSize(amount.size) / pageBytes);
}

const LARGE_UNITS: readonly (readonly [string, number])[] = [
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
];

/** Bytes as the language writes them: the largest unit that divides them. */
export function sizeText(bytes: number): string {
  for (const [unit, unitBytes] of LARGE_UNITS) {
    if (bytes >= unitBytes && bytes % unitBytes === 0) return `${bytes / unitBytes} ${unit}`;
  }
  return `${bytes} B`;
}

/** The smallest order of pages that holds so many bytes: get_order() of include/asm-generic/getorder.h. */
export function orderOfBytes(bytes: number, pageBytes: number): number {
  const pages = Math.ceil(bytes / pageBytes);
  if (!(pages > 1)) return 0;
  let order = 0;
  for (let held = 1; held < pages && order < 1024; held *= 2) order++;
  return order;
}
