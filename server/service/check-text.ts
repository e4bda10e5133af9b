import { linesOf, positionAt } from "../../grammar/lines.ts";
import { parseFile } from "../../grammar/index.ts";
import { DEFAULT_SETTINGS } from "../documents/settings.ts";
import { emptyWorkspace, withDocument } from "../documents/workspace.ts";
import { findingsOf, placedFindings } from "./findings.ts";

const URI = "untitled:text.allocpolicy";
const MOST_FINDINGS = 200;

/** What is found in a text that is no file, as `3:9: error: … [rule]`; lines and columns count from 1. */
export function checkText(text: string): readonly string[] {
  const file = parseFile(text);
  const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, file);
  const lines = linesOf(text);
  return placedFindings(findingsOf(workspace, URI, MOST_FINDINGS).runs).map(({ finding, start }) => {
    const { line, character } = positionAt(lines, start);
    return `${line + 1}:${character + 1}: ${finding.severity}: ${finding.message} [${finding.rule}]`;
  });
}
