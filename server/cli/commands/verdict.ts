import { OK, UsageError, type Command } from "../command.ts";
import { parsed, type Options } from "../options.ts";
import { LineAnswers } from "../verdict/line-answers.ts";

/** Answers are written out when so many characters have come together, and whenever there is no more to answer. */
const CHUNK = 1 << 16;
/** No line is longer, in UTF-16 units: what does not end would fill the memory. */
const LONGEST = 16 * 1024 * 1024;
const TOO_LONG = '{"error":"the line is longer than 16 MiB"}\n';
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
    for await (const complete of linesOf(io.input)) {
      for (const line of complete) {
        if (line === null) answers += TOO_LONG;
        else await take(line);
      }
      // Who waits for an answer before it asks again gets it.
      await tell();
    }
    return OK;
  },
};

/** The lines of each piece of input, when they have come; null for one that is longer than `LONGEST`. */
async function* linesOf(input: AsyncIterable<string>): AsyncGenerator<readonly (string | null)[]> {
  let rest = "";
  let isCut = false;
  for await (const chunk of input) {
    if (!chunk.includes("\n")) {
      // A long line is put together once it is there, and not with each piece of it.
      rest += chunk;
      if (isCut || rest.length > LONGEST) [rest, isCut] = ["", true];
      continue;
    }
    const complete: (string | null)[] = (rest + chunk).split("\n");
    if (isCut) complete[0] = null;
    rest = String(complete.pop());
    isCut = false;
    yield complete;
  }
  yield [isCut ? null : rest];
}
