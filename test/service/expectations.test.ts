import { describe, expect, test } from "vitest";
import { withDocument } from "../../server/documents/workspace.ts";
import { parseFile } from "../../grammar/index.ts";
import { expectationsOf } from "./_expectations.ts";
import { fixture, URI } from "./_fixture.ts";

/** `passed sleeps may`, one line for each expectation, grouped by nothing. */
function stated(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  const { workspace, uri } = fixture(text, others);
  return expectationsOf(workspace, uri).map(({ state, id }) => `${state} ${id}`);
}

function messageOf(text: string, label: string): string | null | undefined {
  const { workspace, uri } = fixture(text);
  return expectationsOf(workspace, uri).find((item) => item.label === label)?.message;
}

const REQUEST = "kernel 6.12\n\nrequest small {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n";
const POLICY =
  "kernel 6.12\n\npolicy driver {\n  allow only GFP_KERNEL | __GFP_NOWARN\n  mode quiet when has __GFP_NOWARN { }\n  mode loud otherwise { }\n}\n";
const MEMORY =
  "memory roomy {\n  node 0 {\n    zone Normal {\n      managed    4 GiB\n      free       order 0: 1000, order 4: 800, order 10: 200\n      watermarks min 45 MiB, low 56 MiB, high 67 MiB\n    }\n  }\n}\n";

describe("the expectations of a file", () => {
  test("are one item for each fact of a request, wherever it is stated", () => {
    expect(
      stated(
        `${REQUEST.replace("GFP_KERNEL\n", "GFP_KERNEL\n  expect { sleeps may, oom never }\n")}\nexpect small { fails never }\n`,
      ),
    ).toEqual(["passed small/sleeps may", "failed small/oom never", "failed small/fails never"]);
  });

  test("are one item for each belief about a policy", () => {
    expect(
      stated(
        `${POLICY}\npolicy loose { allow only GFP_KERNEL | __GFP_NOWARN | __GFP_ZERO }\nexpect driver forbids __GFP_ZERO\nexpect driver allows GFP_ATOMIC\nexpect driver within loose\nexpect loose within driver\n`,
      ),
    ).toEqual([
      "passed driver/forbids __GFP_ZERO",
      "failed driver/allows GFP_ATOMIC",
      "passed driver/within loose",
      "failed loose/within driver",
    ]);
  });

  test("are one item for each belief about a transform, with what breaks it", () => {
    const text =
      "kernel 6.12\n\ntransform keep(gfp) = gfp & GFP_KERNEL | __GFP_NOFAIL\n\nexpect keep gives has __GFP_NOFAIL\nexpect keep when lacks __GFP_DIRECT_RECLAIM\n  gives lacks __GFP_NOFAIL // never\n";
    expect(stated(text)).toEqual([
      "passed keep/gives has __GFP_NOFAIL",
      "failed keep/when lacks __GFP_DIRECT_RECLAIM gives lacks __GFP_NOFAIL",
    ]);
    expect(messageOf(text, "when lacks __GFP_DIRECT_RECLAIM gives lacks __GFP_NOFAIL")).toMatch(
      /^For `0` .*keep gives `__GFP_NOFAIL`/,
    );
  });

  test("say on which state of memory they are decided", () => {
    const text = `${REQUEST.replace("api   kmalloc\n  size  64 B", "api   alloc_pages\n  order 4")}\n${MEMORY}\nexpect small on roomy { succeeds, fails never, oom always }\n`;
    expect(stated(text)).toEqual([
      "passed small/on roomy: succeeds",
      "passed small/on roomy: fails never",
      "failed small/on roomy: oom always",
    ]);
  });

  test("that hold have no message, and those that do not have that of the finding", () => {
    expect(messageOf(`${REQUEST}\nexpect small { sleeps may }\n`, "sleeps may")).toBeNull();
    expect(messageOf(`${REQUEST}\nexpect small { sleeps never }\n`, "sleeps never")).toMatch(
      /^The kernel's answer is `sleeps may`.*\(6\.12\)\.$/,
    );
  });

  test("that fail in some kernels only name them", () => {
    const text =
      "kernel 6.1 .. 6.12\n\nrequest r {\n  api   alloc_pages\n  order 0\n  flags GFP_NOWAIT\n}\n\nexpect r { warns may }\n";
    expect(stated(text)).toEqual(["failed r/warns may"]);
    expect(messageOf(text, "warns may")).toMatch(/\((since|until|6\.)/);
  });

  test.each([
    ["nothing of that name", "kernel 6.12\nexpect nobody { sleeps may }\n", /There is no `nobody`/],
    [
      "a damaged request",
      "kernel 6.12\nrequest small { api kmalloc size }\nexpect small { sleeps may }\n",
      /`small` has syntax errors/,
    ],
    [
      "an unknown flag",
      `${REQUEST.replace("GFP_KERNEL", "GFP_KERNLE")}\nexpect small { sleeps may }\n`,
      /the mask is not fully known/,
    ],
    [
      "an unknown function",
      `${REQUEST.replace("kmalloc", "kmallok")}\nexpect small { sleeps may }\n`,
      /names no function/,
    ],
    ["a fact that cannot be stated", `${REQUEST}\nexpect small { sleep may }\n`, /No expectation speaks of `sleep`/],
    [
      "an unknown state of memory",
      `${REQUEST}\nexpect small on nowhere { succeeds }\n`,
      /no state of memory `nowhere`/,
    ],
    [
      "a kernel that is not known",
      `${REQUEST.replace("6.12", "2.4")}\nexpect small { sleeps may }\n`,
      /names no version/,
    ],
    ["a mode without a policy", `${REQUEST}\nexpect small { mode fast }\n`, /bound to no policy/],
    [
      "a policy with an unknown name",
      "kernel 6.12\npolicy p { forbid has __GFP_NOSUCH }\nexpect p forbids __GFP_ZERO\n",
      /a rule of p cannot be read/,
    ],
    ["facts of a policy", `${POLICY}\nexpect driver { sleeps may }\n`, /facts are about requests/],
  ])("are not decided: %s", (_what, text, reason) => {
    const { workspace, uri } = fixture(text);
    const items = expectationsOf(workspace, uri);
    expect(items.map(({ state }) => state)).toEqual(["not-decided"]);
    expect(items[0]?.message).toMatch(reason);
  });

  test("stand where they are written, with the name of what they speak of", () => {
    const { workspace, uri, text } = fixture(`${REQUEST}\nexpect small { oom may }\n`);
    const [item] = expectationsOf(workspace, uri);
    expect(text.slice(item?.range.start, item?.range.end)).toBe("oom may");
    expect(text.slice(item?.declarationRange?.start, item?.declarationRange?.end)).toBe("small");
    expect(item?.declaration).toBe("small");
  });

  test("have no declaration's range where that is in another file", () => {
    const { workspace, uri } = fixture('kernel 6.12\nimport "lib.allocpolicy"\nexpect small { sleeps may }\n', {
      "lib.allocpolicy": REQUEST,
    });
    expect(expectationsOf(workspace, uri)).toMatchObject([{ state: "passed", declarationRange: null }]);
  });

  test("have ids that differ, also where the same is written twice", () => {
    expect(stated(`${REQUEST}\nexpect small { sleeps may, sleeps may }\nexpect small { sleeps may }\n`)).toEqual([
      "passed small/sleeps may",
      "passed small/sleeps may (2)",
      "passed small/sleeps may (3)",
    ]);
  });

  test("are what the settings do not change: a rule that is off hides the finding, not the state", () => {
    const { workspace } = fixture(
      `${REQUEST}\nexpect small { sleeps never }\n`,
      {},
      { defaultKernel: null, options: {}, ruleLevels: { "expectation-fails": "off" } },
    );
    expect(expectationsOf(workspace, URI).map(({ state }) => state)).toEqual(["failed"]);
  });

  test("are decided once, and again when something that they depend on changes or when asked to", () => {
    const { workspace, uri } = fixture(`${REQUEST}\nexpect small { sleeps may }\n`);
    let asked = 0;
    const now = (): number => (asked += 1);
    expect(expectationsOf(workspace, uri, { now })).toMatchObject([{ state: "passed", durationMs: 1 }]);
    expect(asked).toBe(2);
    expectationsOf(workspace, uri, { now });
    expect(asked).toBe(2);
    expectationsOf(workspace, uri, { now, fresh: true });
    expect(asked).toBe(4);
    const edited = withDocument(
      workspace,
      uri,
      parseFile(`${REQUEST.replace("GFP_KERNEL", "GFP_ATOMIC")}\nexpect small { sleeps may }\n`),
    );
    expect(expectationsOf(edited, uri, { now })).toMatchObject([{ state: "failed" }]);
    expect(asked).toBe(6);
  });

  test("are none for a file that is not there", () => {
    expect(expectationsOf(fixture(REQUEST).workspace, "file:///gone.allocpolicy")).toEqual([]);
  });
});
