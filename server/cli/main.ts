import { ALL_COMMANDS } from "./commands/index.ts";
import { FOUND, OK, USAGE, UsageError, type Command, type Io } from "./command.ts";

/**
 * The command line: picks the command and turns what it throws into a message and an exit status. Never throws.
 * @param args the words after the program's name
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    await io.write(overview());
    return name === undefined ? USAGE : OK;
  }
  const command = ALL_COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    io.warn(`allocpolicy: there is no command '${name}'. 'allocpolicy help' lists them.\n`);
    return USAGE;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    await io.write(`${usageOf(command)}\n${command.summary}\n`);
    return OK;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.warn(`allocpolicy ${name}: ${error.message}\n`);
      return USAGE;
    }
    if (isParseArgsError(error)) {
      io.warn(`allocpolicy ${name}: ${error.message}\n${usageOf(command)}\n`);
      return USAGE;
    }
    throw error;
  }
}

function usageOf(command: Command): string {
  return `usage: allocpolicy ${command.name} ${command.usage}`;
}

function overview(): string {
  const width = Math.max(...ALL_COMMANDS.map(({ name }) => name.length));
  const rows = ALL_COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "allocpolicy: what will the kernel do with this allocation request?",
    "",
    ...rows,
    "",
    "'allocpolicy COMMAND --help' shows a command's options.",
    `Exit status: ${OK} nothing wrong, ${FOUND} findings or a false expectation, ${USAGE} usage or a file that cannot be read.`,
    "",
  ].join("\n");
}

/** `util.parseArgs` reports a wrong option by a TypeError with such a code. */
function isParseArgsError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
