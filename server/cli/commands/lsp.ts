import { OK, UsageError, type Command } from "../command.ts";

/**
 * The language server is a program of its own (server/lsp/main.ts): `bin.ts` starts it before this command line is
 * loaded.
 */
export const lsp: Command = {
  name: "lsp",
  usage: "--stdio",
  summary: "run the language server on standard input and output, for any editor",
  run: (args) => {
    if (!args.includes("--stdio"))
      return Promise.reject(new UsageError("the language server speaks over standard input and output: say --stdio"));
    return Promise.resolve(OK);
  },
};
