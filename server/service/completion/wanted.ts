import { TIME_UNITS, type Wanted } from "../../../grammar/index.ts";
import { declarationItems } from "./declarations.ts";
import { quotedImports } from "./imports.ts";
import { type Completion, item } from "./items.ts";
import { itemsOfRole } from "./names.ts";
import { numberItems } from "./numbers.ts";
import { type Offer, fitsTyped, lastWord } from "./offer.ts";
import { optionsInBraces, valuesOfOption } from "./options.ts";
import { propertyItems } from "./properties.ts";

/** The rules of the grammar whose keywords are facts of something. */
const PROPERTY_RULES: ReadonlySet<string> = new Set(["cacheFact", "memoryItem", "nodeItem", "zoneFact"]);

/** The items for each thing that the parser wants, in its order; each label once. */
export function offered(offer: Offer, wanted: readonly Wanted[]): readonly Completion[] {
  const items = new Map<string, Completion>();
  const done = new Set<string>();
  for (const one of wanted) {
    const { group, items: found } = groupOf(offer, one);
    if (done.has(group)) continue;
    done.add(group);
    for (const each of found()) if (fitsTyped(offer, each.label) && !items.has(each.label)) items.set(each.label, each);
  }
  return [...items.values()];
}

/** The items that stand for what is wanted, with those of its kind: a group is asked for once. */
function groupOf(
  offer: Offer,
  { kind, text, role, rule, begins }: Wanted,
): {
  readonly group: string;
  readonly items: () => readonly Completion[];
} {
  switch (kind) {
    case "mark":
      return rule === "configHeader" && text === "LCurly"
        ? { group: "options in braces", items: () => optionsInBraces() }
        : { group: "", items: () => [] };
    case "text":
      return rule === "importHeader"
        ? { group: "imports", items: () => quotedImports(offer.workspace, offer.environment) }
        : { group: "", items: () => [] };
    case "unit":
      return text === "TimeUnit"
        ? { group: "time", items: () => TIME_UNITS.map((unit) => item(unit, "unit", { topic: `unit:${unit}` })) }
        : {
            group: "unit",
            items: () => UNITS.map(([unit, means]) => item(unit, "unit", { detail: means, topic: `unit:${unit}` })),
          };
    case "keyword":
      if (rule.endsWith("Declaration") || rule.endsWith("Header")) {
        if (begins) return { group: "items", items: () => declarationItems(offer) };
      }
      if (rule === "property" && begins) return { group: "properties", items: () => propertyItems(offer) };
      return { group: `${rule} ${text}`, items: () => keywordItems(offer, rule, text) };
    case "name":
      return role === null
        ? { group: "", items: () => [] }
        : { group: `role ${role}`, items: () => itemsOfRole(offer, role) };
    case "number":
      return role === null || role === "fact-value" || role === "effect-value"
        ? { group: `number ${rule}`, items: () => numberItems(offer, rule, role) }
        : { group: `role ${role}`, items: () => itemsOfRole(offer, role) };
  }
}

function keywordItems(offer: Offer, rule: string, word: string): readonly Completion[] {
  switch (rule) {
    case "configHeader":
      return valuesOfOption(lastWord(offer)).includes(word) ? [item(word, "value")] : [];
    default: {
      const kind = PROPERTY_RULES.has(rule) ? "property" : "keyword";
      return [item(word, kind, { topic: `keyword ${rule}:${word}` })];
    }
  }
}

/** As a size may end; the short ones last, as they are told at once when they are typed. */
const UNITS: readonly (readonly [unit: string, means: string])[] = [
  ["KiB", "1024 bytes"],
  ["MiB", "1024 KiB"],
  ["GiB", "1024 MiB"],
  ["B", "bytes"],
  ["K", "as KiB"],
  ["M", "as MiB"],
  ["G", "as GiB"],
];
