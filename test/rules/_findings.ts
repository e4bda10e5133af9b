import { parseFile } from "../../grammar/regions.ts";
import type { Finding } from "../../server/rules/finding.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { check } from "../../server/policy-language/check.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";

const URI = "file:///example.allocpolicy";

/** All findings of a file with this text. */
export function findingsOf(text: string): readonly Finding[] {
  return check(withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, parseFile(text)), URI).regions.flat();
}

/** The rules of those findings that call for a change, each once. */
export function seriousRules(text: string): readonly string[] {
  return [
    ...new Set(
      findingsOf(text)
        .filter(({ severity }) => severity === "error" || severity === "warning")
        .map(({ rule }) => rule),
    ),
  ];
}
