import type { Field } from "./printed.ts";

/** The first field of that name. */
function fieldNamed(fields: readonly Field[], name: string): Field | null {
  return fields.find((field) => field.name === name) ?? null;
}

/** A field in pages; null: it is not there. */
export function pagesOf(fields: readonly Field[], name: string, pageBytes: number): number | null {
  const field = fieldNamed(fields, name);
  if (field === null) return null;
  return field.unit === "kB" ? kbToPages(field.value.value, pageBytes) : field.value.value;
}

/** The kernel prints whole pages in kB. */
function kbToPages(kb: number, pageBytes: number): number {
  return Math.floor((kb * 1024) / pageBytes);
}

export function pagesToKb(pages: number, pageBytes: number): number {
  return (pages * pageBytes) / 1024;
}

const UNITS = ["kB", "MB", "GB", "TB"];

/**
 * An amount as the kernel would print it, and where that is long, also about so much: `15812 kB`, `41076 kB (40 MB)`.
 */
export function kbText(kb: number): string {
  let value = kb;
  let unit = 0;
  while (value >= 10_000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${kb} kB` : `${Math.round(value)} ${UNITS[unit] ?? ""}`;
}
