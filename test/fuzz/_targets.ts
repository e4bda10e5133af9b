// What is fuzzed: each target takes a text and throws when something that must hold does not.
import { editFile, format, parseFile } from "../../grammar/index.ts";
import { LineAnswers } from "../../server/cli/verdict/line-answers.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument, type Workspace } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { completionsAt } from "../../server/service/completion.ts";
import { foldsOf } from "../../server/service/folding.ts";
import { hoverAt } from "../../server/service/hover.ts";
import { upTo } from "../../server/service/runs.ts";
import { symbolsOf } from "../../server/service/symbols.ts";
import { Client } from "../lsp/_client.ts";
import { standardRequests } from "../lsp/_methods.ts";
import { MORE_TARGETS } from "./_more-targets.ts";
import { Random } from "./_random.ts";
import { hold, type Target } from "./_target.ts";

const URI = "file:///fuzz/a.allocpolicy";

function workspaceOf(text: string): Workspace {
  return withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, parseFile(text));
}

/** The findings of all regions as text, with their places in the file. */
function findingsText(workspace: Workspace, starts: readonly number[]): string {
  return check(workspace, URI)
    .regions.flatMap((findings, at) =>
      findings.map(
        ({ rule, message, span }) =>
          `${rule} ${(starts[at] ?? 0) + span.start} ${(starts[at] ?? 0) + span.end} ${message}`,
      ),
    )
    .join("\n");
}

export const POLICY_WORDS =
  'kernel 6.12|kernel 4.19 .. 7.3|config { PREEMPT_RT on }|import "b"|flags X = |context c { in softirq }|request r { |policy p for kmalloc { |transform t(m) = |memory M { |expect r { |forbid has |require |when |because "|mode |like |GFP_KERNEL|GFP_ATOMIC|__GFP_NOFAIL|__GFP_ZERO| & ~| \\| |(|)|{|}|,|..|==|/*|*/|// |///|"|\\\\|\n|64 B|4 KiB|18446744073709551616|api kmalloc|api alloc_contig_range|order 3|scope NOIO|flag __GFP_NEW|waive |holds mutex "m"|sleeps never|succeeds in 95 %|\u202e|\ud800|\r\n|\u0000'
    .split("|")
    .map((word) => word.replace("\\", "|"));

/** Lexer, parser, formatter, findings, hovers and completion, and each again after an edit. */
const policy: Target = {
  name: "policy",
  words: POLICY_WORDS,
  begin: () => async (text) => {
    const random = new Random(text.length * 31 + (text.charCodeAt(0) || 0));
    const file = parseFile(text);
    hold(file.text === text && file.regions.map((region) => region.text).join("") === text, "the text is kept");
    const laidOut = format(text);
    if (laidOut.kind !== "damaged") {
      const again = format(laidOut.text);
      hold(again.kind !== "damaged" && again.text === laidOut.text, "what was formatted stays as it is");
    }
    const workspace = workspaceOf(text);
    const said = findingsText(workspace, file.starts);
    hold(!/^internal-error /m.test(said), `no rule breaks: ${said}`);
    for (let asked = 0; asked < 3; asked += 1) {
      const at = random.below(text.length + 1);
      hoverAt(workspace, URI, at);
      completionsAt(workspace, URI, at, "x");
    }
    foldsOf(file, upTo(100));
    symbolsOf(file, upTo(100));
    const start = random.below(text.length + 1);
    const edit = { start, end: Math.min(text.length, start + random.below(6)), text: random.of(POLICY_WORDS) ?? "" };
    const edited = editFile(file, edit);
    const fresh = workspaceOf(edited.text);
    hold(
      findingsText(withDocument(workspace, URI, edited), edited.starts) ===
        findingsText(fresh, parseFile(edited.text).starts),
      `an edit says what a fresh start says: ${JSON.stringify(edit)}`,
    );
  },
};

/** The model, through the lines of `verdict`. */
const model: Target = {
  name: "model",
  words:
    '"kernel":"6.12",|"kernel":"5.10.262",|"kernel":"7.3",|"api":"kmalloc",|"api":"alloc_pages",|"api":"alloc_contig_range",|"api":"mempool_alloc",|"api":"vmalloc",|"flags":"GFP_KERNEL",|"flags":"0xffffffff",|"order":10,|"size":4096,|"size":9007199254740991,|"pages":512,|"count":16,|"context":"softirq",|"scopes":["nofs","pin"],|"task":["oom_victim"],|"node":1,|"cache":{"ctor":true},|"config":{"PREEMPT_RT":true},|"pool":{"empty":true},|null|{}|[]|-1|1e308|"|\\\\|,|}'.split(
      "|",
    ),
  begin: () => {
    const answers = new LineAnswers();
    return async (text) => {
      const line = text.replace(/[\r\n]/g, " ");
      const answer = answers.answer(line);
      hold(!/[\r\n]/.test(answer), "an answer is one line");
      const said: unknown = JSON.parse(answer);
      hold(typeof said === "object" && said !== null, "an answer is an object");
      hold(!answer.includes('"rule":"internal-error"'), "no rule breaks");
      hold(!/:(?:null,"mask"|NaN)/.test(answer), "no number is none");
      if (typeof said !== "object" || said === null || "error" in said) return;
      const is = (field: string, value: string): boolean => Reflect.get(said, field) === value;
      hold(!(is("sleeps", "never") && is("reclaim", "direct")), "who reclaims sleeps");
      hold(!(is("oom", "always") && is("sleeps", "never")), "who calls the OOM killer sleeps");
      hold(!(is("fails", "always") && is("loops", "always")), "what fails comes back");
      hold(answer === new LineAnswers().answer(line), "an answer depends on its line alone");
    };
  },
};

const METHODS: readonly string[] = standardRequests()
  .map(({ method }) => method)
  .filter((method) => method !== "initialize" && method !== "shutdown");

/** The server: parameters of requests as they come, mutated, over one document that is edited all the while. */
const server: Target = {
  name: "server",
  words:
    '"textDocument":{"uri":"file:///fuzz/a.allocpolicy"},|"position":{"line":0,"character":0},|"position":{"line":-1,"character":99999},|"range":{"start":{"line":2,"character":1},"end":{"line":0,"character":0}},|"newName":"x",|"context":{"diagnostics":[]},|"positions":[],|"options":{},|null|[]|{}|"|1e9|"file:///"|"untitled:1"|-1|,|}|{'.split(
      "|",
    ),
  begin: () => {
    let client: Promise<Client> | null = null;
    let version = 1;
    return async (text) => {
      client ??= Client.started({ pull: true });
      const server = await client;
      const random = new Random(text.length * 17 + (text.charCodeAt(1) || 0));
      if (version === 1)
        server.open(URI, "kernel 6.12\nflags RING = GFP_KERNEL\nrequest r { api kmalloc  size 8 B  flags RING }\n");
      version += 1;
      let given: unknown = text;
      try {
        given = JSON.parse(text);
      } catch {}
      server.change(URI, version, {
        text:
          random.below(3) === 0
            ? text
            : `kernel 6.12\nflags RING = GFP_KERNEL\nrequest r { api kmalloc  size ${version} B  flags RING }\n`,
      });
      const own = Object.keys(Object(server.capabilities.experimental));
      const method = random.of([...METHODS, ...own]) ?? "";
      await server.request(method, given).catch((error: unknown) => {
        const code = error instanceof Error && "code" in error ? error.code : null;
        const isMeant = typeof code === "number" && code !== -32603 && !/ failed: /.test(String(error));
        hold(isMeant, `${method} is answered or refused: ${String(error)}`);
      });
      const { kind } = await server.pull(URI);
      hold(kind === "full", "the server goes on");
    };
  },
};

export const TARGETS: readonly Target[] = [policy, model, server, ...MORE_TARGETS];
