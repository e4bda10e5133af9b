// Writes the tables of docs/ that list what stands elsewhere: commands, formats, settings, properties. Each stands
// between two comments.
// usage: npm run docs
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { MEMORY_WORDS, memoryFact, PROPERTY_WORDS, requestProperty } from "../grammar/index.ts";
import { COMMANDS } from "../server/cli/commands/index.ts";
import { usageLine } from "../server/cli/help.ts";
import { ALL_REPORTERS } from "../server/cli/reporters/index.ts";
import { allApis } from "../server/model/apis.ts";
import { KERNEL_CONTEXTS } from "../server/model/kernel-contexts.ts";
import { catalogue } from "../server/policy-language/catalogue.ts";
import { EFFECTS } from "../server/service/descriptions/words.ts";
import { inRoot, isProgram } from "./paths.ts";
import { mainlineSections, treeSections } from "./release-changes.ts";

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string; readonly title: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly description?: string;
  readonly markdownDescription?: string;
}

/** The words of the manifest, by the names that stand for them there. */
const WORDS: Readonly<Record<string, string>> = JSON.parse(readFileSync(inRoot("package.nls.json"), "utf8"));
const { contributes }: Manifest = JSON.parse(readFileSync(inRoot("package.json"), "utf8"), (_, value: unknown) =>
  typeof value === "string" ? value.replace(/^%(.+)%$/, (name, key: string) => WORDS[key] ?? name) : value,
);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");

const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));
const SIZE_PROPERTY = {
  bytes: "`size`, in bytes",
  order: "`order`",
  pages: "`pages`",
  count: "`count`",
  none: "none",
} as const;

/** The tables of each document, by the name in their comments. */
const TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "docs/command-line.md": {
    commands: table(
      ["command", "does"],
      commands.map((command) => [`\`allocpolicy ${command.name} ${usageLine(command)}\``, command.summary]),
    ),
    formats: table(
      ["`--format`", "what it is"],
      ALL_REPORTERS.map(({ name, summary }) => [`\`${name}\``, summary]),
    ),
  },
  "docs/language.md": {
    properties: table(
      ["property", "what it says"],
      PROPERTY_WORDS.map(requestProperty).map(({ syntax, meaning }) => [
        syntax
          .split(" · ")
          .map((one) => `\`${one}\``)
          .join(", "),
        meaning,
      ]),
    ),
    "memory facts": table(
      ["fact", "of", "what it says"],
      MEMORY_WORDS.map(memoryFact).map(({ of, syntax, meaning }) => [
        syntax
          .split(" · ")
          .map((one) => `\`${one}\``)
          .join(", "),
        of,
        meaning,
      ]),
    ),
    effects: table(
      ["promise", "values", "what it means, and what is counted"],
      Object.entries(EFFECTS).map(([name, { values, meaning }]) => [
        `\`${name}\``,
        Object.keys(values).length === 0
          ? "a number"
          : "always" in values
            ? "how often, as above"
            : [
                ...Object.entries(values).map(([value, means]) => `\`${value}\`: ${means}`),
                ...(name === "node" ? ["a number"] : []),
              ].join("<br>"),
        meaning,
      ]),
    ),
    sizes: table(
      ["size", "functions that take it"],
      (["bytes", "order", "pages", "count", "none"] as const).map((unit) => [
        SIZE_PROPERTY[unit],
        allApis()
          .filter(({ size }) => size === unit)
          .map(({ name }) => `\`${name}\``)
          .join(", "),
      ]),
    ),
    "kernel contexts": table(
      ["name", "held", "implies", "evidence"],
      [...KERNEL_CONTEXTS].map(([name, { kind, always, unlessRt = [], onRt = [], evidence }]) => [
        `\`${name}\``,
        kind === "held" ? "yes" : "",
        [
          ...always.map((implied) => `\`${implied}\``),
          ...unlessRt.map((implied) => `\`${implied}\` (not on PREEMPT_RT)`),
          ...onRt.map((implied) => `\`${implied}\` (on PREEMPT_RT)`),
        ].join(", "),
        evidence,
      ]),
    ),
  },
  "docs/releases.md": { releases: mainlineSections(), trees: treeSections() },
  "docs/editor.md": {
    settings: table(
      ["setting", "type", "if not set", "means"],
      Object.entries(contributes.configuration.properties).map(([name, setting]) => [
        `\`${name}\``,
        setting.type,
        `\`${JSON.stringify(setting.default)}\``,
        setting.markdownDescription ?? setting.description ?? "",
      ]),
    ),
    "editor commands": table(
      ["in the command palette", "for key bindings"],
      contributes.commands.map(({ command, category, title }) => [`${category}: ${title}`, `\`${command}\``]),
    ),
  },
};

/** @throws when a document has no such place */
function withTable(text: string, name: string, content: string): string {
  const begin = `<!-- ${name}: written by npm run docs -->\n`;
  const end = `\n<!-- ${name}: end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`there is no place for the table of ${name}: write ${begin}${end.trim()}`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}

/** The manifest, in which the setting for the levels of rules lists all that there are. */
function withRuleNames(manifest: string): string {
  const names = catalogue().map(({ id }) => `              ${JSON.stringify(id)}`);
  return manifest.replace(
    /"propertyNames": \{\s*"enum": \[[^\]]*\]\s*\}/,
    () => `"propertyNames": {\n            "enum": [\n${names.join(",\n")}\n            ]\n          }`,
  );
}

const CLIENT_WORDS = "l10n/bundle.l10n.json";

const readIfThere = (path: string): string => (existsSync(inRoot(path)) ? readFileSync(inRoot(path), "utf8") : "");

/** What the extension says, for translators: each text that is given to `l10n.t` stands for itself. */
function clientWords(): string {
  const texts = sourcesOf("client").flatMap((text) =>
    [...text.matchAll(/\bl10n\.t\(\s*"((?:[^"\\]|\\.)*)"/g)].map(([, one = ""]) => one),
  );
  const words = [...new Set(texts)].sort().map((text): readonly [string, string] => [unquoted(text), unquoted(text)]);
  return `${JSON.stringify(Object.fromEntries(words), null, 2)}\n`;
}

const unquoted = (text: string): string => text.replace(/\\(.)/g, "$1");

const sourcesOf = (folder: string): readonly string[] =>
  readdirSync(inRoot(folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => readFileSync(inRoot(folder, file), "utf8"));

/** The documents whose tables differ from what they list, with the text that they should have. */
export function staleTables(): ReadonlyMap<string, string> {
  const manifest = readFileSync(inRoot("package.json"), "utf8");
  const wantedManifest = withRuleNames(manifest);
  return new Map([
    ...(manifest === wantedManifest ? [] : [["package.json", wantedManifest] as const]),
    ...(readIfThere(CLIENT_WORDS) === clientWords() ? [] : [[CLIENT_WORDS, clientWords()] as const]),
    ...Object.entries(TABLES).flatMap(([path, tables]) => {
      const present = readFileSync(inRoot(path), "utf8");
      const wanted = Object.entries(tables).reduce((text, [name, content]) => withTable(text, name, content), present);
      return wanted === present ? [] : [[path, wanted] as const];
    }),
  ]);
}

if (isProgram(import.meta.url)) {
  const stale = staleTables();
  for (const [path, text] of stale) writeFileSync(inRoot(path), text);
  console.log(
    stale.size === 0 ? "the tables of docs are up to date" : `wrote the tables of ${[...stale.keys()].join(", ")}`,
  );
}
