// What only a process of its own can show: standard input and output, exit codes, memory.
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Client, field } from "./_client.ts";
import { codes, MAIN, SLEEPER } from "./_fixture.ts";
import { SERVER, ServerProcess } from "./_process.ts";

test("a server over standard input and output survives what is no JSON, keeps its memory over 10,000 edits, links to pages that are there, and ends with 0", async () => {
  const server = new ServerProcess();
  const client = new Client({ pull: true }, (receiver) => server.begin(receiver));
  try {
    await client.initialize();
    server.write("Content-Length: 5\r\n\r\n{nope");
    client.open(MAIN, SLEEPER);
    const { items } = await client.pull(MAIN);
    expect(codes(items)).toContain("sleep-in-atomic");
    const page = items.find(({ code }) => code === "sleep-in-atomic")?.codeDescription?.href ?? "";
    expect(readFileSync(new URL(page), "utf8")).toMatch(/^# sleep-in-atomic\n/);

    const records = Array.from(
      { length: 200 },
      (_, i) =>
        `request r${i} {\n  api alloc_pages  order ${i % 3}\n  flags GFP_KERNEL | __GFP_ZERO\n  context process\n}\n`,
    ).join("");
    const uri = "file:///policies/long.allocpolicy";
    client.open(uri, `kernel 6.12\n${records}`);
    const clean = await client.pull(uri);
    let version = 1;
    const change = (line: number, from: number, to: number, text: string): void => {
      version += 1;
      client.change(uri, version, { range: { start: { line, character: from }, end: { line, character: to } }, text });
    };
    for (let edit = 0; edit < 5000; edit += 1) {
      const line = 3 + 5 * (edit % 200);
      change(line, 2, 2, "x");
      change(line, 2, 3, "");
      if (edit % 500 === 499) await client.pull(uri);
    }
    expect(await client.pull(uri, clean.resultId)).toMatchObject({ kind: "unchanged" });
    const bytes = server.residentBytes();
    if (bytes !== null) expect(bytes).toBeLessThan(400 * 1024 * 1024);
    expect(await client.stop()).toBe(0);
  } finally {
    client.end();
  }
});

test("a server over Node's IPC answers, also behind what is no message", async () => {
  const server = fork(SERVER, ["--node-ipc"], { execArgv: ["--no-warnings"], stdio: "ignore" });
  const answers: unknown[] = [];
  try {
    const all = new Promise<void>((resolve, reject) => {
      server.on("exit", reject);
      server.on("message", (message) => {
        if (field(message, "id") !== undefined) answers.push(message);
        if (answers.length === 3) resolve();
      });
    });
    const params = { processId: process.pid, rootUri: null, capabilities: {} };
    server.send({ jsonrpc: "2.0", id: 1, method: "initialize", params });
    const cancel = { jsonrpc: "2.0", method: "$/cancelRequest" };
    for (const odd of [cancel, { ...cancel, params: { id: null } }, "x", 5, [], {}, { jsonrpc: "2.0", id: null }])
      server.send(odd);
    for (const id of ["2", 2]) server.send({ jsonrpc: "2.0", id, method: "allocpolicy/kernels", params: {} });
    await all;
    expect(answers).toMatchObject([
      { id: 1, result: { serverInfo: { name: "allocpolicy" } } },
      { id: "2", result: expect.arrayContaining(["6.12"]) },
      { id: 2, result: expect.arrayContaining(["6.12"]) },
    ]);
  } finally {
    server.kill();
  }
});

test("a server ends when its input ends", async () => {
  const server = new ServerProcess();
  const client = new Client({}, (receiver) => server.begin(receiver));
  try {
    await client.initialize();
    server.process.stdin?.end();
    expect(await client.ended()).toBe(1);
  } finally {
    client.end();
  }
});
