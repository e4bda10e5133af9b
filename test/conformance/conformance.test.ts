import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CHECKS } from "../../conformance/checks.ts";
import { RECORDED_KERNELS } from "../../conformance/kernels/index.ts";
import { fixtureOf, readRecording } from "../../conformance/recording.ts";
import { conformancePage } from "../../conformance/report.ts";
import type { Row } from "../../conformance/row.ts";
import { textOf } from "../../conformance/row.ts";
import { failures, runConformance, shareOf, type KindResult, type RunResult } from "../../conformance/runner.ts";

const PAGE = join(import.meta.dirname, "../../docs/conformance.md");

const rowsOf = new Map(RECORDED_KERNELS.map((kernel) => [kernel, readRecording(readFileSync(fixtureOf(kernel)))]));
const rows: readonly Row[] = [...rowsOf.values()].flat();
const result = runConformance(rows, CHECKS);
const told = (run: RunResult): readonly string[] =>
  failures(run).map(
    ({ release, kind, field }) => `${release} ${kind}.${field.field}: ${shareOf(field)} is below ${field.minimum}`,
  );

describe("the model does what real kernels were seen to do", () => {
  const byKind = RECORDED_KERNELS.flatMap(({ release }) => {
    const kinds =
      result.kernels.find(({ recorded }) => recorded.release === release)?.kinds ?? new Map<string, KindResult>();
    return [...kinds.keys()].map((kind) => [kind, release] as const);
  });

  test.each(byKind)("on every recorded row of the kind %s of Linux %s", (kind, release) => {
    expect(told(result).filter((failure) => failure.startsWith(`${release} ${kind}.`))).toEqual([]);
  });

  test("and every kind that is checked is in a recording, and no row of it is passed over", () => {
    expect(new Set(byKind.map(([kind]) => kind))).toEqual(new Set(CHECKS.keys()));
    expect(result.kernels.flatMap(({ unchecked }) => [...unchecked.keys()].filter((kind) => CHECKS.has(kind)))).toEqual(
      [],
    );
    expect(result.unknown).toEqual(new Map());
  });

  test("and its fields with a minimum were compared on rows, not left out as unstable", () => {
    for (const { recorded, kinds } of result.kernels) {
      for (const { kind, fields } of kinds.values()) {
        for (const field of fields.values())
          if (field.minimum !== null)
            expect(field.unstable, `${recorded.release} ${kind}.${field.field}`).toBeLessThan(field.rows);
      }
    }
  });
});

describe("a recorded kernel", () => {
  test.each(RECORDED_KERNELS)("is one file, with a fixture that is of it and has its machine: $release", (kernel) => {
    const own = rowsOf.get(kernel) ?? [];
    expect(new Set(own.map((row) => textOf(row, "v")))).toEqual(new Set([kernel.v]));
    expect(own.filter((row) => row.kind === "version").map((row) => row.release)).toEqual([kernel.release]);
    const parts = new Set(own.filter((row) => CHECKS.has(textOf(row, "kind"))).map((row) => textOf(row, "part")));
    const withZones = new Set(own.filter((row) => row.kind === "zone").map((row) => textOf(row, "part")));
    expect([...parts].filter((part) => part !== "" && !withZones.has(part))).toEqual([]);
  });
});

test("the model still agrees where a recording comes without the machine's zone rows", () => {
  const withoutZones = rows.filter(
    (row) => textOf(row, "kind") !== "zone" && textOf(row, "kind").startsWith("pressure"),
  );
  expect(told(runConformance(withoutZones, CHECKS))).toEqual([]);
});

test("a row that says something else than the model is found, and names its fields", () => {
  const row = rows.find((candidate) => textOf(candidate, "kind") === "pressure" && textOf(candidate, "out") === "NULL");
  expect(row).toBeDefined();
  const changed = runConformance([{ ...row, out: "ok", nid: 0, zone: 2 }], CHECKS);
  const fields = changed.kernels.flatMap(({ kinds }) =>
    [...(kinds.get("pressure")?.disagreements.values() ?? [])].map(({ field }) => field),
  );
  expect(fields.sort()).toEqual(["node", "pfmemalloc", "result", "zone"]);
});

test("docs/conformance.md is what this run gives", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(conformancePage(result));
});
