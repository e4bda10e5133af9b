import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { conformanceCommand } from "../../conformance/command.ts";

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

interface Ran {
  readonly code: 0 | 1;
  readonly out: string;
}

function run(...words: readonly string[]): Ran {
  const lines: string[] = [];
  const code = conformanceCommand(words, (text) => void lines.push(text));
  return { code, out: lines.join("\n") };
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
    expect(out).toContain("FAILED 6.12.117 pressure.result: 50.00 % is below 99.00 %.");
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

  test("does not pass over rows of a kernel that it knows nothing of", () => {
    const { code, out } = run(recording("strange.jsonl", RIGHT, { ...RIGHT, v: "99.1" }, { ...RIGHT, v: "99.1" }));
    expect(code).toBe(1);
    expect(out).toContain("FAILED 2 rows of 99.1: no file of conformance/kernels describes it.");
  });

  test("refuses a file that is not there, a line that is no object, and a wrong option", () => {
    expect(() => run(join(folder, "missing.jsonl"))).toThrow("ENOENT");
    writeFileSync(join(folder, "bad.jsonl"), "[1]\n");
    expect(() => run(join(folder, "bad.jsonl"))).toThrow("Line 1 is no JSON object.");
    expect(() => run("--colour")).toThrow("There is no option --colour.");
    expect(() => run("--min", "pressure=2")).toThrow("--min takes KIND=SHARE");
    expect(() => run("--min", "nothing=0.5")).toThrow('Nothing checks rows of the kind "nothing".');
  });
});
