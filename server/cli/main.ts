import { INTERNAL, OK, USAGE, UsageError, type Command, type Io, type Outside } from "./command.ts";
import { COMMANDS } from "./commands/index.ts";
import { helpText, overviewText, usageText } from "./help.ts";
import { meantText } from "./meant.ts";
import { WrittenWrong } from "./options.ts";
import { versionText } from "./version.ts";
import { visible, visibleName } from "../service/visible.ts";

/**
 * The command line: picks the command and turns what it throws into a message and an exit status. Never throws.
 * @param args the words after the program's name
 */
export async function main(args: readonly string[], outside: Outside): Promise<number> {
  const io: Io = {
    ...outside,
    write: (text) => outside.write(visible(text)),
    writeExactly: outside.write,
    warn: (text) => outside.warn(visible(text)),
    commands: allCommands,
  };
  const [name] = args;
  try {
    return await ran(args, io);
  } catch (error) {
    const said = name === undefined ? "allocpolicy" : `allocpolicy ${visibleName(name)}`;
    if (error instanceof UsageError) {
      const command = error instanceof WrittenWrong ? await commandNamed(name ?? "") : null;
      const usage = command === null ? "" : `${usageText(command, io.terminal?.columns)}\n`;
      io.warn(`${said}: ${visibleName(error.message)}\n${usage}`);
      return USAGE;
    }
    io.warn(internalText(said, error));
    return INTERNAL;
  }
}

/** What is said of a fault of the program itself. */
export function internalText(said: string, error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${said}: internal error: this is a fault of allocpolicy, please report it with the input and these lines\n${trace}\n`;
}

async function ran([name, ...rest]: readonly string[], io: Io): Promise<number> {
  if (name === "--version" || name === "-V") {
    await io.write(versionText());
    return OK;
  }
  const isHelp = name === "help" || name === "--help" || name === "-h";
  const [asked] = rest;
  if (name === undefined || (isHelp && asked === undefined)) {
    await io.write(overviewText(await io.commands(), io.terminal?.columns));
    return name === undefined ? USAGE : OK;
  }
  const wanted = isHelp ? (asked ?? "") : name;
  const command = await commandNamed(wanted);
  if (command === null) {
    const meant = meantText(wanted, [...COMMANDS.keys(), "help"]) || ": 'allocpolicy help' lists them";
    io.warn(`allocpolicy: there is no command '${visibleName(wanted)}'${meant}\n`);
    return USAGE;
  }
  const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : undefined);
  if (isHelp || options.includes("--help") || options.includes("-h")) {
    await io.write(helpText(command, io.terminal?.columns));
    return OK;
  }
  return command.run(rest, io);
}

async function commandNamed(name: string): Promise<Command | null> {
  return (await COMMANDS.get(name)?.()) ?? null;
}

function allCommands(): Promise<readonly Command[]> {
  return Promise.all([...COMMANDS.values()].map((load) => load()));
}
