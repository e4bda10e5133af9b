import { readFileSync } from "node:fs";
import { RECORDED_KERNELS } from "./kernels/index.ts";
import type { RecordedKernel } from "./kernels/recorded-kernel.ts";
import { observedFields } from "./observed.ts";
import { fixtureOf, readRecording } from "./recording.ts";
import type { KindCheck } from "./kind-check.ts";
import type { Fields, Row } from "./row.ts";
import { textOf, textsOf } from "./row.ts";
import { sceneOf, zonesByPart, type ZonesByPart } from "./scenario.ts";

/** Rows that disagree in one field in the same way. */
export interface Disagreement {
  readonly field: string;
  /** What distinguishes the class: recorded and modelled value, as JSON. */
  readonly recorded: string;
  readonly modelled: string;
  count: number;
  /** The first rows of the class. */
  readonly examples: Row[];
}

export interface FieldResult {
  readonly field: string;
  rows: number;
  agreeing: number;
  /** Rows left out because the field did not repeat when the row was recorded twice. */
  unstable: number;
  /** Lowest share that passes; null: none. */
  readonly minimum: number | null;
}

export interface KindResult {
  readonly kind: string;
  rows: number;
  readonly fields: Map<string, FieldResult>;
  readonly disagreements: Map<string, Disagreement>;
}

/** What came of the rows of one kernel. */
export interface KernelResult {
  readonly recorded: RecordedKernel;
  readonly kinds: Map<string, KindResult>;
  /** Rows of kinds that nothing checks, and rows whose context is not known, by kind. */
  readonly unchecked: Map<string, number>;
}

export interface RunResult {
  /** By release, oldest first. */
  readonly kernels: readonly KernelResult[];
  /** Rows of kernels that no file of kernels/ describes, by their `v`. */
  readonly unknown: ReadonlyMap<string, number>;
}

/** Which recorded fields, when they did not repeat, make a derived field worthless. */
const RAW_FIELDS: Readonly<Record<string, readonly string[]>> = {
  result: ["out", "loop"],
  node: ["nid", "out", "loop"],
  zone: ["zone", "nid", "out", "loop"],
  report: ["failmsg", "ev.warn_alloc", "out"],
  sleep: ["sleep"],
  directReclaim: ["ev.dreclaim"],
  kswapd: ["ev.wake"],
  compaction: ["ev.trycompact", "ev.dcompact"],
  oom: ["ev.oom", "ev.mayoom"],
  killed: ["ev.oomkill", "killed", "ev.oom", "ev.mayoom", "out"],
  warn: ["warn", "out", "loop"],
  drain: ["ev.drain"],
  pfmemalloc: ["pfm", "out", "loop"],
  attempts: [
    "attempts",
    "out",
    "loop",
    "ev.gpff",
    "ev.dreclaim",
    "ev.dcompact",
    "ev.mayoom",
    "ev.oom",
    "ev.rretry",
    "ev.cretry",
    "ev.drain",
  ],
};

/**
 * Runs rows through their kinds' models and compares field by field. `only`: one kind; null: all. Zones come from the
 * rows' own `zone` lines where there are any, else from the fixture of their kernel.
 */
export function runConformance(
  rows: readonly Row[],
  checks: ReadonlyMap<string, KindCheck>,
  only: string | null = null,
): RunResult {
  const byKernel = new Map<string, Row[]>();
  for (const row of rows) {
    const own = byKernel.get(textOf(row, "v")) ?? [];
    own.push(row);
    byKernel.set(textOf(row, "v"), own);
  }
  const known = new Set(RECORDED_KERNELS.map(({ v }) => v));
  return {
    kernels: RECORDED_KERNELS.flatMap((recorded) => {
      const own = byKernel.get(recorded.v);
      return own === undefined ? [] : [runKernel(recorded, own, checks, only)];
    }),
    unknown: new Map([...byKernel].filter(([v]) => !known.has(v)).map(([v, found]) => [v, found.length])),
  };
}

function runKernel(
  recorded: RecordedKernel,
  rows: readonly Row[],
  checks: ReadonlyMap<string, KindCheck>,
  only: string | null,
): KernelResult {
  const zones = zonesByPart(rows);
  const result: KernelResult = { recorded, kinds: new Map(), unchecked: new Map() };
  for (const row of rows) {
    const kind = textOf(row, "kind");
    if (only !== null && kind !== only) continue;
    const check = checks.get(kind);
    const scene = check === undefined ? null : sceneOf(row, recorded, zones, () => fixtureZones(recorded));
    if (check === undefined || scene === null) {
      result.unchecked.set(kind, (result.unchecked.get(kind) ?? 0) + 1);
      continue;
    }
    const observed = check.observed === undefined ? observedFields(row, recorded) : check.observed(row, scene);
    const minima = check.races === true && recorded.times === "once" ? {} : check.minima;
    compare(kindResult(result, kind), minima, row, observed, check.model(row, scene));
  }
  return result;
}

const zonesOfFixtures = new Map<RecordedKernel, ZonesByPart>();

/** The machine as the kernel's fixture has it; read once, and only for a recording that comes without its zones. */
function fixtureZones(recorded: RecordedKernel): ZonesByPart {
  const read = zonesOfFixtures.get(recorded) ?? zonesByPart(readRecording(readFileSync(fixtureOf(recorded))));
  zonesOfFixtures.set(recorded, read);
  return read;
}

function kindResult(result: KernelResult, kind: string): KindResult {
  const known = result.kinds.get(kind);
  if (known !== undefined) return known;
  const fresh: KindResult = { kind, rows: 0, fields: new Map(), disagreements: new Map() };
  result.kinds.set(kind, fresh);
  return fresh;
}

const MOST_EXAMPLES = 20;

type Minima = KindCheck["minima"];

function compare(kind: KindResult, minima: Minima, row: Row, observed: Fields, modelled: Fields): void {
  kind.rows++;
  const unstable = textsOf(row, "unstable");
  for (const [field, value] of Object.entries(modelled)) {
    const found = fieldResult(kind, minima, field);
    if (isUnstable(field, unstable)) {
      found.unstable++;
      continue;
    }
    found.rows++;
    const recordedText = JSON.stringify(observed[field]) ?? "absent";
    const modelledText = JSON.stringify(value) ?? "absent";
    if (recordedText === modelledText) {
      found.agreeing++;
      continue;
    }
    const key = `${field}\n${recordedText}\n${modelledText}`;
    const class_ = kind.disagreements.get(key) ?? {
      field,
      recorded: recordedText,
      modelled: modelledText,
      count: 0,
      examples: [],
    };
    class_.count++;
    if (class_.examples.length < MOST_EXAMPLES) class_.examples.push(row);
    kind.disagreements.set(key, class_);
  }
}

/** True when a derived field hangs on one of the raw fields that did not repeat. */
export function isUnstable(field: string, unstable: readonly string[]): boolean {
  if (unstable.length === 0) return false;
  return unstable.some((name) => name === field || (RAW_FIELDS[field]?.includes(name) ?? false));
}

function fieldResult(kind: KindResult, minima: Minima, field: string): FieldResult {
  const known = kind.fields.get(field);
  if (known !== undefined) return known;
  const fresh: FieldResult = {
    field,
    rows: 0,
    agreeing: 0,
    unstable: 0,
    minimum: minima[field] ?? minima["*"] ?? null,
  };
  kind.fields.set(field, fresh);
  return fresh;
}

/** The share of agreeing rows, 0..1; 1 when there are none. */
export function shareOf(field: FieldResult): number {
  return field.rows === 0 ? 1 : field.agreeing / field.rows;
}

/** A field whose share lies below its minimum. */
export interface Failure {
  readonly release: string;
  readonly kind: string;
  readonly field: FieldResult;
}

export function failures(result: RunResult): readonly Failure[] {
  return result.kernels.flatMap(({ recorded: { release }, kinds }) =>
    [...kinds.values()].flatMap(({ kind, fields }) =>
      [...fields.values()]
        .filter((field) => field.minimum !== null && shareOf(field) < field.minimum)
        .map((field) => ({ release, kind, field })),
    ),
  );
}
