import { REQUEST_PROPERTIES } from "../../../grammar/index.ts";
import type { Api, SizeUnit } from "../../model/apis/api.ts";
import type { PropertyOf, Written } from "./properties.ts";
import { orderOfPages } from "../../model/sizes.ts";
import { bytesOfSize } from "../analysis/sizes.ts";

/** A size as written, and as the API takes it. */
export interface ResolvedSize {
  readonly written: Written<PropertyOf<"size" | "order" | "pages" | "count">>;
  readonly writtenUnit: SizeUnit;
  /** In the API's unit; null where it can't be converted. */
  readonly value: number | null;
  readonly unit: SizeUnit;
  /** The unit written is one that the API takes, or understands (`alsoTakes`). */
  readonly fits: boolean;
}

export function resolveSize(written: ResolvedSize["written"], api: Api | null, pageBytes: number): ResolvedSize {
  const { property } = written;
  const writtenUnit = REQUEST_PROPERTIES[property.kind].sizeIn;
  const given =
    property.kind === "size"
      ? property.size === null
        ? null
        : bytesOfSize(property.size)
      : (property.number?.value ?? null);
  const unit = api === null ? writtenUnit : unitFor(api, writtenUnit);
  return {
    written,
    writtenUnit,
    value: given === null ? null : convert(given, writtenUnit, unit, pageBytes),
    unit,
    fits: api === null || fitsApi(api, writtenUnit),
  };
}

/**
 * The unit that a size is handed to the model in: the API's own, or the one written where the API has several sizes or
 * none.
 */
function unitFor(api: Api, written: SizeUnit): SizeUnit {
  if (written === "count" || api.size === "none" || api.size === "count") return written;
  return api.size;
}

/**
 * Whether a size may be written in this unit for the API: its own unit; for ranges of pages also bytes, as the kernel's
 * callers think of them; and what an API without a size of its own understands.
 */
function fitsApi(api: Api, written: SizeUnit): boolean {
  if (written === api.size) return true;
  if (!api.alsoTakes.includes(written)) return false;
  return written === "count" || api.size === "none" || api.size === "count" || api.size === "pages";
}

/** A size in another unit, rounded up to what holds it; null between units that have nothing in common. */
function convert(value: number, from: SizeUnit, to: SizeUnit, pageBytes: number): number | null {
  if (from === to) return value;
  const bytes = bytesIn(value, from, pageBytes);
  if (bytes === null) return null;
  switch (to) {
    case "bytes":
      return bytes;
    case "pages":
      return Math.ceil(bytes / pageBytes);
    case "order":
      return orderOfPages(bytes / pageBytes);
    case "count":
    case "none":
      return null;
  }
}

function bytesIn(value: number, unit: SizeUnit, pageBytes: number): number | null {
  switch (unit) {
    case "bytes":
      return value;
    case "pages":
      return value * pageBytes;
    case "order":
      return 2 ** value * pageBytes;
    case "count":
    case "none":
      return null;
  }
}
