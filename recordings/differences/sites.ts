import type { Row } from "../../conformance/row.ts";
import { textsOf } from "../../conformance/row.ts";

/** `mm/page_alloc.c:4309 __alloc_pages_slowpath` -> a name of the site that a patch above it does not change. */
export type SiteNames = ReadonlyMap<string, string>;

const FIELDS = ["warn", "bug", "sleep"] as const;

interface Place {
  readonly site: string;
  /** File and function, or the file alone where no function is told. */
  readonly where: string;
  readonly line: number;
}

function placeOf(site: string): Place {
  const match = /^(.*?):(\d+)(?: (.*))?$/.exec(site);
  if (match === null) return { site, where: site, line: 0 };
  const [, file = "", line, name] = match;
  // 6.10 gave functions that allocate a second name, for the accounts of who allocated what.
  const where = name === undefined ? file : `${name.replace(/_noprof$/, "")}() in ${file}`;
  return { site, where, line: Number(line) };
}

function placesOf(rows: readonly Row[]): ReadonlyMap<string, readonly Place[]> {
  const seen = new Set(rows.flatMap((row) => FIELDS.flatMap((field) => textsOf(row, field))));
  const byWhere = new Map<string, Place[]>();
  for (const place of [...seen].map(placeOf).sort((a, b) => a.line - b.line))
    byWhere.set(place.where, [...(byWhere.get(place.where) ?? []), place]);
  return byWhere;
}

/**
 * Names for the warnings of two recordings. Lines move with every patch: a site is known by its function, and where a function
 * was seen to warn in several places, in the same number of them on both sides, by which of them it is.
 */
export function siteNamesOf(before: readonly Row[], after: readonly Row[]): readonly [SiteNames, SiteNames] {
  const sides = [placesOf(before), placesOf(after)] as const;
  const named = (own: (typeof sides)[number], other: (typeof sides)[number]): SiteNames =>
    new Map(
      [...own].flatMap(([where, places]) =>
        places.map(({ site }, at): [string, string] => [
          site,
          places.length > 1 && other.get(where)?.length === places.length
            ? `${where} (${at + 1} of ${places.length})`
            : where,
        ]),
      ),
    );
  return [named(sides[0], sides[1]), named(sides[1], sides[0])];
}
