// What callers meet otherwise in each release, as Markdown: for docs/releases.md.
import type { Kernel } from "../server/model/kernels/kernel.ts";
import { kernelOf, knownKernels, mainlineReleases, newestRelease } from "../server/model/kernels/kernels.ts";
import { functionsText, sizesText } from "../server/cli/kernel-changes.ts";
import { kernelChanges, type ChangedCalls } from "../server/service/kernel-changes.ts";

/** A section for each mainline release in which something changes, newest first. */
export function mainlineSections(): string {
  const releases = mainlineReleases();
  return sections(releases.flatMap((to, at) => (at === 0 ? [] : [[releases[at - 1] ?? "", to] as const])).reverse());
}

/** The same of point releases, vendors' trees and the development tree, each beside what it comes after. */
export function treeSections(): string {
  const mainline = new Set(mainlineReleases());
  const trees = knownKernels().filter((name) => !mainline.has(name));
  return sections(trees.map((to, at) => [before(to, trees.slice(0, at)), to] as const));
}

/** The nearest point below on its branch, else the release that it is a point of, or comes after. */
function before(tree: string, earlier: readonly string[]): string {
  const [release] = /\d+\.\d+/.exec(tree) ?? [];
  if (release === undefined) return newestRelease();
  return earlier.findLast((name) => /^\d/.test(tree) && name.startsWith(`${release}.`)) ?? release;
}

const sections = (pairs: readonly (readonly [from: string, to: string])[]): string =>
  pairs.flatMap(([from, to]) => section(named(from), named(to))).join("\n");

function named(name: string): Kernel {
  const kernel = kernelOf(name);
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}

function section(from: Kernel, to: Kernel): readonly string[] {
  const { flags, onlyFrom, onlyTo, answers } = kernelChanges(from, to);
  const lines = [
    ...flags.map(({ kind, text }) => `- flag ${kind}: ${text}`),
    ...(onlyTo.length === 0 ? [] : [`- new: ${codes(onlyTo)}`]),
    ...(onlyFrom.length === 0 ? [] : [`- gone: ${codes(onlyFrom)}`]),
    ...answers.flatMap(({ what, from: was, to: is, calls }) =>
      calls.map((some) => `- ${what}: ${was} → ${is}: ${callsText(some)}`),
    ),
  ];
  return lines.length === 0 ? [] : [`## ${from.name} → ${to.name}`, "", ...lines, "", to.source, ""];
}

function callsText({ functions, masks, sizesPages }: ChangedCalls): string {
  const [first] = masks;
  const others = masks.length > 1 ? ` and ${masks.length - 1} more` : "";
  const mask = first === undefined ? "" : `, with \`${first}\`${others}`;
  return `${functionsText(functions, code)}${mask}${sizesText(sizesPages)}`;
}

const code = (name: string): string => `\`${name}\``;
const codes = (names: readonly string[]): string => names.map(code).join(", ");
