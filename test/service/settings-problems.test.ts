import { describe, expect, test } from "vitest";
import { checkText } from "../../server/service/check-text.ts";
import { settingsProblems } from "../../server/service/settings-problems.ts";

describe("settings that are wrong", () => {
  test("are told by their name, with what was meant", () => {
    const problems = settingsProblems({
      kernel: "bogus",
      rules: { "sleep-in-atomc": "off", "sleep-in-atomic": "loud" },
      config: { PREEMPT_RTT: true },
    });
    expect(problems).toHaveLength(4);
    expect(problems[0]).toMatch(/^allocpolicy\.kernel: .*bogus/);
    expect(problems[1]).toBe("allocpolicy.rules: there is no rule 'sleep-in-atomc'; did you mean sleep-in-atomic?");
    expect(problems[2]).toMatch(/'sleep-in-atomic' takes off, hint, information, warning or error, not 'loud'/);
    expect(problems[3]).toMatch(/no option 'PREEMPT_RTT'; did you mean .*PREEMPT_RT/);
  });

  test("are none where they are right, left out, or no settings at all", () => {
    for (const given of [
      {},
      null,
      7,
      { kernel: "6.1 .. 6.12" },
      { kernel: "6.1, 6.6", rules: { "sleep-in-atomic": "off" }, config: { PREEMPT_RT: true, page: "64 KiB" } },
    ])
      expect(settingsProblems(given)).toEqual([]);
  });
});

test("a text that is no file is checked, a line for each finding", () => {
  expect(checkText("kernel 6.12\nflags A = GFP_KERNAL\n")).toEqual([
    expect.stringMatching(/^2:11: error: .*GFP_KERNEL.* \[unknown-flag\]$/),
  ]);
  expect(checkText("kernel 6.12\nflags A = GFP_KERNEL\n")).toEqual([]);
});
