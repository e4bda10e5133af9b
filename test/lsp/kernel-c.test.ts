// C files of a kernel, through the server: who is asked for what, which kernel counts, and what is said of a call.
import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DOCUMENT_KINDS } from "../../server/service/kinds/index.ts";
import { field, type Client, type Options } from "./_client.ts";
import { codes, MAIN, onDisk, positionOf, SLEEPER, start } from "./_fixture.ts";

const UNDER_LOCK = `static int fill(struct pump *p)
{
\tunsigned long flags;

\tspin_lock_irqsave(&p->lock, flags);
\tp->buffer = kmalloc(64, GFP_KERNEL);
\tspin_unlock_irqrestore(&p->lock, flags);
\treturn 0;
}
`;
const INCLUDED = `#include <linux/slab.h>\n\n${UNDER_LOCK}`;
const MAKEFILE = "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION =\n";
const FILE = "file:///tree/drivers/pump.c";

const openC = (client: Client, uri: string, text: string, languageId = "c"): void =>
  client.open(uri, text, 1, languageId);
const textAt = async (client: Client, uri: string, text: string, part: string): Promise<string> =>
  String(field(field(await client.at("textDocument/hover", uri, positionOf(text, part)), "contents"), "value"));

/** A tree on disk: the root's files, and a driver below it. */
function tree(files: Readonly<Record<string, string>>): { readonly folder: string; readonly driver: string } {
  const folder = onDisk(files);
  mkdirSync(new URL("drivers/pump/", `${folder}/`), { recursive: true });
  writeFileSync(new URL("drivers/pump/Makefile", `${folder}/`), "obj-m := pump.o\n");
  return { folder, driver: `${folder}/drivers/pump/pump.c` };
}

const registering = (client: Client): readonly string[] => client.registrations.map(({ method }) => method);

describe("a C file of a kernel", () => {
  test("has the sleeper under a lock marked, with the line that proves it, and remedies that are edits", async () => {
    const client = await start({ pull: true });
    openC(client, FILE, INCLUDED);
    const { items } = await client.pull(FILE);
    expect(items).toMatchObject([
      {
        code: "sleep-in-atomic",
        severity: 1,
        range: { start: positionOf(INCLUDED, "GFP_KERNEL", 0) },
        relatedInformation: [
          { location: { uri: FILE, range: { start: positionOf(INCLUDED, "spin_lock_irqsave", 0) } } },
        ],
      },
    ]);
    const actions = await client.request("textDocument/codeAction", {
      textDocument: { uri: FILE },
      range: field(items[0], "range"),
      context: { diagnostics: [] },
    });
    expect((actions as readonly { readonly title: string }[]).map(({ title }) => title)).toEqual([
      "Write GFP_NOWAIT",
      "Write GFP_ATOMIC",
      "Waive sleep-in-atomic here",
    ]);
  });

  test("is judged anew at each edit, and a line above it moves what is said of it", async () => {
    const client = await start({ pull: true });
    openC(client, FILE, INCLUDED);
    const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    client.change(FILE, 2, { range: top, text: "/* a comment */\n\n" });
    const [line] = (await client.pull(FILE)).items.map((item) => field(field(field(item, "range"), "start"), "line"));
    expect(line).toBe(positionOf(INCLUDED, "GFP_KERNEL").line + 2);
    const at = positionOf(INCLUDED, "GFP_KERNEL", 0);
    const start2 = { line: at.line + 2, character: at.character };
    const range = { start: start2, end: { ...start2, character: start2.character + "GFP_KERNEL".length } };
    client.change(FILE, 3, { range, text: "GFP_ATOMIC" });
    expect((await client.pull(FILE)).items).toEqual([]);
  });

  test("explains masks, calls and locks, and leaves the rest to others", async () => {
    const client = await start();
    openC(client, FILE, INCLUDED);
    expect(await textAt(client, FILE, INCLUDED, "GFP_KERNEL")).toMatch(/composite/);
    expect(await textAt(client, FILE, INCLUDED, "kmalloc")).toMatch(/`&p->lock` is held since line 7/);
    expect(await textAt(client, FILE, INCLUDED, "spin_unlock_irqrestore")).toMatch(/took in line 7/);
    expect(await textAt(client, FILE, INCLUDED, "spin_lock_irqsave")).toMatch(/nothing may sleep/);
    for (const other of ["fill", "buffer", "flags", "return", "slab"])
      expect(await client.at("textDocument/hover", FILE, positionOf(INCLUDED, other)), other).toBeNull();
  });

  test("shows where a call stands that is not in plain process", async () => {
    const client = await start();
    openC(client, FILE, INCLUDED);
    const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
    expect(await client.request("textDocument/inlayHint", { textDocument: { uri: FILE }, range })).toMatchObject([
      { label: "under &p->lock", position: { line: positionOf(INCLUDED, "kmalloc").line } },
    ]);
  });

  test("has the call at the cursor explained on a page, and none where none is", async () => {
    const client = await start();
    openC(client, FILE, INCLUDED);
    const asked = (part: string): Promise<unknown> =>
      client.request("allocpolicy/explainCall", { uri: FILE, position: positionOf(INCLUDED, part) });
    expect(field(await asked("64"), "markdown")).toMatch(/kmalloc.*held since line 7/s);
    expect(await asked("return 0")).toBeNull();
  });

  test("is judged by the kernel of its tree, with the options of its .config", async () => {
    const { folder, driver } = tree({ Makefile: MAKEFILE, ".config": "CONFIG_PREEMPT_RT=y\nCONFIG_NUMA=y\n" });
    const client = await start({ pull: true, folders: [folder] });
    openC(client, driver, UNDER_LOCK);
    await client.pull(driver);
    expect(await client.request("allocpolicy/kernelInForce", { uri: driver })).toMatchObject({
      text: "Linux 6.1.192 RT",
      kernels: "6.1.192",
      detail: expect.stringMatching(/^From the tree's Makefile and \.config\./),
    });
  });

  test("is judged by another kernel once the tree's Makefile says so", async () => {
    const { folder, driver } = tree({ Makefile: MAKEFILE, ".config": "CONFIG_NUMA=y\n" });
    const client = await start({ pull: true, folders: [folder] });
    openC(client, driver, UNDER_LOCK);
    await client.pull(driver);
    const inForce = async (): Promise<unknown> =>
      field(await client.request("allocpolicy/kernelInForce", { uri: driver }), "kernels");
    expect(await inForce()).toBe("6.1.192");
    writeFileSync(
      new URL("Makefile", `${folder}/`),
      MAKEFILE.replace("PATCHLEVEL = 1\nSUBLEVEL = 192", "PATCHLEVEL = 12\nSUBLEVEL = 117"),
    );
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: `${folder}/Makefile`, type: 2 }] });
    await client.pull(driver);
    expect(await inForce()).toBe("6.12.117");
  });

  test("has the headers next to it read, and read again once they change", async () => {
    const { folder, driver } = tree({ Makefile: MAKEFILE });
    const header = new URL("drivers/pump/pump.h", `${folder}/`);
    const locks = (name: string): string =>
      `static inline void pump_lock(struct pump *p)\n{\n\t${name}_lock(&p->lock);\n}\n`;
    writeFileSync(header, locks("spin"));
    const client = await start({ pull: true, folders: [folder] });
    const text =
      '#include "pump.h"\n\nint f(struct pump *p)\n{\n\tpump_lock(p);\n\tp->q = kmalloc(64, GFP_KERNEL);\n\tpump_unlock(p);\n\treturn p->q ? 0 : -ENOMEM;\n}\n';
    openC(client, driver, text);
    expect(codes((await client.pull(driver)).items)).toEqual(["sleep-in-atomic"]);
    writeFileSync(header, locks("mutex"));
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: header.href, type: 2 }] });
    expect(codes(await client.pullUntil(driver, (items) => items.length === 0))).toEqual([]);
    // Open, it is what the editor has.
    openC(client, header.href, locks("spin"));
    expect(codes(await client.pullUntil(driver, (items) => items.length > 0))).toEqual(["sleep-in-atomic"]);
    client.change(header.href, 2, { text: locks("mutex") });
    expect(codes((await client.pull(driver)).items)).toEqual([]);
  });

  test("needs no include where the tree is a kernel's", async () => {
    const { folder, driver } = tree({ Makefile: MAKEFILE });
    const client = await start({ pull: true, folders: [folder] });
    openC(client, driver, UNDER_LOCK);
    expect(codes((await client.pull(driver)).items)).toEqual(["sleep-in-atomic"]);
  });

  test("is switched off by one setting", async () => {
    const off: Options = { pull: true, configuration: () => ({ kernelC: "off" }) };
    const client = await start(off);
    openC(client, FILE, INCLUDED);
    await client.pullUntil(FILE, (items) => items.length === 0);
    expect(await client.at("textDocument/hover", FILE, positionOf(INCLUDED, "kmalloc"))).toBeNull();
  });

  test("is judged by the policies of the workspace that are for the functions that it calls", async () => {
    const client = await start({ pull: true });
    const policy = `policy small for kmalloc {\n  forbid has __GFP_NOFAIL because "-ENOMEM can be told"\n  warn has __GFP_NOWARN because "somebody has to know"\n}\n`;
    client.open(MAIN, policy);
    const calls = ["GFP_KERNEL", "GFP_KERNEL | __GFP_NOFAIL", "GFP_KERNEL | __GFP_NOWARN"];
    const text = `#include <linux/slab.h>\n\n${calls.map((mask, at) => `void *f${at}(int n)\n{\n\treturn kmalloc(64, ${mask});\n}\n`).join("")}`;
    openC(client, FILE, text);
    const policies = async (): Promise<readonly unknown[]> =>
      (await client.pull(FILE)).items
        .filter(({ code }) => code?.startsWith("policy-"))
        .map((item) => [item.code, field(field(field(item, "range"), "start"), "line"), item.message]);
    expect(await policies()).toEqual([
      ["policy-forbids", 8, "Policy small forbids GFP_KERNEL | __GFP_NOFAIL here: -ENOMEM can be told."],
      ["policy-warns", 12, "Policy small warns about GFP_KERNEL | __GFP_NOWARN here: somebody has to know."],
    ]);
    // An edit above moves the policy, and one of the policy changes what is said.
    const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    client.change(MAIN, 2, { range: top, text: "\n\n" });
    const [first] = (await client.pull(FILE)).items.filter(({ code }) => code === "policy-forbids");
    expect(first).toMatchObject({ relatedInformation: [{ location: { uri: MAIN, range: { start: { line: 2 } } } }] });
    client.change(MAIN, 3, { text: policy.replace(" __GFP_NOFAIL", " __GFP_ZERO") });
    expect(await policies()).toEqual([["policy-warns", 12, expect.any(String)]]);
  });

  test("is judged by what a context of the workspace says of its functions and locks, and anew once that changes", async () => {
    const { folder, driver } = tree({ Makefile: MAKEFILE });
    const client = await start({ pull: true, folders: [folder] });
    const said = `context tx_done {\n  in softirq\n  for "drivers/pump/pump.c:pump_done"\n}\n`;
    const text = "void pump_done(struct pump *p)\n{\n\tp->x = kmalloc(8, GFP_KERNEL);\n}\n";
    client.open(`${folder}/p.allocpolicy`, said);
    openC(client, driver, text);
    const [finding] = (await client.pull(driver)).items;
    expect(finding).toMatchObject({
      code: "sleep-in-atomic",
      relatedInformation: [{ message: expect.stringContaining("context tx_done of p.allocpolicy") }],
    });
    client.change(`${folder}/p.allocpolicy`, 2, { text: said.replace("pump_done", "other_done") });
    expect((await client.pull(driver)).items).toEqual([]);
    const locks = "context pump_lock {\n  holds spinlock\n  between pump_lock and pump_unlock\n}\n";
    client.change(`${folder}/p.allocpolicy`, 3, { text: locks });
    client.change(driver, 2, {
      text: text.replace("\tp->x", "\tpump_lock(p);\n\tp->x").replace("}", "\tpump_unlock(p);\n}"),
    });
    expect(codes((await client.pull(driver)).items)).toEqual(["sleep-in-atomic"]);
  });

  test("lets a finding be that a comment waives with a reason, and says what a waiver lacks", async () => {
    const client = await start({ pull: true });
    const waived = INCLUDED.replace(
      "\tp->buffer",
      `\t/* allocpolicy: waive sleep-in-atomic because "interrupts never run here" */\n\tp->buffer`,
    );
    openC(client, FILE, waived);
    expect((await client.pull(FILE)).items).toEqual([]);
    client.change(FILE, 2, { text: waived.replace(' because "interrupts never run here"', "") });
    expect(codes((await client.pull(FILE)).items)).toEqual(["syntax", "sleep-in-atomic"]);
  });

  test("stands beside a policy file that is judged as before", async () => {
    const client = await start({ pull: true });
    openC(client, FILE, INCLUDED);
    client.open(MAIN, SLEEPER);
    expect(codes((await client.pull(MAIN)).items)).toContain("sleep-in-atomic");
  });
});

describe("the callers of a policy", () => {
  const POLICY = `policy ring for kmalloc {\n  forbid has __GFP_NOFAIL because "-ENOMEM can be told"\n  mode quick when has __GFP_NORETRY { fails often }\n  mode usual otherwise { fails rarely }\n}\n`;
  const DRIVER = `void *ring_get(int n, gfp_t gfp)
{
\treturn kmalloc(n, gfp | __GFP_NOWARN);
}

void *quick(int n)
{
\treturn ring_get(n, GFP_KERNEL | __GFP_NORETRY);
}

void *stubborn(int n)
{
\treturn kmalloc(n, GFP_KERNEL | __GFP_NOFAIL);
}
`;

  test("are found in the C of the folder, through wrappers in other files, by the kernel of the tree", async () => {
    const { folder, driver } = tree({ Makefile: MAKEFILE, "ring.allocpolicy": POLICY });
    writeFileSync(new URL(driver), DRIVER);
    writeFileSync(new URL(`${folder}/user.c`), "void *f(void)\n{\n\treturn ring_get(8, GFP_KERNEL);\n}\n");
    const client = await start({ folders: [folder] });
    const answer = await client.request("allocpolicy/callers", { uri: `${folder}/ring.allocpolicy`, policy: "ring" });
    const page = String(field(answer, "markdown"));
    expect(page).toContain("3 calls of `kmalloc` under Linux 6.1.192.");
    expect(page).toMatch(/## Forbidden \(1\)[^#]*`drivers\/pump\/pump\.c:13` `stubborn\(\)`.*-ENOMEM can be told/s);
    expect(page).toMatch(/## Mode quick \(1\)[^#]*`drivers\/pump\/pump\.c:8` `quick\(\)`.*through ring\\_get\(\)/s);
    expect(page).toMatch(/## Mode usual \(1\)[^#]*`user\.c:3` `f\(\)`/s);
    expect(page).toMatch(/## Hand the mask of their callers on\s+- `drivers\/pump\/pump\.c:3` `ring_get\(\)`/);
  });

  test("are those of the policy at the cursor, and none of a policy that is for no function", async () => {
    const { folder } = tree({ "ring.allocpolicy": `${POLICY}policy free { forbid has __GFP_ZERO }\n` });
    const client = await start({ folders: [folder] });
    const asked = (line: number): Promise<unknown> =>
      client.request("allocpolicy/callers", { uri: `${folder}/ring.allocpolicy`, position: { line, character: 0 } });
    expect(field(await asked(1), "markdown")).toContain("# Callers of `ring`");
    expect(await asked(POLICY.split("\n").length - 1)).toBeNull();
  });
});

describe("C of other programs", () => {
  const program =
    "#include <stdlib.h>\n\nvoid *f(void)\n{\n\treturn kmalloc(64, GFP_KERNEL | __GFP_DMA32 | __GFP_DMA);\n}\n";

  test("is left alone, whatever its Makefile is", async () => {
    const { folder, driver } = tree({ Makefile: "CC = gcc\nall: f\n" });
    const client = await start({ pull: true, folders: [folder] });
    openC(client, driver, program);
    expect((await client.pull(driver)).items).toEqual([]);
    expect(await client.at("textDocument/hover", driver, positionOf(program, "kmalloc"))).toBeNull();
    expect(await client.request("allocpolicy/kernelInForce", { uri: driver })).toBeNull();
  });
});

describe("documents of other servers' languages", () => {
  const dynamic = { dynamicRegistration: true };
  const registers = (pull: boolean): Options => ({
    pull,
    capabilities: {
      textDocument: {
        synchronization: dynamic,
        hover: dynamic,
        codeAction: dynamic,
        ...(pull ? { diagnostic: dynamic } : {}),
      },
    },
  });

  test("are asked for what is answered and nothing else", async () => {
    const client = await start(registers(true));
    await client.until(() => (registering(client).includes("textDocument/diagnostic") ? true : undefined));
    const forC = client.registrations.filter(
      ({ registerOptions }) =>
        field(registerOptions, "documentSelector") != null && JSON.stringify(registerOptions).includes('"cpp"'),
    );
    expect(forC.map(({ method }) => method).sort()).toEqual([
      "textDocument/codeAction",
      "textDocument/diagnostic",
      "textDocument/didChange",
      "textDocument/didClose",
      "textDocument/didOpen",
      "textDocument/hover",
      "textDocument/inlayHint",
    ]);
    for (const { registerOptions } of forC)
      expect(field(registerOptions, "documentSelector")).toEqual([
        { language: "c" },
        { language: "cpp", pattern: "**/*.h" },
      ]);
  });

  test("have their marks once: none of them is in the report of the workspace", async () => {
    const client = await start(registers(true));
    openC(client, FILE, INCLUDED);
    client.open(MAIN, SLEEPER);
    const report = await client.request("workspace/diagnostic", { previousResultIds: [] });
    expect((field(report, "items") as readonly { readonly uri: string }[]).map(({ uri }) => uri)).toEqual([MAIN]);
    expect(codes((await client.pull(FILE)).items)).toEqual(["sleep-in-atomic"]);
  });

  test("are not asked for by name of a client that cannot be told later", async () => {
    const client = await start({ pull: true });
    client.open(MAIN, SLEEPER);
    await client.pull(MAIN);
    expect(registering(client).filter((method) => method.startsWith("textDocument/"))).toEqual([]);
  });

  test("have no formatting, names or completion here, so that nobody is asked whose to take", () => {
    for (const { guest, answers } of DOCUMENT_KINDS)
      if (guest !== null)
        expect([answers.formatting, answers.rename, answers.completion, answers.definition, answers.symbols]).toEqual(
          Array(5).fill(undefined),
        );
  });
});
