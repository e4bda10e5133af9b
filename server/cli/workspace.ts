import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseFile } from "../../grammar/index.ts";
import { emptyWorkspace, withDocument, withMissing, type Workspace } from "../documents/workspace.ts";
import { importsOf, policyFile } from "../policy-language/policy-files.ts";
import { check } from "../policy-language/check.ts";
import type { Settings } from "../documents/settings.ts";
import { countExpectations, expectationsOf } from "../service/expectations.ts";
import type { PolicyFile } from "./files.ts";
import { reportedFile, reportOf, type FileReport, type ReportedFile } from "./report.ts";

/**
 * Checks files as the editor does: the same snapshot, the same analysis. Imported files are read from the disk; they are
 * reported only if they are among `files`.
 */
export function checkFiles(files: readonly PolicyFile[], settings: Settings, cwd: string): readonly FileReport[] {
  const workspace = loadWorkspace(files, settings);
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

/** The files and all that they import, directly or through others. */
export function loadWorkspace(
  files: readonly Pick<PolicyFile, "absolutePath" | "text">[],
  settings: Settings,
): Workspace {
  let workspace = emptyWorkspace(settings);
  const waiting: string[] = [];
  const add = (uri: string, text: string): void => {
    const file = parseFile(text);
    workspace = withDocument(workspace, uri, file);
    waiting.push(...importsOf(uri, file));
  };
  for (const { absolutePath, text } of files) add(pathToFileURL(absolutePath).href, text);
  for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
    if (workspace.documents.has(uri) || workspace.missing.has(uri)) continue;
    const text = textAt(uri);
    if (text === null) workspace = withMissing(workspace, uri);
    else add(uri, text);
  }
  return workspace;
}

function textAt(uri: string): string | null {
  try {
    const path = fileURLToPath(uri);
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  } catch {
    // Not a file uri, or a folder, or not readable: for an import all of these are "not there".
    return null;
  }
}
