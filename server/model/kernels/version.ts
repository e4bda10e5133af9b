/** A version as written: numbers for mainline and stable, a vendor's name before them, or the development tree. */
export type Version =
  | { readonly kind: "release"; readonly major: number; readonly minor: number; readonly point: number | null }
  | { readonly kind: "vendor"; readonly vendor: string; readonly major: number; readonly minor: number }
  | { readonly kind: "development" };

/** Reads `6.12`, `6.12.117`, `android-6.18` or `7.x-dev`; null when the text is none of these. */
export function parseVersion(text: string): Version | null {
  if (/^\d{1,3}\.x-dev$/.test(text)) return { kind: "development" };
  const release = /^(\d{1,3})\.(\d{1,4})(?:\.(\d{1,5}))?$/.exec(text);
  if (release !== null) {
    const [, major, minor, point] = release;
    return {
      kind: "release",
      major: Number(major),
      minor: Number(minor),
      point: point === undefined ? null : Number(point),
    };
  }
  const vendor = /^([A-Za-z_]\w*)-(\d{1,3})\.(\d{1,4})$/.exec(text);
  if (vendor !== null) {
    const [, name, major, minor] = vendor;
    return { kind: "vendor", vendor: name ?? "", major: Number(major), minor: Number(minor) };
  }
  return null;
}

/**
 * The place of a branch among the branches: 6.12.117 and android-6.12 stand where 6.12 does, the development tree after
 * all.
 */
function branchPlace(version: Version): readonly [number, number] {
  return version.kind === "development" ? [Infinity, Infinity] : [version.major, version.minor];
}

/** Negative when the branch of `left` is older than that of `right`, 0 when they are of one branch. */
export function compareBranches(left: Version, right: Version): number {
  const [[major, minor], [otherMajor, otherMinor]] = [branchPlace(left), branchPlace(right)];
  return major === otherMajor ? (minor === otherMinor ? 0 : minor - otherMinor) : major - otherMajor;
}

/** Orders by branch and, within a branch, by point release; 6.12 is 6.12.0, and so is a vendor's tree of it. */
export function compareVersions(left: Version, right: Version): number {
  const pointOf = (version: Version): number => (version.kind === "release" ? (version.point ?? 0) : 0);
  return compareBranches(left, right) || pointOf(left) - pointOf(right);
}
