import { UsageError } from "../command.ts";

/** What is wrong with one line; the other lines go on. */
export class LineError extends Error {}

/** What is wrong with a line; throws what is wrong with the program. */
export function messageOf(error: unknown): string {
  if (error instanceof LineError || error instanceof UsageError) return error.message;
  throw error;
}

export type Fields = Readonly<Record<string, unknown>>;

export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new LineError("the line is no JSON");
  }
}

export function objectFrom(value: unknown, what: string): Fields {
  if (!isObject(value)) throw new LineError(`${what} is no JSON object`);
  return value;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function stringFrom(input: Fields, field: string): string | null {
  const value = input[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw new LineError(`'${field}' is no string`);
  return value;
}

export function numberFrom(input: Fields, field: string): number | null {
  const value = input[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== "number" || !(value >= 0) || !Number.isInteger(value))
    throw new LineError(`'${field}' is no whole number from 0 on`);
  return value;
}

export function listFrom(input: Fields, field: string): readonly unknown[] {
  const value = input[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new LineError(`'${field}' is no list`);
  return value;
}

export function booleanFrom(input: Fields, field: string, otherwise: boolean): boolean {
  const value = input[field];
  if (value === undefined) return otherwise;
  if (typeof value !== "boolean") throw new LineError(`'${field}' is neither true nor false`);
  return value;
}

export function onlyFields(fields: Fields, known: readonly string[], what: string): void {
  for (const field of Object.keys(fields))
    if (!known.includes(field)) throw new LineError(`${what} has no field '${field}'`);
}
