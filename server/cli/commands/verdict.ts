import { OK, UsageError, type Command } from "../command.ts";
import { parsed, type Options } from "../options.ts";
import { LineAnswers } from "../verdict/line-answers.ts";

/** Answers are written out when so many characters have come together, and whenever there is no more to answer. */
const CHUNK = 1 << 16;
/** What a request names that is simulated. */
const SIMULATED = '"memory"';

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
    const lines = new LineAnswers();
    let rest = "";
    let answers = "";
    const tell = async (): Promise<void> => {
      const text = answers;
      answers = "";
      if (text !== "") await io.writeExactly(text);
    };
    const take = async (line: string): Promise<void> => {
      if (line.trim() === "") return;
      // What may take long keeps nobody waiting for what is there.
      if (answers !== "" && line.includes(SIMULATED) && !lines.isKnown(line)) await tell();
      answers += `${lines.answer(line)}\n`;
      if (answers.length >= CHUNK) await tell();
    };
    for await (const chunk of io.input) {
      const complete = (rest + chunk).split("\n");
      rest = complete.pop() ?? "";
      for (const line of complete) await take(line);
      // Who waits for an answer before it asks again gets it.
      await tell();
    }
    await take(rest);
    await tell();
    return OK;
  },
};
