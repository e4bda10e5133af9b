import { OK, UsageError, type Command } from "../command.ts";
import { parsed, type Options } from "../options.ts";

const OPTIONS = {
  stdio: { type: "boolean", default: false, means: "speak over standard input and output; the only way that there is" },
} as const satisfies Options;

/**
 * The language server is a program of its own (server/lsp/main.ts): `bin.ts` starts it before this command line is
 * loaded.
 */
export const lsp: Command = {
  name: "lsp",
  operands: "",
  options: OPTIONS,
  fails: "the messages that it gets cannot be read any more",
  examples: [
    { line: "allocpolicy lsp --stdio", does: "what an editor starts: docs/editors.md has the lines for each" },
  ],
  summary: "run the language server on standard input and output, for any editor",
  run: (args) => {
    if (!parsed(OPTIONS, args).values.stdio)
      return Promise.reject(new UsageError("the language server speaks over standard input and output: say --stdio"));
    return Promise.resolve(OK);
  },
};
