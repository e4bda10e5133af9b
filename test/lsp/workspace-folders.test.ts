// Folders come and go while the server runs: their files, their settings, and the documents that lie in them.
import { expect, test } from "vitest";
import { field } from "./_client.ts";
import { codes, onDisk, start } from "./_fixture.ts";

const LIBRARY = "context rx { in softirq }\n";
const USER = 'import "lib.allocpolicy"\nrequest r { api kmalloc  size 64 B  flags GFP_KERNEL  context rx }\n';

test("a folder that is added is read and judged by its own settings, and one that is removed is forgotten", async () => {
  const [first, second] = [
    onDisk({}),
    onDisk({ "lib.allocpolicy": LIBRARY, "user.allocpolicy": USER, "alone.allocpolicy": "context alone { in nmi }\n" }),
  ];
  const asked: unknown[] = [];
  const client = await start({
    pull: true,
    folders: [first],
    configuration: (scope) => {
      asked.push(scope);
      return scope === second ? { rules: { "sleep-in-atomic": "information" } } : {};
    },
  });
  const symbols = async (): Promise<unknown> => client.request("workspace/symbol", { query: "alone" });
  const severity = async (): Promise<unknown> =>
    (await client.pull(`${second}/user.allocpolicy`)).items.find(({ code }) => code === "sleep-in-atomic")?.severity;
  client.open(`${second}/user.allocpolicy`, USER);
  expect([await symbols(), await severity()]).toEqual([[], 1]);

  const change = (added: readonly string[], removed: readonly string[]): void => {
    const named = (uris: readonly string[]): readonly object[] => uris.map((uri) => ({ uri, name: uri }));
    client.notify("workspace/didChangeWorkspaceFolders", { event: { added: named(added), removed: named(removed) } });
  };
  change([second], []);
  await client.until(() => (asked.includes(second) ? true : undefined));
  expect(await symbols()).toMatchObject([{ name: "alone", location: { uri: `${second}/alone.allocpolicy` } }]);
  expect(await severity()).toBe(3);
  // Twice is once.
  change([second], []);
  expect(await symbols()).toHaveLength(1);

  change([], [second]);
  expect(await severity()).toBe(1);
  expect(codes((await client.pull(`${second}/user.allocpolicy`)).items)).toContain("sleep-in-atomic");
  client.notify("textDocument/didClose", { textDocument: { uri: `${second}/user.allocpolicy` } });
  expect(field(await client.request("workspace/diagnostic", { previousResultIds: [] }), "items")).toEqual([]);
});
