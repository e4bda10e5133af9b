import { OK, UsageError, type Command } from "../command.ts";
import { parsed, type Options } from "../options.ts";
import { answerLine } from "../verdict-lines.ts";

/** Answers are written out when this many characters have come together: one write a line would be slow. */
const CHUNK = 1 << 16;

const OPTIONS = {} as const satisfies Options;

export const verdict: Command = {
  name: "verdict",
  operands: "< REQUESTS.jsonl",
  options: OPTIONS,
  examples: [
    {
      line: `echo '{"kernel":"6.12","api":"kmalloc","flags":"GFP_KERNEL","size":64}' | allocpolicy verdict`,
      does: "one request; docs/command-line.md has the fields of requests and answers",
    },
  ],
  summary: "answer requests, one JSON object a line, with what the kernel does; for scripts",
  run: async (args, io) => {
    if (parsed(OPTIONS, args).positionals.length > 0)
      throw new UsageError("requests come over standard input, one JSON object a line");
    let rest = "";
    let answers = "";
    const take = async (line: string): Promise<void> => {
      if (line.trim() === "") return;
      answers += `${answerLine(line)}\n`;
      if (answers.length < CHUNK) return;
      await io.writeExactly(answers);
      answers = "";
    };
    for await (const chunk of io.input) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) await take(line);
    }
    await take(rest);
    if (answers !== "") await io.writeExactly(answers);
    return OK;
  },
};
