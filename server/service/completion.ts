import { bareRegion, expectedAt, type Wanted } from "../../grammar/index.ts";
import type { Region, SourceFile } from "../../grammar/source-file.ts";
import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { importsAt } from "./completion/imports.ts";
import type { Completion, CompletionList } from "./completion/items.ts";
import { MOST_ITEMS, type Offer, fits } from "./completion/offer.ts";
import { offered } from "./completion/wanted.ts";
import { describeName } from "./hover.ts";
import { regionAt } from "./regions.ts";

/** Longer text before the cursor within one declaration is not walked through. */
const LONGEST_PREFIX = 200_000;

/** Characters after which an editor asks by itself; within a path only those that a path has. */
export const TRIGGERS: readonly string[] = [" ", "|", "&", "~", "(", ",", '"', "/"];

const PATH_TRIGGERS: ReadonlySet<string> = new Set(['"', "/"]);

/** The word that ends at the cursor: a name, a rule's or a vendor's with its hyphens, a version, a number. */
const TYPED = /(?:[A-Za-z_]\w*(?:-(?:\w|\.(?!\.))*)*|\d(?:[\w-]|\.(?!\.))*)$/;

/** The beginning of a path that an import names. */
const OPEN_IMPORT = /(?:^|\n)[ \t]*import[ \t]*"([^"\n]*)$/;

/** What can be written at an offset. `trigger`: the character that asked, null when the user did. */
export function completionsAt(
  workspace: Workspace,
  uri: string,
  offset: number,
  trigger: string | null,
): CompletionList {
  const environment = environmentOf(workspace, uri);
  const nothing: CompletionList = { start: offset, end: offset, incomplete: false, items: [] };
  if (environment === null) return nothing;
  const around = textAround(environment.file, offset);
  if (around === null) return nothing;
  const before = around.text.slice(0, around.offset);
  const path = OPEN_IMPORT.exec(before)?.[1];
  if (path !== undefined) return importsAt(workspace, environment, offset, path);
  if (trigger !== null && PATH_TRIGGERS.has(trigger)) return nothing;
  const typed = TYPED.exec(before)?.[0] ?? "";
  const expected = expectedAt(around.text, around.offset - typed.length);
  if (expected === null) return nothing;
  // After a space only what must follow is offered, not what goes on or begins something new.
  const isNext = (one: Wanted): boolean => !one.begins && (one.kind !== "keyword" || !one.optional);
  const wanted = trigger === " " ? expected.wanted.filter(isNext) : expected.wanted;
  const offer: Offer = {
    workspace,
    environment,
    region: around.region,
    index: around.index,
    expected,
    typed: typed.toLowerCase(),
  };
  const all = offered(offer, wanted);
  const items = all.filter((item) => isShown(item, offer.typed));
  const sorted = [...items.filter((item) => item.useless === null), ...items.filter((item) => item.useless !== null)];
  const held = all.filter((item) => item.held && !isShown(item, offer.typed));
  return {
    start: offset - typed.length,
    end: offset,
    incomplete:
      all.length > MOST_ITEMS ||
      (items.length > 0 && wanted.length < expected.wanted.length) ||
      held.some(({ label }) => isTakenFor(label, items)),
    items: sorted.slice(0, MOST_ITEMS),
  };
}

/** A word that is held back is shown when it is whole, an example while nothing is typed. */
function isShown({ held, example, label }: Completion, typed: string): boolean {
  return example ? typed === "" : !held || label.toLowerCase() === typed;
}

/** When it is typed whole, an editor that filters these items itself would be left with another one. */
function isTakenFor(label: string, items: readonly Completion[]): boolean {
  const typed = label.toLowerCase();
  return items.some((item) => fits(item.label, typed));
}

/** The documentation of an item, as Markdown; null where there is none. */
export function resolveCompletion(workspace: Workspace, uri: string, topic: string): string | null {
  const environment = environmentOf(workspace, uri);
  const [kind, name] = topic.split(":", 2);
  return environment === null || kind === undefined || name === undefined
    ? null
    : describeName(kind, name, environment);
}

/**
 * The text of the declaration around the offset, and the offset in it; where the cursor stands in white space behind an
 * open declaration, that one's too.
 */
function textAround(
  file: SourceFile,
  offset: number,
): { readonly text: string; readonly offset: number; readonly region: Region; readonly index: number } | null {
  const placed = regionAt(file, Math.max(0, offset - 1)) ?? regionAt(file, offset);
  if (placed === null) return { text: file.text, offset, region: EMPTY_REGION, index: 0 };
  let { region, index } = placed;
  let { text } = region;
  let at = offset - placed.start;
  while (index > 0 && isBlank(text.slice(0, at)) && at < LONGEST_PREFIX) {
    const previous = file.regions[index - 1];
    if (previous === undefined) break;
    index -= 1;
    region = previous;
    text = previous.text + text;
    at += previous.text.length;
  }
  return at > LONGEST_PREFIX ? null : { text, offset: at, region, index };
}

/** Stands for the region in a file that has none. */
const EMPTY_REGION: Region = bareRegion("");

function isBlank(text: string): boolean {
  return /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/.test(text);
}
