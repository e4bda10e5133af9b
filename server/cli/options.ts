import { parseArgs } from "node:util";
import { meantText } from "./meant.ts";

/**
 * What may stand where an option or an operand takes a word, for the completion of shells: words, or the names of one
 * of the lists that the model and the catalogue have.
 */
export type Words = readonly string[] | "files" | "folders" | "kernels" | "apis" | "contexts" | "flags" | "rules";

interface Described {
  /** What it says, as a line of the help: begins with a small letter, ends without a stop. */
  readonly means: string;
  /** One letter that stands for it: `j` for `-j`. */
  readonly short?: string;
}

/** On or off. */
interface Switch extends Described {
  readonly type: "boolean";
  readonly default?: boolean;
}

interface WithValue extends Described {
  readonly type: "string";
  /** How the value is called: `V`, `K=V,…`. Where `words` are few and listed, they are shown instead. */
  readonly takes: string;
  readonly words?: Words;
}

interface Single extends WithValue {
  readonly multiple?: false;
  readonly default?: string;
}

/** May be given more than once. */
interface Several extends WithValue {
  readonly multiple: true;
  readonly default: string[];
}

/**
 * The options of a command, by their names: declared once, for the parser, the help, the manual page and the completion
 * of shells.
 */
export type Options = Readonly<Record<string, Switch | Single | Several>>;

/** The command line is wrong, or a file cannot be read: exit status 2, with this message. */
export class UsageError extends Error {}

/** The command line is not written as the command says: its usage is shown besides. */
export class WrittenWrong extends UsageError {}

/**
 * The words of a command line, by the options that are declared. Throws `WrittenWrong` for an option that there is not,
 * for a value that is missing, and for one too many.
 */
export function parsed<const T extends Options>(options: T, args: readonly string[]) {
  refuseWrong(options, args);
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))
      throw new WrittenWrong(error.message.split("\n")[0] ?? "");
    throw error;
  }
}

function refuseWrong(options: Options, args: readonly string[]): void {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, options });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const meant = meantText(token.rawName.replace(/^-+/, ""), Object.keys(options), (name) => `--${name}`);
      throw new WrittenWrong(`there is no option '${token.rawName}'${meant}`);
    }
    if (option.type === "boolean" && token.value !== undefined)
      throw new WrittenWrong(`${token.rawName} takes no value`);
    if (option.type === "string" && token.value === undefined)
      throw new WrittenWrong(`${token.rawName} takes a value: ${written(token.name, option)}`);
    if (option.type === "string" && token.inlineValue === false && /^-./.test(token.value ?? ""))
      throw new WrittenWrong(
        `${token.rawName} takes a value, and '${token.value}' looks like an option: write ${token.rawName}=${token.value} if it is meant`,
      );
  }
}

/** An option as usage shows it, without brackets: `--kernel V`, `--all`. */
export function written(name: string, option: Options[string]): string {
  return option.type === "boolean" ? `--${name}` : `--${name} ${valueText(option)}`;
}

const LISTED = 6;

function valueText({ takes, words }: WithValue): string {
  return Array.isArray(words) && words.length <= LISTED ? words.join("|") : takes;
}
