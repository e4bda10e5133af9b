import { resolve } from "node:path";
import { readFileChunks } from "../../disk/read.ts";
import { declarationsOf } from "../../kernel-log/declarations.ts";
import { diagnose } from "../../kernel-log/diagnosis.ts";
import { diagnosisJson } from "../../kernel-log/json.ts";
import { ReportReader } from "../../kernel-log/reader.ts";
import { redacted } from "../../kernel-log/redacted.ts";
import type { KernelReport } from "../../kernel-log/report.ts";
import { diagnosisText } from "../../kernel-log/text.ts";
import { FOUND, OK, UsageError, type Command, type Io } from "../command.ts";
import { kernelFrom, olderHeaderFrom } from "../kernels.ts";
import { parsed, type Options } from "../options.ts";
import { jsonText, visibleName } from "../../service/visible.ts";

const OPTIONS = {
  report: { type: "string", takes: "N", means: "only the report of that number; they count from 1" },
  kernel: {
    type: "string",
    takes: "V",
    words: "kernels",
    means: "the kernel that the reports come from; without it what they say themselves",
  },
  redact: { type: "boolean", default: false, means: "without the names of processes, cgroups and caches" },
  memory: {
    type: "boolean",
    default: false,
    means: "one report, the first without --report, as a policy file to be edited and tried again",
  },
  json: { type: "boolean", default: false, means: "as one JSON document, with every number that was printed" },
} as const satisfies Options;

interface Wanted {
  readonly report: number | null;
  readonly kernel: string | null;
  readonly redact: boolean;
  readonly as: "text" | "memory" | "json";
  /** Where the log stands. */
  readonly path: string;
}

export const dmesg: Command = {
  name: "dmesg",
  operands: "[FILE|-]",
  operandWords: "files",
  options: OPTIONS,
  summary: "explain the page allocation failures, vmalloc errors and OOM reports of a kernel log",
  fails: "the log has no such report",
  examples: [
    { line: "dmesg | allocpolicy dmesg", does: "what failed since the machine was started, and why" },
    { line: "allocpolicy dmesg console.log --report 2", does: "the second report of a log" },
    {
      line: "allocpolicy dmesg console.log --report 1 --memory > try.allocpolicy",
      does: "the first one as a file to edit",
    },
  ],
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    const [path = "-", ...more] = positionals;
    if (more.length > 0) throw new UsageError("name one log");
    if (values.json && values.memory) throw new UsageError("--memory or --json, not both");
    if (values.kernel !== undefined && olderHeaderFrom(values.kernel) === null) kernelFrom(values.kernel);
    const wanted: Wanted = {
      report: values.report !== undefined ? reportNumber(values.report) : values.memory ? 1 : null,
      kernel: values.kernel ?? null,
      redact: values.redact,
      as: values.json ? "json" : values.memory ? "memory" : "text",
      path,
    };
    const count = await explain(io, wanted);
    if (count === 0) {
      const log = path === "-" ? "standard input" : visibleName(path);
      io.warn(`${log} has no report of a page allocation failure, a vmalloc error or the OOM killer\n`);
      return FOUND;
    }
    if (wanted.report !== null && wanted.report > count)
      throw new UsageError(`there is no report ${wanted.report}: the log has ${count === 1 ? "one" : count}`);
    return OK;
  },
};

function reportNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`'${text}' is no number of a report: they count from 1`);
  return Number(text);
}

/** Writes each report as soon as it was read, and answers how many there are. */
async function explain(io: Io, wanted: Wanted): Promise<number> {
  let count = 0;
  let written = 0;
  const waiting: KernelReport[] = [];
  const reader = new ReportReader((report) => {
    count++;
    if (wanted.report === null || report.number === wanted.report) waiting.push(report);
  });
  const write = async (): Promise<void> => {
    for (const report of waiting.splice(0)) await writeReport(io, report, wanted, written++ === 0);
  };
  if (wanted.as === "json") await io.writeExactly('{"version":1,"reports":[');
  for await (const chunk of chunksOf(io, wanted.path)) {
    reader.push(chunk);
    await write();
  }
  reader.end();
  await write();
  if (wanted.as === "json") await io.writeExactly("]}\n");
  return count;
}

async function writeReport(io: Io, report: KernelReport, wanted: Wanted, isFirst: boolean): Promise<void> {
  const { redact, kernel, as, path } = wanted;
  const diagnosis = diagnose(redact ? redacted(report) : report, kernel);
  if (as === "json") {
    await io.writeExactly(`${isFirst ? "" : ","}\n${jsonText(diagnosisJson(diagnosis))}`);
    return;
  }
  if (as === "memory") {
    const origin = redact || path === "-" ? null : path;
    await io.write(`${isFirst ? "" : "\n"}${declarationsOf(diagnosis, origin)}`);
    return;
  }
  const lines = `lines ${report.firstLine + 1} to ${report.lastLine + 1}`;
  const head = `${isFirst ? "" : "\n"}Report ${report.number}, ${lines}: ${report.title.text}`;
  await io.write(`${head}\n\n${diagnosisText(diagnosis)}`);
}

async function* chunksOf(io: Io, path: string): AsyncGenerator<string> {
  if (path === "-") {
    let isFirst = true;
    // The mark of UTF-8, which TextDecoder passes over in a file.
    for await (const chunk of io.input) {
      yield isFirst && chunk.startsWith("\ufeff") ? chunk.slice(1) : chunk;
      isFirst = false;
    }
    return;
  }
  const decoder = new TextDecoder();
  for await (const piece of readFileChunks(resolve(io.cwd, path))) {
    if ("unreadable" in piece) throw new UsageError(`cannot read ${path}: ${piece.unreadable}`);
    yield decoder.decode(piece.bytes, { stream: true });
  }
  yield decoder.decode();
}
