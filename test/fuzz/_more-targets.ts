// What is fuzzed beside policies, the model and the server: C files, kernel logs, command lines.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../server/cli/main.ts";
import { COMMANDS } from "../../server/cli/commands/index.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, type Workspace } from "../../server/documents/workspace.ts";
import { diagnose } from "../../server/kernel-log/diagnosis.ts";
import { readReports } from "../../server/kernel-log/reader.ts";
import type { DocumentKind } from "../../server/service/document-kind.ts";
import { kernelC } from "../../server/service/kinds/kernel-c.ts";
import { kernelLog } from "../../server/service/kinds/kernel-log.ts";
import { visible } from "../../server/service/visible.ts";
import { beside } from "./_beside.ts";
import { Random } from "./_random.ts";
import { hold, type Target } from "./_target.ts";

const MOST_FINDINGS = 200;

/** All that a kind answers about a text, at some places; what it finds is the same after an edit as from the start. */
function answersHold(kind: DocumentKind, uri: string, text: string, words: readonly string[]): void {
  const random = new Random(text.length * 31 + (text.charCodeAt(0) || 0));
  const { answers } = kind;
  const workspaceOf = (document: ReturnType<DocumentKind["open"]>): Workspace =>
    withDocument(emptyWorkspace(DEFAULT_SETTINGS), uri, document);
  const placed = (workspace: Workspace) =>
    (answers.findings?.(workspace, uri, MOST_FINDINGS).runs ?? []).flatMap(({ start, items }) =>
      items.map((finding) => ({ finding, start: start + finding.span.start, end: start + finding.span.end })),
    );
  const found = (workspace: Workspace): string =>
    JSON.stringify(placed(workspace).map(({ finding, start, end }) => [finding.rule, finding.message, start, end]));
  const document = kind.open(text);
  hold(document.text === text, "the text is kept");
  const workspace = workspaceOf(document);
  for (const { finding, start, end } of placed(workspace)) {
    hold(finding.rule !== "internal-error", `no rule breaks: ${finding.message}`);
    hold(0 <= start && start <= end && end <= text.length, "a finding stands in the text");
    for (const place of answers.related?.(workspace, finding) ?? [])
      hold(0 <= place.start && place.start <= place.end, "a related place is one");
    for (const { changes } of answers.actions?.(workspace, uri, start, end) ?? [])
      for (const change of changes) hold(change.start <= change.end && change.end <= text.length, "a fix stands in it");
  }
  for (let asked = 0; asked < 3; asked += 1) {
    const at = random.below(text.length + 1);
    const hover = answers.hover?.(workspace, uri, at) ?? null;
    if (hover !== null) hold(visible(hover.markdown) === hover.markdown, "a hover has nothing that turns text around");
    answers.call?.(workspace, uri, at);
  }
  answers.hints?.(workspace, uri, 0, text.length, MOST_FINDINGS);
  const start = random.below(text.length + 1);
  const edit = { start, end: Math.min(text.length, start + random.below(6)), text: random.of(words) ?? "" };
  const edited = kind.edit(document, edit);
  hold(
    found(withDocument(workspace, uri, edited)) === found(workspaceOf(kind.open(edited.text))),
    `an edit says what a fresh start says: ${JSON.stringify(edit)}`,
  );
}

const C_WORDS =
  "static int f(struct nic *nic)\n{\n|}\n|{|(|)|;|,|void *p = |kmalloc(64, GFP_KERNEL);\n|kvmalloc(size, GFP_ATOMIC | __GFP_NOFAIL);\n|alloc_pages(GFP_NOIO, 9);\n|spin_lock(&nic->lock);\n|spin_unlock(&nic->lock);\n|rcu_read_lock();\n|local_irq_save(flags);\n|if (!p)\n\treturn -ENOMEM;\n|goto out;\n|out:\n|while (|switch (x) {\ncase 1:\n|#ifdef CONFIG_X\n|#else\n|#endif\n|#define M(x) \\\n|\"|'|/*|*/|//|\\|GFP_KERNEL|__GFP_DIRECT_RECLAIM| & ~| \\| |->|f(nic);\n|EXPORT_SYMBOL(f);\n|guard(mutex)(&nic->m);\n|for (;;)\n|do {\n|} while (0)\n|\u202e|\u0000|0x7fffffffffffffff";

const kernelCTarget: Target = {
  name: "kernel-c",
  words: C_WORDS.split("|"),
  begin: () => (text) => {
    answersHold(kernelC, "file:///tree/drivers/net/nic.c", text, C_WORDS.split("|"));
    return Promise.resolve();
  },
};

const LOG_WORDS =
  "our_task: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0\n|CPU: 1 PID: 42 Comm: our_task Not tainted 6.12.0 #1\n|Call Trace:\n|[   12.345678] |<4>|Mem-Info:\n|active_anon:1 inactive_anon:2 isolated_anon:0\n|Node 0 Normal free:1024kB boost:0kB min:2048kB low:4096kB high:8192kB\n|lowmem_reserve[]: 0 0 0\n|Node 0 Normal: 1*4kB (U) 2*8kB (UME) 0*16kB = 20kB\n|Out of memory: Killed process 7 (x)\n|oom-kill:constraint=CONSTRAINT_NONE\n|kB|0x|(null)|order:|mode:|-1|99999999999999999999|\n|\r\n|\u001b[31m|\u202e|\u0000";

const kernelLogTarget: Target = {
  name: "kernel-log",
  words: LOG_WORDS.split("|"),
  begin: () => (text) => {
    answersHold(kernelLog, "file:///var/log/a.log", text, LOG_WORDS.split("|"));
    for (const report of readReports(text)) JSON.stringify(diagnose(report));
    return Promise.resolve();
  },
};

const FILES: Readonly<Record<string, string>> = {
  "a.allocpolicy": `kernel 6.12
context rx { in softirq }
policy p for kmalloc { forbid has __GFP_NOFAIL because "\u202ex\u001b[31m" }
request r { api kmalloc  size 64 B  flags GFP_KERNEL  context rx  policy p }
memory m { zone Normal { managed 1 GiB  free 4 MiB  min 8 MiB } }
`,
  "b.c": `#include <linux/slab.h>\nvoid *f(void)\n{\n\tspin_lock(&l); /* \u202e\u001b[2J */\n\treturn kmalloc(8, GFP_KERNEL);\n}\n`,
  "c.log":
    "x\u001b[31m: page allocation failure: order:4, mode:0xcc0(GFP_KERNEL)\nCPU: 1 PID: 42 Comm: x\u202e 6.12.0\n",
};
const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));

/** A language server would serve, and a baseline or a cache write what the next input reads. */
const LEFT_OUT: ReadonlySet<string> = new Set(["lsp", "--git", "--write-baseline", "--cache"]);
/** Of the folder that is made for an input: beyond it lie the trees of this machine. */
const LEADS_OUT = /(?:^|=)\/|\.\./;
const INTERNAL_ERROR = 3;

/** A command line, an argument a line. */
const commandLine: Target = {
  name: "command-line",
  words: [
    ...commands.flatMap(({ name, options }) => [`${name}\n`, ...Object.keys(options).map((option) => `--${option}\n`)]),
    ..."a.allocpolicy\n|b.c\n|c.log\n|.\n|-\n|--\n|--kernel\n6.12\n|GFP_KERNEL\n|0xcc0\n|kmalloc(8, GFP_KERNEL)\n|--size\n64\n|--order\n3\n|softirq\n|sleep-in-atomic\n|--format\njson\n|--format\nsarif\n|--format\ngithub\n|6.1..6.12\n|,|=|\u001b[31m|\u202e|\u0000|99999999999999999999|-1\n|gone.allocpolicy\n".split(
      "|",
    ),
  ].filter((word) => !LEFT_OUT.has(word.trim())),
  begin: () => async (text) => {
    const args = text.split("\n").filter((word) => word !== "" && !word.includes("\0"));
    if (args.some((word) => LEFT_OUT.has(word.replace(/=.*/, "")) || LEADS_OUT.test(word))) return;
    const cwd = mkdtempSync(join(tmpdir(), "allocpolicy-fuzz-"));
    try {
      for (const [name, content] of Object.entries(FILES)) writeFileSync(join(cwd, name), content);
      let said = "";
      const write = (one: string): Promise<void> => {
        said += one;
        return Promise.resolve();
      };
      async function* input(): AsyncGenerator<string> {
        yield `${text}\n`;
      }
      const uninterrupted = (work: () => void): Promise<void> => Promise.resolve(work());
      const outside = { uninterrupted, terminal: null, cores: 1, thread: null, cacheFolder: null };
      const status = await main(args, { ...outside, cwd, input: input(), write, warn: (one) => void write(one) });
      hold(status !== INTERNAL_ERROR, `AllocPolicy is not at fault: ${said.slice(0, 300)}`);
      hold(!/^ {4}at /m.test(said), "no stack is shown");
      // A filter gives back the text that it was given, whatever is in it.
      const isFilter = args[0] === "fmt" && args.includes("-");
      hold(isFilter || visible(said) === said, "nothing of the input steers a terminal");
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  },
};

export const MORE_TARGETS: readonly Target[] = [kernelCTarget, kernelLogTarget, commandLine, beside];
