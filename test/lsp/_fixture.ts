import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import type { Position } from "../../protocol/places.ts";
import { Client, type Options } from "./_client.ts";

export const MAIN = "file:///policies/main.allocpolicy";
export const CLEAN = "kernel 6.12\n\nrequest r {\n  api   kmalloc\n  size  64 B\n  flags GFP_KERNEL\n}\n";
export const SLEEPER =
  "kernel 6.12\n\nrequest r {\n  api     kmalloc\n  size    64 B\n  flags   GFP_KERNEL\n  context softirq\n}\n";

/** A client whose server, in this process, has been initialized; it ends with the test. */
export async function start(options: Options = {}): Promise<Client> {
  const client = await Client.started(options);
  onTestFinished(() => client.end());
  return client;
}

/** A folder on disk with these files; its uri. It goes with the test. */
export function onDisk(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "allocpolicy-lsp-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return pathToFileURL(folder).href;
}

/** The position in a text of the first occurrence of a part, so many characters into it. */
export function positionOf(text: string, part: string, inside = 1): Position {
  const before = text.slice(0, text.indexOf(part) + inside);
  return { line: before.split("\n").length - 1, character: before.length - before.lastIndexOf("\n") - 1 };
}

export const codes = (diagnostics: readonly { readonly code?: string }[]): readonly (string | undefined)[] =>
  diagnostics.map(({ code }) => code);
