import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseFile } from "../../grammar/index.ts";
import type { SourceFile } from "../../grammar/source-file.ts";
import { readFileBytesSync } from "../disk/read.ts";
import { isInside } from "../documents/roots.ts";
import type { Settings } from "../documents/settings.ts";
import { workspaceOf, type Workspace } from "../documents/workspace.ts";
import { check } from "../policy-language/check/check.ts";
import { importsOf, policyFile } from "../policy-language/analysis/policy-files.ts";
import { countExpectations, expectationsOf } from "../service/expectations.ts";
import type { PolicyFile, WantedFiles } from "./files.ts";
import { reportedFile, reportOf, type FileReport, type ReportedFile } from "./report.ts";

/**
 * Checks files as the editor does: the same snapshot, the same analysis. Imported files are read from the disk; they
 * are reported only if they are among `files`.
 */
export function checkFiles(
  { files, folders }: Pick<WantedFiles, "files" | "folders">,
  settings: Settings,
  cwd: string,
): readonly FileReport[] {
  const workspace = loadWorkspace(files, folders, settings);
  const pathByUri = new Map(files.map(({ absolutePath, path }) => [pathToFileURL(absolutePath).href, path]));
  const reported = new Map<string, ReportedFile>();
  const fileOf = (uri: string): ReportedFile | null => {
    const known = reported.get(uri);
    if (known !== undefined) return known;
    const file = policyFile(workspace, uri);
    if (file === undefined) return null;
    const made = reportedFile(pathByUri.get(uri) ?? relative(cwd, fileURLToPath(uri)), file);
    reported.set(uri, made);
    return made;
  };
  return [...pathByUri.keys()].flatMap((uri) => {
    const file = fileOf(uri);
    return file === null
      ? []
      : [reportOf(file, check(workspace, uri).regions, countExpectations(expectationsOf(workspace, uri)), fileOf)];
  });
}

/**
 * The files and all that they import, directly or through others.
 * @param folders the folders that make up the workspace, as absolute paths: nothing else is imported
 */
export function loadWorkspace(
  files: readonly Pick<PolicyFile, "absolutePath" | "text">[],
  folders: readonly string[],
  settings: Settings,
): Workspace {
  const roots = folders.map((folder) => pathToFileURL(folder).href);
  const documents = new Map<string, SourceFile>();
  const missing = new Map<string, string>();
  const waiting: string[] = [];
  const add = (uri: string, text: string): void => {
    const file = parseFile(text);
    documents.set(uri, file);
    for (const imported of importsOf(uri, file)) if (isInside(roots, imported)) waiting.push(imported);
  };
  for (const { absolutePath, text } of files) add(pathToFileURL(absolutePath).href, text);
  for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
    if (documents.has(uri) || missing.has(uri)) continue;
    const content = readFileBytesSync(fileURLToPath(uri));
    if ("bytes" in content) add(uri, content.bytes.toString("utf8"));
    else missing.set(uri, content.unreadable);
  }
  return workspaceOf(settings, roots, documents, missing);
}
