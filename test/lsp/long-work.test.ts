import { describe, expect, test } from "vitest";
import type { Host } from "../../server/lsp/host.ts";
import { disk } from "../../server/lsp/node.ts";
import { field, type Client, type Options, type ResponseError } from "./_client.ts";
import { CLEAN, MAIN, onDisk, positionOf, start } from "./_fixture.ts";

const WITH_PROGRESS = { window: { workDoneProgress: true } };
const FILES = 40;
const REQUEST_CANCELLED = -32800;

/**
 * A folder of files, and a server whose clock goes on by so much whenever it is looked at. With each look one more file
 * can be read: how many come together does not hang on the disk.
 */
async function withFolder(tickMs: number, options: Options = {}): Promise<{ client: Client; uri: string }> {
  const names = Array.from({ length: FILES }, (_, i) => `f${i}.allocpolicy`);
  const folder = onDisk({
    ...Object.fromEntries(names.map((name) => [name, CLEAN])),
    ...Object.fromEntries(
      names.map((name) => [`${name}.c`, "void *f(void)\n{\n\treturn kmalloc(8, GFP_KERNEL);\n}\n"]),
    ),
  });
  let time = 0;
  const held: (() => void)[] = [];
  let isOneFree = true;
  const host: Host = {
    ...disk,
    now() {
      const next = held.shift();
      if (next === undefined) isOneFree = true;
      else next();
      time += tickMs;
      return time;
    },
    async readFile(uri) {
      if (!uri.endsWith(".allocpolicy")) return disk.readFile(uri);
      if (!isOneFree) await new Promise<void>((resolve) => held.push(resolve));
      isOneFree = false;
      return disk.readFile(uri);
    },
  };
  const client = await start({ pull: true, ...options, folders: [folder], host });
  const uri = `${folder}/f0.allocpolicy`;
  client.open(uri, `${CLEAN}policy p for kmalloc { }\n`);
  return { client, uri };
}

/** The kinds of what was told under one token, and how far it said that it was. */
function told(
  client: Client,
  token: unknown,
): { readonly kinds: readonly unknown[]; readonly shares: readonly number[] } {
  const values = client.progress.filter((one) => one.token === token).map(({ value }) => value);
  return {
    kinds: values.map(({ kind }) => kind),
    shares: values.flatMap(({ percentage }) => (typeof percentage === "number" ? [percentage] : [])),
  };
}

function expectWhole({ kinds, shares }: ReturnType<typeof told>): void {
  expect(kinds[0]).toBe("begin");
  expect(kinds.at(-1)).toBe("end");
  expect(kinds.slice(1, -1).every((kind) => kind === "report")).toBe(true);
  expect(shares.length).toBeGreaterThan(1);
  expect(shares.every((share) => Number.isInteger(share) && share >= 0 && share <= 100)).toBe(true);
}

const requests = (uri: string): Readonly<Record<string, object>> => {
  const at = { textDocument: { uri }, position: positionOf(CLEAN, "r {", 0) };
  return {
    "workspace/symbol": { query: "r" },
    "textDocument/references": { ...at, context: { includeDeclaration: true } },
    "textDocument/rename": { ...at, newName: "renamed" },
    "workspace/diagnostic": { previousResultIds: [] },
    "allocpolicy/callers": { uri, policy: "p" },
  };
};
const METHODS = Object.keys(requests(""));

describe("work that takes longer than a second", () => {
  test.each(METHODS)("tells how far it is to a client that names a token: %s", async (method) => {
    const { client, uri } = await withFolder(400);
    await client.request(method, { ...requests(uri)[method], workDoneToken: "mine" });
    expectWhole(told(client, "mine"));
    expect(client.progressAsked).toEqual([]);
  });

  test.each(METHODS.filter((method) => !method.startsWith("allocpolicy/")))(
    "asks a client for a token that names none but can show it: %s",
    async (method) => {
      const { client, uri } = await withFolder(400, { capabilities: WITH_PROGRESS });
      await client.request(method, requests(uri)[method]);
      const [token] = client.progressAsked;
      await client.until(() => (told(client, token).kinds.includes("end") ? true : undefined));
      expect(client.progressAsked).toHaveLength(1);
      expect(told(client, token).kinds[0]).toBe("begin");
    },
  );

  test.each(METHODS)("says nothing to a client that can show nothing, and answers: %s", async (method) => {
    const { client, uri } = await withFolder(400);
    expect(await client.request(method, requests(uri)[method])).not.toEqual(null);
    expect([client.progress, client.progressAsked]).toEqual([[], []]);
  });

  test("that its user has had enough of is over", async () => {
    const { client, uri } = await withFolder(400, { capabilities: WITH_PROGRESS });
    const answer = client.request("workspace/symbol", { query: "r" });
    const { token } = await client.until(() => client.progress[0]);
    client.notify("window/workDoneProgress/cancel", { token });
    const code = await answer.then(
      () => null,
      (error: ResponseError) => error.code,
    );
    expect(code).toBe(REQUEST_CANCELLED);
    await client.until(() => (told(client, token).kinds.includes("end") ? true : undefined));
    expect(
      await client.request("textDocument/hover", { textDocument: { uri }, position: { line: 3, character: 10 } }),
    ).not.toBe(null);
  });
});

test("work that takes less says nothing, also to who wants to hear", async () => {
  const { client, uri } = await withFolder(0, { capabilities: WITH_PROGRESS });
  for (const method of METHODS) await client.request(method, { ...requests(uri)[method], workDoneToken: "mine" });
  expect([client.progress, client.progressAsked]).toEqual([[], []]);
});

test.each(["documentSymbol", "foldingRange", "semanticTokens/full"])(
  "a hover does not wait for what a large file is first asked for: %s",
  async (method) => {
    let time = 0;
    const client = await start({ pull: true, host: { ...disk, now: () => (time += 10) } });
    const declarations = Array.from({ length: 400 }, (_, i) =>
      CLEAN.replace("kernel 6.12", "").replace("r {", `r${i} {`),
    );
    client.open(MAIN, `kernel 6.12\n${declarations.join("")}`);
    const order: string[] = [];
    const large = client.request(`textDocument/${method}`, { textDocument: { uri: MAIN } });
    const hover = client.at("textDocument/hover", MAIN, { line: 3, character: 10 });
    await Promise.all([large.then(() => order.push(method)), hover.then(() => order.push("hover"))]);
    expect(order).toEqual(["hover", method]);
    // What was made in steps is what is made at once.
    expect(await client.request(`textDocument/${method}`, { textDocument: { uri: MAIN } })).toMatchObject(
      method.startsWith("semantic") ? { data: field(await large, "data") } : ((await large) as object),
    );
  },
);
