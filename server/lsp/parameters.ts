import { ErrorCodes, ResponseError } from "./library.ts";
import { isObject } from "./initialize-params.ts";
import type { Position } from "../../protocol/places.ts";

/**
 * The fields of what a client sent as the parameters of a message. Whatever is not as the message wants it ends in an
 * error that names the field.
 */
export class Parameters {
  readonly #given: unknown;
  /** Which of them this is, such as `first`, or the third of a list; null for all. */
  readonly #place: Place | null;

  constructor(given: unknown, place: Place | null = null) {
    this.#given = given;
    this.#place = place;
  }

  text(field: string): string {
    const value = this.#field(field);
    return typeof value === "string" ? value : this.#refuse(field, "must be a text");
  }

  optionalText(field: string): string | undefined {
    return this.has(field) ? this.text(field) : undefined;
  }

  optionalFlag(field: string): boolean | undefined {
    if (!this.has(field)) return undefined;
    const value = this.#field(field);
    return typeof value === "boolean" ? value : this.#refuse(field, "must be true or false");
  }

  oneOf<Word extends string>(field: string, words: readonly Word[]): Word {
    const value = this.#field(field);
    return words.find((word) => word === value) ?? this.#refuse(field, `must be one of ${words.join(", ")}`);
  }

  optionalPosition(field: string): Position | undefined {
    return this.has(field) ? this.position(field) : undefined;
  }

  position(field: string): Position {
    const inner = this.inner(field);
    return { line: inner.#count("line"), character: inner.#count("character") };
  }

  number(field: string): number {
    const value = this.#field(field);
    return typeof value === "number" ? value : this.#refuse(field, "must be a number");
  }

  /** A whole number, also one below 0. */
  whole(field: string): number {
    const value = this.#field(field);
    return Number.isInteger(value) ? this.number(field) : this.#refuse(field, "must be a whole number");
  }

  texts(field: string): readonly string[] {
    const value = this.#field(field);
    return isList(value) && value.every((one) => typeof one === "string")
      ? value
      : this.#refuse(field, "must be a list of texts");
  }

  /** Whether the field is a list of such entries. */
  isListOf(field: string, isSuch: (entry: unknown) => boolean): boolean {
    const value = this.#field(field);
    return isList(value) && value.every(isSuch);
  }

  /** The fields of each entry of a list. */
  list(field: string): readonly Parameters[] {
    const value = this.#field(field);
    if (!isList(value)) return this.#refuse(field, "must be a list");
    return value.map((one, at) => new Parameters(one, { within: this, field, at }));
  }

  /** Whether the field is there, and not null. */
  has(field: string): boolean {
    const value = this.#field(field);
    return value !== undefined && value !== null;
  }

  /** The fields of a field. */
  inner(field: string): Parameters {
    const value = this.#field(field);
    return isObject(value)
      ? new Parameters(value, { within: this, field, at: null })
      : this.#refuse(field, value === undefined ? "is missing" : "must be an object");
  }

  #count(field: string): number {
    const value = this.#field(field);
    return typeof value === "number" && Number.isInteger(value) && value >= 0
      ? value
      : this.#refuse(field, "must be a whole number from 0");
  }

  #field(field: string): unknown {
    const given = this.#given;
    return isFields(given) ? given[field] : undefined;
  }

  #name(field: string): string {
    const place = this.#place;
    if (place === null) return field;
    return `${place.within.#name(place.field)}${place.at === null ? "" : `[${place.at}]`}.${field}`;
  }

  #refuse(field: string, why: string): never {
    throw new ResponseError<never>(ErrorCodes.InvalidParams, `The parameter '${this.#name(field)}' ${why}.`);
  }
}

/** Where fields stand, in words only for who is told: an edit may have thousands of places. */
interface Place {
  readonly within: Parameters;
  readonly field: string;
  readonly at: number | null;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
