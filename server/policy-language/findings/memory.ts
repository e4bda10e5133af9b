import type { MemoryDeclaration, NodeBlock, Numeral, Text, ZoneBlock, ZoneFact } from "../../../grammar/ast.ts";
import { RANGE_FACTS, type MemoryWord } from "../../../grammar/memory-facts.ts";
import { isZone, ZONE_NAMES } from "../../model/kernels/kernel.ts";
import { MOST_NODES, type MemoryState, type ZoneState } from "../../model/memory/state.ts";
import type { Span } from "../../rules/finding.ts";
import type { Binding, Environment } from "../analysis/environment.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import { accountedPages } from "../requests/memory/zone-state.ts";
import { amountOf, factNamed } from "../requests/memory/facts.ts";
import { freePagesOf } from "../requests/memory/free-blocks.ts";
import { loggedMemory, type LoggedMemory } from "../requests/memory/logged.ts";
import { memoryStateOf } from "../requests/memory.ts";
import { decodedUri, type ImportTarget } from "../analysis/uris.ts";
import { NOT_THERE } from "../../documents/workspace.ts";
import { duplicateProperty } from "./headers.ts";
import type { LanguageRule } from "./language-rule.ts";
import { unknownWord } from "./names/unknown-names.ts";
import { report } from "./report.ts";

const memoryImpossible: LanguageRule = {
  id: "memory-impossible",
  group: "memory",
  title: "A state of memory that cannot be",
  severity: "error",
  source: "language",
  explanation:
    "The facts of a zone contradict each other: more pages free than managed, watermarks out of order, blocks larger than the buddy allocator has, pages that are counted twice, a node that no kernel has, a node or zone described twice. No kernel is ever in such a state, so nothing can be said about a request there.",
  advice: "Correct the amounts. Sizes and pages may be mixed; a page is what `config` says.",
  examples: {
    bad: "kernel 6.12\n\nmemory full {\n  node 0 {\n    zone Normal {\n      managed 4 MiB\n      free    order 0: 2000\n    }\n  }\n}\n",
    good: "kernel 6.12\n\nmemory full {\n  node 0 {\n    zone Normal {\n      managed 4 MiB\n      free    order 0: 20\n    }\n  }\n}\n",
  },
};

const kernelLogUnreadable: LanguageRule = {
  id: "kernel-log-unreadable",
  group: "memory",
  title: "A kernel log that gives no state of memory",
  severity: "error",
  source: "language",
  explanation:
    "`memory NAME from` names a kernel log by its path, as an `import` names a file: relative to this file, and in the workspace. The log has to have a report of a page allocation failure, of vmalloc or of the OOM killer, as dmesg prints it, with zones or free lists, and of a machine with the pages that `config` says. Regular files of up to 16 MiB are read.",
  advice:
    "`allocpolicy dmesg FILE` lists the reports of a log, explains them and says what is missing; `report 2` behind the path takes the second one.",
  examples: {
    bad: 'kernel 6.12\n\nmemory field_report from ""\n',
    good: "kernel 6.12\n\nmemory written {\n  node 0 {\n    zone Normal {\n      managed 4 MiB\n      free    order 0: 20\n    }\n  }\n}\n",
  },
};

export const MEMORY_RULES: readonly LanguageRule[] = [memoryImpossible, kernelLogUnreadable];

/** What is wrong with the log that a state is read from. */
function logFindings(environment: Environment, binding: Binding): readonly UnplacedFinding[] {
  const { declaration } = binding;
  if (declaration.kind !== "memory" || declaration.source?.kind !== "from") return [];
  const { path, report: number } = declaration.source;
  if (number?.value === 0) return [report(kernelLogUnreadable, number, "The reports of a log count from 1.")];
  if (path.value === "") return [report(kernelLogUnreadable, path, "The path of the kernel log is missing.")];
  const log = loggedMemory(environment, binding);
  if (log === null) return [];
  const [span, message] = logProblem(log, path, number);
  return message === null ? [] : [report(kernelLogUnreadable, span, message)];
}

/** What is wrong with a log, and where that is marked; null: nothing. */
function logProblem(log: LoggedMemory, path: Text, number: Numeral | null): readonly [Span, string | null] {
  switch (log.state) {
    case "missing":
      return [
        path,
        log.why === NOT_THERE
          ? `There is no file ${path.value} beside this one (looked for ${decodedUri(log.uri)}).`
          : `${path.value} cannot be read: ${log.why} (${decodedUri(log.uri)}).`,
      ];
    case "refused":
      return [path, refusedLog(path, log.target)];
    case "no-report":
      return log.count === 0
        ? [path, `${path.value} has no report of a page allocation failure, of vmalloc or of the OOM killer.`]
        : [
            number ?? path,
            `${path.value} has ${log.count === 1 ? "one report" : `${log.count} reports`}, and no more.`,
          ];
    case "no-memory":
      return [number ?? path, `${log.diagnosis.agreement} Its zones and free lists are not in the log.`];
    case "other-pages":
      return [
        path,
        `The log is of a machine with pages of ${log.pageBytes / 1024} KiB: write \`config { page ${log.pageBytes / 1024} KiB }\`.`,
      ];
    case "read":
    case "not-looked-for":
      return [path, null];
  }
}

function refusedLog(path: Text, target: Exclude<ImportTarget, { readonly kind: "file" }>): string | null {
  switch (target.kind) {
    case "address":
      return `A log is named by its path, and ${path.value} is an address: write the path of a file of the workspace, relative to this one.`;
    case "outside":
      return `${path.value} leads out of the workspace, to ${decodedUri(target.uri)}: only files of the workspace are read.`;
    case "nowhere":
      return null;
  }
}

/** The state of memory of that name; null where there is none, or none that can be: its findings say why. */
export function stateNamed(environment: Environment, name: string): MemoryState | null {
  const memory = environment.lookup("memory", name);
  if (memory === null || memory.damaged || memory.declaration.kind !== "memory") return null;
  const state = memoryStateOf(environment, memory);
  return state === null || memoryFindings(environment, memory).length > 0 ? null : state;
}

/** What is wrong with a state, as it is written out or with the log that it is read from. */
export function memoryFindings(environment: Environment, binding: Binding): readonly UnplacedFinding[] {
  const { declaration } = binding;
  if (declaration.kind === "memory" && declaration.source?.kind === "from") return logFindings(environment, binding);
  if (declaration.kind !== "memory" || declaration.source?.kind !== "nodes") return [];
  const state = memoryStateOf(environment, binding);
  const findings: UnplacedFinding[] = [...machineFindings(environment, declaration)];
  const nodes = new Map<number, Span>();
  const ranges: Span[] = [];
  for (const node of declaration.source.nodes) {
    if (node.number !== null) {
      const first = nodes.get(node.number.value);
      if (first === undefined) nodes.set(node.number.value, node.number);
      else findings.push(twice(environment, node.number, `Node ${node.number.text} is described twice.`, first));
      if (node.number.value >= MOST_NODES)
        findings.push(
          report(memoryImpossible, node.number, `No kernel has so many nodes: they go from 0 to ${MOST_NODES - 1}.`),
        );
    }
    findings.push(...nodeFindings(environment, node, state));
    for (const zone of node.zones) for (const fact of zone.facts) if (fact.kind === "range") ranges.push(fact.keyword);
  }
  const [first, ...more] = ranges;
  if (first !== undefined)
    for (const range of more)
      findings.push(
        twice(environment, range, "A request asks for one range, and another one is described too.", first),
      );
  return findings;
}

function machineFindings(environment: Environment, { source }: MemoryDeclaration): readonly UnplacedFinding[] {
  if (source?.kind !== "nodes") return [];
  const findings: UnplacedFinding[] = [...repeatedFacts(environment, source.facts, "machine")];
  for (const fact of source.facts) {
    if (fact.kind === "cpus" && fact.number?.value === 0)
      findings.push(report(memoryImpossible, fact.number, "A machine has one CPU at least."));
    if (fact.kind === "try" && fact.time !== null && (fact.time.unit === "tries" || fact.time.number.value === 0))
      findings.push(report(memoryImpossible, fact.time, "A try takes some time: say how long in `us`, `ms` or `s`."));
  }
  return findings;
}

function nodeFindings(
  environment: Environment,
  node: NodeBlock,
  state: MemoryState | null,
): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [...repeatedFacts(environment, node.facts, "node")];
  const zones = new Map<string, Span>();
  for (const zone of node.zones) {
    if (zone.name !== null) {
      const first = zones.get(zone.name.text);
      if (first === undefined) zones.set(zone.name.text, zone.name);
      else
        findings.push(twice(environment, zone.name, `Zone ${zone.name.text} of this node is described twice.`, first));
      if (!isZone(zone.name.text)) findings.push(unknownWord(zone.name, "zone", ZONE_NAMES));
    }
    const states = state?.nodes.find(({ id }) => id === node.number?.value)?.zones;
    findings.push(...zoneFindings(environment, zone, states?.find(({ name }) => name === zone.name?.text) ?? null));
  }
  return findings;
}

function twice(environment: Environment, span: Span, message: string, first: Span): UnplacedFinding {
  return report(memoryImpossible, span, message, {
    related: [
      { revision: null, uri: environment.uri, span: { start: first.start, end: first.end }, message: "The other one." },
    ],
  });
}

function zoneFindings(environment: Environment, zone: ZoneBlock, state: ZoneState | null): readonly UnplacedFinding[] {
  const range = factNamed(zone, "range");
  return [
    ...repeated(environment, zone.facts, "zone"),
    ...orderFindings(environment, zone),
    ...markFindings(zone),
    ...cacheFindings(zone.facts),
    ...(range === null ? [] : rangeFindings(environment, range.facts)),
    ...(state === null
      ? []
      : [...watermarkFindings(zone, state), ...amountFindings(zone, state), ...shareFindings(zone, state)]),
  ];
}

function repeatedFacts(
  environment: Environment,
  facts: readonly { readonly kind: string; readonly keyword: Span }[],
  of: string,
): readonly UnplacedFinding[] {
  const seen = new Map<string, Span>();
  return facts.flatMap(({ kind, keyword }) => {
    const first = seen.get(kind);
    if (first === undefined) {
      seen.set(kind, keyword);
      return [];
    }
    const message = `\`${kind}\` is said twice of this ${of}, and the last one counts.`;
    return [duplicateProperty(keyword, message, first, environment.uri)];
  });
}

/** Pins may be told apart, and so may free blocks of several migratetypes. */
function repeated(environment: Environment, facts: readonly ZoneFact[], of: string): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [
    ...repeatedFacts(
      environment,
      facts.filter(({ kind }) => kind !== "pinned" && kind !== "free"),
      of,
    ),
  ];
  const freeKinds = new Map<string, Span>();
  const orders = new Map<string, Span>();
  const marks = new Map<string, Span>();
  const note = (seen: Map<string, Span>, key: string, span: Span, what: string): void => {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, span);
    else
      findings.push(
        duplicateProperty(
          span,
          `${what} is said twice of this ${of}, and the last one counts.`,
          first,
          environment.uri,
        ),
      );
  };
  for (const fact of facts) {
    if (fact.kind === "free") {
      const kind = fact.of ?? "";
      note(freeKinds, kind, fact.keyword, kind === "" ? "`free`" : `\`free ${kind}\``);
      for (const { order } of fact.blocks) note(orders, `${kind} ${order.value}`, order, `Order ${order.text}`);
    }
    if (fact.kind === "watermarks" || fact.kind === "lowmem_reserve")
      for (const { name } of fact.marks) note(marks, `${fact.kind} ${name.text}`, name, `\`${name.text}\``);
  }
  return findings;
}

function orderFindings(environment: Environment, zone: ZoneBlock): readonly UnplacedFinding[] {
  const largest = Math.max(...environment.kernels.map((kernel) => kernel.maxOrder));
  return zone.facts
    .flatMap((fact) => (fact.kind === "free" ? fact.blocks : []))
    .flatMap(({ order }) =>
      order.value > largest
        ? [report(memoryImpossible, order, `The buddy allocator has no blocks above order ${largest}.`)]
        : [],
    );
}

const WATERMARKS = ["min", "low", "high", "boost"];

/** The names of watermarks, and the zones that a reserve is kept from. */
function markFindings(zone: ZoneBlock): readonly UnplacedFinding[] {
  const of = zone.name?.text ?? "";
  const own = isZone(of) ? ZONE_NAMES.indexOf(of) : -1;
  const higher = ZONE_NAMES.slice(own + 1);
  return zone.facts.flatMap((fact) => {
    if (fact.kind === "watermarks")
      return fact.marks.flatMap(({ name }) =>
        WATERMARKS.includes(name.text) ? [] : [unknownWord(name, "watermark", WATERMARKS)],
      );
    if (fact.kind !== "lowmem_reserve" || own < 0) return [];
    return fact.marks.flatMap(({ name }) => {
      if (!isZone(name.text)) return [unknownWord(name, "zone", ZONE_NAMES)];
      if (higher.includes(name.text)) return [];
      return [report(memoryImpossible, name, `${of} keeps a reserve from requests for higher zones alone.`)];
    });
  });
}

function watermarkFindings(zone: ZoneBlock, state: ZoneState): readonly UnplacedFinding[] {
  const marks = zone.facts.flatMap((fact) => (fact.kind === "watermarks" ? fact.marks : []));
  const written = (name: string): boolean => marks.some((mark) => mark.name.text === name);
  const findings: UnplacedFinding[] = [];
  for (const [lower, upper] of [
    ["min", "low"],
    ["low", "high"],
    ["min", "high"],
  ] as const) {
    const mark = marks.findLast(({ name }) => name.text === lower) ?? marks.findLast(({ name }) => name.text === upper);
    if (mark === undefined || !written(upper) || state[lower] <= state[upper]) continue;
    if (lower === "min" && upper === "high" && written("low")) continue;
    findings.push(
      report(
        memoryImpossible,
        { start: mark.name.start, end: mark.end },
        `The ${lower} watermark is above ${upper}: the kernel keeps min <= low <= high.`,
      ),
    );
  }
  return findings;
}

/** Shares are at most all, and a time does not end before it begins. */
function cacheFindings(facts: readonly ZoneFact[]): readonly UnplacedFinding[] {
  return facts.flatMap((fact) => {
    if ((fact.kind === "percpu" || fact.kind === "lru_cache") && (fact.returning?.value ?? 0) > 100)
      return [report(memoryImpossible, fact.returning ?? fact, "No more than 100 % of the pages can come back.")];
    if (fact.kind !== "pinned" || fact.lasts?.kind !== "between") return [];
    const { from, to } = fact.lasts;
    const scale = { us: 1, ms: 1000, s: 1_000_000, tries: 0 };
    if ((from.unit === "tries") !== (to.unit === "tries"))
      return [report(memoryImpossible, fact.lasts, "Both ends are times, or both are tries.")];
    const isLater =
      from.unit === "tries"
        ? from.number.value > to.number.value
        : from.number.value * scale[from.unit] > to.number.value * scale[to.unit];
    return isLater ? [report(memoryImpossible, fact.lasts, "The time ends before it begins.")] : [];
  });
}

function rangeFindings(environment: Environment, facts: readonly ZoneFact[]): readonly UnplacedFinding[] {
  const { pageBytes } = environment.options;
  const mapping = amountOf(facts, "mapping", pageBytes) ?? 0;
  const movable = amountOf(facts, "movable", pageBytes) ?? 0;
  const fact = factNamed({ facts }, "mapping");
  return [
    ...repeated(environment, facts, "range"),
    ...cacheFindings(facts),
    ...facts.flatMap(({ kind, keyword }) =>
      RANGE_FACTS.some((word) => word === kind)
        ? []
        : [
            report(
              memoryImpossible,
              keyword,
              `\`${kind}\` is a fact of a zone: a range has ${RANGE_FACTS.join(", ")}.`,
            ),
          ],
    ),
    ...(fact?.amount == null || mapping <= movable ? [] : [mappingFinding(fact.amount, mapping, movable)]),
  ];
}

function mappingFinding(span: Span, mapping: number, movable: number): UnplacedFinding {
  return report(
    memoryImpossible,
    span,
    `${pages(mapping)} of the movable pages are said to have a mapping, and only ${pages(movable)} are movable.`,
  );
}

/** CMA and HIGHATOMIC pages are free ones, those with a mapping movable ones. */
function shareFindings(zone: ZoneBlock, state: ZoneState): readonly UnplacedFinding[] {
  const free = freePagesOf(state.free);
  const findings: UnplacedFinding[] = [];
  for (const kind of ["cma", "highatomic"] as const) {
    const fact = factNamed(zone, kind);
    if (fact?.amount != null && state.free.length > 0 && state[kind] > free)
      findings.push(
        report(
          memoryImpossible,
          fact.amount,
          `${pages(state[kind])} of the free pages are said to be ${kind}, and only ${pages(free)} are free.`,
        ),
      );
  }
  const area = factNamed(zone, "cma_area");
  if (area?.amount != null && state.cma > (state.cmaArea ?? 0))
    findings.push(
      report(
        memoryImpossible,
        area.amount,
        `${pages(state.cma)} of the area are said to be free, and it has only ${pages(state.cmaArea ?? 0)}.`,
      ),
    );
  const mapping = factNamed(zone, "mapping");
  if (mapping?.amount != null && (state.mappingPages ?? 0) > state.movable)
    findings.push(mappingFinding(mapping.amount, state.mappingPages ?? 0, state.movable));
  return findings;
}

/** The facts whose pages are other pages than the free ones, and than each other's. */
const IN_USE = ["reclaimable", "movable", "pinned", "unmovable", "hugetlb", "percpu", "lru_cache"] as const;

function pagesOfFact(state: ZoneState, kind: (typeof IN_USE)[number]): number {
  switch (kind) {
    case "hugetlb":
      return state.hugetlbPages ?? 0;
    case "percpu":
      return state.percpu?.pages ?? 0;
    case "lru_cache":
      return state.lruCache?.pages ?? 0;
    case "unmovable":
      return state.unmovable ?? 0;
    default:
      return state[kind];
  }
}

/** Free, pinned, reclaimable, movable and other pages are different pages, and all of them are managed ones. */
function amountFindings(zone: ZoneBlock, state: ZoneState): readonly UnplacedFinding[] {
  const { managed } = state;
  const free = freePagesOf(state.free);
  const freeFact = factNamed(zone, "free") ?? factNamed(zone, "managed");
  if (free > managed)
    return freeFact === null
      ? []
      : [report(memoryImpossible, freeFact, `${pages(free)} are free, and the zone manages only ${pages(managed)}.`)];
  const findings: UnplacedFinding[] = [];
  for (const kind of IN_USE) {
    const fact = factNamed(zone, kind);
    const amount = pagesOfFact(state, kind);
    if (fact?.amount != null && amount + free > managed)
      findings.push(
        report(
          memoryImpossible,
          fact.amount,
          `${pages(amount)} ${wordOf(kind)} and ${pages(free)} free are more than the ${pages(managed)} that the zone manages.`,
        ),
      );
  }
  const all = accountedPages(state);
  if (findings.length > 0 || all <= managed) return findings;
  const last = zone.facts.findLast(
    (fact) => fact.kind === "managed" || fact.kind === "free" || IN_USE.some((kind) => kind === fact.kind),
  );
  if (last === undefined) return [];
  return [
    report(
      memoryImpossible,
      "amount" in last && last.amount !== null ? last.amount : last,
      `The facts of this zone come to ${pages(all)}, and it manages only ${pages(managed)}: each page is counted once.`,
    ),
  ];
}

const WORDS: Readonly<Partial<Record<MemoryWord, string>>> = {
  percpu: "on per-cpu lists",
  lru_cache: "in LRU caches",
  hugetlb: "of hugetlb",
};

function wordOf(kind: (typeof IN_USE)[number]): string {
  return WORDS[kind] ?? kind;
}

function pages(count: number): string {
  if (count > 1e15) return "10^15 pages and more";
  return count === 1 ? "1 page" : `${count} pages`;
}
