import type { Workspace } from "../../documents/workspace.ts";
import type { Diagnosis } from "../../kernel-log/diagnosis.ts";

import type { Field, Place, PrintedText } from "../../kernel-log/printed.ts";
import type { FreeListLine, ZoneLine } from "../../kernel-log/report.ts";
import { decodeMask } from "../decode.ts";
import type { Explanation } from "../hover/explanation.ts";
import { code, heading } from "../markdown.ts";
import { diagnosisOf, lineAt, lineStart, logNamed, offsetsOf, reportsOf } from "./log-document.ts";
import { quoted, reportSummary } from "./summary.ts";

/** A mask, an order, a zone, a free list or the first line of a report in a log, explained; null for all else. */
export function hoverInLog(workspace: Workspace, uri: string, offset: number): Explanation | null {
  const log = logNamed(workspace, uri);
  if (log === null) return null;
  const line = lineAt(log, offset);
  const report = reportsOf(log).find(({ firstLine, lastLine }) => firstLine <= line && line <= lastLine);
  if (report === undefined) return null;
  const at = { line, column: offset - lineStart(log, line) };
  const found = explained(diagnosisOf(report), at);
  return found === null ? null : { markdown: found.markdown, ...offsetsOf(log, found.place) };
}

interface At {
  readonly line: number;
  readonly column: number;
}

interface Found {
  readonly markdown: string;
  readonly place: Place;
}

const covers = ({ line, column, length }: Place, at: At): boolean =>
  line === at.line && column <= at.column && at.column <= column + length;

/** The first of the texts that stands there. */
function textAt(at: At, ...texts: readonly (PrintedText | null)[]): PrintedText | null {
  return texts.find((text) => text !== null && covers(text.place, at)) ?? null;
}

function explained(diagnosis: Diagnosis, at: At): Found | null {
  const { report } = diagnosis;
  const mask = textAt(at, report.mask, report.maskNames);
  if (mask !== null) return { markdown: maskMarkdown(diagnosis), place: mask.place };
  if (report.order !== null && covers(report.order.place, at))
    return { markdown: orderMarkdown(diagnosis, report.order.value), place: report.order.place };
  return zoneHover(diagnosis, at) ?? freeListHover(diagnosis, at) ?? reportHover(diagnosis, at);
}

function maskMarkdown({ report, maskNames, kernel }: Diagnosis): string {
  const told = report.mask === null || kernel.older !== null ? null : decodeMask(report.mask.text, kernel.version);
  return heading(report.mask?.text ?? "", "mask", [
    code(maskNames ?? ""),
    told === null ? `As ${kernel.version} names it.` : quoted(told),
  ]);
}

function orderMarkdown({ kernel, because, blame }: Diagnosis, order: number): string {
  const { pageBytes } = kernel.kernel.options;
  const size =
    order < 0
      ? "No pages: somebody asked for the OOM killer."
      : `${2 ** order} pages in a row, ${(2 ** order * pageBytes) / 1024} kB.`;
  return heading(`order ${order}`, "request", [size, blame === "order" ? quoted(because) : ""]);
}

/** A line of a zone: why it did not serve, and what the value at the cursor is. */
function zoneHover(diagnosis: Diagnosis, at: At): Found | null {
  const zone = diagnosis.report.zones.find((each) => isOnLine(each, at.line));
  if (zone === undefined) return null;
  const field = zone.fields.find(({ name, value }) => isField(value.place, name, at));
  const meaning = field === undefined ? undefined : MEANINGS[field.name];
  const place = field === undefined || meaning === undefined ? zone.name.place : wholeField(field);
  return {
    markdown: heading(placeName(zone), "zone", [
      reasonOf(diagnosis, zone.node?.value ?? 0, zone.name.text),
      field === undefined || meaning === undefined ? "" : `${code(field.name)}: ${meaning}`,
    ]),
    place,
  };
}

function isOnLine({ name, fields, lowmemReserve }: ZoneLine, line: number): boolean {
  return (
    name.place.line === line ||
    fields.some(({ value }) => value.place.line === line) ||
    lowmemReserve?.[0]?.place.line === line
  );
}

/** The name stands before the value, with a colon between. */
function isField({ line, column, length }: Place, name: string, at: At): boolean {
  return line === at.line && column - name.length - 1 <= at.column && at.column <= column + length + 2;
}

function wholeField({ name, value, unit }: Field): Place {
  const { line, column, length } = value.place;
  const before = Math.min(column, name.length + 1);
  return { line, column: column - before, length: before + length + (unit === "kB" ? 2 : 0) };
}

/** What the values of a zone's line mean for a request. */
const MEANINGS: Readonly<Record<string, string>> = {
  free: "all free pages, those of CMA and of the reserve for high-order atomic requests too.",
  boost:
    "what is added to every watermark while the zone recovers from fragmentation; it is in `min`, `low` and `high` here.",
  min: "the watermark that a request must leave, but for the reserves that its mask opens.",
  low: "below it kswapd is woken; the first try asks for so much.",
  high: "kswapd goes on until so much is free.",
  reserved_highatomic: "pageblocks kept for high-order requests that may not wait.",
  free_highatomic: "what is free of the pageblocks kept for high-order requests that may not wait.",
  active_file: "page cache in use: reclaim takes it last.",
  inactive_file: "page cache that reclaim takes first.",
  active_anon: "memory of processes and tmpfs in use: it can only go to swap.",
  inactive_anon: "memory of processes and tmpfs: it can only go to swap.",
  present: "what the zone has.",
  managed: "what the page allocator manages of it.",
  free_pcp: "free pages that CPUs keep for themselves.",
  free_cma: "free pages in CMA areas: only movable requests get them.",
};

/** A line of free blocks: what is there of the order at the cursor. */
function freeListHover(diagnosis: Diagnosis, at: At): Found | null {
  const list = diagnosis.report.freeLists.find(({ zone }) => zone.place.line === at.line);
  if (list === undefined) return null;
  const order = list.blocks.findLastIndex(
    ({ count }) => count.place.line === at.line && count.place.column <= at.column,
  );
  const block = list.blocks[order];
  const text =
    block === undefined
      ? ""
      : `${block.count.text} free blocks of ${block.sizeKb.text} kB (order ${order})${block.types === null ? "" : `: ${typesText(block.types.text)}`}.`;
  return {
    markdown: heading(listName(list), "free list", [text, reasonOf(diagnosis, list.node?.value ?? 0, list.zone.text)]),
    place:
      block === undefined
        ? list.zone.place
        : { ...block.count.place, length: block.count.text.length + 1 + block.sizeKb.text.length + 2 },
  };
}

/** The letters of mm/show_mem.c:show_migration_types(). */
const TYPES: Readonly<Record<string, string>> = {
  U: "unmovable",
  M: "movable",
  E: "reclaimable",
  H: "kept for high-order atomic requests",
  C: "CMA",
  I: "isolated",
  R: "reserve",
};

function typesText(letters: string): string {
  return [...letters].map((letter) => TYPES[letter] ?? letter).join(", ");
}

function reasonOf({ zones }: Diagnosis, node: number, name: string): string {
  const reason = zones.find((zone) => zone.node === node && zone.zone === name);
  return reason === undefined ? "" : quoted(reason.text);
}

function placeName({ node, name }: ZoneLine): string {
  return node === null ? name.text : `Node ${node.text} ${name.text}`;
}

function listName({ node, zone }: FreeListLine): string {
  return node === null ? zone.text : `Node ${node.text} ${zone.text}`;
}

/** The first line of a report. */
function reportHover(diagnosis: Diagnosis, at: At): Found | null {
  const { title } = diagnosis.report;
  return covers(title.place, at) ? { markdown: reportSummary(diagnosis), place: title.place } : null;
}
