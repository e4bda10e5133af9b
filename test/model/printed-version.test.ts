import { expect, test } from "vitest";
import { printedVersion } from "../../server/model/kernels/printed-version.ts";

test.each([
  ["4.19.57.mx64.282", "4.19.57"],
  ["5.2.0-rc7", "5.2"],
  ["5.8.0-rc4-next-20200710", "5.9"],
  ["5.13.0-rc5-next-20210611-llvm", "5.14"],
  ["6.2.0-syzkaller-12017-g1ec35eadc3b4", "6.2"],
  ["6.11.11-valve10-1-neptune-611-gb69e902b4338", "6.11.11"],
  ["6.12.0-211.el10.ppc64le", "6.12"],
  ["6.18.0+", "6.18"],
  ["5.10.2", "5.10.2"],
  ["2.6.32-22-generic", "2.6.32"],
  ["2.6.32-754.el6.x86_64", "2.6.32"],
  ["3.3.0-rc1", "3.3"],
  ["3.7.10-gentoo", "3.7.10"],
  ["3.10.0-1160.el7.x86_64", "3.10"],
  ["4.2.3-200.fc22.i686+PAE", "4.2.3"],
  ["4.12.14-122.37-default", "4.12.14"],
  ["4.14.336-257.562.amzn2.x86_64", "4.14.336"],
  ["4.18.0-553.el8_10.x86_64", "4.18"],
  ["4.18.0-rc3-next-20180711", "4.19"],
  ["4.19.0-27-amd64", "4.19"],
  ["5.4.0-216-generic", "5.4"],
  ["5.14.0-503.11.1.el9_5.x86_64", "5.14"],
  ["5.15.0-305.176.4.el8uek.x86_64", "5.15"],
  ["6.6.30-android15-8-g1a2b3c4d5e6f-ab12345678-4k", "6.6.30"],
  ["6.12.0-124.8.1.el10_1.x86_64", "6.12"],
])("a kernel that calls itself %s is taken as %s", (printed, version) => {
  expect(printedVersion(printed)?.version).toBe(version);
});

test.each(["", "linux", "6", "android-6.18", "v6.12", "6.6 .. 6.12", "6.6..6.12", "6.6,6.12", "6.6 6.12", "6.6/6.12"])(
  "%j is no version that a kernel prints",
  (text) => {
    expect(printedVersion(text)).toBeNull();
  },
);

test.each([
  ["3.10.0-1160.el7.x86_64", "Red Hat keeps 3.10 for all of el7"],
  ["4.18.0-553.el8_10.x86_64", "Red Hat keeps 4.18 for all of el8"],
  ["5.14.0-503.11.1.el9_5.x86_64", "may be those of a later one"],
  ["5.15.0-305.176.4.el8uek.x86_64", "Oracle"],
  ["6.1.112-124.190.amzn2023.x86_64", "Amazon"],
  ["5.4.0-216-generic", "Ubuntu"],
  ["4.19.0-27-amd64", "Debian"],
  ["6.1.0-0.deb11.21-cloud-amd64", "Debian"],
  ["6.4.0-150600.23.25-default", "SUSE"],
  ["6.6.30-android15-8-g1a2b3c4d5e6f", "__GFP_CMA"],
  ["6.11.11-valve10-1-neptune-611-gb69e902b4338", "Valve"],
  ["6.18.0+", "only its builder knows"],
  ["6.0.0-dirty", "only its builder knows"],
  ["6.6.31-rt", "PREEMPT_RT=y"],
  ["6.6.31-rt31", "PREEMPT_RT=y"],
  ["6.1.0-21-rt-amd64", "PREEMPT_RT=y"],
  ["5.15.0-rc3-rt6", "PREEMPT_RT=y"],
  ["6.12-rc", "a release candidate"],
  ["6.6.y", "a stable branch has many points"],
  ["5.15.149-tegra", "what -tegra stands for is not known"],
  ["6.1.57-microsoft-standard-WSL2", "what -microsoft-standard-WSL2 stands for is not known"],
  ["3.7.10-gentoo", "what -gentoo stands for is not known"],
  ["6.6.0-start", "what -start stands for is not known"],
])("of %s it is said what is assumed: %s", (printed, words) => {
  expect(printedVersion(printed)?.assumed).toContain(words);
});

test.each(["5.10.2", "6.12.117", "7.0"])("of %s nothing is assumed", (printed) => {
  expect(printedVersion(printed)?.assumed).toBeNull();
});
