import { describe, expect, test } from "vitest";
import { field, type Client } from "./_client.ts";
import { MAIN, onDisk, start } from "./_fixture.ts";

const POLICY = `kernel 6.12

policy driver for kmalloc {
  allow only GFP_KERNEL | __GFP_NORETRY
  mode fast when has __GFP_NORETRY { sleeps may }
  mode slow otherwise { sleeps never }
}

policy other { forbid has __GFP_ZERO }

request r {
  api   kmalloc
  size  64 B
  flags GFP_KERNEL | __GFP_NORETRY
}

expect r { mode fast, sleeps never }
`;

/** A server with the policy open. */
async function opened(): Promise<Client> {
  const client = await start();
  client.open(MAIN, POLICY);
  return client;
}

describe("allocpolicy/expectations", () => {
  test("lists them with states, times and places", async () => {
    const client = await opened();
    const answer = await client.request("allocpolicy/expectations", { uri: MAIN });
    expect(answer).toMatchObject({
      items: [
        {
          id: "r/mode fast",
          label: "mode fast",
          declaration: "r",
          state: "passed",
          message: null,
          range: { start: { line: 16, character: 11 }, end: { line: 16, character: 20 } },
          declarationRange: { start: { line: 10, character: 8 } },
        },
        { id: "r/sleeps never", state: "failed", message: expect.stringMatching(/sleeps may/) },
      ],
    });
    const items = field(answer, "items");
    expect(Array.isArray(items) && items.every((item) => Number(field(item, "durationMs")) > 0)).toBe(true);
  });

  test("follow the text, and are decided again when asked to", async () => {
    const client = await opened();
    const at = { line: 4, character: 16 };
    client.change(MAIN, 2, { range: { start: at, end: { line: 4, character: 33 } }, text: "has __GFP_NOWARN" });
    expect(await client.request("allocpolicy/expectations", { uri: MAIN, fresh: true })).toMatchObject({
      items: [{ state: "failed" }, { state: "failed" }],
    });
  });

  test("are found in files of the folder that are not open", async () => {
    const folder = onDisk({ "closed.allocpolicy": POLICY });
    const client = await start({ folders: [folder] });
    expect(await client.request("allocpolicy/expectations", { uri: `${folder}/closed.allocpolicy` })).toMatchObject({
      items: [{ state: "passed" }, { state: "failed" }],
    });
    expect(await client.request("allocpolicy/expectations", { uri: `${folder}/gone.allocpolicy` })).toBeNull();
  });
});

describe("allocpolicy/matrix", () => {
  test("is that of a name, of a position, or of the first policy", async () => {
    const client = await opened();
    const policyFor = async (which: object): Promise<unknown> =>
      field(field(await client.request("allocpolicy/matrix", { uri: MAIN, ...which }), "matrix"), "policy");
    expect(await policyFor({ policy: "other" })).toBe("other");
    expect(await policyFor({ position: { line: 8, character: 20 } })).toBe("other");
    expect(await policyFor({ position: { line: 5, character: 2 } })).toBe("driver");
    expect(await policyFor({})).toBe("driver");
    expect(await client.request("allocpolicy/matrix", { uri: MAIN, policy: "nobody" })).toBeNull();
  });

  test("leads to the rules, and says where the kernel differs", async () => {
    const client = await opened();
    const answer = await client.request("allocpolicy/matrix", { uri: MAIN });
    expect(answer).toMatchObject({
      kind: "matrix",
      matrix: {
        span: { uri: MAIN, range: { start: { line: 2, character: 7 }, end: { line: 2, character: 13 } } },
        columns: [{ name: "fast", span: { uri: MAIN, range: { start: { line: 4, character: 7 } } } }, { name: "slow" }],
        promises: [
          {
            effect: "sleeps",
            cells: [
              { text: "may", kernel: null },
              {
                text: "never",
                kernel: expect.stringMatching(/kmalloc\(\)/),
                span: { uri: MAIN, range: { start: { line: 5 } } },
              },
            ],
          },
        ],
      },
    });
  });

  test("follows the text, and does not make one up while the text is damaged", async () => {
    const client = await opened();
    const at = { line: 3, character: 39 };
    client.change(MAIN, 2, { range: { start: at, end: at }, text: " |" });
    expect(await client.request("allocpolicy/matrix", { uri: MAIN, policy: "driver" })).toMatchObject({
      kind: "unreadable",
      policy: "driver",
    });
    client.change(MAIN, 3, { range: { start: at, end: { line: 3, character: 41 } }, text: " | __GFP_ZERO" });
    const text = JSON.stringify(await client.request("allocpolicy/matrix", { uri: MAIN, policy: "driver" }));
    expect(text).toMatch(/"name":"__GFP_ZERO","cells":\[\{"kind":"allowed"/);
  });

  test("is written as Markdown and as SVG", async () => {
    const client = await opened();
    expect(
      field(
        await client.request("allocpolicy/exportMatrix", { uri: MAIN, policy: "driver", format: "markdown" }),
        "text",
      ),
    ).toMatch(/^# Policy driver\n/);
    expect(
      field(await client.request("allocpolicy/exportMatrix", { uri: MAIN, policy: "driver", format: "svg" }), "text"),
    ).toMatch(/^<svg /);
    expect(await client.request("allocpolicy/exportMatrix", { uri: MAIN, policy: "nobody", format: "svg" })).toBeNull();
  });

  test("is offered for the policies of a file", async () => {
    const client = await opened();
    expect(await client.request("allocpolicy/policies", { uri: MAIN })).toEqual([
      { name: "driver", range: { start: { line: 2, character: 7 }, end: { line: 2, character: 13 } } },
      { name: "other", range: { start: { line: 8, character: 7 }, end: { line: 8, character: 12 } } },
    ]);
    expect(await client.request("allocpolicy/policies", { uri: "file:///gone.allocpolicy" })).toEqual([]);
  });
});

describe("allocpolicy/diffKernels", () => {
  test("lays the file under two kernels side by side", async () => {
    const client = await opened();
    expect(await client.request("allocpolicy/diffKernels", { uri: MAIN, from: "6.1", to: "6.12" })).toMatchObject({
      left: expect.stringMatching(/^Linux 6\.1\n/),
      right: expect.stringMatching(/^Linux 6\.12\n/),
    });
    expect(await client.request("allocpolicy/diffKernels", { uri: MAIN, from: "6.1", to: "nine" })).toBeNull();
  });

  test("is offered for the kernels that the model knows", async () => {
    expect(await (await start()).request("allocpolicy/kernels", {})).toEqual(
      expect.arrayContaining(["6.12", "6.1.192"]),
    );
  });
});

describe("allocpolicy/diffPolicies", () => {
  test("compares two policies", async () => {
    const client = await opened();
    const first = { uri: MAIN, policy: "driver" };
    const compared = (second: string): Promise<unknown> =>
      client.request("allocpolicy/diffPolicies", { first, second: { uri: MAIN, policy: second } });
    expect(await compared("other")).toMatchObject({
      markdown: expect.stringMatching(/^# `driver` is stricter than `other`/),
    });
    expect(await compared("nobody")).toBeNull();
  });
});
