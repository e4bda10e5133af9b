import { mainlineReleases } from "./kernels.ts";
import { parseVersion } from "./version.ts";

/**
 * The version that a kernel's own string stands for, as `uname -r` and logs print it: `6.8.0-rc3-1.gae4495f-default` is
 * 6.8, `6.11.11-valve10` is 6.11.11. A `-next` tree carries what the following release will have, so it is taken as
 * that one; a release candidate as its release. Null for a text that is no such string. What a distribution added is
 * not known.
 */
export function versionOfPrinted(text: string): string | null {
  const [, major = "", minor = "", point = "", rest = ""] =
    /^(\d{1,3})\.(\d{1,4})(?:\.(\d{1,5}))?(\D.*)?$/.exec(text.trim()) ?? [];
  const release = `${major}.${minor}`;
  if (major === "" || parseVersion(release) === null) return null;
  const releases = mainlineReleases();
  if (/-next\b/.test(rest)) return releases[releases.indexOf(release) + 1] ?? release;
  return point === "" || Number(point) === 0 || /-rc\d/.test(rest) ? release : `${release}.${point}`;
}
