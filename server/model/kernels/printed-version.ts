import { mainlineReleases } from "./kernels.ts";
import { olderReleases } from "./older/headers.ts";

/** What a kernel's own string says. */
export interface PrintedVersion {
  /** The version that it is taken as: `6.8`, `6.11.11`, `2.6.32`. */
  readonly version: string;
  /** What is assumed by that, as a sentence; null where the string is that of a mainline or stable kernel. */
  readonly assumed: string | null;
}

/** Trees by what they add to the version, and what they do to the kernel, in the order in which they are asked. */
const TREES: readonly { readonly mark: RegExp; readonly says: (found: RegExpExecArray, version: string) => string }[] =
  [
    {
      mark: /-rt(?:\d+)?(?=[-.+]|$)/,
      says: () =>
        "its name says that it is built with PREEMPT_RT, which changes what may be done where, and is not assumed: say so by PREEMPT_RT=y",
    },
    {
      mark: /\.(el\d+)uek\b|\b(uek)\b/,
      says: () => "Oracle's UEK has work of later releases, which the model does not know",
    },
    {
      mark: /\.el9|\.el1\d/,
      says: ([name], version) =>
        `Red Hat keeps ${version} for all of ${name.slice(1)} and brings in the memory management of later releases: the flags above 0x400000, and 0x200, may be those of a later one`,
    },
    {
      mark: /\.el\d+/,
      says: ([name], version) =>
        `Red Hat keeps ${version} for all of ${name.slice(1)} and adds work of later releases, which the model does not know`,
    },
    {
      mark: /\.amzn\d+/,
      says: () => "Amazon's kernels have patches of their own, which the model does not know",
    },
    {
      mark: /-android\d+/,
      says: () =>
        "Android's kernels have flags (__GFP_CMA) and changes of their own, which the model knows of android-6.18 alone",
    },
    {
      mark: /-(?:default|vanilla|preempt|rt_debug)$/,
      says: (_found, version) =>
        `SUSE's enterprise kernels keep ${version} and add work of later releases, which the model does not know`,
    },
    {
      mark: /^-\d+-(?:generic|lowlatency|azure|aws|gcp|gke|oracle|oem|kvm|raspi|hwe)\b/,
      says: () => "Ubuntu's name does not say which point of the stable branch it is",
    },
    {
      mark: /^-\d+(?:\.[\w.]+)?-(?:cloud-|rt-)?(?:amd64|686|686-pae|arm64|armmp|armmp-lpae|powerpc64le|s390x|riscv64)\b/,
      says: () => "Debian's name does not say which point of the stable branch it is",
    },
    { mark: /\.fc\d+/, says: () => "Fedora's kernels have a few patches of their own, which the model does not know" },
    { mark: /-valve\d+/, says: () => "Valve's kernels have patches of their own, which the model does not know" },
    {
      mark: /-next-\d+/,
      says: () => "linux-next carries what was to become that release, and later changes may be missing",
    },
    { mark: /-rc\d*(?=[-.+]|$)/, says: () => "a release candidate may lack what its release has" },
    { mark: /^[^-]*\+|\+$|-dirty\b/, says: () => "a + or -dirty stands for changes that only its builder knows" },
    { mark: /^\.y$/, says: () => "a stable branch has many points, which have more and more of later releases" },
    { mark: /^.{1,40}/, says: ([name]) => `what ${name} stands for is not known to the model` },
  ];

/**
 * The version that a kernel's own string stands for, as `uname -r` and logs print it: `6.8.0-rc3-1.gae4495f-default` is
 * 6.8, `6.11.11-valve10` is 6.11.11, `3.10.0-1160.el7.x86_64` is 3.10. A `-next` tree carries what the following
 * release will have, so it is taken as that one; a release candidate as its release. Null for any other text: several
 * versions are none.
 */
export function printedVersion(text: string): PrintedVersion | null {
  const [, series = "", point = "", rest = ""] =
    /^(2\.6\.\d{1,3}|\d{1,3}\.\d{1,4})(?:\.(\d{1,5}))?([-+~_.:a-z][-\w.+~:@]*)?$/i.exec(text.trim()) ?? [];
  if (series === "" || /^2\.6$/.test(series) || rest.startsWith("..")) return null;
  const releases = [...olderReleases(), ...mainlineReleases()];
  const isNext = /-next\b/.test(rest);
  const release = isNext ? (releases[releases.indexOf(series) + 1] ?? series) : series;
  const named = point === "" || Number(point) === 0 || isNext || /-rc\d/.test(rest) ? release : `${release}.${point}`;
  for (const { mark, says } of TREES) {
    const found = mark.exec(rest);
    if (found !== null) return { version: named, assumed: says(found, release) };
  }
  return { version: named, assumed: null };
}
