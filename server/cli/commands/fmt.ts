import { format } from "../../../grammar/index.ts";
import { FOUND, OK, USAGE, type Command } from "../command.ts";
import { reasonOf } from "../../disk/read.ts";
import { replaceFileSync } from "../../disk/replace.ts";
import { POLICY_ENDING, readWanted, standardInput, STDIN_PATH, UnreadableFiles, wantedFiles } from "../files.ts";
import { parsed, type Options } from "../options.ts";
import { visibleName } from "../../service/visible.ts";

const OPTIONS = {
  check: { type: "boolean", default: false, means: "write nothing, only say which files are not formatted" },
} as const satisfies Options;

export const fmt: Command = {
  name: "fmt",
  operands: "[PATH…]",
  operandWords: "files",
  options: OPTIONS,
  fails: "a file has syntax errors and was left alone; with --check also: a file is not formatted",
  examples: [
    { line: "allocpolicy fmt drivers/net", does: "formats every .allocpolicy file below the folder" },
    { line: "allocpolicy fmt --check", does: "for CI: fails where a file below the current folder is not formatted" },
    { line: "allocpolicy fmt - < ring.allocpolicy", does: "for editors: standard input to standard output" },
  ],
  summary:
    "format policy files in place, or standard input (-) to standard output; with --check only say which are not formatted",
  run: async (args, io) => {
    const { values, positionals } = parsed(OPTIONS, args);
    let differing = 0;
    let damaged = 0;
    let unwritable = false;
    const stdin = await standardInput(io, positionals);
    const wanted = wantedFiles(io.cwd, positionals, [POLICY_ENDING]);
    const unreadable = new UnreadableFiles(io.warn);
    wanted.unreadable.forEach((folder) => unreadable.refuse(folder));
    for (const found of [...wanted.files, ...(stdin === null ? [] : [stdin])]) {
      const file = readWanted(found);
      if ("why" in file) {
        unreadable.refuse(file);
        continue;
      }
      unreadable.read();
      const { path, absolutePath, text, isUtf8 } = file;
      const name = visibleName(path);
      if (!isUtf8) {
        damaged += 1;
        io.warn(`${name}: left alone: it is not UTF-8\n`);
        continue;
      }
      const result = format(text);
      // What comes over standard input goes to standard output, whatever it is.
      if (path === STDIN_PATH && !values.check) await io.writeExactly(result.kind === "damaged" ? text : result.text);
      if (result.kind === "damaged") {
        damaged += 1;
        io.warn(`${name}: left alone: it has syntax errors ('allocpolicy check ${name}' shows them)\n`);
      } else if (result.text !== text) {
        differing += 1;
        if (values.check) await io.write(`${name} is not formatted\n`);
        else if (path !== STDIN_PATH) {
          let why: string | null = null;
          await io.uninterrupted(() => (why = whyNotWritten(absolutePath, text, result.text)));
          if (why === null) await io.write(`${name}\n`);
          else {
            unwritable = true;
            io.warn(`cannot write ${name}: ${why}\n`);
          }
        }
      }
    }
    unreadable.end();
    if (unwritable || unreadable.isAny) return USAGE;
    return damaged > 0 || (values.check && differing > 0) ? FOUND : OK;
  },
};

/** Null when the file has the text. */
function whyNotWritten(absolutePath: string, before: string, text: string): string | null {
  try {
    replaceFileSync(absolutePath, before, text);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
