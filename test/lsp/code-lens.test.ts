// Lenses come bare, and with their command when they are shown.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inRoot } from "../../scripts/paths.ts";
import { sourceFiles } from "../_sources.ts";
import { field, type Client } from "./_client.ts";
import { MAIN, onDisk, positionOf, start } from "./_fixture.ts";

const TEXT = `kernel 6.12
context rx { in softirq }
policy own for kmalloc { forbid has __GFP_NOFAIL }
request r { api kmalloc  size 64 B  flags GFP_NOWAIT  context rx }
memory low { node 0 { zone Normal { managed 64 MiB } } }
expect r { sleeps never }
`;
const ABLE = { pull: true, capabilities: { experimental: { allocpolicyLensCommands: true } } };

const lensesOf = async (client: Client, uri: string): Promise<readonly object[]> =>
  (await client.request("textDocument/codeLens", { textDocument: { uri } })) as readonly object[];
const resolved = (client: Client, lens: unknown): Promise<unknown> => client.request("codeLens/resolve", lens);
const commandOf = (lens: unknown, name: string): unknown => field(field(lens, "command"), name);

describe("a lens", () => {
  test("has, once it is shown, a command that the extension knows, at the name that it stands over", async () => {
    const client = await start(ABLE);
    client.open(MAIN, TEXT);
    const told = await Promise.all((await lensesOf(client, MAIN)).map((lens) => resolved(client, lens)));
    const shown = told.map((lens) => [field(field(field(lens, "range"), "start"), "line"), commandOf(lens, "title")]);
    expect(shown).toEqual([
      [1, "1 use"],
      [2, "Matrix"],
      [2, "No uses"],
      [3, "Explain"],
      [3, "Simulate"],
      [3, "Compare kernels"],
      [3, "1 use"],
      [4, "No uses"],
      [5, "Run expectations"],
    ]);
    const extension = sourceFiles("client").map((file) => readFileSync(inRoot(file), "utf8"));
    for (const lens of told) {
      const command = String(commandOf(lens, "command"));
      expect([command, extension.some((text) => text.includes(`"${command}"`))]).toEqual([command, true]);
      const [uri, at] = commandOf(lens, "arguments") as readonly unknown[];
      expect(uri).toBe(MAIN);
      expect(at).toEqual(command === "allocpolicy.openMatrix" ? "own" : field(field(lens, "range"), "start"));
    }
  });

  test("counts uses in files that nobody has open, and leads to them", async () => {
    const user = 'import "lib.allocpolicy"\nrequest a { api kmalloc  size 1 B  flags GFP_NOWAIT  context rx }\n';
    const folder = onDisk({ "lib.allocpolicy": "context rx { in softirq }\n", "user.allocpolicy": user });
    const client = await start({ ...ABLE, folders: [folder] });
    const uri = `${folder}/lib.allocpolicy`;
    client.open(uri, "context rx { in softirq }\n");
    const [lens] = await lensesOf(client, uri);
    const shown = await resolved(client, lens);
    expect(commandOf(shown, "title")).toBe("1 use");
    const [, , locations] = commandOf(shown, "arguments") as readonly unknown[];
    expect(locations).toMatchObject([
      { uri: `${folder}/user.allocpolicy`, range: { start: positionOf(user, "context rx", 8) } },
    ]);
  });

  test("is asked for again when the settings have arrived, as what is found under them", async () => {
    const client = await start({
      ...ABLE,
      capabilities: {
        ...ABLE.capabilities,
        workspace: { codeLens: { refreshSupport: true }, configuration: true },
      },
      configuration: () => ({ kernel: "6.1" }),
    });
    await client.until(() => client.refreshes.includes("workspace/codeLens/refresh") || undefined);
  });

  test("is given back as it came where it is of nobody here, and none is offered to who knows no command of ours", async () => {
    const client = await start(ABLE);
    client.open(MAIN, TEXT);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    for (const data of [
      undefined,
      null,
      "x",
      {},
      { uri: MAIN },
      { uri: MAIN, command: "format" },
      { uri: 7, command: "uses", name: "rx" },
      { uri: "file:///gone.allocpolicy", command: "explain", name: "rx" },
    ]) {
      const lens = data === undefined ? { range } : { range, data };
      expect(commandOf(await resolved(client, lens), "command")).toBeUndefined();
    }
    const other = await start({ pull: true });
    other.open(MAIN, TEXT);
    expect(await lensesOf(other, MAIN)).toEqual([]);
  });
});
