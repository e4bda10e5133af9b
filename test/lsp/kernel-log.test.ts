// Kernel logs, through the server: only where a kernel reports that memory was short is anything said of them.
import { describe, expect, test } from "vitest";
import { failureLines, STYLES, type LoggedMachine } from "../kernel-log/_logs.ts";
import { field, type Client } from "./_client.ts";
import { onDisk, positionOf, start } from "./_fixture.ts";

const MACHINE: LoggedMachine = {
  zones: [
    {
      node: 0,
      name: "Normal",
      free: 40_680,
      min: 1000,
      low: 1250,
      high: 1500,
      boost: 0,
      highatomic: 0,
      anon: [0, 0],
      file: [0, 0],
      managed: 1_000_000,
      cma: 0,
      reserve: [0, 0, 0],
      blocks: [40_000, 300, 20, 0, 0, 0, 0, 0, 0, 0, 0],
      letters: Array.from({ length: 11 }, () => "UME"),
    },
  ],
  pageKb: 4,
  order: 4,
  mask: "0xcc0",
  maskNames: "GFP_KERNEL",
  command: "our_`task`",
  swapKb: [0, 0],
};
const NEWEST = STYLES.slice(-1);
const LOG = [
  "[    1.000000] eth0: link is up",
  ...NEWEST.flatMap((style) => failureLines(MACHINE, style)),
  "eth0: order 4",
].join("\n");
const URI = "file:///policies/console.log";

const openLog = (client: Client, text: string, languageId = "log"): void => client.open(URI, text, 1, languageId);
const hoverOn = async (client: Client, part: string): Promise<string> =>
  String(field(field(await client.at("textDocument/hover", URI, positionOf(LOG, part)), "contents"), "value"));

describe("a kernel log", () => {
  test("has its masks, orders, zones and free lists explained where they stand", async () => {
    const client = await start();
    openLog(client, LOG);
    expect(await hoverOn(client, "0xcc0")).toContain("GFP_KERNEL");
    expect(await hoverOn(client, "4, mode")).toContain("16 pages in a row, 64 kB.");
    expect(await hoverOn(client, "Normal free:")).toContain("above the watermark, but no block of 64 kB");
    expect(await hoverOn(client, "min:4000")).toContain("`min`: the watermark that a request must leave");
    expect(await hoverOn(client, "300*8kB")).toContain(
      "300 free blocks of 8 kB (order 1): unmovable, movable, reclaimable.",
    );
    expect(await hoverOn(client, "page allocation failure")).toContain("A task called our_'task' asked the kernel");
  });

  test("has nothing said of its other lines, nor of a log without a report", async () => {
    const client = await start();
    openLog(client, LOG);
    for (const part of ["link is up", "order 4", "Call Trace"])
      expect(await client.at("textDocument/hover", URI, positionOf(LOG, part))).toBeNull();
    const quiet = "file:///policies/quiet.log";
    client.open(quiet, "eth0: link is up\n", 1, "log");
    expect(await client.at("textDocument/hover", quiet, { line: 0, character: 3 })).toBeNull();
  });

  test("is asked for as a guest, for hovers alone", async () => {
    const client = await start({
      capabilities: {
        textDocument: {
          synchronization: { dynamicRegistration: true },
          hover: { dynamicRegistration: true },
          codeAction: { dynamicRegistration: true },
        },
      },
    });
    const forLogs = (): readonly string[] =>
      client.registrations
        .filter((one) => JSON.stringify(one.registerOptions ?? null).includes('"language":"log"'))
        .map(({ method }) => method);
    await client.until(() => (forLogs().includes("textDocument/hover") ? true : undefined));
    expect([...forLogs()].sort()).toEqual([
      "textDocument/didChange",
      "textDocument/didClose",
      "textDocument/didOpen",
      "textDocument/hover",
    ]);
  });

  test("is explained as a whole, with a policy file of each report", async () => {
    const client = await start();
    const answer = await client.request("allocpolicy/explainLog", { text: `${LOG}\n${LOG}` });
    const { reports, more } = answer as {
      readonly reports: readonly Record<string, unknown>[];
      readonly more: boolean;
    };
    expect([reports.length, more]).toEqual([2, false]);
    expect(reports[1]).toMatchObject({
      number: 2,
      title: "page allocation failure",
      text: expect.stringContaining("Zone by zone"),
    });
    expect(String(reports[0]?.policy)).toMatch(/^request failed \{/m);
    expect(await client.request("allocpolicy/explainLog", { text: "" })).toEqual({ reports: [], more: false });
  });

  test("is read from the folder for a state of memory, and again when it changes there", async () => {
    const folder = onDisk({
      "main.allocpolicy": 'kernel 6.12\nmemory field from "console.log"\n',
      "console.log": "eth0: link is up\n",
    });
    const client = await start({ pull: true, folders: [folder] });
    const uri = `${folder}/main.allocpolicy`;
    client.open(uri, 'kernel 6.12\nmemory field from "console.log"\n');
    const { items } = await client.pull(uri);
    expect(items).toMatchObject([{ code: "kernel-log-unreadable", message: expect.stringContaining("has no report") }]);
    client.open(`${folder}/console.log`, LOG, 1, "log");
    expect((await client.pull(uri)).items).toEqual([]);
  });
});
