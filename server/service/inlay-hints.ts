import type { Workspace } from "../documents/workspace.ts";
import { environmentOf } from "../policy-language/analysis/file-analysis.ts";
import { bytesOfSize, sizeText } from "../policy-language/analysis/sizes.ts";
import type { Item, Property } from "../../grammar/ast.ts";
import { answersOf, newestKernel, type RequestAnswers } from "./features-of-file.ts";
import { answerInShort } from "./request-summary.ts";
import { regionsIn } from "./regions.ts";
import { conversionText } from "./sizes.ts";
import type { Environment } from "../policy-language/analysis/environment.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import type { Region } from "../../grammar/source-file.ts";

/** A few words shown behind the text, at an offset of the file. */
export interface InlayHint {
  readonly offset: number;
  readonly text: string;
}

/**
 * The hints between two offsets: a request's verdict behind its opening brace, sizes in other units. At most `limit`.
 */
export function inlayHintsOf(
  workspace: Workspace,
  uri: string,
  start: number,
  end: number,
  limit: number,
): readonly InlayHint[] {
  const environment = environmentOf(workspace, uri);
  const kernel = environment === null ? null : newestKernel(environment);
  if (environment === null || kernel === null) return [];
  const hints: InlayHint[] = [];
  for (const { region, start: at } of regionsIn(environment.file, start, end)) {
    if (region.item === null) continue;
    for (const hint of hintsOf(region, region.item, environment, kernel)) {
      if (hints.length >= limit) return hints;
      const offset = at + hint.offset;
      if (offset >= start && offset <= end) hints.push({ ...hint, offset });
    }
  }
  return hints;
}

function* hintsOf(region: Region, item: Item, environment: Environment, kernel: Kernel): Generator<InlayHint> {
  if (item.kind !== "request") return;
  const answers = answersOf(environment, item);
  const words = answers.resolved.api === null || answers.open !== null ? null : answerInShort(answers.answers);
  const brace = region.text.indexOf("{", item.name?.end ?? item.start);
  if (words !== null && brace >= 0) yield { offset: brace + 1, text: words };
  for (const property of item.properties) {
    const text = sizeHint(property, answers, kernel);
    if (text !== null) yield { offset: property.end, text };
  }
}

function sizeHint(property: Property, { resolved }: RequestAnswers, kernel: Kernel): string | null {
  const { pageBytes } = kernel.options;
  switch (property.kind) {
    case "order":
      return property.number === null || property.number.value === 0 || property.number.value > 40
        ? null
        : `= ${sizeText(2 ** property.number.value * pageBytes)}`;
    case "pages":
      return property.number === null || property.number.value > 2 ** 40
        ? null
        : `= ${sizeText(property.number.value * pageBytes)}`;
    case "size": {
      if (property.size === null || resolved.api === null) return null;
      const conversion = conversionText(bytesOfSize(property.size), pageBytes);
      return conversion === null ? null : `= ${conversion}`;
    }
    default:
      return null;
  }
}
