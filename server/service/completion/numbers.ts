import type { NameRole } from "../../../grammar/index.ts";
import { sizeText } from "../../policy-language/analysis/sizes.ts";
import { newestKernel } from "../features-of-file.ts";
import { type Completion, item } from "./items.ts";
import { type Offer, lastWord, wordOf } from "./offer.ts";

/** Examples of a number, in the terms of what it counts. */
export function numberItems(offer: Offer, rule: string, role: NameRole | null): readonly Completion[] {
  const example = (label: string, detail?: string): Completion =>
    item(label, "value", { example: true, ...(detail === undefined ? {} : { detail }) });
  switch (counted(offer, rule, role)) {
    case "order": {
      const kernel = newestKernel(offer.environment);
      if (kernel === null) return [];
      return Array.from({ length: kernel.maxOrder + 1 }, (_, order) =>
        example(String(order), sizeText(2 ** order * kernel.options.pageBytes)),
      );
    }
    case "size":
      return ["64 B", "256 B", "4 KiB", "64 KiB", "1 MiB", "128 MiB"].map((size) => example(size));
    case "amount":
      return ["4 GiB", "256 MiB", "512 pages"].map((size) => example(size));
    case "time":
      return ["50 us", "20 ms", "3 tries"].map((time) => example(time));
    case "share":
      return ["1 %", "50 %", "95 %"].map((share) => example(share));
    case "cpus":
      return ["8", "16", "64"].map((count) => example(count));
    case "pages":
      return ["1", "16", "512"].map((count) => example(count));
    case "count":
      return ["1", "16", "32"].map((count) => example(count));
    case "align":
      return ["8", "64"].map((bytes) => example(bytes));
    case "node":
      return ["0", "1"].map((node) => example(node));
    case "retries":
      return ["0", "1", "5", "10"].map((count) => example(count));
    default:
      return [];
  }
}

/** What a number counts: by the word before it, or by the construct that it stands in. */
function counted(offer: Offer, rule: string, role: NameRole | null): string {
  if (role === "fact-value") return wordOf(offer, "fact");
  if (role === "effect-value") return wordOf(offer, "effect");
  switch (rule) {
    case "amount":
      return "amount";
    case "nodeBlock":
      return "node";
    case "size": {
      const measure = offer.expected.around.findLast((each) => each.rule === "measureTest");
      return measure === undefined ? "size" : (offer.expected.words[measure.from] ?? "");
    }
    case "time":
      return "time";
    case "share":
      return "share";
    case "freeBlocks":
      return lastWord(offer) === "order" ? "order" : "count";
    default:
      return lastWord(offer);
  }
}
