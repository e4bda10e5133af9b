import type { Features } from "./features.ts";
import { flags4_19 } from "./flags/4.19.ts";
import { composites4_19, type CompositeTable } from "./flags/composites.ts";
import { tableAfter, type FlagTable } from "./flags/table.ts";
import { olderHeader } from "./older/headers.ts";
import { oldestFeatures } from "./oldest.ts";
import type { Release } from "./releases/release.ts";
import { compareBranches, compareVersions, parseVersion, type Version } from "./version.ts";

/** What a version has, with everything that it is based on folded in. */
export interface ReleaseFacts {
  readonly features: Features;
  readonly flags: FlagTable;
  readonly composites: CompositeTable;
  /** The functions that other versions have and this one has not, by their C names. */
  readonly lacks: ReadonlySet<string>;
}

/** A version that the model can answer for. */
export interface FoundRelease extends ReleaseFacts {
  /** Where the facts were read, and whether another release stands for this one. */
  readonly source: string;
}

/**
 * The releases in their order, and what is asked about it. A version that is not known gives `{ unknown }`, a sentence.
 */
export interface ReleaseHistory {
  /** The mainline releases, oldest first. */
  readonly mainline: readonly string[];
  /** Every version with a description of its own: mainline, point releases, vendor trees, the development tree. */
  readonly known: readonly string[];
  readonly newest: string;
  /**
   * The facts of a version. A point release that was not read is taken as the nearest read point at or below it on its
   * branch, or as the mainline release; `source` says so.
   */
  readonly find: (name: string) => FoundRelease | { readonly unknown: string };
  /**
   * The versions of a range `first .. last`, both included: the mainline releases between them, and an end itself where
   * it is a point release or the development tree. `{ unknown }` when an end is unknown or the range is reversed.
   */
  readonly between: (first: string, last: string) => readonly string[] | { readonly unknown: string };
}

interface Placed {
  readonly release: Release;
  readonly version: Version;
}

type Kind = "mainline" | "point" | "vendor" | "development";

const KINDS: readonly Kind[] = ["mainline", "point", "vendor", "development"];

function kindOf(version: Version): Kind {
  if (version.kind !== "release") return version.kind;
  return version.point === null ? "mainline" : "point";
}

/** The last of an ordered list that a version is based on; undefined for the oldest. */
function baseOf(mainline: readonly Placed[], points: readonly Placed[], version: Version): Placed | undefined {
  const branch = mainline.findLast((other) => compareBranches(other.version, version) === 0);
  switch (kindOf(version)) {
    case "mainline":
    case "development":
      return mainline.findLast((other) => compareVersions(other.version, version) < 0);
    case "point":
      return (
        points.findLast(
          (other) => compareBranches(other.version, version) === 0 && compareVersions(other.version, version) < 0,
        ) ?? branch
      );
    case "vendor":
      return branch;
  }
}

function lackedAfter(lacked: ReadonlySet<string>, { brings, drops }: Release): ReadonlySet<string> {
  if (brings === undefined && drops === undefined) return lacked;
  return new Set([...[...lacked].filter((name) => brings?.includes(name) !== true), ...(drops ?? [])]);
}

/**
 * The history that releases make, in whatever order they are given.
 * @throws when the name of a release is no version, stands twice, or is of a branch that no mainline release begins
 */
export function historyOf(releases: readonly Release[]): ReleaseHistory {
  const placed = releases.map((release): Placed => {
    const version = parseVersion(release.name);
    if (version === null) throw new Error(`The release ${release.name} is not called after a version.`);
    return { release, version };
  });
  const ordered = (kind: Kind): readonly Placed[] =>
    placed
      .filter(({ version }) => kindOf(version) === kind)
      .toSorted((left, right) => compareVersions(left.version, right.version));
  const [mainline, points] = [ordered("mainline"), ordered("point")];
  const byName = new Map<string, Placed & ReleaseFacts>();
  const brought = new Set(releases.flatMap(({ brings }) => brings ?? []));

  // In the order of KINDS a release comes after what it is based on.
  for (const each of KINDS.flatMap(ordered)) {
    const { release, version } = each;
    if (byName.has(release.name)) throw new Error(`The release ${release.name} is described twice.`);
    const base = baseOf(mainline, points, version);
    const below = base === undefined ? undefined : byName.get(base.release.name);
    if (below === undefined && release !== mainline[0]?.release)
      throw new Error(`The release ${release.name} is of a branch that no mainline release begins.`);
    const flags = below?.flags ?? flags4_19;
    byName.set(release.name, {
      ...each,
      features: { ...(below?.features ?? oldestFeatures), ...release.features },
      flags: release.flags === undefined ? flags : tableAfter(flags, release.flags),
      composites: { ...(below?.composites ?? composites4_19), ...release.composites },
      lacks: lackedAfter(below?.lacks ?? brought, release),
    });
  }

  const names = (list: readonly Placed[]): readonly string[] => list.map(({ release }) => release.name);
  const newest = names(mainline).at(-1) ?? "";
  const others = [...names(ordered("vendor")), ...names(ordered("development"))];
  const whatIsKnown = `the model knows ${names(mainline)[0] ?? ""} to ${newest} with their point releases, ${others.join(" and ")}`;

  const olderText = (name: string): string =>
    `The model begins at ${names(mainline)[0] ?? ""}: of ${name} it knows the flags alone, for "allocpolicy decode" and "encode"; ${whatIsKnown}.`;

  const find: ReleaseHistory["find"] = (name) => {
    const exact = byName.get(name);
    if (exact !== undefined) return { ...exact, source: exact.release.source };
    const version = parseVersion(name);
    if (version === null && olderHeader(name) !== null) return { unknown: olderText(name) };
    if (version === null) return { unknown: `${name} is not a kernel version; ${whatIsKnown}.` };
    // Of a point release: what it would be based on, if it had been read.
    const stands = kindOf(version) === "point" ? baseOf(mainline, points, version) : undefined;
    const facts = stands === undefined ? undefined : byName.get(stands.release.name);
    if (facts === undefined && olderHeader(name) !== null) return { unknown: olderText(name) };
    if (facts === undefined || version.kind !== "release")
      return { unknown: `The model does not know ${name}; ${whatIsKnown}.` };
    const { release } = facts;
    const isRead = kindOf(facts.version) === "point";
    if (version.point === 0) return { ...facts, source: release.source };
    const without = isRead ? "" : ", without what the stable branch took from later releases";
    return { ...facts, source: `${name} itself was not read: taken as ${release.name}${without}. ${release.source}` };
  };

  const between: ReleaseHistory["between"] = (first, last) => {
    const [from, to] = [parseVersion(first), parseVersion(last)];
    for (const [name, version] of [
      [first, from],
      [last, to],
    ] as const) {
      if (version === null || version.kind === "vendor")
        return { unknown: `A range runs between releases, and ${name} is not one; ${whatIsKnown}.` };
      const found = find(name);
      if ("unknown" in found) return found;
    }
    if (from === null || to === null) return { unknown: whatIsKnown };
    if (compareVersions(from, to) > 0)
      return { unknown: `The range ends before it starts: ${first} is after ${last}.` };
    const inside = mainline.filter(
      ({ version }) => compareVersions(version, from) >= 0 && compareVersions(version, to) <= 0,
    );
    return [...new Set([first, ...names(inside), last])];
  };

  return { mainline: names(mainline), known: names(KINDS.flatMap(ordered)), newest, find, between };
}
