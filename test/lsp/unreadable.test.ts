// The real server, beside files that a program can hang on.
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { emptyFolder, makePipe } from "../disk/_folder.ts";
import { Client } from "./_client.ts";
import { ServerProcess } from "./_process.ts";

test("what is no regular file is said on its import; other documents have their answers, and the server ends when told", async () => {
  const folder = emptyFolder();
  makePipe(join(folder, "pipe.allocpolicy"));
  symlinkSync("/dev/zero", join(folder, "zero.allocpolicy"));
  writeFileSync(join(folder, "lib.allocpolicy"), "kernel 6.12\n");
  const uri = (name: string): string => pathToFileURL(join(folder, name)).href;
  const client = new Client({ pull: true, folders: [pathToFileURL(folder).href] }, (receiver) =>
    new ServerProcess().begin(receiver),
  );
  onTestFinished(() => client.end());
  await client.initialize();
  const messages = async (text: string): Promise<readonly string[]> => {
    client.open(uri("main.allocpolicy"), `kernel 6.12\n${text}`);
    const { items } = await client.pull(uri("main.allocpolicy"));
    return items.map(({ message }) => message);
  };

  expect(await messages('import "pipe.allocpolicy"\n')).toEqual([expect.stringContaining("it is a pipe")]);
  expect(await messages('import "zero.allocpolicy"\n')).toEqual([expect.stringContaining("it is a device")]);
  expect(await messages('import "/etc/passwd"\n')).toEqual([expect.stringContaining("out of the workspace")]);
  expect(await messages('import "lib.allocpolicy"\n')).toEqual([]);
  await messages('import "command:workbench.action.quit"\nimport "https://example.org/"\nimport "lib.allocpolicy"\n');
  expect(
    await client.request("textDocument/documentLink", { textDocument: { uri: uri("main.allocpolicy") } }),
  ).toMatchObject([{ target: uri("lib.allocpolicy") }]);
  expect(await client.stop()).toBe(0);
});
