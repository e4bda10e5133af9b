import type { Command } from "./command.ts";
import { exitRows, FAILS, optionRows, usageParts, type HelpRow } from "./help.ts";
import { VERSION } from "./version.ts";

/** The manual page in the language of man(7). */
export function manualPage(commands: readonly Command[]): string {
  return [
    `.TH ALLOCPOLICY 1 "" "allocpolicy ${VERSION}" "User Commands"`,
    ".SH NAME",
    roff("allocpolicy - what will the Linux kernel do with this allocation request?"),
    ".SH SYNOPSIS",
    ...commands.flatMap(({ name, operands, options }) => [
      ".TP",
      `.B allocpolicy ${name}`,
      roff([operands, ...usageParts(options)].filter((part) => part !== "").join(" ") || "(no options)"),
    ]),
    ".SH DESCRIPTION",
    roff(
      "Answers what the kernel's allocators do with an allocation request: whether it may sleep, fail, warn, or wake the OOM killer, from a model of each release that names the kernel function behind every answer. Requests, contexts and policies are written in files that end in .allocpolicy.",
    ),
    ".SH COMMANDS",
    ...commands.flatMap(commandSection),
    ".SH EXIT STATUS",
    ...exitRows(FAILS).flatMap(item),
    ".SH ENVIRONMENT",
    ...[
      { head: "NO_COLOR", text: "no colour, also on a terminal" },
      {
        head: "XDG_CACHE_HOME",
        text: "where the compiled program is kept for the next start, and what was found in C; without it ~/.cache",
      },
    ].flatMap(item),
    ".SH SEE ALSO",
    roff("docs/command-line.md, docs/language.md and docs/ci.md of the project."),
    "",
  ].join("\n");
}

function commandSection(command: Command): readonly string[] {
  return [
    `.SS ${roff(command.name)}`,
    roff(command.summary),
    ...optionRows(command.options).flatMap(item),
    ...(command.fails === undefined ? [] : [".PP", roff(`Exit status 1: ${command.fails}.`)]),
    ".PP",
    "Examples:",
    ...command.examples.flatMap(({ line, does }) => [
      ".PP",
      ".nf",
      `.RS 4`,
      roff(line),
      ".RE",
      ".fi",
      ".RS 8",
      roff(does),
      ".RE",
    ]),
  ];
}

function item({ head, text }: HelpRow): readonly string[] {
  return [".TP", `.B ${roff(head)}`, roff(text)];
}

/** Text in which nothing is a request of the formatter. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replace(/^[.']/gm, "\\&$&")
    .replaceAll('"', "\\(dq");
}
