import { expect, test } from "vitest";
import { versionOfPrinted } from "../../server/model/kernels/printed-version.ts";

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
])("a kernel that calls itself %s is taken as %s", (printed, version) => {
  expect(versionOfPrinted(printed)).toBe(version);
});

test.each(["", "linux", "6", "android-6.18", "v6.12"])("%j is no version that a kernel prints", (text) => {
  expect(versionOfPrinted(text)).toBeNull();
});
