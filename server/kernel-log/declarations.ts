import { DEFAULT_OPTIONS, isBuildSwitch } from "../model/kernels/build-options.ts";
import type { Kernel } from "../model/kernels/kernel.ts";
import { maskText } from "../model/masks/names.ts";
import type { MemoryState, NodeState, ZoneState } from "../model/memory/state.ts";
import { pagesToKb } from "./amounts.ts";
import type { Diagnosis } from "./diagnosis.ts";

/**
 * A report as a policy file: header, state of memory, request and what became of it, to be edited and tried again. What
 * the report does not tell stands in comments. `origin`: where the report comes from, in words; null where that is not
 * to be said.
 */
export function declarationsOf(diagnosis: Diagnosis, origin: string | null): string {
  const { kernel: reported, memory, replay, request } = diagnosis;
  const { kernel } = reported;
  const state = replay?.memory ?? memory?.memory ?? null;
  const notes = [
    `Report ${diagnosis.report.number}${origin === null ? "" : ` of ${origin}`}: ${diagnosis.first}`,
    ...reported.assumed,
    diagnosis.agreement,
    ...(memory?.gaps ?? []),
    ...diagnosis.missing,
  ];
  return [
    ...notes.map((note) => comment(note)),
    `kernel ${headerName(kernel, reported.older !== null)}`,
    ...configLines(kernel),
    ...(state === null ? [] : ["", ...memoryLines(state, kernel)]),
    ...(request === null ? [] : ["", ...requestLines(diagnosis, state)]),
    ...(state === null || request === null ? [] : expectationLines(diagnosis)),
    "",
  ].join("\n");
}

const COLUMNS = 100;

/** A note as lines of comment. */
function comment(text: string): string {
  const lines: string[] = [];
  let line = "//";
  for (const word of text.replace(/\s+/g, " ").split(" ")) {
    if (line.length > 2 && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = "//  ";
    }
    line += ` ${word}`;
  }
  return [...lines, line].join("\n");
}

/** A release before the model begins is run as the oldest that it has. */
function headerName(kernel: Kernel, isOlder: boolean): string {
  return isOlder ? (/taken as (\S+)\./.exec(kernel.source)?.[1] ?? kernel.name) : kernel.name;
}

/** The build options that are not those of a common kernel. */
function configLines({ options }: Kernel): readonly string[] {
  const switches = Object.keys(DEFAULT_OPTIONS)
    .filter(isBuildSwitch)
    .filter((name) => options[name] !== DEFAULT_OPTIONS[name])
    .map((name) => `${name} ${options[name] ? "on" : "off"}`);
  const page = options.pageBytes === DEFAULT_OPTIONS.pageBytes ? [] : [`page ${options.pageBytes / 1024} KiB`];
  const settings = [...switches, ...page];
  return settings.length === 0 ? [] : [`config { ${settings.join("  ")} }`];
}

function memoryLines(state: MemoryState, kernel: Kernel): readonly string[] {
  return ["memory reported {", ...state.nodes.flatMap((node) => nodeLines(node, kernel)), "}"];
}

function nodeLines({ id, zones }: NodeState, kernel: Kernel): readonly string[] {
  return [
    `  node ${id} {`,
    ...zones.flatMap((zone) => [
      `    zone ${zone.name} {`,
      ...zoneFacts(zone, kernel).map(([word, value]) => `      ${word.padEnd(14)} ${value}`),
      "    }",
    ]),
    "  }",
  ];
}

type Fact = readonly [word: string, value: string];

function zoneFacts(zone: ZoneState, { options: { pageBytes } }: Kernel): readonly Fact[] {
  const size = (pages: number): string => `${pagesToKb(pages, pageBytes)} KiB`;
  const some = (word: string, pages: number): readonly Fact[] => (pages > 0 ? [[word, size(pages)]] : []);
  const marks: readonly (readonly [string, number])[] = [
    ["min", zone.min],
    ["low", zone.low],
    ["high", zone.high],
    ...((zone.boost ?? 0) > 0 ? [["boost", zone.boost ?? 0] as const] : []),
  ];
  const reserves = Object.entries(zone.lowmemReserveFor ?? {}).map(([name, pages]) => `${name} ${size(pages)}`);
  return [
    ["managed", size(zone.managed)],
    ...freeFacts(zone),
    ["watermarks", marks.map(([name, pages]) => `${name} ${size(pages)}`).join(", ")],
    ...(reserves.length === 0 ? [] : [["lowmem_reserve", reserves.join(", ")] as const]),
    ...some("reclaimable", zone.reclaimable),
    ...some("movable", zone.movable),
    ...some("percpu", zone.percpu?.pages ?? 0),
    ...some("cma", zone.cmaFree === undefined ? zone.cma : 0),
    ...some("highatomic", zone.highatomic),
  ];
}

/** Free blocks, those of CMA and HIGHATOMIC pageblocks by themselves where they are known. */
function freeFacts({ free, cmaFree, highatomicFree, highatomic }: ZoneState): readonly Fact[] {
  const apart = (order: number): number => (cmaFree?.[order] ?? 0) + (highatomicFree?.[order] ?? 0);
  const all = free.map((count, order) => Math.max(0, count - apart(order)));
  const fact = (word: string, blocks: readonly number[]): readonly Fact[] => {
    const some = blocks.flatMap((count, order) => (count > 0 ? [`order ${order}: ${count}`] : []));
    return some.length === 0 ? [] : [[word, some.join(", ")]];
  };
  // A list of one order alone still says that there are no others.
  const told = fact("free", all);
  const reserved = fact("free highatomic", highatomicFree ?? []);
  return [
    ...(told.length === 0 ? [["free", "order 0: 0"] as const] : told),
    ...fact("free cma", cmaFree ?? []),
    ...(reserved.length === 0 && highatomicFree !== undefined && highatomic > 0
      ? [["free highatomic", "order 0: 0"] as const]
      : reserved),
  ];
}

function requestLines(
  { request, context, kernel: { kernel } }: Diagnosis,
  state: MemoryState | null,
): readonly string[] {
  if (request === null) return [];
  const facts: readonly Fact[] = [
    ["api", request.api],
    ["order", String(request.order ?? 0)],
    ["flags", maskText(kernel, request.mask)],
    ...context.names.map((name): Fact => ["context", name]),
    ...(state?.homeNode === undefined ? [] : [["node", String(state.homeNode)] as const]),
    ["handles", "null"],
  ];
  return ["request failed {", ...facts.map(([word, value]) => `  ${word.padEnd(7)} ${value}`), "}"];
}

/** What became of it, where the model says the same of the file. */
function expectationLines({ report, replay, kernel, memory }: Diagnosis): readonly string[] {
  if (replay?.agrees !== true || kernel.older !== null || memory?.memory.cpusetNodes !== undefined) return [];
  return ["", `expect failed on reported { ${report.kind === "oom" ? "oom" : "fails"} }`];
}
