import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format } from "../../../grammar/index.ts";
import { FOUND, OK, UsageError, type Command } from "../command.ts";
import { policyFiles, reasonOf } from "../files.ts";

export const fmt: Command = {
  name: "fmt",
  usage: "[--check] [PATH…]",
  summary: "format policy files in place; with --check only say which are not formatted",
  run: async (args, io) => {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { check: { type: "boolean", default: false } } });
    let differing = 0;
    let damaged = 0;
    for (const { path, absolutePath, text } of policyFiles(io.cwd, positionals)) {
      const result = format(text);
      if (result.kind === "damaged") {
        damaged += 1;
        io.warn(`${path}: left alone: it has syntax errors ('allocpolicy check ${path}' shows them)\n`);
      } else if (result.text !== text) {
        differing += 1;
        if (!values.check) write(absolutePath, path, result.text);
        await io.write(`${path}${values.check ? " is not formatted" : ""}\n`);
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
