import { catalogue, rulePage } from "../../policy-language/catalogue.ts";
import { OK, UsageError, type Command } from "../command.ts";
import { meantText } from "../meant.ts";
import { parsed, type Options } from "../options.ts";

const OPTIONS = {} as const satisfies Options;

export const rules: Command = {
  name: "rules",
  operands: "[RULE]",
  operandWords: "rules",
  options: OPTIONS,
  examples: [
    { line: "allocpolicy rules", does: "all findings, with their severity" },
    { line: "allocpolicy rules sleep-in-atomic", does: "what it means, what to write instead, and an example" },
  ],
  summary: "list every finding that there is, or show one rule's page",
  run: async (args, io) => {
    const { positionals } = parsed(OPTIONS, args);
    const [id, ...more] = positionals;
    if (more.length > 0) throw new UsageError("name one rule");
    if (id === undefined) {
      const entries = catalogue();
      const width = Math.max(...entries.map((entry) => entry.id.length));
      await io.write(
        entries.map((entry) => `${entry.id.padEnd(width)}  ${entry.severity.padEnd(11)}  ${entry.title}\n`).join(""),
      );
      return OK;
    }
    const page = rulePage(id);
    if (page === null) {
      const names = catalogue().map((entry) => entry.id);
      throw new UsageError(`there is no rule '${id}'${meantText(id, names) || ": 'allocpolicy rules' lists them"}`);
    }
    await io.write(page);
    return OK;
  },
};
