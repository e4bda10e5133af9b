import { parseArgs } from "node:util";
import { format } from "../../../grammar/index.ts";
import { FOUND, OK, USAGE, type Command } from "../command.ts";
import { reasonOf } from "../../disk/read.ts";
import { replaceFileSync } from "../../disk/replace.ts";
import { STDIN_PATH, wantedFiles } from "../files.ts";

export const fmt: Command = {
  name: "fmt",
  usage: "[--check] [PATH…]",
  summary:
    "format policy files in place, or standard input (-) to standard output; with --check only say which are not formatted",
  run: async (args, io) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { check: { type: "boolean", default: false } },
    });
    let differing = 0;
    let damaged = 0;
    const { files, incomplete } = await wantedFiles(io, positionals);
    let unwritable = incomplete;
    for (const { path, absolutePath, text, isUtf8 } of files) {
      if (!isUtf8) {
        damaged += 1;
        io.warn(`${path}: left alone: it is not UTF-8\n`);
        continue;
      }
      const result = format(text);
      // What comes over standard input goes to standard output, whatever it is.
      if (path === STDIN_PATH && !values.check) await io.write(result.kind === "damaged" ? text : result.text);
      if (result.kind === "damaged") {
        damaged += 1;
        io.warn(`${path}: left alone: it has syntax errors ('allocpolicy check ${path}' shows them)\n`);
      } else if (result.text !== text) {
        differing += 1;
        if (values.check) await io.write(`${path} is not formatted\n`);
        else if (path !== STDIN_PATH) {
          const why = whyNotWritten(absolutePath, result.text);
          if (why === null) await io.write(`${path}\n`);
          else {
            unwritable = true;
            io.warn(`cannot write ${path}: ${why}\n`);
          }
        }
      }
    }
    if (unwritable) return USAGE;
    return damaged > 0 || (values.check && differing > 0) ? FOUND : OK;
  },
};

/** Null when the file has the text. */
function whyNotWritten(absolutePath: string, text: string): string | null {
  try {
    replaceFileSync(absolutePath, text);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
