import { describe, expect, test } from "vitest";
import { checkFindings, findingsIn } from "../_fixture.ts";

function file(clauses: string, flags: string, rest = "", kernel = "6.12"): string {
  return `kernel ${kernel}\n\npolicy driver for kmalloc {\n${clauses}\n}\n\nrequest r {\n  api   kmalloc\n  size  4 KiB\n  flags ${flags}\n${rest}}\n`;
}

const policyFindings = (text: string) => findingsIn(text).filter(({ rule }) => rule.startsWith("policy-"));

describe("a request against its policies", () => {
  test("one bit that decides is marked itself, with the rule as related information and the reason quoted", () => {
    const [found] = policyFindings(
      file(`  forbid has __GFP_ZERO because "we fill it ourselves"`, "GFP_KERNEL | __GFP_ZERO"),
    );
    expect(found).toMatchObject({ rule: "policy-forbids", severity: "error", source: "policy", text: "__GFP_ZERO" });
    expect(found?.message).toContain('"we fill it ourselves"');
    expect(found?.related).toHaveLength(1);
  });

  test("the composite that carries the bit is marked", () => {
    expect(policyFindings(file("  forbid has __GFP_HIGH", "GFP_ATOMIC | __GFP_NOWARN"))[0]?.text).toBe("GFP_ATOMIC");
  });

  test("where no bit decides alone the whole mask is marked", () => {
    expect(policyFindings(file("  forbid lacks __GFP_NOWARN", "GFP_KERNEL | __GFP_ZERO"))[0]?.text).toBe(
      "GFP_KERNEL | __GFP_ZERO",
    );
    expect(policyFindings(file("  allow only GFP_KERNEL", "GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN"))[0]?.text).toBe(
      "GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN",
    );
  });

  test("outside of every allow the one flag too many is named", () => {
    const [found] = policyFindings(file("  allow only GFP_KERNEL\n  allow only GFP_ATOMIC", "GFP_KERNEL | __GFP_ZERO"));
    expect(found).toMatchObject({ rule: "policy-forbids", text: "__GFP_ZERO" });
    expect(found?.message).toContain("__GFP_ZERO");
  });

  test.each([
    ["policy-requires", "error", "  require has __GFP_NOWARN when size > 1 KiB", "GFP_KERNEL"],
    ["policy-warns", "warning", "  warn has __GFP_ZERO", "GFP_KERNEL | __GFP_ZERO"],
    ["policy-ignores", "hint", "  ignore __GFP_ZERO", "GFP_KERNEL | __GFP_ZERO"],
  ])("%s is an %s", (rule, severity, clauses, flags) => {
    expect(policyFindings(file(clauses, flags))[0]).toMatchObject({ rule, severity });
  });

  test.each([
    ["a size below what is asked for", "  require has __GFP_NOWARN when size > 4 KiB", "GFP_KERNEL"],
    ["a context that is not the request's", "  forbid has __GFP_DIRECT_RECLAIM and in softirq", "GFP_KERNEL"],
    ["what the model says of it", "  forbid may_oom", "GFP_KERNEL | __GFP_NORETRY"],
  ])("%s is fine", (_what, clauses, flags) => {
    expect(policyFindings(file(clauses, flags))).toEqual([]);
  });

  test("a context counts with what it implies", () => {
    const text = file("  forbid has __GFP_KSWAPD_RECLAIM and in preempt_off", "GFP_NOWAIT", "  context hardirq\n");
    expect(policyFindings(text)[0]?.text).toBe("GFP_NOWAIT");
  });

  test("the model is asked for `sleeps`, `may_oom` and `may_fail`", () => {
    expect(policyFindings(file("  forbid sleeps", "GFP_KERNEL"))).toHaveLength(1);
    expect(policyFindings(file("  forbid sleeps", "GFP_NOWAIT"))).toHaveLength(0);
    expect(policyFindings(file("  warn may_oom", "GFP_KERNEL"))).toHaveLength(1);
    expect(policyFindings(file("  forbid may_fail", "GFP_KERNEL | __GFP_NOFAIL"))).toHaveLength(0);
  });

  test("a policy binds by name to functions that it is not for, and more than one may", () => {
    checkFindings(
      `kernel 6.12

policy quiet { require has __GFP_NOWARN when order > 0 }
policy plain { forbid has __GFP_ZERO }

request r {
  api    alloc_pages
  order  2
  flags  GFP_KERNEL | __GFP_ZERO
  //     ^^^^^^^^^^^^^^^^^^^^^^^ policy-requires
  //                  ^^^^^^^^^^ policy-forbids
  policy quiet, plain
}
`,
    );
  });

  test("over a range of kernels it says in which the mask is refused", () => {
    const text = file("  forbid has __GFP_NOWARN", "GFP_NOWAIT", "", "6.6 .. 6.12");
    expect(policyFindings(text)[0]?.holds).toEqual({ since: "6.8", until: null });
  });
});

describe("modes of a request", () => {
  const text = (fact: string, flags = "GFP_KERNEL | __GFP_NORETRY"): string =>
    file("  mode fast when has __GFP_NORETRY { }\n  mode normal otherwise { }", flags, `  expect { ${fact} }\n`);

  test("the selected mode is what `expect { mode … }` compares with", () => {
    expect(findingsIn(text("mode fast")).filter(({ rule }) => rule === "expectation-fails")).toEqual([]);
    expect(findingsIn(text("mode normal")).find(({ rule }) => rule === "expectation-fails")?.text).toBe("mode normal");
    expect(findingsIn(text("mode normal", "GFP_KERNEL")).filter(({ rule }) => rule === "expectation-fails")).toEqual(
      [],
    );
  });
});
