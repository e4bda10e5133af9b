import { expect } from "vitest";
import { policyFile } from "../../server/policy-language/analysis/policy-files.ts";
import { parseFile } from "../../grammar/index.ts";
import { emptyWorkspace, withDocument, type Workspace } from "../../server/documents/workspace.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../server/documents/settings.ts";
import { actionsAt, fixAllAction, type Change } from "../../server/service/actions.ts";
import { completionsAt, resolveCompletion } from "../../server/service/completion.ts";
import type { Completion, CompletionList } from "../../server/service/completion/items.ts";
import { definitionAt } from "../../server/service/definition.ts";
import { hoverAt } from "../../server/service/hover.ts";
import { referencesAt } from "../../server/service/references.ts";
import { renameAt } from "../../server/service/rename.ts";
import type { Run } from "../../server/service/runs.ts";

export const URI = "file:///policies/main.allocpolicy";

/** The items of runs with offsets of the file. */
export function placed<Item extends { readonly start: number; readonly end: number }>(
  runs: readonly Run<Item>[],
): readonly Item[] {
  return runs.flatMap(({ start: by, items }) =>
    items.map((item) => ({ ...item, start: by + item.start, end: by + item.end })),
  );
}

export interface Fixture {
  readonly workspace: Workspace;
  readonly uri: string;
  /** The text without the cursor. */
  readonly text: string;
  /** Where `$0` stood; the end of the text without one. */
  readonly offset: number;
}

/** A workspace with one file, `$0` at the cursor, and others by name beside it. */
export function fixture(
  marked: string,
  others: Readonly<Record<string, string>> = {},
  settings: Settings = DEFAULT_SETTINGS,
): Fixture {
  const at = marked.indexOf("$0");
  const text = marked.replace("$0", "");
  let workspace = withDocument(emptyWorkspace(settings), URI, parseFile(text));
  for (const [name, content] of Object.entries(others))
    workspace = withDocument(workspace, `file:///policies/${name}`, parseFile(content));
  return { workspace, uri: URI, text, offset: at < 0 ? text.length : at };
}

/** The hover at the cursor stands on `word` and says all of these. */
export function checkHover(
  marked: string,
  word: string | null,
  says: readonly (RegExp | string)[] = [],
  not: readonly RegExp[] = [],
): void {
  const { workspace, uri, text, offset } = fixture(marked);
  const hover = hoverAt(workspace, uri, offset);
  expect(hover === null ? null : text.slice(hover.start, hover.end)).toBe(word);
  for (const part of says) expect(hover?.markdown).toMatch(part);
  for (const part of not) expect(hover?.markdown).not.toMatch(part);
}

export function completeAt(
  marked: string,
  others: Readonly<Record<string, string>> = {},
  trigger: string | null = null,
): CompletionList & Fixture {
  const made = fixture(marked, others);
  return { ...made, ...completionsAt(made.workspace, made.uri, made.offset, trigger) };
}

export const labels = (list: CompletionList): readonly string[] => list.items.map(({ label }) => label);

/** These are offered, in this order among each other, and none of the others. */
export function checkCompletion(
  marked: string,
  offered: readonly string[],
  not: readonly string[] = [],
  others: Readonly<Record<string, string>> = {},
): void {
  const found = labels(completeAt(marked, others));
  expect(found.filter((label) => offered.includes(label))).toEqual(offered);
  expect(found.filter((label) => not.includes(label))).toEqual([]);
}

export function completionOf(marked: string, label: string, others: Readonly<Record<string, string>> = {}): Completion {
  const found = completeAt(marked, others).items.find((item) => item.label === label);
  if (found === undefined) throw new Error(`${label} is not offered`);
  return found;
}

export function documentationOf(marked: string, label: string): string {
  const { workspace, uri } = fixture(marked);
  const { topic } = completionOf(marked, label);
  return topic === null ? "" : (resolveCompletion(workspace, uri, topic) ?? "");
}

/** The definition is the text after `$0` … in the file of that name, by the text around it. */
export function checkDefinition(
  marked: string,
  expected: { readonly file: string; readonly text: string } | null,
  others: Readonly<Record<string, string>> = {},
): void {
  const { workspace, uri, offset } = fixture(marked, others);
  const found = definitionAt(workspace, uri, offset);
  const range = found?.targetRange;
  expect(
    range === undefined
      ? null
      : {
          file: range.uri.slice(range.uri.lastIndexOf("/") + 1),
          text: policyFile(workspace, range.uri)?.text.slice(range.start, range.end),
        },
  ).toEqual(expected);
}

/**
 * The references of the name at the cursor, as `file:offset`-free lines: each line of text that holds one, in order.
 */
export function checkReferences(
  marked: string,
  lines: readonly string[],
  others: Readonly<Record<string, string>> = {},
): void {
  const { workspace, uri, offset } = fixture(marked, others);
  const found = referencesAt(workspace, uri, offset).map((span) => {
    const text = policyFile(workspace, span.uri)?.text ?? "";
    const from = text.lastIndexOf("\n", span.start - 1) + 1;
    const to = text.indexOf("\n", span.start);
    return `${span.uri === uri ? "" : `${span.uri.slice(span.uri.lastIndexOf("/") + 1)}: `}${text.slice(from, to < 0 ? text.length : to).trim()}`;
  });
  expect([...found].sort()).toEqual([...lines].sort());
}

/** The files after the rename, by name; only those that changed. */
export function checkRename(
  marked: string,
  newName: string,
  after: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>> = {},
): void {
  const { workspace, uri, offset } = fixture(marked, others);
  const rename = renameAt(workspace, uri, offset, newName);
  if (!rename.ok) throw new Error(rename.why);
  const changed: Record<string, string> = {};
  for (const file of new Set(rename.places.map((span) => span.uri))) {
    const changes = rename.places
      .filter((span) => span.uri === file)
      .map(({ start, end }) => ({ start, end, text: rename.name }));
    changed[file.slice(file.lastIndexOf("/") + 1)] = applied(policyFile(workspace, file)?.text ?? "", changes);
  }
  expect(changed).toEqual(after);
}

export function checkRenameRefused(
  marked: string,
  newName: string,
  why: RegExp,
  others: Readonly<Record<string, string>> = {},
): void {
  const { workspace, uri, offset } = fixture(marked, others);
  const rename = renameAt(workspace, uri, offset, newName);
  expect(rename.ok ? "renamed" : rename.why).toMatch(why);
}

/** Applying the action of that title at the cursor gives exactly `after`. */
export function checkAction(marked: string, title: RegExp, after: string): void {
  const { workspace, uri, text, offset } = fixture(marked);
  const actions = actionsAt(workspace, uri, offset, offset);
  const action = actions.find((each) => title.test(each.title));
  if (action === undefined) throw new Error(`offered: ${actions.map((each) => each.title).join("; ")}`);
  expect(applied(text, action.changes)).toBe(after);
}

export function checkFixAll(marked: string, after: string): void {
  const { workspace, uri, text } = fixture(marked);
  expect(applied(text, fixAllAction(workspace, uri)?.changes ?? [])).toBe(after);
}

/** The text after the changes, which do not overlap. */
export function applied(text: string, changes: readonly Change[]): string {
  let out = text;
  for (const { start, end, text: by } of [...changes].sort((a, b) => b.start - a.start))
    out = out.slice(0, start) + by + out.slice(end);
  return out;
}
