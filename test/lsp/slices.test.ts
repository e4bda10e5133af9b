// What takes long is done in slices: others are answered in between, and what is there is told before the rest.
import { describe, expect, test } from "vitest";
import { NO_FILES } from "../../server/lsp/host.ts";
import { ENTANGLED } from "../policy-language/policies/_entangled.ts";
import { CLEAN, codes, MAIN, onDisk, positionOf, SLEEPER, start } from "./_fixture.ts";

const SLEEPERS = `kernel 6.12\n${Array.from(
  { length: 700 },
  (_, i) => `request r${i} {\n  api kmalloc  size 64 B\n  flags GFP_KERNEL\n  context softirq\n}\n`,
).join("")}`;

describe("a large document", () => {
  test("is answered in part at first or at once, and in whole when the client asks again", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPERS);
    const all = await client.pullUntil(MAIN, (diagnostics) => diagnostics.length === 700);
    expect(new Set(codes(all))).toEqual(new Set(["sleep-in-atomic"]));
  });

  test("keeps all its findings while someone types", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPERS);
    await client.pullUntil(MAIN, (diagnostics) => diagnostics.length === 700);
    const at = positionOf(SLEEPERS, "request r350 {", 12);
    client.change(MAIN, 2, { range: { start: at, end: at }, text: "0" });
    const { items } = await client.pull(MAIN);
    expect(items.length).toBe(700);
  });
});

describe("a policy that takes long", () => {
  const slow = ENTANGLED.find(({ name }) => name === "flag above a size, 4.19 .. 7.3")?.text ?? "";

  test("does not keep a hover waiting until it is decided", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, slow);
    const order: string[] = [];
    const diagnostics = client.pull(MAIN).then(() => order.push("diagnostics"));
    const position = positionOf(slow, "__GFP_DMA", 3);
    const hover = client
      .request("textDocument/hover", { textDocument: { uri: MAIN }, position })
      .then(() => order.push("hover"));
    await Promise.all([diagnostics, hover]);
    expect(order).toEqual(["hover", "diagnostics"]);
  });

  test("has the machine told that it does, once", async () => {
    let told = 0;
    const client = await start({ pull: true, host: { ...NO_FILES, worksLong: () => (told += 1) } });
    client.open(MAIN, slow);
    await client.pull(MAIN);
    expect(told).toBe(1);
  });

  test("leaves no marks where it is closed before it is decided, though its file is there", async () => {
    const client = await start();
    const folder = onDisk({ "slow.allocpolicy": slow });
    const [uri, user] = [`${folder}/slow.allocpolicy`, `${folder}/user.allocpolicy`];
    client.open(user, 'import "slow.allocpolicy"\n');
    await client.publishes(user, () => true);
    client.open(uri, slow);
    // Its analysis has begun when questions are answered between its steps.
    for (let asked = 0; asked < 3; asked += 1) await client.request("allocpolicy/kernels", {});
    client.notify("textDocument/didClose", { textDocument: { uri } });
    const all = await client.request("workspace/diagnostic", { previousResultIds: [] });
    expect(JSON.stringify(all)).toContain(uri);
    for (let asked = 0; asked < 3; asked += 1) await client.request("allocpolicy/kernels", {});
    expect(client.published.filter((each) => each.uri === uri).map(({ diagnostics }) => diagnostics)).toEqual([[]]);
  });
});

describe("the name of a report", () => {
  test("is the same for the same diagnostics, and another one for others", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    const first = await client.pull(MAIN);
    const end = { line: 99, character: 0 };
    client.change(MAIN, 2, { range: { start: end, end }, text: "\n// nothing new\n" });
    expect(await client.pull(MAIN, first.resultId)).toMatchObject({ kind: "unchanged" });
    client.change(MAIN, 3, { text: CLEAN });
    const second = await client.pull(MAIN, first.resultId);
    expect(second).toMatchObject({ kind: "full", items: [] });
    client.change(MAIN, 4, { text: SLEEPER });
    expect(codes((await client.pull(MAIN, second.resultId)).items)).toEqual(codes(first.items));
  });
});
