import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format } from "../../../grammar/index.ts";
import { FOUND, OK, UsageError, type Command } from "../command.ts";
import { reasonOf, STDIN_PATH, wantedFiles } from "../files.ts";

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
    for (const { path, absolutePath, text, isUtf8 } of await wantedFiles(io, positionals)) {
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
          write(absolutePath, path, result.text);
          await io.write(`${path}\n`);
        }
      }
    }
    return damaged > 0 || (values.check && differing > 0) ? FOUND : OK;
  },
};

function write(absolutePath: string, path: string, text: string): void {
  try {
    writeFileSync(absolutePath, text);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}
