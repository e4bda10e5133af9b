import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kernelOf, knownKernels } from "../../server/model/kernels/kernels.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { NAMES, PLACE, placesIn } from "../../server/model/kernels/places.ts";
import { inRoot } from "../../scripts/paths.ts";
import { placesSaid } from "./_places-said.ts";

/** What was looked up in the source of a kernel, file by file: scripts/seen-places.ts writes it. */
const SEEN: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(inRoot("test/model/seen-places.json"), "utf8"),
);

function kernelNamed(name: string): Kernel {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

describe("the kernel functions that prove an answer", () => {
  test.each(Object.entries(SEEN))("of %s are those that this kernel has, by its own names", (version, files) => {
    const isSeen = (place: string): boolean => {
      const [file = "", name = ""] = place.split(":");
      return files[file]?.split(" ").includes(name) === true;
    };
    expect([...placesSaid(kernelNamed(version))].filter((place) => !isSeen(place))).toEqual([]);
  });

  test("are called as in the kernel that is asked about, whichever name they are written by", () => {
    for (const version of knownKernels()) {
      const kernel = kernelNamed(version);
      for (const [place, names] of NAMES) {
        const here = placesIn(kernel, place);
        expect(names.map(([, name]) => placesIn(kernel, name))).toEqual(names.map(() => here));
        expect(placesIn(kernel, `${place}; ${here}, x`)).toBe(`${here}; ${here}, x`);
        expect(place.match(PLACE)).toEqual([place]);
      }
    }
    const flags = "mm/page_alloc.c:gfp_to_alloc_flags";
    expect(placesIn(kernelNamed("7.2.13"), flags)).toBe(flags);
    expect(placesIn(kernelNamed("7.3"), flags)).toBe("mm/page_alloc.c:alloc_flags_slowpath");
  });
});
