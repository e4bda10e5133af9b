// Writes docs/rules: one page for each finding, made from the rule's own data, and the list of them all.
// usage: npm run docs   --check writes nothing and fails when a committed page is stale
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LANGUAGE_RULES } from "../server/policy-language/findings/language-rules.ts";
import { catalogue, rulePage, type CatalogueEntry } from "../server/policy-language/catalogue.ts";
import { ALL_RULES, RETIRED_RULES, SOURCE_RULES } from "../server/rules/catalogue.ts";
import { withCode } from "../server/rules/rule-page.ts";
import { inRoot, isProgram } from "./paths.ts";

const FOLDER = "docs/rules";

const row = ({ id, severity, title }: CatalogueEntry): string =>
  `| [${id}](${id}.md) | ${severity} | ${withCode(title)} |`;

/** The list of all findings, and of the known mistakes that stay out. */
function list(): string {
  return `${[
    "# Findings",
    "Every finding has a name that stays for ever: it is used in `waive`, in settings and in CI. The pages are written from the rules by `npm run docs`.",
    "## What the kernel does",
    ["| rule | severity | |", "|---|---|---|", ...ALL_RULES.map(row)].join("\n"),
    "## The language, policies, memory, expectations",
    ["| finding | severity | |", "|---|---|---|", ...LANGUAGE_RULES.map(row)].join("\n"),
    "## C code",
    "Mistakes that no request shows: they are found in C alone.",
    ["| rule | severity | |", "|---|---|---|", ...SOURCE_RULES.map(row)].join("\n"),
    "## Gone",
    "Names of findings that no kernel earned. They may stay where they were written, and report nothing.",
    ["| finding | |", "|---|---|", ...RETIRED_RULES.map(({ id, why }) => `| ${id} | ${withCode(why)} |`)].join("\n"),
  ].join("\n\n")}\n`;
}

const NAMES = "names.txt";

/**
 * The names that findings have had: users write them in `waive`, in settings and in CI, so a name is added here and
 * never taken away.
 */
export function releasedNames(): readonly string[] {
  const file = inRoot(join(FOLDER, NAMES));
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

/** Every file of docs/rules as it should be, by file name. */
export function rulePages(): ReadonlyMap<string, string> {
  const names = new Set([...releasedNames(), ...catalogue().map(({ id }) => id)]);
  const pages = new Map<string, string>([
    ["README.md", list()],
    [NAMES, `${[...names].sort().join("\n")}\n`],
  ]);
  for (const { id } of catalogue()) {
    const page = rulePage(id);
    if (page !== null) pages.set(`${id}.md`, page);
  }
  return pages;
}

/** The files of docs/rules that differ from what the rules say: changed, missing, or of a rule that is gone. */
export function staleRulePages(): readonly string[] {
  const wanted = rulePages();
  const folder = inRoot(FOLDER);
  const present = existsSync(folder) ? readdirSync(folder) : [];
  const changed = [...wanted]
    .filter(([file, text]) => !present.includes(file) || readFileSync(join(folder, file), "utf8") !== text)
    .map(([file]) => file);
  return [...changed, ...present.filter((file) => !wanted.has(file))].sort();
}

/** Writes the pages that are stale and removes those of rules that are gone. @returns their names */
export function writeRulePages(): readonly string[] {
  const wanted = rulePages();
  const stale = staleRulePages();
  mkdirSync(inRoot(FOLDER), { recursive: true });
  for (const file of stale) {
    const text = wanted.get(file);
    if (text === undefined) rmSync(inRoot(join(FOLDER, file)));
    else writeFileSync(inRoot(join(FOLDER, file)), text);
  }
  return stale;
}

if (isProgram(import.meta.url)) {
  if (process.argv.includes("--check")) {
    const stale = staleRulePages();
    for (const file of stale) console.error(`${FOLDER}/${file} is stale: run npm run docs`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    const written = writeRulePages();
    console.log(written.length === 0 ? `${FOLDER} is up to date` : `wrote ${written.length} files in ${FOLDER}`);
  }
}
