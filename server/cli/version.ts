import { mainlineReleases, newestRelease } from "../model/kernels/kernels.ts";

/** As package.json says it; a test holds them together. */
export const VERSION = "0.1.0";

/** What `allocpolicy --version` prints. */
export function versionText(): string {
  return `allocpolicy ${VERSION}\nLinux ${mainlineReleases()[0] ?? ""} to ${newestRelease()}\n`;
}
