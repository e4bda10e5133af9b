import type { Command } from "./command.ts";
import type { Options, Words } from "./options.ts";

/** Shells whose completion is known. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** Words that a list of `Words` stands for. */
export type WordLists = (words: Exclude<Words, readonly string[] | "files" | "folders">) => readonly string[];

/**
 * What a shell reads to complete `allocpolicy`: all commands, their options, and the words that these take, as they are
 * today.
 */
export function completionScript(shell: Shell, commands: readonly Command[], lists: WordLists): string {
  switch (shell) {
    case "bash":
      return bashScript(commands, lists);
    case "zsh":
      return zshScript(commands, lists);
    case "fish":
      return fishScript(commands, lists);
  }
}

type Option = Options[string];

const FOR_ALL: readonly string[] = ["--help"];

/** The words that may stand there; null: files. */
function wordsOf(words: Words | undefined, lists: WordLists): readonly string[] | null {
  if (words === undefined) return [];
  if (words === "files" || words === "folders") return null;
  return typeof words === "string" ? lists(words) : words;
}

const valueWords = (option: Option): Words | undefined => (option.type === "string" ? option.words : undefined);

const optionNames = ({ options }: Command): readonly string[] =>
  Object.entries(options).flatMap(([name, { short }]) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);

/** Inside of single quotes of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bashScript(commands: readonly Command[], lists: WordLists): string {
  const compgen = (words: readonly string[] | null): string =>
    words === null ? `compgen -f -- "$cur"` : `compgen -W ${quoted(words.join(" "))} -- "$cur"`;
  const cases = commands.flatMap((command) => {
    const values = Object.entries(command.options).flatMap(([name, option]) =>
      option.type === "boolean"
        ? []
        : [`    ${command.name}:--${name}) words=$(${compgen(wordsOf(valueWords(option), lists))});;`],
    );
    return [
      ...values,
      `    ${command.name}:*) if [[ $cur == -* ]]; then words=$(${compgen([...optionNames(command), ...FOR_ALL])}); else words=$(${compgen(wordsOf(command.operandWords, lists))}); fi;;`,
    ];
  });
  return [
    "# Completion of allocpolicy for bash: source <(allocpolicy completion bash)",
    "_allocpolicy() {",
    "  local cur prev words",
    `  cur=\${COMP_WORDS[COMP_CWORD]}; prev=\${COMP_WORDS[COMP_CWORD-1]}`,
    // Of `--format=text` bash makes three words.
    `  if [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; elif [[ $cur == = ]]; then cur=; fi`,
    "  COMPREPLY=()",
    "  if (( COMP_CWORD == 1 )); then",
    `    words=$(${compgen([...commands.map(({ name }) => name), "help", "--help", "--version"])})`,
    `  else case \${COMP_WORDS[1]}:$prev in`,
    `    help:*) words=$(${compgen(commands.map(({ name }) => name))});;`,
    ...cases,
    "  esac; fi",
    "  local IFS=$'\\n'",
    "  COMPREPLY=($words)",
    "}",
    "complete -o filenames -F _allocpolicy allocpolicy",
    "",
  ].join("\n");
}

function zshScript(commands: readonly Command[], lists: WordLists): string {
  // A colon and brackets end what they stand in.
  const told = (text: string): string => text.replace(/[[\]:\\]/g, "\\$&");
  const action = (words: readonly string[] | null): string =>
    words === null
      ? "_files"
      : words.length === 0
        ? " "
        : `(${words.map((word) => word.replace(/[()\s:]/g, "\\$&")).join(" ")})`;
  const specs = (command: Command): readonly string[] => [
    ...Object.entries(command.options).flatMap(([name, option]) => {
      const repeated = option.type === "string" && option.multiple === true ? "*" : "";
      const value = option.type === "boolean" ? "" : `:${told(option.takes)}:${action(wordsOf(option.words, lists))}`;
      const long = quoted(`${repeated}--${name}${value === "" ? "" : "="}[${told(option.means)}]${value}`);
      return option.short === undefined
        ? [long]
        : [long, quoted(`${repeated}-${option.short}[${told(option.means)}]${value}`)];
    }),
    quoted("--help[what the command does]"),
    quoted(`*:${told(command.operands || "nothing")}:${action(wordsOf(command.operandWords, lists))}`),
  ];
  return [
    "#compdef allocpolicy",
    "# Completion of allocpolicy for zsh: allocpolicy completion zsh > a file called _allocpolicy in a folder of $fpath",
    "_allocpolicy() {",
    "  if (( CURRENT == 2 )); then",
    "    local -a commands=(",
    ...commands.map(({ name, summary }) => `      ${quoted(`${name}:${told(summary)}`)}`),
    "    )",
    "    _describe command commands",
    "    return",
    "  fi",
    "  local command=$words[2]",
    "  shift words; (( CURRENT-- ))",
    "  case $command in",
    ...commands.map((command) => `    ${command.name}) _arguments ${specs(command).join(" ")};;`),
    "  esac",
    "}",
    'if [ "$funcstack[1]" = "_allocpolicy" ]; then _allocpolicy "$@"; else compdef _allocpolicy allocpolicy; fi',
    "",
  ].join("\n");
}

function fishScript(commands: readonly Command[], lists: WordLists): string {
  const names = commands.map(({ name }) => name);
  const line = (condition: string, rest: string): string => `complete -c allocpolicy -n ${quoted(condition)} ${rest}`;
  const isNone = `not __fish_seen_subcommand_from ${names.join(" ")}`;
  const given = (words: readonly string[] | null): string =>
    words === null ? " -F" : words.length === 0 ? "" : ` -f -a ${quoted(words.join(" "))}`;
  return [
    "# Completion of allocpolicy for fish: allocpolicy completion fish > ~/.config/fish/completions/allocpolicy.fish",
    ...commands.map(({ name, summary }) => line(isNone, `-f -a ${name} -d ${quoted(summary)}`)),
    line(isNone, `-l version -d ${quoted("the version, and the kernels that are known")}`),
    ...commands.flatMap((command) => {
      const condition = `__fish_seen_subcommand_from ${command.name}`;
      const operands = wordsOf(command.operandWords, lists);
      return [
        ...Object.entries(command.options).map(([name, option]) => {
          const value = option.type === "boolean" ? "" : ` -r${given(wordsOf(option.words, lists))}`;
          const short = option.short === undefined ? "" : ` -s ${option.short}`;
          return line(condition, `-l ${name}${short} -d ${quoted(option.means)}${value}`);
        }),
        ...(operands === null ? [] : [line(condition, `-f${operands.length === 0 ? "" : given(operands)}`)]),
      ];
    }),
    "",
  ].join("\n");
}
