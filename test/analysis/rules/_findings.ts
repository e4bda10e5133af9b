import { parseFile } from "../../../grammar/regions.ts";
import type { Finding } from "../../../server/analysis/finding.ts";
import { check, DEFAULT_SETTINGS, emptyWorkspace, withFile } from "../../../server/analysis/workspace.ts";

const URI = "file:///example.allocpolicy";

/** All findings of a file with this text. */
export function findingsOf(text: string): readonly Finding[] {
  return check(withFile(emptyWorkspace(DEFAULT_SETTINGS), URI, parseFile(text)), URI).regions.flat();
}

/** The rules of those findings that call for a change, each once. */
export function seriousRules(text: string): readonly string[] {
  return [...new Set(findingsOf(text).filter(({ severity }) => severity === "error" || severity === "warning").map(({ rule }) => rule))];
}
