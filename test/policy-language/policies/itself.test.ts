import { describe, expect, test } from "vitest";
import { checkFindings, findingsIn } from "../_fixture.ts";

/** Findings of requests and of the kernel have tests of their own. */
const ignore = ["not-what-the-kernel-does", "internal-stage-flag"];

function policy(...clauses: readonly string[]): string {
  return `kernel 6.12\n\npolicy subject {\n${clauses.map((clause) => `  ${clause}`).join("\n")}\n}\n`;
}

function rulesOf(text: string): readonly string[] {
  return findingsIn(text)
    .map(({ rule }) => rule)
    .filter((rule) => !ignore.includes(rule));
}

describe("a policy against itself", () => {
  test("every kind of mistake in one policy is found where it stands", () => {
    checkFindings(
      `kernel 6.12

policy muddled {
//     ^^^^^^^ policy-mode-gap
  allow only GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN | __GFP_ZERO
  require has __GFP_HIGH when lacks __GFP_DIRECT_RECLAIM
  //      ^^^^^^^^^^^^^^ policy-contradiction
  forbid has __GFP_NOFAIL
  //     ^^^^^^^^^^^^^^^^ policy-rule-never-fires
  warn has GFP_NOWAIT
  //   ^^^^^^^^^^^^^^ policy-says-more-than-it-seems

  mode quick when has __GFP_NORETRY { retries 0 }
  mode quiet when has __GFP_NOWARN  { warns never }
  //   ^^^^^ policy-modes-overlap
  mode huge  when has __GFP_COMP    { retries 1 }
  //   ^^^^ policy-mode-unreachable
}
`,
    );
  });

  test.each([
    ["alloc_pages", "order > 5000"],
    ["alloc_pages", "pages > 9007199254740993"],
    ["kmalloc", `size > 1${"0".repeat(400)} B`],
    ["kmalloc", `order > 1${"0".repeat(400)}`],
  ])("a policy for %s with a size that no request has is checked all the same", (api, condition) => {
    const text = `kernel 6.12\n\npolicy subject for ${api} {\n  forbid ${condition}\n  mode a when has __GFP_NOWARN { retries 1 }\n  mode b when has __GFP_NOWARN { retries 2 }\n}\n`;
    expect(rulesOf(text)).toEqual(expect.arrayContaining(["policy-modes-overlap", "policy-mode-gap"]));
  });

  test("a sound policy with modes, stages and conditions has no finding", () => {
    const text = policy(
      'forbid has __GFP_NOFAIL because "it can fail"',
      "forbid lacks __GFP_DIRECT_RECLAIM",
      "forbid has __GFP_NORETRY | __GFP_RETRY_MAYFAIL",
      "allow only GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOWARN",
      "require has __GFP_NOWARN when order > 3",
      "mode fast when has __GFP_NORETRY { fails often }",
      "mode hard when has __GFP_RETRY_MAYFAIL { oom never }",
      "mode normal otherwise { }",
      "stage all honours GFP_KERNEL, __GFP_NORETRY, __GFP_RETRY_MAYFAIL, __GFP_NOWARN",
    );
    expect(rulesOf(text)).toEqual([]);
  });
});

describe("policy-contradiction", () => {
  test.each([
    ["a requirement that a forbid refuses", ["forbid has __GFP_NOWARN", "require has __GFP_NOWARN when order > 0"]],
    ["a requirement outside of the allow", ["allow only GFP_KERNEL", "require has __GFP_ZERO when has __GFP_IO"]],
    [
      "two requirements that exclude each other",
      ["require has __GFP_ZERO when order > 2", "require lacks __GFP_ZERO when order > 3"],
    ],
    ["an allow that a forbid takes away whole", ["allow has __GFP_NOFAIL", "forbid has __GFP_NOFAIL"]],
    ["a requirement that sizes contradict", ["forbid order > 2", "require order > 3 when has __GFP_COMP"]],
  ])("%s", (_what, clauses) => {
    expect(rulesOf(policy(...clauses))).toContain("policy-contradiction");
  });

  test("the later of two rules is marked, once, with the other as related information", () => {
    const found = findingsIn(policy("require has __GFP_NOWARN when order > 0", "forbid has __GFP_NOWARN")).filter(
      ({ rule }) => rule === "policy-contradiction",
    );
    expect(found.map(({ text, related }) => [text, related.length])).toEqual([["has __GFP_NOWARN", 1]]);
    expect(found[0]?.startOffset).toBeGreaterThan(60);
  });

  test.each([
    [
      "a requirement that some allowed mask meets",
      ["allow only GFP_KERNEL | __GFP_NOWARN", "require has __GFP_NOWARN when order > 0"],
    ],
    [
      "rules for different sizes",
      ["forbid has __GFP_NOWARN and order <= 2", "require has __GFP_NOWARN when order > 2"],
    ],
    [
      "rules for different contexts",
      ["forbid has __GFP_DIRECT_RECLAIM and in softirq", "require has __GFP_DIRECT_RECLAIM when in process"],
    ],
  ])("%s is none", (_what, clauses) => {
    expect(rulesOf(policy(...clauses))).not.toContain("policy-contradiction");
  });
});

describe("policy-rule-never-fires", () => {
  test.each([
    ["a forbid behind an allow that leaves nothing for it", ["allow only GFP_KERNEL", "forbid has __GFP_ZERO"]],
    ["a forbid behind a wider one", ["forbid any __GFP_NOFAIL | __GFP_ZERO", "forbid has __GFP_NOFAIL"]],
    ["a predicate that no mask meets", ["warn has __GFP_ZERO and lacks __GFP_ZERO"]],
    ["orders that are below and above", ["forbid order > 5 and order < 3"]],
    ["a context that excludes the other", ["forbid in hardirq and in process"]],
    ["an allow that adds nothing", ["allow only GFP_KERNEL | __GFP_ZERO", "allow only GFP_KERNEL"]],
    ["a requirement that every mask meets", ["allow has __GFP_NOWARN", "require has __GFP_NOWARN when order > 0"]],
  ])("%s", (_what, clauses) => {
    expect(rulesOf(policy(...clauses))).toContain("policy-rule-never-fires");
  });

  test.each([
    [
      "a forbid before the allow that would leave nothing for it: it gives the reason",
      ["forbid has __GFP_NOFAIL", "allow only GFP_KERNEL"],
    ],
    ["a forbid that takes a part", ["forbid has __GFP_NOFAIL and order > 1", "forbid has __GFP_NOFAIL"]],
    [
      "an allow between, that widens",
      ["allow only GFP_KERNEL", "forbid has __GFP_ZERO", "allow only GFP_ATOMIC | __GFP_ZERO"],
    ],
    [
      "a context and what implies it",
      ["forbid has __GFP_DIRECT_RECLAIM and in hardirq", "forbid has __GFP_DIRECT_RECLAIM and in preempt_off"],
    ],
  ])("%s is none", (_what, clauses) => {
    expect(rulesOf(policy(...clauses))).not.toContain("policy-rule-never-fires");
  });

  test("what preempt_off forbids is not forbidden again in softirq, hardirq and under a spinlock", () => {
    for (const context of ["softirq", "hardirq", "nmi", "bh_off", "irqs_off", "spinlock", "raw_spinlock"]) {
      expect(
        rulesOf(policy("forbid has __GFP_IO and in preempt_off", `forbid has __GFP_IO and in ${context}`)),
      ).toContain("policy-rule-never-fires");
    }
    const onRt = policy("forbid has __GFP_IO and in preempt_off", "forbid has __GFP_IO and in spinlock").replace(
      "\n\n",
      "\nconfig { PREEMPT_RT on }\n\n",
    );
    expect(rulesOf(onRt)).not.toContain("policy-rule-never-fires");
  });
});

describe("policy-says-more-than-it-seems", () => {
  test("GFP_NOWAIT is one bit before 6.8 and two since: the witness differs", () => {
    const messageOn = (kernel: string): string =>
      findingsIn(policy("warn has GFP_NOWAIT").replace("6.12", kernel)).find(
        ({ rule }) => rule === "policy-says-more-than-it-seems",
      )?.message ?? "";
    expect(messageOn("6.6")).toContain("`GFP_KERNEL` (1 name, the fewest)");
    expect(messageOn("6.12")).toContain("__GFP_NOWARN` (2 names, the fewest)");
  });

  test.each([
    ["forbid has GFP_ATOMIC"],
    ["forbid has GFP_NOFS"],
    ["forbid has GFP_NOIO"],
    ["mode quick when has GFP_NOWAIT { }"],
    ["forbid any GFP_ATOMIC"],
    ["require has GFP_NOWAIT when order > 0"],
  ])("%s", (clause) => {
    expect(rulesOf(policy(clause))).toContain("policy-says-more-than-it-seems");
  });

  test.each([
    ["forbid has GFP_KERNEL"],
    ["forbid is GFP_NOWAIT"],
    ["forbid lacks GFP_NOWAIT"],
    ["forbid has GFP_NOWAIT and lacks __GFP_DIRECT_RECLAIM"],
    ["forbid has GFP_NOFS and lacks __GFP_FS"],
    ["allow only GFP_ATOMIC"],
    ["forbid has __GFP_HIGH | __GFP_KSWAPD_RECLAIM"],
  ])("%s says what it seems", (clause) => {
    expect(rulesOf(policy(clause))).not.toContain("policy-says-more-than-it-seems");
  });

  test("within an allow that leaves no such mask it says what it seems", () => {
    expect(rulesOf(policy("allow only GFP_ATOMIC | __GFP_NOWARN", "warn has GFP_ATOMIC"))).not.toContain(
      "policy-says-more-than-it-seems",
    );
  });
});

describe("two rules that contradict each other", () => {
  test("are one finding, at the later one, with a mask of bare flags", () => {
    const findings = checkFindings(`kernel 6.12

policy p {
  require has __GFP_IO when has __GFP_COMP
  require lacks __GFP_IO when any __GFP_COMP
  //      ^^^^^^^^^^^^^^ policy-contradiction
}
`);
    expect(findings[0]?.message).toContain("for `__GFP_COMP` (1 name, the fewest)");
  });

  test("are told from forty sound ones around them", () => {
    const sound = Array.from(
      { length: 40 },
      (_, i) => `  forbid has __GFP_DMA and order > ${i + 2} and order < ${i + 4}`,
    );
    const text = [
      "kernel 6.12",
      "policy p {",
      ...sound.slice(0, 20),
      "  forbid has __GFP_ZERO",
      ...sound.slice(20),
      "  require has __GFP_ZERO when has __GFP_WRITE",
      "}",
      "",
    ].join("\n");
    const found = findingsIn(text).filter(({ rule }) => rule === "policy-contradiction");
    expect(found.map((finding) => [finding.text, finding.related.length])).toEqual([["has __GFP_ZERO", 1]]);
  });
});

describe("modes", () => {
  test("an overlap is one finding over kernels that print flags in different orders", () => {
    checkFindings(`kernel 6.12 .. 6.18

policy p {
  mode a when has __GFP_COMP { }
  mode b when has __GFP_ZERO { }
  //   ^ policy-modes-overlap
  mode c otherwise { }
}
`);
  });

  test("a mode that overlaps several is reported once, with all of them related", () => {
    const findings = checkFindings(`kernel 6.12

policy p {
//     ^ policy-mode-gap
  mode a when has __GFP_NORETRY { }
  mode b when has __GFP_RETRY_MAYFAIL and lacks __GFP_NORETRY { }
  mode c when any __GFP_NORETRY | __GFP_RETRY_MAYFAIL { }
  //   ^ policy-modes-overlap
}
`);
    expect(findings.find(({ rule }) => rule === "policy-modes-overlap")?.related).toHaveLength(2);
  });

  test("an overlap that the rules forbid is none", () => {
    const modes = [
      "mode fast when has __GFP_NORETRY { }",
      "mode hard when has __GFP_RETRY_MAYFAIL { }",
      "mode normal otherwise { }",
    ];
    expect(rulesOf(policy(...modes))).toEqual(["policy-modes-overlap"]);
    expect(rulesOf(policy("forbid has __GFP_NORETRY | __GFP_RETRY_MAYFAIL", ...modes))).toEqual([]);
  });

  test("`otherwise` is unreachable when the other modes cover everything", () => {
    expect(
      rulesOf(policy("mode a when has __GFP_ZERO { }", "mode b when lacks __GFP_ZERO { }", "mode c otherwise { }")),
    ).toEqual(["policy-mode-unreachable"]);
  });

  test("two modes of one name are one too many", () => {
    const [twice] = findingsIn(policy("mode a when has __GFP_ZERO { }", "mode a when lacks __GFP_ZERO { }")).filter(
      ({ rule }) => rule === "duplicate-name",
    );
    expect(twice).toMatchObject({ text: "a", related: [{ message: "The other a." }] });
    expect(
      rulesOf(policy("mode a when has __GFP_ZERO { }", "mode rest otherwise { }", "stage a honours GFP_KERNEL")),
    ).not.toContain("duplicate-name");
  });

  test("a gap has a witness that selects no mode, with its size where that decides", () => {
    const [gap] = findingsIn(policy("mode small when order <= 3 { }", "mode loud when lacks __GFP_NOWARN { }")).filter(
      ({ rule }) => rule === "policy-mode-gap",
    );
    expect(gap?.message).toContain("`GFP_NOWAIT`, 36 KiB");
    expect(gap?.text).toBe("subject");
  });

  test("a policy that takes nothing is not reproached with its modes", () => {
    expect(rulesOf(policy("forbid order >= 0", "mode a when has __GFP_ZERO { }"))).toEqual([]);
  });
});

describe("stages", () => {
  test("an allowed flag that no stage honours is dead, unless it is ignored by name", () => {
    const stages = ["allow only GFP_KERNEL | __GFP_WRITE", "stage refill honours GFP_KERNEL"];
    const [dead] = findingsIn(policy(...stages)).filter(({ rule }) => rule === "policy-dead-flag");
    expect(dead?.text).toBe("__GFP_WRITE");
    expect(rulesOf(policy(...stages, "ignore __GFP_WRITE"))).toEqual([]);
  });

  test("a flag that only an internal stage honours is shown as such", () => {
    const text = policy(
      "allow only GFP_KERNEL | __GFP_NOWARN",
      "stage refill honours GFP_KERNEL",
      "stage report honours __GFP_NOWARN internal",
    );
    expect(findingsIn(text).map(({ rule, text: marked }) => [rule, marked])).toEqual([
      ["internal-stage-flag", "__GFP_NOWARN"],
    ]);
  });
});

describe("policies that refine others", () => {
  test("a contradiction between an own rule and an inherited one is marked in the own text", () => {
    const text = `kernel 6.12\n\npolicy base { forbid has __GFP_ZERO }\npolicy fine like base {\n  require has __GFP_ZERO when order > 0\n  //      ^^^^^^^^^^^^^^ policy-contradiction\n}\n`;
    checkFindings(text);
  });

  test("what only the base got wrong is reported in the base alone", () => {
    const text = `kernel 6.12\n\npolicy base {\n  mode a when has __GFP_ZERO { }\n  mode b when has __GFP_NOWARN { }\n  //   ^ policy-modes-overlap\n  mode c otherwise { }\n}\n\npolicy same like base { }\n`;
    checkFindings(text);
  });
});

test("a name that does not exist makes the policy undecided, not wrong", () => {
  expect(rulesOf(policy("allow only GFP_KERNAL", "forbid has __GFP_ZERO", "mode a when has __GFP_ZERO { }"))).toEqual([
    "unknown-flag",
  ]);
});

test("over a range of kernels a finding says in which of them it holds", () => {
  const text = policy("warn has GFP_NOWAIT and lacks __GFP_NOWARN").replace("6.12", "6.6 .. 6.12");
  const [never] = findingsIn(text).filter(({ rule }) => rule === "policy-rule-never-fires");
  expect(never?.holds).toEqual({ since: "6.8", until: null });
});

describe("a comparison", () => {
  test("of an order or a number of pages takes no unit, one of a size may", () => {
    checkFindings(`kernel 6.12

policy p {
  warn order > 3 KiB
  //           ^^^^^ wrong-size-unit
  warn pages >= 2 MiB and has __GFP_ZERO
  //            ^^^^^ wrong-size-unit
  warn size > 4 KiB
  warn order > 3
}
`);
  });
});
