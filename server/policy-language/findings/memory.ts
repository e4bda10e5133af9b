import type { MemoryDeclaration, ZoneBlock } from "../../../grammar/ast.ts";
import { MOST_NODES } from "../../model/memory/state.ts";
import { report } from "./report.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";
import type { Environment } from "../analysis/environment.ts";
import type { Span } from "../../rules/finding.ts";
import { amountsOf, factNamed, freeOf, freePagesOf } from "../requests/memory.ts";
import { duplicateProperty } from "./headers.ts";
import type { LanguageRule } from "./language-rule.ts";
import { unknownWord } from "./names.ts";
import { isZone, ZONE_NAMES } from "../../model/kernels/kernel.ts";

const memoryImpossible: LanguageRule = {
  id: "memory-impossible",
  group: "memory",
  title: "A state of memory that cannot be",
  severity: "error",
  source: "language",
  explanation:
    "The facts of a zone contradict each other: more pages free than managed, watermarks out of order, blocks larger than the buddy allocator has, a node that no kernel has, a node or zone described twice. No kernel is ever in such a state, so nothing can be said about a request there.",
  advice: "Correct the amounts. Sizes and pages may be mixed; a page is what `config` says.",
  examples: {
    bad: "kernel 6.12\n\nmemory full {\n  node 0 {\n    zone Normal {\n      managed 4 MiB\n      free    order 0: 2000\n    }\n  }\n}\n",
    good: "kernel 6.12\n\nmemory full {\n  node 0 {\n    zone Normal {\n      managed 4 MiB\n      free    order 0: 20\n    }\n  }\n}\n",
  },
};

export const MEMORY_RULES: readonly LanguageRule[] = [memoryImpossible];

const WATERMARKS = ["min", "low", "high"];

/** What is written out of a state; one that is read from a log is not looked at here. */
export function memoryFindings(environment: Environment, declaration: MemoryDeclaration): readonly UnplacedFinding[] {
  if (declaration.source?.kind !== "nodes") return [];
  const findings: UnplacedFinding[] = [];
  const nodes = new Map<number, Span>();
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
    const zones = new Map<string, Span>();
    for (const zone of node.zones) {
      if (zone.name !== null) {
        const first = zones.get(zone.name.text);
        if (first === undefined) zones.set(zone.name.text, zone.name);
        else
          findings.push(
            twice(environment, zone.name, `Zone ${zone.name.text} of this node is described twice.`, first),
          );
        if (!isZone(zone.name.text)) findings.push(unknownWord(zone.name, "zone", ZONE_NAMES));
      }
      findings.push(...zoneFindings(environment, zone));
    }
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

function zoneFindings(environment: Environment, zone: ZoneBlock): readonly UnplacedFinding[] {
  return [
    ...repeated(environment, zone),
    ...orderFindings(environment, zone),
    ...watermarkFindings(environment, zone),
    ...amountFindings(environment, zone),
  ];
}

function repeated(environment: Environment, zone: ZoneBlock): readonly UnplacedFinding[] {
  const findings: UnplacedFinding[] = [];
  const facts = new Map<string, Span>();
  const orders = new Map<number, Span>();
  const marks = new Map<string, Span>();
  const note = <Key>(seen: Map<Key, Span>, key: Key, span: Span, what: string): void => {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, span);
    else
      findings.push(
        duplicateProperty(span, `${what} is said twice of this zone, and the last one counts.`, first, environment.uri),
      );
  };
  for (const fact of zone.facts) {
    note(facts, fact.kind, fact.keyword, `\`${fact.kind}\``);
    if (fact.kind === "free")
      for (const block of fact.blocks) note(orders, block.order.value, block.order, `Order ${block.order.text}`);
    if (fact.kind === "watermarks")
      for (const mark of fact.marks) note(marks, mark.name.text, mark.name, `\`${mark.name.text}\``);
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

function watermarkFindings(environment: Environment, zone: ZoneBlock): readonly UnplacedFinding[] {
  const marks = zone.facts.flatMap((fact) => (fact.kind === "watermarks" ? fact.marks : []));
  const findings: UnplacedFinding[] = [];
  for (const { name } of marks)
    if (!WATERMARKS.includes(name.text)) findings.push(unknownWord(name, "watermark", WATERMARKS));
  const amounts = amountsOf(zone, environment.options.pageBytes);
  for (const [lower, upper] of [
    ["min", "low"],
    ["low", "high"],
    ["min", "high"],
  ] as const) {
    const below = amounts.get(lower);
    const above = amounts.get(upper);
    const mark = marks.findLast(({ name }) => name.text === lower);
    if (below === undefined || above === undefined || mark === undefined || below <= above) continue;
    if (lower === "min" && upper === "high" && amounts.has("low")) continue;
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

/** Free, pinned, reclaimable and movable pages are different pages, and all of them are managed ones. */
function amountFindings(environment: Environment, zone: ZoneBlock): readonly UnplacedFinding[] {
  const amounts = amountsOf(zone, environment.options.pageBytes);
  const free = freePagesOf(freeOf(zone));
  const findings: UnplacedFinding[] = [];
  const freeFact = factNamed(zone, "free");
  for (const kind of ["cma", "highatomic"] as const) {
    const fact = factNamed(zone, kind);
    const amount = amounts.get(kind) ?? 0;
    if (fact?.amount != null && freeFact !== null && amount > free)
      findings.push(
        report(
          memoryImpossible,
          fact.amount,
          `${pages(amount)} of the free pages are said to be ${kind}, and only ${pages(free)} are free.`,
        ),
      );
  }
  const managed = amounts.get("managed");
  if (managed === undefined) return findings;
  if (free > managed && freeFact !== null) {
    findings.push(
      report(memoryImpossible, freeFact, `${pages(free)} are free, and the zone manages only ${pages(managed)}.`),
    );
    return findings;
  }
  for (const kind of ["reclaimable", "movable", "pinned"] as const) {
    const fact = factNamed(zone, kind);
    const amount = amounts.get(kind) ?? 0;
    if (fact?.amount != null && amount + free > managed)
      findings.push(
        report(
          memoryImpossible,
          fact.amount,
          `${pages(amount)} ${kind} and ${pages(free)} free are more than the ${pages(managed)} that the zone manages.`,
        ),
      );
  }
  return findings;
}

function pages(count: number): string {
  if (count > 1e15) return "10^15 pages and more";
  return count === 1 ? "1 page" : `${count} pages`;
}
