import type { Workspace } from "../documents/workspace.ts";
import { bytesOfSize, sizeText } from "../policy-language/analysis/sizes.ts";
import type { Property } from "../../grammar/ast.ts";
import { ByDeclaration } from "./by-declaration.ts";
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
  const found = known.of(workspace, uri);
  if (found === null) return [];
  const hints: InlayHint[] = [];
  for (const { index, start: at } of regionsIn(found.environment.file, start, end)) {
    for (const hint of found.at(index) ?? []) {
      if (hints.length >= limit) return hints;
      const offset = at + hint.offset;
      if (offset >= start && offset <= end) hints.push({ ...hint, offset });
    }
  }
  return hints;
}

/** Offsets are those of the region. */
const known = new ByDeclaration((environment, region): readonly InlayHint[] => {
  const kernel = newestKernel(environment);
  return kernel === null || region.kind !== "request" ? [] : [...hintsOf(region, environment, kernel)];
});

function* hintsOf({ text: written, item }: Region, environment: Environment, kernel: Kernel): Generator<InlayHint> {
  if (item?.kind !== "request") return;
  const answers = answersOf(environment, item);
  const words = answers.resolved.api === null || answers.open !== null ? null : answerInShort(answers.answers);
  const brace = written.indexOf("{", item.name?.end ?? item.start);
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
