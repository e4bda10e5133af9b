import { describe, expect, test } from "vitest";
import { decodeMask } from "../../server/service/decode.ts";
import { findingsOf, findingsSoFar, makeFindings, placedFindings } from "../../server/service/findings.ts";
import { kernelInForce } from "../../server/service/kernel-in-force.ts";
import { ruleSummary } from "../../server/service/rule-summary.ts";
import { catalogue } from "../../server/policy-language/catalogue.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { checkAction, checkFixAll, fixture } from "./_fixture.ts";

const request = (flags: string, more = ""): string =>
  `kernel 6.12\nrequest r {\n  api   alloc_pages\n  order 0\n  flags ${flags}\n${more}}\n`;

describe("code actions", () => {
  test("apply a finding's own fix", () => {
    checkAction(request("GFP_NOWAIT | __GFP_NO$0WARN"), /^(?!Waive)/, request("GFP_NOWAIT"));
  });

  test("waive the rule in the request, behind its last property", () => {
    checkAction(
      request("GFP_NOWAIT | __GFP_NO$0WARN"),
      /^Waive nowait-redundant-nowarn here$/,
      request("GFP_NOWAIT | __GFP_NOWARN", '  waive nowait-redundant-nowarn because ""\n'),
    );
  });

  test("put the waiver behind a comment of that line, and on the same line where the request is on one", () => {
    checkAction(
      "kernel 6.12\nrequest r {\n  api alloc_pages\n  order 0\n  flags GFP_NOWAIT | __GFP_NO$0WARN; // why\n}\n",
      /^Waive/,
      'kernel 6.12\nrequest r {\n  api alloc_pages\n  order 0\n  flags GFP_NOWAIT | __GFP_NOWARN; // why\n  waive nowait-redundant-nowarn because ""\n}\n',
    );
    checkAction(
      "kernel 6.12\nrequest r { api alloc_pages order 0 flags GFP_NOWAIT | __GFP_NO$0WARN }\n",
      /^Waive/,
      'kernel 6.12\nrequest r { api alloc_pages order 0 flags GFP_NOWAIT | __GFP_NOWARN  waive nowait-redundant-nowarn because "" }\n',
    );
  });

  test("mend everything that can be mended safely at once", () => {
    const two = (flags: string): string =>
      `kernel 6.12\nrequest a { api alloc_pages order 0 flags ${flags} }\nrequest b { api alloc_pages order 0 flags ${flags} }\n`;
    checkFixAll(two("GFP_NOWAIT | __GFP_NOWARN"), two("GFP_NOWAIT"));
  });

  test("leave a clean file alone", () => {
    checkFixAll(
      "kernel 6.12\nrequest a { api kmalloc size 64 B flags GFP_KERNEL }\n",
      "kernel 6.12\nrequest a { api kmalloc size 64 B flags GFP_KERNEL }\n",
    );
  });
});

describe("findings", () => {
  test("are placed in the file, in the order of the text, and counted beyond the limit", () => {
    const text = `kernel 6.12\n${Array.from({ length: 5 }, (_, i) => `request r${i} { api kmalloc size 1 B flags GFP_KERNEL context softirq }\n`).join("")}`;
    const { workspace, uri } = fixture(text);
    const { runs, total } = findingsOf(workspace, uri, 3);
    const findings = placedFindings(runs);
    expect(findings).toHaveLength(3);
    expect(total).toBeGreaterThanOrEqual(5);
    expect(findings.map(({ start, end }) => text.slice(start, end))).toContain("GFP_KERNEL");
  });
});

describe("findings of which only some are made", () => {
  const name = (at: number): string => `r${String(at).padStart(2, "0")}`;
  const text = `kernel 6.12\n${Array.from({ length: 90 }, (_, at) => `request ${name(at)} { api kmalloc  size ${at + 1} B  flags GFP_KERNEL  context softirq }\n`).join("")}`;

  test.each([0, 45, 89])("are those around the place that was looked at: request %d", (at) => {
    const { workspace, uri } = fixture(text);
    const around = text.indexOf(name(at));
    let steps = 0;
    expect(makeFindings(workspace, uri, around, () => steps++ > 30)).toBe(false);
    const { runs, total, complete } = findingsSoFar(workspace, uri, around, { whole: 1000, part: 6 });
    const told = placedFindings(runs).map(({ start }) => text.slice(0, start).split("\n").length - 2);
    expect(complete).toBe(false);
    expect(total).toBeGreaterThan(told.length);
    expect(told).toContain(at);
    expect(told).toHaveLength(6);
    for (const one of told) expect(Math.abs(one - at)).toBeLessThan(7);
  });

  test("are all told where they are few, and up to the limit when all are made", () => {
    const { workspace, uri } = fixture(text);
    let steps = 0;
    makeFindings(workspace, uri, 0, () => steps++ > 30);
    const part = findingsSoFar(workspace, uri, 0, { whole: 1000, part: 1000 });
    expect(placedFindings(part.runs)).toHaveLength(part.total);
    expect(makeFindings(workspace, uri, 0, () => false)).toBe(true);
    const whole = findingsSoFar(workspace, uri, 0, { whole: 7, part: 3 });
    expect([placedFindings(whole.runs).length, whole.complete]).toEqual([7, true]);
    expect(whole.total).toBeGreaterThanOrEqual(90);
  });
});

describe("the kernel in force", () => {
  test("is told with where it comes from and the options that differ", () => {
    const { workspace, uri } = fixture("kernel 6.1 .. 6.12\nconfig { PREEMPT_RT on  page 16 KiB }\n");
    const answer = kernelInForce(workspace, uri);
    expect(answer?.text).toBe("Linux 6.1 .. 6.12 RT");
    expect(answer?.detail).toMatch(/header, 12 kernels/);
    expect(answer?.detail).toMatch(/PREEMPT_RT on/);
    expect(answer?.detail).toMatch(/page 16 KiB/);
  });

  test("comes from the settings, or is the newest, where the file names none", () => {
    const set = fixture("flags A = 0\n", {}, { ...DEFAULT_SETTINGS, defaultKernel: "5.15" });
    expect(kernelInForce(set.workspace, set.uri)).toMatchObject({
      text: "Linux 5.15",
      detail: expect.stringMatching(/settings/) as string,
    });
    const none = fixture("flags A = 0\n");
    expect(kernelInForce(none.workspace, none.uri)?.detail).toMatch(/newest/);
    expect(kernelInForce(none.workspace, "file:///nowhere")).toBeNull();
  });
});

describe("decoding a mask", () => {
  test("takes numbers and expressions, for a kernel or a range of them", () => {
    expect(decodeMask("0xcc0", "6.12")).toBe(
      "Linux 6.12: 0xcc0 = GFP_KERNEL (__GFP_IO | __GFP_FS | __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)",
    );
    expect(decodeMask("GFP_KERNEL | __GFP_ZERO", "6.12")).toMatch(/0xdc0/);
    expect(decodeMask("__GFP_ZERO", "4.19 .. 5.4")?.split("\n")).toHaveLength(2);
  });

  test("says what is not in that kernel", () => {
    expect(decodeMask("__GFP_ATOMIC", "6.12")).toMatch(/__GFP_ATOMIC: not in Linux 6\.12/);
    expect(decodeMask("0x40000200", "6.12")).toMatch(/does not define 0x40000200/);
  });

  test("answers nothing for what is no mask, and for an unknown kernel", () => {
    for (const wrong of ["", "}", "request r {", "0xcc0\n", "GFP_KERNEL |"])
      expect(wrong.endsWith("\n") ? decodeMask(`${wrong}x`, null) : decodeMask(wrong, null)).toBeNull();
    expect(decodeMask("0xcc0", "99.9")).toBeNull();
  });
});

describe("the documentation of findings", () => {
  test("is there for everything that can be reported", () => {
    for (const { id } of catalogue()) expect(ruleSummary(id), id).toMatch(new RegExp(`^\\*\\*\`${id}\`\\*\\*`));
    expect(ruleSummary("no-such-rule")).toBeNull();
  });
});
