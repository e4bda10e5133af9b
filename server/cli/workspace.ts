import { fileURLToPath, pathToFileURL } from "node:url";
import { parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { readFileBytesSync } from "../disk/read.ts";
import { isInside } from "../documents/roots.ts";
import type { Settings } from "../documents/settings.ts";
import { workspaceOf, type SharedMemory, type Workspace } from "../documents/workspace.ts";
import type { Document } from "../documents/document.ts";
import { kernelLog, type KernelLog } from "../kernel-log/kernel-log.ts";
import { logsOf } from "../policy-language/analysis/kernel-logs.ts";
import { importsOf } from "../policy-language/analysis/policy-files.ts";
import type { ReadFile } from "./files.ts";

/** An imported file or a log as it was read, or why it could not be. */
type Imported = { readonly file: SourceFile | KernelLog } | { readonly unreadable: string };

/** Text of imported files that is kept read, in UTF-16 units: what many files import is parsed once. */
const MOST_KEPT = 4 * 1024 * 1024;

/** Imported files, read when they are asked for; those that were asked for last are kept. */
export class ImportedFiles {
  readonly #known = new Map<string, Imported>();
  #kept = 0;

  /** `open`: how its text is read. */
  read(uri: string, open: (text: string) => SourceFile | KernelLog): Imported {
    const known = this.#known.get(uri);
    if (known !== undefined) return known;
    const content = readFileBytesSync(fileURLToPath(uri));
    const imported = "bytes" in content ? { file: open(content.bytes.toString("utf8")) } : content;
    this.#kept += "file" in imported ? imported.file.text.length : 0;
    if (this.#kept > MOST_KEPT) {
      this.#known.clear();
      this.#kept = "file" in imported ? imported.file.text.length : 0;
    }
    this.#known.set(uri, imported);
    return imported;
  }
}

/**
 * The files and all that they import, directly or through others, with the logs that states of memory are read from.
 * @param folders the folders that make up the workspace, as absolute paths: nothing else is imported
 * @param shared what it may share with workspaces that are made before and after it
 */
export function workspaceWith(
  files: readonly Pick<ReadFile, "absolutePath" | "text">[],
  folders: readonly string[],
  settings: Settings,
  imported: ImportedFiles = new ImportedFiles(),
  shared: SharedMemory | null = null,
): Workspace {
  const roots = folders.map((folder) => pathToFileURL(folder).href);
  const documents = new Map<string, Document>();
  const missing = new Map<string, string>();
  const waiting: { readonly uri: string; readonly open: (text: string) => SourceFile | KernelLog }[] = [];
  const add = (uri: string, file: SourceFile | KernelLog): void => {
    documents.set(uri, file);
    if (file.kind === "kernel-log") return;
    for (const wanted of importsOf(uri, file))
      if (isInside(roots, wanted)) waiting.push({ uri: wanted, open: parseFile });
    for (const wanted of logsOf(uri, file)) if (isInside(roots, wanted)) waiting.push({ uri: wanted, open: kernelLog });
  };
  for (const { absolutePath, text } of files) add(pathToFileURL(absolutePath).href, parseFile(text));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { uri, open } = next;
    if (documents.has(uri) || missing.has(uri)) continue;
    const content = imported.read(uri, open);
    if ("file" in content) add(uri, content.file);
    else missing.set(uri, content.unreadable);
  }
  return workspaceOf(settings, roots, documents, missing, shared);
}
