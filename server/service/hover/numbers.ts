import { versionNamed } from "../../model/kernels/named.ts";
import type { Environment } from "../../policy-language/analysis/environment.ts";
import { bytesOfSize, sizeText as bytesText, isUnit } from "../../policy-language/analysis/sizes.ts";
import { newestKernel } from "../features-of-file.ts";
import { kernelDetail } from "../kernel-in-force.ts";
import { heading } from "../markdown.ts";
import { conversionText } from "../sizes.ts";
import type { Word } from "../words.ts";

/** A kernel in force, by its version: which source it was read from. */
export function versionHover(name: string, environment: Environment): string | null {
  const kernel = environment.kernels.find((each) => each.name === versionNamed(name).version);
  if (kernel === undefined) return null;
  return heading(`Linux ${kernel.name}`, "kernel", [kernel.source, kernelDetail(environment)]);
}

/** A size with its unit, in bytes, pages and orders of the newest kernel in force. */
export function sizeHover(word: Word, environment: Environment): string | null {
  const kernel = newestKernel(environment);
  const unit = isUnit(word.detail) ? word.detail : null;
  const bytes = bytesOfSize({
    number: { text: word.text, value: numberOf(word.text), start: word.start, end: word.end },
    unit,
    start: word.start,
    end: word.end,
  });
  if (kernel === null || !Number.isFinite(bytes)) return null;
  const conversion = conversionText(bytes, kernel.options.pageBytes);
  return `\`${bytes.toLocaleString("en").replaceAll(",", " ")}\` bytes${conversion === null ? "" : ` = ${conversion}`} (pages of ${bytesText(kernel.options.pageBytes)})`;
}

/** An order or a number of pages, in bytes of the newest kernel in force. */
export function numberHover(word: Word, environment: Environment): string | null {
  const kernel = newestKernel(environment);
  const value = numberOf(word.text);
  if (kernel === null || !Number.isInteger(value) || value < 0) return null;
  const { pageBytes } = kernel.options;
  if (word.detail === "order") {
    if (value > 40) return null;
    return `order ${value} = ${2 ** value} page${value === 0 ? "" : "s"} = ${bytesText(2 ** value * pageBytes)}${value > kernel.maxOrder ? `; the largest order of ${kernel.name} is ${kernel.maxOrder}` : ""}`;
  }
  if (word.detail === "pages") return `${value} pages = ${bytesText(value * pageBytes)}`;
  return null;
}

/** A number as written, without C's suffixes. */
export function numberOf(text: string): number {
  return Number(text.replace(/[ul]+$/i, ""));
}
