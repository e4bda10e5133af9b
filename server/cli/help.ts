import { FOUND, INTERNAL, OK, USAGE, type Command } from "./command.ts";
import { written, type Options } from "./options.ts";

/** Text is broken before this column, also where the terminal is wider: long lines are hard to read. */
const WIDEST = 100;

/** The list of all commands. */
export function overviewText(commands: readonly Command[], columns = WIDEST): string {
  const rows = commands.map(({ name, summary }) => ({ head: name, text: summary }));
  return [
    "allocpolicy: what will the kernel do with this allocation request?",
    "",
    ...columnsOf(rows, columns),
    "",
    "'allocpolicy COMMAND --help' shows a command's options, with examples.",
    "'allocpolicy --version' says which version this is, and which kernels it knows.",
    "",
    "exit status",
    ...columnsOf(exitRows(FAILS), columns),
    "",
  ].join("\n");
}

/** `usage: allocpolicy check [PATH…] [--format …]`, broken into lines. */
export function usageText(command: Command, columns = WIDEST): string {
  const start = `usage: allocpolicy ${command.name}`;
  const parts = [...(command.operands === "" ? [] : [command.operands]), ...usageParts(command.options)];
  return filled(parts, start, " ".repeat(start.length), columns).join("\n");
}

/** The same in one line, without the program's name: for tables. */
export function usageLine({ operands, options }: Command): string {
  return [operands, ...usageParts(options)].filter((part) => part !== "").join(" ");
}

export function usageParts(options: Options): readonly string[] {
  return Object.entries(options).map(([name, option]) => {
    const repeated = option.type === "string" && option.multiple === true ? "…" : "";
    return `[${written(name, option)}]${repeated}`;
  });
}

/** All that there is to know of a command. */
export function helpText(command: Command, columns = WIDEST): string {
  const options = optionRows(command.options);
  return [
    usageText(command, columns),
    "",
    ...filled(command.summary.split(" "), "", "", columns),
    ...(options.length === 0 ? [] : ["", "options", ...columnsOf(options, columns)]),
    "",
    "exit status",
    ...columnsOf(exitRows(command.fails), columns),
    "",
    "examples",
    ...command.examples.flatMap(({ line, does }) => [
      `  ${line}`,
      ...filled(does.split(" "), "      ", "      ", columns),
    ]),
    "",
  ].join("\n");
}

export interface HelpRow {
  readonly head: string;
  readonly text: string;
}

/** Each option as it is written, and what it means. */
export function optionRows(options: Options): readonly HelpRow[] {
  return Object.entries(options).map(([name, option]) => {
    const short = option.short === undefined ? "" : `-${option.short}, `;
    const preset = typeof option.default === "string" ? ` (${option.default})` : "";
    return { head: `${short}${written(name, option)}`, text: `${option.means}${preset}` };
  });
}

/** What 1 means of commands in general. */
export const FAILS = "something was found: 'allocpolicy COMMAND --help' says what";

/**
 * What each exit status means.
 * @param fails what 1 means; undefined where it does not occur
 */
export function exitRows(fails: string | undefined): readonly HelpRow[] {
  return [
    { head: String(OK), text: "nothing wrong" },
    ...(fails === undefined ? [] : [{ head: String(FOUND), text: fails }]),
    { head: String(USAGE), text: "the command line is wrong, or a file cannot be read or written" },
    { head: String(INTERNAL), text: "a fault of allocpolicy itself" },
    { head: "141", text: "the reader of its output has closed the pipe" },
  ];
}

/** Rows in two columns; a head that is wide has its line for itself. */
function columnsOf(rows: readonly HelpRow[], columns: number): readonly string[] {
  const widest = Math.max(...rows.map(({ head }) => head.length));
  const width = Math.min(widest, 24);
  const margin = " ".repeat(width + 4);
  return rows.flatMap(({ head, text }) => {
    const words = text.split(" ");
    return head.length > width
      ? [`  ${head}`, ...filled(words, margin, margin, columns)]
      : filled(words, `  ${head.padEnd(width)}  `, margin, columns);
  });
}

/** Words in lines of at most so many columns; a word that is longer has a line for itself. */
export function filled(words: readonly string[], first: string, others: string, columns: number): readonly string[] {
  const widest = Math.min(columns, WIDEST);
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of words) {
    const space = line === "" || line.endsWith(" ") ? "" : " ";
    if (!isEmpty && line.length + space.length + word.length > widest) {
      lines.push(line);
      line = others + (others === "" || others.endsWith(" ") ? "" : " ") + word;
    } else line += space + word;
    isEmpty = false;
  }
  return [...lines, line];
}
