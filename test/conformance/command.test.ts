import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "conformance-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** GFP_NOWAIT on a machine with nothing free, and the same said wrongly. */
const RIGHT = {
  v: "6.12",
  part: "p3",
  kind: "pressure",
  id: 1,
  api: "alloc_pages",
  g: "0x2800",
  n: "GFP_NOWAIT",
  ctx: "process",
  order: 0,
  state: "zero",
  free: { "0.DMA": 0, "0.DMA32": 0, "0.Normal": 0, "1.Normal": 0 },
  out: "NULL",
  ev: { gpff: 3, slow: 1, wake: 4, warn_alloc: 1 },
  attempts: [
    ["0x2800", 0, "0x901", 2, 0, 1],
    ["0x2800", 0, "0x850", 2, 0, 2],
  ],
};
const WRONG = { ...RIGHT, id: 2, out: "ok", nid: 1, zone: 2 };

function run(...words: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/conformance.ts", ...words], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

function recording(name: string, ...rows: readonly object[]): string {
  const file = join(folder, name);
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  writeFileSync(file, name.endsWith(".gz") ? gzipSync(text) : text);
  return file;
}

describe("npm run conformance", () => {
  test("ends with 0 when the rows of a file agree, gzipped or not", () => {
    expect(run(recording("right.jsonl.gz", RIGHT)).code).toBe(0);
    const { code, out } = run(recording("right.jsonl", RIGHT));
    expect(code).toBe(0);
    expect(out).toMatch(/pressure +attempts +1 +1 +100\.00 %/);
  });

  test("ends with 1 when a share is below its minimum, and shows the row", () => {
    const { code, out } = run(recording("wrong.jsonl", RIGHT, WRONG));
    expect(code).toBe(1);
    expect(out).toContain('1 × result: recorded "ok", model "null"');
    expect(out).toContain("6.12 #2 alloc_pages GFP_NOWAIT process zero order 0");
    expect(out).toContain("FAILED pressure.result: 50.00 % is below 99.00 %.");
  });

  test("takes other minima, for a kind or for one field", () => {
    const file = recording("half.jsonl", RIGHT, WRONG);
    expect(run(file, "--min", "pressure=0.5").code).toBe(0);
    expect(run(file, "--min", "pressure=0.5", "pressure.result=0.51").code).toBe(1);
    expect(run(file, "--min", "pressure=50%").code).toBe(0);
  });

  test("checks one kind only when asked", () => {
    expect(run(recording("other.jsonl", WRONG), "--kind", "depth").code).toBe(0);
  });

  test("ends with 2 for a file that is not there, a line that is no object, and a wrong option", () => {
    expect(run(join(folder, "missing.jsonl")).code).toBe(2);
    writeFileSync(join(folder, "bad.jsonl"), "[1]\n");
    expect(run(join(folder, "bad.jsonl"))).toMatchObject({ code: 2, err: "Line 1 is no JSON object.\n" });
    expect(run("--colour").err).toBe("There is no option --colour.\n");
    expect(run("--min", "pressure=2").code).toBe(2);
    expect(run("--min", "nothing=0.5").err).toBe('Nothing checks rows of the kind "nothing".\n');
  });
});
