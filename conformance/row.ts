/** One line of a recording; the fields are described in fixtures/README.md. */
export type Row = Readonly<Record<string, unknown>>;

/** A zone as the recorded machine reported it at boot. */
export interface ZoneFacts {
  readonly nid: number;
  readonly zone: number;
  readonly name: string;
  readonly managed: number;
  readonly cma: number;
  readonly free: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly lowmem_reserve: readonly number[];
}

/** Field name -> value. Values are compared as JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** A number of the row, or null. */
export function numberOf(row: Row, field: string): number | null {
  const value = row[field];
  return typeof value === "number" ? value : null;
}

/** A text of the row, or "". */
export function textOf(row: Row, field: string): string {
  const value = row[field];
  return typeof value === "string" ? value : "";
}

/** A list of texts of the row; empty if it is absent. */
export function textsOf(row: Row, field: string): readonly string[] {
  const value = row[field];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** An event count: `ev.KEY` of the row, 0 if absent. */
export function eventOf(row: Row, key: string): number {
  const events = row.ev;
  if (typeof events !== "object" || events === null) return 0;
  const value: unknown = Reflect.get(events, key);
  return typeof value === "number" ? value : 0;
}
