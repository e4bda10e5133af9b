import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { REMOVED_NAMES } from "../../server/model/kernels/flags/history.ts";
import type { BuildOptions, Kernel } from "../../server/model/kernels/kernel.ts";
import { FLAG_NAMES, COMPOSITE_NAMES } from "../../server/model/masks/mask.ts";
import {
  kernelOf,
  knownKernels,
  mainlineReleases,
  newestRelease,
  releasesBetween,
} from "../../server/model/kernels/kernels.ts";
import { parseVersion } from "../../server/model/kernels/version.ts";
import { meaningOf } from "../../server/model/masks/names.ts";

function kernel(version: string, options: Partial<BuildOptions> = {}): Kernel {
  const made = kernelOf(version, options);
  if ("unknown" in made) throw new Error(made.unknown);
  return made;
}

/**
 * GFP_ATOMIC, GFP_KERNEL, GFP_NOWAIT, GFP_HIGHUSER_MOVABLE, GFP_TRANSHUGE_LIGHT, GFP_TRANSHUGE as compiled from each
 * header, without LOCKDEP, KASAN_HW_TAGS and SLAB_OBJ_EXT.
 */
const COMPOSITES = [
  ["4.19", 0x480020, 0x6000c0, 0x400000, 0x6200ca, 0x342ca, 0x2342ca],
  ["5.4.85", 0xa20, 0xcc0, 0x800, 0x100cca, 0x1c20ca, 0x1c24ca],
  ["5.10.106", 0xa20, 0xcc0, 0x800, 0x100cca, 0x1c20ca, 0x1c24ca],
  ["5.15.19", 0xa20, 0xcc0, 0x800, 0x1100cca, 0x11c20ca, 0x11c24ca],
  ["5.19.12", 0xa20, 0xcc0, 0x800, 0x100cca, 0x1c20ca, 0x1c24ca],
  ["6.1.192", 0xa20, 0xcc0, 0x800, 0x100cca, 0x1c20ca, 0x1c24ca],
  ["6.5", 0x820, 0xcc0, 0x800, 0x100cca, 0x1c20ca, 0x1c24ca],
  ["6.6.22", 0x820, 0xcc0, 0x800, 0x100cca, 0x1c20ca, 0x1c24ca],
  ["6.8", 0x820, 0xcc0, 0x2800, 0x100cca, 0x1c20ca, 0x1c24ca],
  ["6.12.117", 0x820, 0xcc0, 0x2800, 0x100cca, 0x1c20ca, 0x1c24ca],
  ["7.x-dev", 0x820, 0xcc0, 0x2800, 0x100cca, 0x1c20ca, 0x1c24ca],
] as const;

/**
 * NOLOCKDEP, SKIP_ZERO, GFP_HIGHUSER_MOVABLE and the number of bits with LOCKDEP, KASAN_HW_TAGS and SLAB_OBJ_EXT, as
 * compiled.
 */
const ALL_OPTIONS_ON = [
  ["4.19", 0x800000, 0, 0x6200ca, 24],
  ["5.10.106", 0x800000, 0, 0x100cca, 24],
  ["5.15.19", 0x2000000, 0, 0x1100cca, 26],
  ["5.19.12", 0x8000000, 0x1000000, 0x4100cca, 28],
  ["6.1.192", 0x8000000, 0x1000000, 0x6100cca, 28],
  ["6.5", 0x4000000, 0x1000000, 0x2100cca, 27],
  ["6.8", 0x4000000, 0x1000000, 0x2100cca, 27],
  ["6.12.117", 0x4000000, 0x1000000, 0x2100cca, 28],
] as const;

describe("the flags of a kernel", () => {
  test.each(COMPOSITES)(
    "%s has the composites that its header compiles to",
    (version, atomic, gfpKernel, nowait, highuserMovable, light, transhuge) => {
      const { gfp } = kernel(version, { SLAB_OBJ_EXT: false });
      expect([gfp.ATOMIC, gfp.KERNEL, gfp.NOWAIT, gfp.HIGHUSER_MOVABLE, gfp.TRANSHUGE_LIGHT, gfp.TRANSHUGE]).toEqual([
        atomic,
        gfpKernel,
        nowait,
        highuserMovable,
        light,
        transhuge,
      ]);
    },
  );

  test.each(ALL_OPTIONS_ON)(
    "%s moves its flags with the build options as its header does",
    (version, nolockdep, skipZero, highuserMovable, shift) => {
      const { bits, gfp, allBits } = kernel(version, { LOCKDEP: true, KASAN_HW_TAGS: true, SLAB_OBJ_EXT: true });
      expect([bits.NOLOCKDEP, bits.SKIP_ZERO, gfp.HIGHUSER_MOVABLE, allBits]).toEqual([
        nolockdep,
        skipZero,
        highuserMovable,
        2 ** shift - 1,
      ]);
    },
  );

  test("the development tree numbers its flags as the newest release does, as far as that has them", () => {
    const options = { LOCKDEP: true, KASAN_HW_TAGS: true, SLAB_OBJ_EXT: true };
    const { bits } = kernel("7.x-dev", options);
    const newest = kernel(newestRelease(), options).bits;
    expect([bits.NOLOCKDEP, bits.SKIP_ZERO]).toEqual([0x4000000, 0x1000000]);
    for (const flag of FLAG_NAMES) if (newest[flag] !== 0) expect(bits[flag], flag).toBe(newest[flag]);
  });

  test("every flag is one of some kernel", () => {
    const all = { LOCKDEP: true, KASAN_HW_TAGS: true, SLAB_OBJ_EXT: true };
    const kernels = knownKernels().map((name) => kernel(name, all));
    expect(FLAG_NAMES.filter((flag) => !kernels.some(({ bits }) => bits[flag] !== 0))).toEqual([]);
  });

  test.each([
    ["6.12.117", {}, 0x1000000],
    ["6.12.117", { LOCKDEP: true }, 0x2000000],
    ["6.12.117", { KASAN_HW_TAGS: true }, 0x4000000],
    ["6.12.117", { LOCKDEP: true, KASAN_HW_TAGS: true }, 0x8000000],
    ["6.12.117", { MEMCG: false }, 0],
    ["7.2.13", { MEMCG: false }, 0x1000000],
    ["7.3", {}, 0],
    ["6.8", {}, 0],
  ] as const)("%s with %o has __GFP_NO_OBJ_EXT at %d", (version, options, value) => {
    expect(kernel(version, options).bits.NO_OBJ_EXT).toBe(value);
  });

  test("a name exists without its option, with the value 0", () => {
    expect(kernel("6.12").exists.NOLOCKDEP).toBe(true);
    expect(kernel("6.12").bits.NOLOCKDEP).toBe(0);
    expect(kernel("6.2").exists.ATOMIC).toBe(true);
    expect(kernel("6.3").exists.ATOMIC).toBe(false);
    expect(kernel("6.1.192").exists.ATOMIC).toBe(true);
  });

  test("no two flags share a bit, in any known kernel with any options", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...knownKernels()),
        fc.record({ LOCKDEP: fc.boolean(), KASAN_HW_TAGS: fc.boolean(), SLAB_OBJ_EXT: fc.boolean() }),
        (version, options) => {
          const { bits, namedBits, allBits } = kernel(version, options);
          const values = FLAG_NAMES.map((flag) => bits[flag]).filter((value) => value !== 0);
          expect(new Set(values).size).toBe(values.length);
          expect(values.every((value) => Math.log2(value) % 1 === 0)).toBe(true);
          expect(values.reduce((sum, value) => sum + value, 0)).toBe(namedBits);
          expect((namedBits & ~allBits) === 0).toBe(true);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  test("composites consist of flags that the kernel has", () => {
    for (const version of knownKernels()) {
      const { gfp, namedBits } = kernel(version);
      for (const composite of COMPOSITE_NAMES)
        expect((gfp[composite] & ~namedBits) === 0, `${version} ${composite}`).toBe(true);
    }
  });
});

describe("a kernel's version", () => {
  test("every mainline release from 4.19 on is known, in order and without a gap", () => {
    const names = mainlineReleases();
    expect([...names.slice(0, 3), ...names.slice(41, 43)]).toEqual(["4.19", "4.20", "5.0", "6.19", "7.0"]);
    names.slice(3).forEach((name, index) => {
      const [major = 0, minor = 0] = (names[index + 2] ?? "").split(".").map(Number);
      expect([`${major}.${minor + 1}`, `${major + 1}.0`]).toContain(name);
    });
  });

  test("the same version and options give the same object, defaults written out or not", () => {
    expect(kernel("6.12")).toBe(kernel("6.12", { NUMA: true }));
    expect(kernel("6.12")).not.toBe(kernel("6.12", { NUMA: false }));
  });

  test("a point release below the one that was read is the mainline release, and says so", () => {
    const young = kernel("6.1.5");
    expect(young.features).toEqual(kernel("6.1").features);
    expect(young.source).toContain("6.1.5 itself was not read");
    expect(young.features.reserveScheme).toBe("harder");
  });

  test("a point release above the one that was read has its features", () => {
    expect(kernel("6.1.200").features).toEqual(kernel("6.1.192").features);
    expect(kernel("6.1.200").features.reserveScheme).toBe("min-reserve");
    expect(kernel("6.1.200").name).toBe("6.1.200");
  });

  test.each(["6.11.11", "5.3.0", "4.19.57", "5.4.26", "6.18.1"])("%s resolves", (version) => {
    expect(kernel(version).name).toBe(version);
  });

  test.each(["99.1", "3.10", "4.18", "android-5.4", "6", "six.one", "", "6.12.", "99.x-dev", "6.20"])(
    "%j is unknown, with a message that says what is known",
    (version) => {
      const answer = kernelOf(version);
      expect("unknown" in answer ? answer.unknown : "").toContain(`4.19 to ${newestRelease()}`);
    },
  );

  test("the vendor tree and the development tree stand outside of the order of releases", () => {
    expect(kernel("android-6.18").mainlineIndex).toBeNull();
    expect(kernel("7.x-dev").mainlineIndex).toBeNull();
    expect(kernel("6.1.192").mainlineIndex).toBeNull();
    expect(kernel("4.19").mainlineIndex).toBe(0);
  });

  test("versions are read as the language writes them", () => {
    expect(parseVersion("6.12")).toEqual({ kind: "release", major: 6, minor: 12, point: null });
    expect(parseVersion("6.12.117")).toEqual({ kind: "release", major: 6, minor: 12, point: 117 });
    expect(parseVersion("android-6.18")).toEqual({ kind: "vendor", vendor: "android", major: 6, minor: 18 });
    expect(parseVersion("7.x-dev")).toEqual({ kind: "development" });
    expect(parseVersion("6.12-rc1")).toBeNull();
  });
});

describe("a range of kernels", () => {
  test("holds the mainline releases from end to end", () => {
    expect(releasesBetween("6.1", "6.4")).toEqual(["6.1", "6.2", "6.3", "6.4"]);
    expect(releasesBetween("5.19", "6.0")).toEqual(["5.19", "6.0"]);
    expect(releasesBetween("6.4", "6.4")).toEqual(["6.4"]);
  });

  test("includes an end that is a point release, beside the releases between", () => {
    expect(releasesBetween("6.1.192", "6.3")).toEqual(["6.1.192", "6.2", "6.3"]);
    expect(releasesBetween("6.11", "6.12.117")).toEqual(["6.11", "6.12", "6.12.117"]);
  });

  test("may end in the development tree", () => {
    expect(releasesBetween(newestRelease(), "7.x-dev")).toEqual([newestRelease(), "7.x-dev"]);
  });

  test.each([
    ["6.12", "6.1"],
    ["6.1", "99.5"],
    ["3.0", "6.1"],
    ["android-6.18", "6.19"],
    ["7.x-dev", newestRelease()],
  ] as const)("from %s to %s is refused with a sentence", (first, last) => {
    expect(releasesBetween(first, last)).toHaveProperty("unknown");
  });
});

describe("what the stable branches took from later releases", () => {
  test("6.1.192 has the reserves of 6.3 and keeps __GFP_ATOMIC", () => {
    const { features } = kernel("6.1.192");
    expect(features).toMatchObject({
      reserveScheme: "min-reserve",
      atomicMeans: "no-direct-reclaim",
      warnsAtomicWithDirectReclaim: true,
      compactionNeedsIo: true,
      percpuNofsIsAtomic: false,
    });
    expect(kernel("6.1").features).toMatchObject({
      reserveScheme: "harder",
      compactionNeedsIo: false,
      percpuNofsIsAtomic: true,
    });
  });

  test("6.12.117 verifies the mask of alloc_contig_range, 6.12 does not", () => {
    expect(kernel("6.12.117").features.contigVerifiesMask).toBe(true);
    expect(kernel("6.12").features.contigVerifiesMask).toBe(false);
    expect(kernel("6.14").features.contigVerifiesMask).toBe(true);
  });
});

describe("names that were removed", () => {
  test.each(REMOVED_NAMES)(
    "$name is gone from $removedIn on, and its replacement is a name of the newest release",
    ({ name, removedIn, replacement }) => {
      const newest = kernel(newestRelease());
      expect(meaningOf(newest, name).kind).toBe("removed");
      if (replacement !== null) expect(["flag", "composite"]).toContain(meaningOf(newest, replacement).kind);
      if (mainlineReleases().includes(removedIn)) {
        const last = mainlineReleases()[mainlineReleases().indexOf(removedIn) - 1] ?? "";
        expect(meaningOf(kernel(last), name).kind).toBe("flag");
        expect(meaningOf(kernel(removedIn), name).kind).toBe("removed");
      }
    },
  );
});
