import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { knownKernels, mainlineReleases, newestRelease } from "../../server/model/kernels/kernels.ts";
import { oldestFeatures } from "../../server/model/kernels/oldest.ts";
import { historyOf, type FoundRelease, type ReleaseHistory } from "../../server/model/kernels/release-history.ts";
import type { Release } from "../../server/model/kernels/releases/release.ts";
import { compareVersions, parseVersion } from "../../server/model/kernels/version.ts";

const made = (name: string, features: Release["features"] = {}): Release => ({ name, features, source: `${name}.` });

function found(history: ReleaseHistory, name: string): FoundRelease {
  const release = history.find(name);
  if ("unknown" in release) throw new Error(release.unknown);
  return release;
}

const SMALL = [
  made("1.0"),
  made("1.1", { reportsStalls: true }),
  made("1.1.7", { contigVerifiesMask: true }),
  made("vendor-1.0", { contigHonoursZero: true }),
  made("2.x-dev", { fastPathHighatomic: true }),
];

/** Mainline names of one or two numbers' difference, so that neighbours, gaps and new first numbers all come up. */
const mainlineNames = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 12 })), {
    minLength: 1,
    maxLength: 10,
    selector: String,
  })
  .map((pairs) => pairs.map(([major, minor]) => `${major}.${minor}`));

describe("a new release", () => {
  test("is in every list, and the newest, wherever its file stands", () => {
    fc.assert(
      fc.property(mainlineNames, fc.nat(), (names, at) => {
        const newest = "4.0";
        const releases = [...names.slice(0, at % names.length), newest, ...names.slice(at % names.length)];
        const history = historyOf([made("5.x-dev"), ...releases.map((name) => made(name))]);
        const numbers = (name: string): number => {
          const version = parseVersion(name);
          return version?.kind === "release" ? version.major * 10_000 + version.minor : Number.NaN;
        };
        expect(history.newest).toBe(newest);
        expect(history.mainline).toEqual([...releases].sort((left, right) => numbers(left) - numbers(right)));
        expect(history.known).toEqual([...history.mainline, "5.x-dev"]);
        expect(history.between(history.mainline[0] ?? "", newest)).toEqual(history.mainline);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("hands its facts on to the development tree, which is newer than every release", () => {
    const history = historyOf([...SMALL, made("1.2", { percpuNofsIsAtomic: false })]);
    expect(found(history, "2.x-dev").features).toEqual({
      ...oldestFeatures,
      reportsStalls: true,
      percpuNofsIsAtomic: false,
      fastPathHighatomic: true,
    });
    for (const name of [...history.mainline, "1.1.7", "1.1.99"])
      expect(history.between("2.x-dev", name), name).toHaveProperty("unknown");
    expect(history.between("1.1", "2.x-dev")).toEqual(["1.1", "1.2", "2.x-dev"]);
  });

  test("of a stable branch hands its facts on to later points of the branch, and to no other branch", () => {
    const history = historyOf([made("1.2"), ...SMALL, made("1.1.9", { percpuNofsIsAtomic: false })]);
    const { contigVerifiesMask, reportsStalls, percpuNofsIsAtomic } = oldestFeatures;
    expect([contigVerifiesMask, reportsStalls, percpuNofsIsAtomic]).toEqual([false, false, true]);
    expect(found(history, "1.1.9").features).toMatchObject({ contigVerifiesMask: true, percpuNofsIsAtomic: false });
    expect(found(history, "1.1.50")).toMatchObject({
      features: found(history, "1.1.9").features,
      source: "1.1.50 itself was not read: taken as 1.1.9. 1.1.9.",
    });
    expect(found(history, "1.1.8").features).toEqual(found(history, "1.1.7").features);
    expect(found(history, "1.2").features).toMatchObject({ contigVerifiesMask: false, percpuNofsIsAtomic: true });
  });

  test("without changes changes no other version", () => {
    fc.assert(
      fc.property(mainlineNames, fc.boolean(), (names, point) => {
        const added = point ? "1.1.8" : "4.0";
        const others = names.filter((name) => !["1.0", "1.1"].includes(name)).map((name) => made(name));
        const [before, after] = [historyOf([...SMALL, ...others]), historyOf([...SMALL, ...others, made(added)])];
        for (const name of before.known) expect(found(after, name)).toEqual(found(before, name));
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});

describe("a release that fits nowhere is an error", () => {
  test.each([
    ["which is called after no version", [made("1.0"), made("1.1-rc1")], "1.1-rc1 is not called after a version"],
    ["whose branch no release begins", [made("1.0"), made("1.1.7")], "1.1.7 is of a branch that no mainline"],
    ["of a vendor, likewise", [made("1.0"), made("vendor-1.1")], "vendor-1.1 is of a branch that no mainline"],
    ["that stands twice", [made("1.0"), made("1.0")], "1.0 is described twice"],
  ])("%s", (_, releases, message) => expect(() => historyOf(releases)).toThrow(message));
});

test("versions are ordered by number, the development tree last", () => {
  const ordered = ["4.19", "5.9", "5.10", "5.10.9", "5.10.10", "6.0", "10.0", "7.x-dev"];
  const version = fc.nat({ max: ordered.length - 1 });
  fc.assert(
    fc.property(version, version, (left, right) => {
      const [one, other] = [parseVersion(ordered[left] ?? ""), parseVersion(ordered[right] ?? "")];
      expect(one === null || other === null ? null : Math.sign(compareVersions(one, other))).toBe(
        Math.sign(left - right),
      );
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("the model's own history ends in the development tree, above its newest release", () => {
  expect(newestRelease()).toBe(mainlineReleases().at(-1));
  expect(knownKernels().filter((name) => parseVersion(name)?.kind === "development")).toEqual([knownKernels().at(-1)]);
});
