import type { Row } from "../../conformance/row.ts";
import { eventOf, numberOf, textOf } from "../../conformance/row.ts";
import { consoleFacts } from "./console.ts";

/** The rows of one part, as they were recorded. */
export interface PartRows {
  readonly part: string;
  readonly rows: readonly Row[];
  /** The same part recorded a second time; null: once only. */
  readonly again: readonly Row[] | null;
}

/** False for a part that the kernel does not have: it tells of the machine, and ends. */
export const hasRows = (rows: readonly Row[]): boolean =>
  rows.some((row) => !ABOUT_THE_MACHINE.test(textOf(row, "kind")));

const ABOUT_THE_MACHINE = /^(?:probe|zone(?:_\w+)?)$/;

/** The recording: its parts one behind the other, each row with its part, what its console lines say, and what did not repeat. */
export function assemble(parts: readonly PartRows[]): readonly Row[] {
  return parts
    .filter(({ rows }) => hasRows(rows))
    .flatMap(({ part, rows, again }) => {
      const second = new Map((again ?? []).filter(isCall).map((row) => [callKey(row), row]));
      const zones = new Set<string>();
      return rows.flatMap((row) => {
        const kind = textOf(row, "kind");
        if (kind === "probe" && part !== "const") return [];
        if (kind.startsWith("zone_")) {
          // Printed again by each boot of the part: the first counts.
          const zone = `${kind} ${numberOf(row, "nid")} ${numberOf(row, "zone")}`;
          if (zones.has(zone)) return [];
          zones.add(zone);
        }
        const other = isCall(row) ? second.get(callKey(row)) : undefined;
        const unstable = other === undefined ? [] : unlike(row, other);
        return [
          {
            ...row,
            ...(unstable.length > 0 ? { unstable } : {}),
            ...(kind === "zone" ? { boot: part } : {}),
            part,
            ...consoleFacts(row),
          },
        ];
      });
    });
}

const isCall = (row: Row): boolean => "id" in row;

const ASKED = ["kind", "api", "g", "ctx", "state", "order", "size", "rnid", "id"] as const;
const callKey = (row: Row): string => JSON.stringify(ASKED.map((field) => row[field] ?? null));

/** What a call came to. */
const OUTCOME = ["out", "err", "nid", "zone", "loop"] as const;
/** Events by which rows are judged; a call that did not end by itself was stopped at some moment, and its counts say nothing. */
const EVENTS = [
  "slow",
  "dreclaim",
  "dcompact",
  "mayoom",
  "oom",
  "wake",
  "warn_alloc",
  "drain",
  "rretry",
  "cretry",
] as const;

const sites = (row: Row): string => {
  const { warn, sleep } = consoleFacts(row);
  return JSON.stringify([warn, sleep]);
};

/** The fields in which a row came out differently when it was recorded again. */
export function unlike(row: Row, again: Row): readonly string[] {
  const ends = textOf(row, "loop") === "" && textOf(again, "loop") === "";
  return [
    ...OUTCOME.filter((field) => row[field] !== again[field]),
    ...(sites(row) === sites(again) ? [] : ["warn"]),
    ...(ends ? EVENTS.filter((event) => eventOf(row, event) !== eventOf(again, event)).map((one) => `ev.${one}`) : []),
  ];
}
