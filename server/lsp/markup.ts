import type { MarkupContent } from "vscode-languageserver";
import { plainMarkdown } from "../service/markdown.ts";
import type { Abilities } from "./abilities.ts";

/** An explanation for a client that shows Markdown, or one that shows plain text. */
export function markup(markdown: string, abilities: Abilities): MarkupContent {
  return abilities.markdown
    ? { kind: "markdown", value: markdown }
    : { kind: "plaintext", value: plainMarkdown(markdown) };
}
