import { SIZES_PAGES, type ChangedCalls, type KernelChanges } from "../service/kernel-changes.ts";
import { wrapped } from "../service/outcome-text.ts";
import type { Kernel } from "../model/kernels/kernel.ts";

/** So many functions of one line are named; `--json` names all. */
const MOST_NAMED = 6;

/** Functions by name, those that are used most, and how many more there are. */
export function functionsText(names: readonly string[], written: (name: string) => string = (name) => name): string {
  const more = names.length - MOST_NAMED;
  const named = (more <= 1 ? names : names.slice(0, MOST_NAMED)).map(written).join(", ");
  return more <= 1 ? named : `${named} and ${more} more`;
}

/**
 * What changes for callers between two kernels, for a terminal; what was read of each stands at the end. Of a single
 * function every mask is named.
 */
export function kernelChangesText(from: Kernel, to: Kernel, changes: KernelChanges): string {
  const callLines = changes.functions === 1 ? linesOfOne : linesOfMany;
  return [
    ...changes.flags.map(({ kind, text }) => `flag ${kind}: ${text}`),
    ...onlyIn(changes.from, changes.onlyFrom),
    ...onlyIn(changes.to, changes.onlyTo),
    ...changes.answers.flatMap(({ what, from: was, to: is, calls }) => [
      `${what}: ${was} -> ${is}`,
      ...calls.flatMap(callLines),
    ]),
    ...(isSameForCallers(changes) ? ["nothing changes"] : []),
    "",
    ...wrapped(
      `Asked: ${countText(changes.functions, "function")}, ${changes.masks} masks, ${SIZES_PAGES.join(" and ")} pages, from a task that holds nothing. Of your own calls it is told by`,
      "  ",
    ),
    `  allocpolicy diff FILE --kernel ${from.name} --to ${to.name}`,
    ...[from, to].flatMap(({ name, source }) => wrapped(`${name}: ${source}`, "  ")),
    "",
  ].join("\n");
}

export const isSameForCallers = ({ flags, onlyFrom, onlyTo, answers }: KernelChanges): boolean =>
  flags.length + onlyFrom.length + onlyTo.length + answers.length === 0;

const onlyIn = (kernel: string, functions: readonly string[]): readonly string[] =>
  functions.length === 0 ? [] : wrapped(`only in ${kernel}: ${functions.join(", ")}`, "    ");

function linesOfMany({ functions, masks, sizesPages }: ChangedCalls): readonly string[] {
  const [first] = masks;
  const others = masks.length > 1 ? ` and ${countText(masks.length - 1, "other mask")}` : "";
  return [
    ...wrapped(`    ${functionsText(functions)}`, "      "),
    `        ${first === undefined ? "of no mask" : `with ${first}${others}`}${sizesText(sizesPages)}`,
  ];
}

/** Every mask, by the composite that it begins with. */
function linesOfOne({ functions, masks, sizesPages }: ChangedCalls): readonly string[] {
  const flags = new Map<string, string[]>();
  for (const text of masks) {
    const [composite = "", flag = "alone"] = text.split(" | ");
    flags.set(composite, [...(flags.get(composite) ?? []), flag]);
  }
  return [
    `    ${functions.join(", ")}${sizesText(sizesPages)}`,
    ...[...flags].flatMap(([composite, beside]) => wrapped(`        ${composite}: ${beside.join(", ")}`, "          ")),
  ];
}

/** The sizes, where it is not of all that are asked: `, 16 pages`. */
export const sizesText = (sizesPages: readonly number[]): string =>
  sizesPages.length === SIZES_PAGES.length ? "" : `, ${sizesPages.map(pagesText).join(" and ")}`;

const pagesText = (pages: number): string => countText(pages, "page");

const countText = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
