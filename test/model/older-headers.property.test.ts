import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flags4_19 } from "../../server/model/kernels/flags/4.19.ts";
import { olderHeader, olderReleases } from "../../server/model/kernels/older/headers.ts";
import { mask } from "../../server/model/masks/mask.ts";
import { decodeOlder, encodeOlder } from "../../server/model/masks/older-names.ts";

const headers = olderReleases().flatMap((release) => olderHeader(release) ?? []);

describe("the flags of releases before the model begins", () => {
  test("names and undefined bits together give any mask again, in every release", () => {
    fc.assert(
      fc.property(fc.constantFrom(...headers), fc.integer({ min: 0, max: 0xffffffff }), (header, value) => {
        const { names, undefinedBits } = decodeOlder(header, mask(value));
        const encoded = encodeOlder(header, [...names, String(undefinedBits)].join("|"));
        expect(encoded).toBe(mask(value));
      }),
    );
  });

  test("have a bit each, and no bit twice", () => {
    for (const { release, flags } of headers) {
      const values = [...flags.values()];
      expect(
        values.every((value) => value > 0 && Number.isInteger(Math.log2(value))),
        release,
      ).toBe(true);
      expect(new Set(values).size, release).toBe(values.length);
    }
  });

  test("end where the model begins: 4.18 has the numbering of 4.19", () => {
    const first = flags4_19.kind === "fixed" ? flags4_19.flags : [];
    expect(new Map(olderHeader("4.18")?.flags)).toEqual(
      new Map(first.map(({ flag, value }) => [`__GFP_${flag}`, value])),
    );
  });

  test("of a point release are those of its release", () => {
    expect(olderHeader("4.14.336")).toBe(olderHeader("4.14"));
    expect(olderHeader("2.6.32.71")).toBe(olderHeader("2.6.32"));
    for (const text of ["4.19", "2.6", "2.4.37", "4.19.57", "x"]) expect(olderHeader(text)).toBeNull();
  });
});
