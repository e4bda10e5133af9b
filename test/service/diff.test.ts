import { describe, expect, test } from "vitest";
import { check } from "../../server/policy-language/check/check.ts";
import { diffKernels, diffPolicies } from "../../server/service/diff.ts";
import { knownKernels, mainlineReleases } from "../../server/model/kernels/kernels.ts";
import { kernelNames } from "../../server/service/kernel-names.ts";
import { atOnce } from "./_at-once.ts";
import { fixture } from "./_fixture.ts";

const FILE = `kernel 6.12

request quiet {
  api     alloc_pages
  order   0
  flags   GFP_NOWAIT | __GFP_NOWARN
  context softirq
  handles null
}

request same {
  api     alloc_pages
  order   0
  flags   GFP_KERNEL
  handles null
}
`;

const lines = (text: string | undefined): readonly string[] => (text ?? "").split("\n");

describe("a file under two kernels", () => {
  const { workspace, uri } = fixture(FILE);
  const found = atOnce(diffKernels(workspace, uri, "6.1", "6.12"));

  test("is two texts with the same requests, whose lines differ where the kernels do", () => {
    expect(lines(found?.left)[0]).toBe("Linux 6.1");
    expect(lines(found?.right)[0]).toBe("Linux 6.12");
    const requests = (text: string | undefined): readonly string[] =>
      lines(text).filter((line) => line.startsWith("request "));
    expect(requests(found?.left)).toEqual(["request quiet", "request same"]);
    expect(requests(found?.right)).toEqual(requests(found?.left));
    const same = (text: string | undefined): string => (text ?? "").slice((text ?? "").indexOf("request same"));
    expect(same(found?.left)).toBe(same(found?.right));
    expect(found?.left).not.toBe(found?.right);
  });

  test("says which flags are not the same, and what the rules say under each", () => {
    expect(found?.left).toContain("flag GFP_NOWAIT  __GFP_KSWAPD_RECLAIM\n");
    expect(found?.right).toContain("flag GFP_NOWAIT  __GFP_KSWAPD_RECLAIM | __GFP_NOWARN\n");
    expect(found?.right).toContain("[nowait-redundant-nowarn]");
    expect(found?.left).not.toContain("[nowait-redundant-nowarn]");
    expect(found?.flags).toBe(1);
  });

  test("has no difference under one kernel", () => {
    const none = atOnce(diffKernels(workspace, uri, "6.6", "6.6"));
    expect(none?.left).toBe(none?.right);
    expect([none?.requests, none?.flags]).toEqual([0, 0]);
  });

  test("says that a function is not there yet", () => {
    const made = fixture(
      "kernel 6.18\nrequest early {\n  api kmalloc_nolock\n  size 64 B\n  flags __GFP_ZERO\n  handles null\n}\n",
    );
    const difference = atOnce(diffKernels(made.workspace, made.uri, "6.1", "6.18"));
    expect(difference?.left).toContain("request early\n  does not exist in this kernel");
    expect(difference?.right).toContain("api:                           kmalloc_nolock");
    expect(difference?.requests).toBe(1);
  });

  test("leaves what is known of the file as it is", () => {
    const before = check(workspace, uri).regions;
    atOnce(diffKernels(workspace, uri, "5.10", "6.18"));
    check(workspace, uri).regions.forEach((findings, index) => expect(findings).toBe(before[index]));
  });

  test.each([
    ["2.4", "6.12"],
    ["6.1", "nine"],
    ["6.1, 6.6", "6.12"],
  ])("is not made up for kernels that are not known: %s, %s", (from, to) => {
    expect(atOnce(diffKernels(workspace, uri, from, to))).toBeNull();
  });

  test("is offered for every kernel that the model knows, mainline first and of that the newest", () => {
    const names = kernelNames();
    expect([...names].sort()).toEqual([...knownKernels()].sort());
    const mainline = [...mainlineReleases()].reverse();
    expect(names.slice(0, mainline.length)).toEqual(mainline);
    expect(names.indexOf("6.12")).toBeLessThan(names.indexOf("6.1"));
  });
});

describe("two policies", () => {
  const page = (text: string): string | null => {
    const { workspace, uri } = fixture(`kernel 6.12\n${text}`);
    return diffPolicies({ workspace, uri, name: "a" }, { workspace, uri, name: "b" });
  };

  test("that are one stricter than the other have a witness and the flags that they treat differently", () => {
    const text = page("policy a { allow only GFP_KERNEL }\npolicy b like a { forbid lacks __GFP_IO }\n");
    expect(text).toMatch(/^# `a` is looser than `b`\n/);
    expect(text).toContain("- Only `a` takes `0`.");
    expect(text).toContain("| `__GFP_IO` | allowed | required |");
    expect(text).not.toContain("| `__GFP_FS` |");
  });

  test("that are incomparable have a witness each, and show the modes that flags select", () => {
    const text = page(
      "policy a { allow only __GFP_ZERO | __GFP_HIGH\n mode high when has __GFP_HIGH { }\n mode low otherwise { } }\npolicy b { allow only __GFP_ZERO | __GFP_COMP }\n",
    );
    expect(text).toMatch(/^# `a` is neither stricter nor looser than `b`\n/);
    expect(text).toContain("- Only `a` takes `__GFP_HIGH`.");
    expect(text).toContain("- Only `b` takes `__GFP_COMP`.");
    expect(text).toContain("| `__GFP_HIGH` | allowed, selects `high` | forbidden |");
    expect(text).not.toContain("`__GFP_ZERO`");
  });

  test("whose modes differ have each difference, though they take the same", () => {
    const text = page(
      "policy a { mode quick when has __GFP_NORETRY { retries 1 } mode rest otherwise { } }\npolicy b { mode quick when has __GFP_NORETRY { retries 2 } mode late otherwise { } }\n",
    );
    expect(text).toMatch(/^# `a` takes the same requests as `b`\n/);
    expect(text).toContain(
      "- Mode `quick` promises `retries 1` in `a`, `retries 2` in `b`.\n- Mode `rest` is only in `a`.\n- Mode `late` is only in `b`.\n",
    );
  });

  test("that are equal have no table", () => {
    expect(page("policy a { allow only GFP_KERNEL }\npolicy b { forbid not only GFP_KERNEL }\n")).toBe(
      "# `a` takes the same requests as `b`\n\nOver every mask, size and context, under Linux 6.12. Witnesses are the smallest.\n\n",
    );
  });

  test("of which one cannot be read are not compared", () => {
    expect(page("policy a { allow only __GFP_NOSUCH }\npolicy b { allow only GFP_KERNEL }\n")).toMatch(
      /^# `a` cannot be compared with `b`/,
    );
    expect(page("policy a { allow only GFP_KERNEL }\n")).toBeNull();
  });
});
