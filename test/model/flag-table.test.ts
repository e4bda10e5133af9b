import { describe, expect, test } from "vitest";
import { tableAfter, type EnumTable, type FixedTable } from "../../server/model/kernels/flags/table.ts";

const fixed: FixedTable = {
  kind: "fixed",
  source: "",
  flags: [
    { flag: "IO", value: 1 },
    { flag: "FS", value: 2 },
  ],
  bitsShift: 2,
  bitsShiftGrowsWith: null,
};
const numbered: EnumTable = { kind: "enum", source: "", flags: [{ flag: "IO" }, { flag: null }, { flag: "FS" }] };

describe("the flags of a header that changes those of the one before", () => {
  test("keep their places in an enum; new ones come last", () => {
    const change = {
      kind: "enum-change",
      source: "",
      flags: [{ flag: "ZERO" }, { flag: "IO", when: "LOCKDEP" }],
    } as const;
    expect(tableAfter(numbered, change)).toMatchObject({
      flags: [{ flag: "IO", when: "LOCKDEP" }, { flag: null }, { flag: "FS" }, { flag: "ZERO" }],
    });
  });

  test("have the values that are told, and the others those from before", () => {
    const change = {
      kind: "fixed-change",
      source: "",
      without: ["IO"],
      flags: [{ flag: "FS", value: 4 }],
      bitsShift: 3,
    } as const;
    expect(tableAfter(fixed, change)).toMatchObject({ flags: [{ flag: "FS", value: 4 }], bitsShift: 3 });
  });

  test("are a mistake where the flag that goes is not there, or the table is of the other kind", () => {
    expect(() => tableAfter(fixed, { kind: "fixed-change", source: "", without: ["ZERO"] })).toThrow("__GFP_ZERO");
    expect(() => tableAfter(fixed, { kind: "enum-change", source: "" })).toThrow("no places");
    expect(() => tableAfter(numbered, { kind: "fixed-change", source: "" })).toThrow("no values");
  });
});
