import { describe, expect, test } from "vitest";
import { checkFindings, findingsIn } from "../_fixture.ts";

function failures(
  declarations: string,
  expectation: string,
  kernel = "6.12",
): readonly { readonly text: string; readonly message: string }[] {
  return findingsIn(`kernel ${kernel}\n\n${declarations}\n\n${expectation}\n`)
    .filter(({ rule }) => rule === "expectation-fails")
    .map(({ text, message }) => ({ text, message }));
}

const NESTED =
  "transform nested(gfp) = gfp & (GFP_KERNEL | GFP_ATOMIC | __GFP_NOLOCKDEP) | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN";

describe("transforms over all masks", () => {
  test.each([
    [NESTED, "expect nested gives has __GFP_NOWARN"],
    [NESTED, "expect nested when lacks __GFP_DIRECT_RECLAIM gives lacks __GFP_DIRECT_RECLAIM"],
    [NESTED, "expect nested gives lacks __GFP_NOFAIL"],
    ["transform same(m) = m", "expect same when is GFP_KERNEL gives is GFP_KERNEL"],
    ["transform flip(m) = ~m & __GFP_ZERO", "expect flip when has __GFP_ZERO gives lacks __GFP_ZERO"],
    ["transform none(m) = 0", "expect none gives is 0"],
    [
      "transform inner(m) = m & ~__GFP_FS\ntransform outer(m) = inner(m) | __GFP_IO",
      "expect outer gives lacks __GFP_FS and has __GFP_IO",
    ],
  ])("%s: %s holds", (declarations, expectation) => {
    expect(failures(declarations, expectation)).toEqual([]);
  });

  test("a mask that keeps NOFAIL without direct reclaim comes with the smallest input that breaks it", () => {
    checkFindings(
      `kernel 6.12

transform leak_tracker(gfp) = gfp & (GFP_KERNEL | GFP_ATOMIC | __GFP_NOLOCKDEP) | __GFP_NOWARN | __GFP_NOFAIL

expect leak_tracker when lacks __GFP_DIRECT_RECLAIM gives lacks __GFP_NOFAIL
//                                                  ^^^^^^^^^^^^^^^^^^^^^^^^ expectation-fails
`,
    );
  });

  test("blockability tested by a composite: a NOFS mask is taken for atomic", () => {
    // percpu's own test until 6.15: only supersets of GFP_KERNEL counted as blocking.
    const [failure] = failures(
      "transform whitelist(gfp) = gfp & (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)",
      "expect whitelist when has __GFP_DIRECT_RECLAIM gives has GFP_KERNEL",
    );
    expect(failure?.message).toContain("`GFP_NOFS` (1 name, the fewest)");
  });

  test("a bit that the transform sets for some masks only is found", () => {
    const [failure] = failures(
      "transform keep(m) = m | __GFP_NOWARN & ~m",
      "expect keep when has __GFP_ZERO gives has __GFP_NOFAIL",
    );
    expect(failure?.message).toContain("`__GFP_ZERO` (1 name, the fewest)");
  });
});

const DRIVER = `policy driver {
  forbid has __GFP_NOFAIL because "a driver can report -ENOMEM"
  forbid has __GFP_DIRECT_RECLAIM and in softirq
  forbid order > 5
}`;

describe("policies over all masks", () => {
  test.each([
    "expect driver forbids __GFP_NOFAIL",
    "expect driver forbids GFP_KERNEL | __GFP_NOFAIL",
    "expect driver allows GFP_KERNEL",
    "expect driver allows GFP_ATOMIC | __GFP_NOWARN",
    "expect driver within driver",
  ])("%s holds", (expectation) => {
    expect(failures(DRIVER, expectation)).toEqual([]);
  });

  test("a mask that is allowed somewhere is not forbidden", () => {
    const [failure] = failures(DRIVER, "expect driver forbids GFP_KERNEL");
    expect(failure?.text).toBe("forbids GFP_KERNEL");
    expect(failure?.message).toContain("takes `GFP_KERNEL`");
  });

  test("a mask that is refused everywhere is not allowed, and the reason is the rule's", () => {
    const [failure] = failures(DRIVER, "expect driver allows GFP_KERNEL | __GFP_NOFAIL");
    expect(failure?.text).toBe("allows GFP_KERNEL | __GFP_NOFAIL");
    expect(failure?.message).toContain('"a driver can report -ENOMEM"');
  });

  test("`within` has a request that the first takes and the second does not", () => {
    const two = `${DRIVER}\npolicy strict { allow only GFP_KERNEL  forbid order > 3  forbid has __GFP_DIRECT_RECLAIM and in softirq }`;
    expect(failures(two, "expect strict within driver")).toEqual([]);
    const [failure] = failures(two, "expect driver within strict");
    expect(failure?.text).toBe("within strict");
    expect(failure?.message).toMatch(/driver takes `.+`.*, and strict does not/);
  });

  test("over a range of kernels a belief fails where it is false", () => {
    const text = `kernel 6.6 .. 6.12\n\npolicy p { forbid has __GFP_NOWARN }\n\nexpect p allows GFP_NOWAIT\n`;
    const [finding] = findingsIn(text).filter(({ rule }) => rule === "expectation-fails");
    expect(finding?.holds).toEqual({ since: "6.8", until: null });
  });
});
