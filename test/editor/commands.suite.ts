import assert from "node:assert/strict";
import {
  commands,
  ConfigurationTarget,
  extensions,
  languages,
  LanguageModelTextPart,
  lm,
  TabInputCustom,
  tasks,
  Uri,
  window,
  workspace,
} from "vscode";
import type { AllocPolicyExtension } from "../../client/extension.ts";
import { closeAll, openFile, select, seesFinding, type, until, writeFile } from "./user.ts";

/** The extension under test; activated by the first policy file. */
async function extension(): Promise<AllocPolicyExtension> {
  const found = extensions.getExtension<AllocPolicyExtension>("allocpolicy.allocpolicy");
  assert.ok(found, "the extension is installed");
  return found.activate();
}

const SLEEPER = `kernel 6.12

request sleeper {
  api     kmalloc
  size    256 B
  flags   GFP_KERNEL
  context softirq
}
`;

/** Waits until the status item names a kernel. */
async function seesKernel(name: string): Promise<void> {
  const { kernelInForce } = await extension();
  await until(
    `the kernel ${name} in the status bar`,
    () => kernelInForce()?.includes(name) || undefined,
    kernelInForce,
  );
}

/** Waits until the page of a rule stands in a tab, rendered. */
async function seesPage(rule: string): Promise<void> {
  await until(
    `the page of ${rule}`,
    () => {
      const input = window.tabGroups.activeTabGroup.activeTab?.input;
      return (input instanceof TabInputCustom && input.uri.toString() === `allocpolicy-rule:/${rule}.md`) || undefined;
    },
    () =>
      window.tabGroups.all.map(({ tabs }) => tabs.map(({ label, isActive, input }) => ({ label, isActive, input }))),
  );
}

suite("Commands", () => {
  teardown(closeAll);

  test("the status item shows the kernel of the file, as it is typed", async () => {
    const editor = await openFile("status.allocpolicy", SLEEPER);
    await seesKernel("6.12");
    select(editor, "6.12");
    await type("6.1");
    await seesKernel("6.1");
  });

  test("the status item hides when another file comes to the front", async () => {
    await openFile("shown.allocpolicy", SLEEPER);
    await seesKernel("6.12");
    await openFile("notes.txt", "nothing here\n");
    const { kernelInForce } = await extension();
    await until("no kernel", () => kernelInForce() === undefined || undefined, kernelInForce);
  });

  test("a file without a header is checked against the kernel of the settings", async () => {
    const settings = workspace.getConfiguration("allocpolicy");
    try {
      await settings.update("kernel", "5.15", ConfigurationTarget.Workspace);
      await openFile("headless.allocpolicy", "context softly { in softirq }\n");
      await seesKernel("5.15");
    } finally {
      await settings.update("kernel", undefined, ConfigurationTarget.Workspace);
    }
  });

  test("a mask is decoded", async () => {
    await openFile("decode.allocpolicy", SLEEPER);
    await extension();
    const text = await commands.executeCommand<string>("allocpolicy.decodeMask", "0xcc0");
    assert.match(text, /GFP_KERNEL/);
  });

  test("the selected number is decoded for the kernel of its file", async () => {
    const editor = await openFile("decode-selected.allocpolicy", `kernel 6.12\n\nflags REPORTED = 0x140dca\n`);
    await seesKernel("6.12");
    select(editor, "0x140dca");
    const text = await commands.executeCommand<string>("allocpolicy.decodeMask");
    assert.match(text, /GFP_HIGHUSER_MOVABLE/);
    assert.match(text, /6\.12/);
  });

  test("the link behind a finding opens the page of its rule", async () => {
    const { document } = await openFile("link.allocpolicy", SLEEPER);
    const { code } = await seesFinding(document, "sleep-in-atomic", "GFP_KERNEL");
    assert.ok(typeof code === "object", "the finding has a link");
    const page = await workspace.openTextDocument(code.target);
    assert.match(page.getText(), /sleep-in-atomic/);
    await commands.executeCommand("vscode.open", code.target);
    await seesPage("sleep-in-atomic");
  });

  test("the finding of a file that nobody opened has the same link", async () => {
    await openFile("opened.allocpolicy", SLEEPER);
    await extension();
    const uri = await writeFile("closed.allocpolicy", SLEEPER);
    const [finding] = await until("its finding", () => {
      const found = languages.getDiagnostics(uri);
      return found.length > 0 ? found : undefined;
    });
    assert.ok(typeof finding?.code === "object", "the finding has a link");
    assert.equal(finding.code.target.toString(), "allocpolicy-rule:/sleep-in-atomic.md");
  });

  test("the page of a rule is opened by its name, and a wrong name gets an answer", async () => {
    await openFile("pages.allocpolicy", SLEEPER);
    await extension();
    await commands.executeCommand("allocpolicy.showRule", "nofail-with-range");
    await seesPage("nofail-with-range");
    const missing = await workspace.openTextDocument(Uri.parse("allocpolicy-rule:/no-such-rule.md"));
    assert.match(missing.getText(), /no rule/);
  });

  test("the server is restarted and goes on", async () => {
    const editor = await openFile("restart.allocpolicy", SLEEPER);
    await seesFinding(editor.document, "sleep-in-atomic", "GFP_KERNEL");
    await commands.executeCommand("allocpolicy.restartServer");
    select(editor, "GFP_KERNEL");
    await type("GFP_NOFS");
    await seesFinding(editor.document, "nofs-is-not-atomic", "GFP_NOFS");
    await seesKernel("6.12");
  });

  test("all commands of the extension are there", async () => {
    await extension();
    const known = await commands.getCommands(true);
    for (const name of ["decodeMask", "restartServer", "showKernel", "showRule"])
      assert.ok(known.includes(`allocpolicy.${name}`), name);
  });

  test("a language model may ask what a mask means and what is wrong with a policy", async () => {
    await extension();
    const told = async (name: string, input: object): Promise<string> => {
      const { content } = await lm.invokeTool(name, { input, toolInvocationToken: undefined });
      return content.map((part) => (part instanceof LanguageModelTextPart ? part.value : "")).join("");
    };
    assert.match(await told("allocpolicy_explain_mask", { mask: "0x140dca", kernel: "6.12" }), /GFP_HIGHUSER_MOVABLE/);
    assert.match(await told("allocpolicy_explain_mask", { mask: "GFP_NONSENSE" }), /not in Linux/);
    assert.match(
      await told("allocpolicy_explain_mask", { mask: "GFP_KERNEL", kernel: "9.9" }),
      /^Linux 9\.9: the model does not know/,
    );
    assert.match(await told("allocpolicy_check_policy", { text: SLEEPER }), /sleep-in-atomic/);
    assert.equal(await told("allocpolicy_check_policy", { text: "kernel 6.12\n" }), "No findings.");
  });

  test("the task prints what is wrong in the files of the folder, also in those that nobody opened, and fails", async () => {
    const [check] = await tasks.fetchTasks({ type: "allocpolicy" });
    assert.ok(check, "there is a task");
    const ended = new Promise<number | undefined>((resolve) => {
      const listening = tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.name !== check.name) return;
        listening.dispose();
        resolve(exitCode);
      });
    });
    await tasks.executeTask(check);
    assert.equal(await ended, 1);
    await commands.executeCommand("workbench.action.closePanel");
  });
});
