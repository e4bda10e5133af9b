import { visible } from "./visible.ts";

/** Names of flags in a sentence as code, so that no renderer takes their underscores for emphasis. */
export function withCode(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/\b_*GFP_\w+(?: \| _*GFP_\w+)*/g, "`$&`")))
    .join("");
}

/** A list, but for a single line. */
export function bulleted(lines: readonly string[]): string {
  return lines.length === 1 ? (lines[0] ?? "") : lines.map((line) => `- ${line}`).join("\n");
}

/** Text as code, on one line: its marks are longer than any backticks in it, so that it does not end before its end. */
export function code(text: string): string {
  const line = text.includes("\n") ? text.replace(/\s*\n\s*/g, " ") : text;
  if (!line.includes("`")) return `\`${line}\``;
  const longest = Math.max(...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = "`".repeat(longest + 1);
  return `${mark} ${line} ${mark}`;
}

/** Text of a file as a block of code. Its fence is longer than any that stands in it. */
export function fenced(text: string, language = "allocpolicy"): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${visible(text)}\n${fence}`;
}

/** What is code on one line: nothing in it means anything. */
const INLINE_CODE = /(?<!`)(`[^`\n\\]+`)(?!`)/;

/**
 * The text of a doc comment as Markdown: lists, emphasis and code are what they are, and there are no pictures, links,
 * HTML and fences that it could bring into a hover. An address is an address, and leads where it says.
 */
export function docMarkdown(doc: string | null): string {
  return visible(doc ?? "")
    .split(INLINE_CODE)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/[[\]<`~\\]/g, "\\$&")))
    .join("");
}

/** Markdown for a reader that shows plain text. */
export function plainMarkdown(markdown: string): string {
  return markdown
    .replace(/^`{3,}\w*\n?/gm, "")
    .replace(/\*\*|(?<!\\)`/g, "")
    .replace(/\\([\\`*_~{}[\]<>#|&])/g, "$1");
}

/** A name and what it is, then paragraphs; empty ones are left out. */
export function heading(name: string, kind: string, paragraphs: readonly string[]): string {
  return [`**${code(name)}** · ${kind}`, ...paragraphs].filter((line) => line !== "").join("\n\n");
}

/** Text that stands for itself. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_~{}[\]<>#|&]/g, "\\$&");
}

/** Code in a table, where a `|` ends the cell, in code as well. */
export function cellCode(text: string): string {
  return `\`${text.replaceAll("`", "").replaceAll("|", "\\|")}\``;
}
