import type { Item } from "../../grammar/ast.ts";
import type { Workspace } from "../documents/workspace.ts";
import { kernelOf } from "../model/kernels/kernels.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import type { TextOf } from "./hover/follows.ts";
import { EFFECTS, FACTS, LOCKS, OPTIONS, UNIT_MEANINGS, WATERMARKS, ZONES } from "./descriptions/words.ts";
import { apiHover } from "./hover/apis.ts";
import type { Explanation } from "./hover/explanation.ts";
import { contextHover } from "./hover/contexts.ts";
import { clauseHover, declarationHover, pathHover, referenceHover } from "./hover/declarations.ts";
import { literalHover, maskHover, parameterHover } from "./hover/masks.ts";
import { numberHover, sizeHover, versionHover } from "./hover/numbers.ts";
import { claimOrKeyword, described, keywordAt, valueHover, valuedHover } from "./hover/words.ts";
import { heading } from "./markdown.ts";
import { wordAtOffset } from "./regions.ts";
import { ruleSummary } from "./rule-summary.ts";
import type { Word } from "./words.ts";

/** What stands at an offset, explained for the kernels in force; null where there is nothing to say. */
export function hoverAt(workspace: Workspace, uri: string, offset: number): Explanation | null {
  const environment = environmentOf(workspace, uri);
  if (environment === null) return null;
  const found = wordAtOffset(environment.file, offset);
  const item = found?.placed.region.item ?? null;
  if (found === null || item === null || found.word.role === "keyword") return keywordAt(environment, offset);
  const { placed, word, range } = found;
  const textOf: TextOf = (start, end) => placed.region.text.slice(start, end);
  const markdown =
    word.role === "path" ? pathHover(workspace, uri, placed.index) : explain(word, item, environment, textOf);
  return markdown === null ? null : { markdown, start: range.start, end: range.end };
}

function explain(word: Word, item: Item, environment: Environment, textOf: TextOf): string | null {
  switch (word.role) {
    case "mask":
    case "call":
      return maskHover(word, item, environment);
    case "literal":
      return literalHover(word, environment);
    case "parameter":
      return parameterHover(word.text, item);
    case "api":
      return apiHover(word.text, environment);
    case "context":
      return contextHover(word.text, environment);
    case "lock":
      return described(word.text, "lock", LOCKS);
    case "scope":
      return contextHover(word.text, environment);
    case "zone":
      return described(word.text, "zone", ZONES);
    case "declared":
      return declarationHover(word, item, environment, textOf);
    case "reference":
      return referenceHover(word, environment);
    case "rule":
      return ruleSummary(word.text);
    case "fact":
      return valuedHover(word.text, "fact", FACTS);
    case "effect":
      return valuedHover(word.text, "effect", EFFECTS);
    case "mode":
    case "stage":
      return clauseHover(word, item, textOf);
    case "watermark":
      return described(word.text, "watermark", WATERMARKS);
    case "option":
      return described(word.text, "build option", OPTIONS);
    case "version":
      return versionHover(word.text, environment);
    case "size":
      return sizeHover(word, environment);
    case "number":
      return numberHover(word, environment);
    case "fact-value":
      return valueHover(word.text, word.detail, FACTS);
    case "effect-value":
      return valueHover(word.text, word.detail, EFFECTS);
    // Keywords and paths are explained by their place.
    case "keyword":
    case "path":
      return null;
  }
}

// Masks ---------------------------------------------------------------------------------------------------------------

/** The documentation of a name by itself, for completion: `kind` says where it may stand. */
export function describeName(kind: string, name: string, environment: Environment): string | null {
  const word = (role: Word["role"], detail = ""): Word => ({ role, text: name, detail, start: 0, end: name.length });
  switch (kind) {
    case "mask":
      return maskHover(word("mask"), NO_ITEM, environment);
    case "api":
      return apiHover(name, environment);
    case "context":
      return contextHover(name, environment);
    case "lock":
      return described(name, "lock", LOCKS);
    case "scope":
      return contextHover(name, environment);
    case "zone":
      return described(name, "zone", ZONES);
    case "option":
      return described(name, "build option", OPTIONS);
    case "subject":
      return referenceHover(word("reference", "any"), environment);
    case "rule":
      return ruleSummary(name);
    case "fact":
      return valuedHover(name, "fact", FACTS);
    case "effect":
      return valuedHover(name, "effect", EFFECTS);
    case "kernel": {
      const kernel = kernelOf(name);
      return "unknown" in kernel ? null : heading(`Linux ${name}`, "kernel", [kernel.source]);
    }
    case "watermark":
      return described(name, "watermark", WATERMARKS);
    case "unit":
      return described(name, "unit", UNIT_MEANINGS);
    default:
      return claimOrKeyword(kind, name);
  }
}

/** Stands for the item around a name that stands nowhere yet. */
const NO_ITEM: Item = { kind: "config", doc: null, settings: [], start: 0, end: 0 };
