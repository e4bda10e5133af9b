import { describe, expect, test } from "vitest";
import { checkFindings, findingsIn } from "./_fixture.ts";

const REQUEST = "request r { api kmalloc  size 64 B  flags GFP_KERNEL }\n";

describe("a kernel header in the words in which kernels call themselves", () => {
  test.each([
    ["5.15.0-91-generic", "5.15"],
    ["6.1.0-18-amd64", "6.1"],
    ["6.6.30-android15-8-g0a1b2c3", "6.6.30"],
    ["5.14.0-427.13.1.el9_4.x86_64", "5.14"],
    ["6.8.0-rc3-1.gae4495f-default", "6.8"],
    ["6.11.11-valve10", "6.11.11"],
  ])("%s is taken as %s, and says so", (printed, version) => {
    const [finding, ...more] = findingsIn(`kernel ${printed}\n${REQUEST}`);
    expect(more).toEqual([]);
    expect(finding?.rule).toBe("kernel-as-printed");
    expect(finding?.message.startsWith(`${printed} is taken as ${version}`)).toBe(true);
    expect(finding?.fixes.map(({ title }) => title)).toEqual([`Write ${version}`]);
  });

  test("judges as the version does that it is taken as, in ranges and lists too", () => {
    const judged = (kernel: string) =>
      findingsIn(`kernel ${kernel}\nrequest r { api kvmalloc  size 64 KiB  flags GFP_NOFS  handles null }\n`)
        .filter(({ rule }) => rule !== "kernel-as-printed")
        .map(({ rule, message }) => [rule, message.replace(/\([^()]*\)/g, "")]);
    expect(judged("5.10.0-28-amd64")).toEqual(judged("5.10"));
    expect(judged("5.10.0-28-amd64 .. 6.12")).toEqual(judged("5.10 .. 6.12"));
    expect(judged("5.10.0-28-amd64, 6.12")).toEqual(judged("5.10, 6.12"));
  });

  test("of a kernel before the model's says what is known of it", () => {
    checkFindings(`kernel 3.10.0-1160.el7.x86_64
//     ^^^^^^^^^^^^^^^^^^^^^^ unknown-kernel
${REQUEST}`);
  });
});
