import { parseArgs } from "node:util";
import { OK, type Command } from "../command.ts";
import { answerLine } from "../verdict-lines.ts";

/** Answers are written out when this many characters have come together: one write a line would be slow. */
const CHUNK = 1 << 16;

export const verdict: Command = {
  name: "verdict",
  usage: "< REQUESTS.jsonl",
  summary: "answer requests, one JSON object a line, with what the kernel does; for scripts",
  run: async (args, io) => {
    parseArgs({ args: [...args], options: {} });
    let rest = "";
    let answers = "";
    const take = async (line: string): Promise<void> => {
      if (line.trim() === "") return;
      answers += `${answerLine(line)}\n`;
      if (answers.length < CHUNK) return;
      await io.write(answers);
      answers = "";
    };
    for await (const chunk of io.input) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) await take(line);
    }
    await take(rest);
    if (answers !== "") await io.write(answers);
    return OK;
  },
};
