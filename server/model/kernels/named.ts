import { kernelOf } from "./kernels.ts";
import { printedVersion, type PrintedVersion } from "./printed-version.ts";

/**
 * The version that a text names: one of the model as it stands, and what a kernel calls itself (`5.15.0-91-generic`,
 * `3.10.0-1160.el7.x86_64`) as the version that it stands for, with what is assumed by that. A text that is neither is
 * given back: `kernelOf` says what is wrong with it.
 */
export function versionNamed(text: string): PrintedVersion {
  const asWritten = { version: text, assumed: null };
  return "unknown" in kernelOf(text) ? (printedVersion(text) ?? asWritten) : asWritten;
}
