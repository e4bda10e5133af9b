import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { RecordedKernel } from "./kernels/recorded-kernel.ts";
import type { Row } from "./row.ts";

/** Where the rows of a kernel that the tests compare are kept. */
export function fixtureOf({ v }: Pick<RecordedKernel, "v">): string {
  return join(import.meta.dirname, "fixtures", `linux-${v}.jsonl.gz`);
}

const GZIP_MAGIC = 0x1f8b;

/**
 * The rows of a recording: one JSON object a line, gzipped or not. A line that is no object is an error that names it.
 */
export function readRecording(bytes: Buffer): readonly Row[] {
  const text = (bytes.length > 1 && bytes.readUInt16BE(0) === GZIP_MAGIC ? gunzipSync(bytes) : bytes).toString("utf8");
  const rows: Row[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const row: unknown = JSON.parse(line);
    if (!isRow(row)) throw new Error(`Line ${index + 1} is no JSON object.`);
    rows.push(row);
  }
  return rows;
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
