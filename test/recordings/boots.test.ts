// What real boots of Linux 6.12.117 left behind goes the way of `npm run record`, without a kernel.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { CHECKS } from "../../conformance/checks.ts";
import { RECORDED_KERNELS } from "../../conformance/kernels/index.ts";
import { fixtureOf, readRecording } from "../../conformance/recording.ts";
import type { Row } from "../../conformance/row.ts";
import { textOf } from "../../conformance/row.ts";
import { failures, runConformance } from "../../conformance/runner.ts";
import { compareRecordings } from "../../recordings/differences/compare.ts";
import { assemble } from "../../recordings/record/assemble.ts";
import type { BootLog } from "../../recordings/record/boot-log.ts";
import { recordPart } from "../../recordings/record/record-part.ts";

/** A boot of a part from a row on; of its console what follows the last row. */
interface Boot extends BootLog {
  readonly part: string;
  readonly start: number;
}

const BOOTS = new URL("boots/linux-6.12.117.json.gz", import.meta.url);
const boots: readonly Boot[] = JSON.parse(gunzipSync(readFileSync(BOOTS)).toString("utf8"));

async function replay(part: string): Promise<readonly Row[]> {
  const { rows } = await recordPart(part, "6.12", async (start) => {
    const boot = boots.find((one) => one.part === part && one.start === start);
    if (boot === undefined) throw new Error(`${part} was not booted for row ${start}`);
    return boot;
  });
  return rows;
}

describe("boots of a real kernel", () => {
  let recording: readonly Row[] = [];
  beforeAll(async () => {
    const names = [...new Set(boots.map(({ part }) => part))];
    recording = assemble(
      await Promise.all(names.map(async (part) => ({ part, rows: await replay(part), again: null }))),
    );
  });
  const countOf = (kind: string): number => recording.filter((row) => textOf(row, "kind") === kind).length;

  test("give every row, those that killed the kernel too", () => {
    expect(["version", "probe", "const", "deadly_pressure", "deadly"].map(countOf)).toEqual([1, 37, 103, 20, 43]);
    const died = recording.filter(({ out }) => out === "died");
    expect(died).toHaveLength(29);
    for (const row of died) expect(row.log, JSON.stringify(row)).not.toEqual([]);
    expect(died.filter((row) => "bug" in row)).toHaveLength(23);
  });

  test("give what the model says of this kernel", () => {
    const { kernels, unknown } = runConformance(recording, CHECKS);
    expect(unknown).toEqual(new Map());
    expect(kernels.map(({ recorded, kinds }) => [recorded.release, [...kinds.keys()]])).toEqual([
      ["6.12.117", ["const", "deadly_pressure", "deadly"]],
    ]);
    expect(failures({ kernels, unknown })).toEqual([]);
  });

  test("give what was recorded of this kernel before", () => {
    const kernel = RECORDED_KERNELS.find(({ release }) => release === "6.12.117");
    const before = kernel === undefined ? [] : readRecording(readFileSync(fixtureOf(kernel)));
    const { compared, groups } = compareRecordings(before, recording);
    expect(groups).toEqual([]);
    expect(compared).toBe(103 + 6 + 13);
  });
});
