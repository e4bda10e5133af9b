import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CHECKS } from "./checks.ts";
import { readRecording } from "./recording.ts";
import { conformancePage } from "./report.ts";
import type { Row } from "./row.ts";
import { textOf } from "./row.ts";
import { failures, runConformance, shareOf } from "./runner.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const PAGE = join(import.meta.dirname, "../../docs/conformance.md");

const rows: readonly Row[] = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".jsonl.gz"))
  .sort()
  .flatMap((name) => readRecording(readFileSync(join(FIXTURES, name))));
const result = runConformance(rows, CHECKS);

describe("the model does what real kernels were seen to do", () => {
  for (const kind of CHECKS.keys()) {
    test(`on every recorded row of the kind ${kind}`, () => {
      const found = result.kinds.get(kind);
      expect(found?.rows ?? 0).toBeGreaterThan(0);
      const low = failures(result).filter((failure) => failure.kind === kind);
      expect(low.map(({ field }) => `${field.field}: ${shareOf(field)} is below ${field.minimum}`)).toEqual([]);
    });
  }

  test("and no row of a checked kind is passed over", () => {
    expect([...result.unchecked.keys()].filter((kind) => CHECKS.has(kind))).toEqual([]);
  });

  test("and its fields with a minimum were compared on rows, not left out as unstable", () => {
    for (const kind of result.kinds.values()) {
      for (const field of kind.fields.values()) {
        if (field.minimum !== null) expect(field.unstable, `${kind.kind}.${field.field}`).toBeLessThan(field.rows);
      }
    }
  });
});

test("the model still agrees where a recording comes without the machine's zone rows", () => {
  const withoutZones = rows.filter(
    (row) => textOf(row, "kind") !== "zone" && textOf(row, "kind").startsWith("pressure"),
  );
  expect(failures(runConformance(withoutZones, CHECKS)).map(({ kind, field }) => `${kind}.${field.field}`)).toEqual([]);
});

test("a row that says something else than the model is found, and names its fields", () => {
  const row = rows.find((candidate) => textOf(candidate, "kind") === "pressure" && textOf(candidate, "out") === "NULL");
  expect(row).toBeDefined();
  const changed = runConformance([{ ...row, out: "ok", nid: 0, zone: 2 }], CHECKS);
  const fields = [...(changed.kinds.get("pressure")?.disagreements.values() ?? [])].map((found) => found.field);
  expect(fields.sort()).toEqual(["node", "pfmemalloc", "result", "zone"]);
});

test("docs/conformance.md is what this run gives", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(conformancePage(result));
});
