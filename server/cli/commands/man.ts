import { OK, UsageError, type Command } from "../command.ts";
import { manualPage } from "../manual.ts";
import { parsed, type Options } from "../options.ts";

const OPTIONS = {} as const satisfies Options;

export const man: Command = {
  name: "man",
  summary: "print the manual page, for man(1)",
  operands: "",
  options: OPTIONS,
  examples: [
    { line: "allocpolicy man | man -l -", does: "reads it" },
    { line: "allocpolicy man > /usr/local/share/man/man1/allocpolicy.1", does: "installs it" },
  ],
  run: async (args, io) => {
    if (parsed(OPTIONS, args).positionals.length > 0) throw new UsageError("there is one page for all commands");
    await io.write(manualPage(await io.commands()));
    return OK;
  },
};
