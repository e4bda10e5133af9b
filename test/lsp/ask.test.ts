// The extension's side of the requests beyond the protocol, on a connection of the library that VS Code's client is
// built on.
import { CancellationTokenSource, createProtocolConnection, type ProtocolConnection } from "vscode-languageserver";
import { expect, test } from "vitest";
import { ask } from "../../client/ask.ts";
import { Inbox, inMemory, Outbox } from "./_memory.ts";
import { MAIN } from "./_fixture.ts";

async function connected(): Promise<ProtocolConnection> {
  const inbox = new Inbox();
  const { send } = inMemory({})({ receive: (message) => inbox.give(message), log() {}, ended() {} });
  const connection = createProtocolConnection(inbox, new Outbox(send));
  connection.listen();
  await connection.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} });
  return connection;
}

test("the server understands what the extension asks, with a token, without one, and with one that is undefined", async () => {
  const connection = await connected();
  const { token } = new CancellationTokenSource();
  const mask = { mask: "0xcc0", kernel: "6.12" };
  for (const answer of [
    await ask(connection, "allocpolicy/decode", mask),
    await ask(connection, "allocpolicy/decode", mask, undefined),
    await ask(connection, "allocpolicy/decode", mask, token),
  ])
    expect(answer?.text).toMatch(/0xcc0 = GFP_KERNEL/);
  expect(await ask(connection, "allocpolicy/kernels", {})).toContain("6.12");
  expect(await ask(connection, "allocpolicy/policies", { uri: MAIN })).toEqual([]);
});
