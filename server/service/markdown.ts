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

export function code(text: string): string {
  return `\`${text}\``;
}

export function fenced(text: string, language = "allocpolicy"): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** A name and what it is, then paragraphs; empty ones are left out. */
export function heading(name: string, kind: string, paragraphs: readonly string[]): string {
  return [`**${code(name)}** · ${kind}`, ...paragraphs].filter((line) => line !== "").join("\n\n");
}
