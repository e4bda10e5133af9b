import type { ZoneState } from "../model/memory/state.ts";
import { hex } from "../model/masks/mask.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Field, PrintedNumber } from "./printed.ts";
import type { FreeListLine, KernelReport, NodeNumber, ZoneLine } from "./report.ts";
import { isSameNode } from "./nodes.ts";

/** A diagnosis as data: docs/command-line.md says what each field means. */
export function diagnosisJson(diagnosis: Diagnosis): object {
  const { report, kernel, caller, context, remedies, zones, memory, replay } = diagnosis;
  return {
    number: report.number,
    kind: report.kind,
    lines: [report.firstLine + 1, report.lastLine + 1],
    summary: diagnosis.first,
    blame: diagnosis.blame,
    because: diagnosis.because,
    kernel: { printed: textOf(report.kernel), taken: kernel.version, assumed: kernel.assumed },
    mask:
      report.mask === null
        ? null
        : { value: report.mask.text, names: diagnosis.maskNames, printed: textOf(report.maskNames) },
    order: exact(report.order),
    size: exact(report.sizeBytes),
    command: textOf(report.command),
    caller: caller === null ? null : { function: caller.symbol.text, module: caller.module, api: caller.api },
    context: context.names,
    nodemask: textOf(report.nodemask),
    cpuset: textOf(report.cpuset),
    mems_allowed: textOf(report.memsAllowed),
    constraint: textOf(report.constraint),
    reasons: zones.map(({ node, zone, kind, text }) => ({ node, zone, kind, text })),
    tried: diagnosis.tried,
    remedies: remedies.map(({ change, result }) => ({ change, result })),
    model: {
      agrees: replay?.agrees ?? null,
      withheld: replay?.withheld ?? [],
      text: diagnosis.agreement,
      request: requestJson(diagnosis),
      memory: replay === null ? null : memoryJson(diagnosis),
    },
    gaps: memory?.gaps ?? [],
    missing: diagnosis.missing,
    printed: printedJson(report),
  };
}

/** The request as the `verdict` command takes it. */
function requestJson({ request, context, kernel }: Diagnosis): object | null {
  return request === null
    ? null
    : {
        kernel: kernel.kernel.name,
        api: request.api,
        flags: hex(request.mask),
        order: request.order,
        context: context.names[0],
      };
}

/** The state as the `verdict` command takes it. */
function memoryJson({ replay, kernel: { kernel } }: Diagnosis): object | null {
  if (replay === null) return null;
  const { memory } = replay;
  const zoneJson = (zone: ZoneState): object => ({
    name: zone.name,
    managed: zone.managed,
    free: zone.free,
    min: zone.min,
    low: zone.low,
    high: zone.high,
    lowmem_reserve: kernel.zones.map((name) => zone.lowmemReserveFor?.[name] ?? 0),
    reclaimable: zone.reclaimable,
    movable: zone.movable,
    pinned: zone.pinned,
    cma: zone.cma,
    highatomic: zone.highatomic,
  });
  return {
    nodes: memory.nodes.map(({ id, zones }) => ({ id, zones: zones.map(zoneJson), kswapd_awake: false })),
    oom_killable: memory.oomKillable,
    watermark_boost: memory.watermarkBoost,
  };
}

/** The numbers as they are printed. */
function printedJson(report: KernelReport): object {
  return {
    totals: valuesOf(report.totals),
    nodes: report.nodes.map(({ node, fields, isUnreclaimable }) => ({
      node: node.value,
      ...valuesOf(fields),
      all_unreclaimable: isUnreclaimable,
    })),
    zones: report.zones.map((zone) => zoneJson(zone, report.freeLists)),
    free_lists: report.freeLists.map(freeListJson),
    per_cpu: report.perCpu.map(({ node, zone, cpu, high, batch, used }) => ({
      node: nodeOf(node),
      zone,
      cpu: exact(cpu),
      high: exact(high),
      batch: exact(batch),
      used: exact(used),
    })),
    huge_pages: report.hugePages.map(({ node, fields }) => ({ node: nodeOf(node), ...valuesOf(fields) })),
    counters: Object.fromEntries(report.counters.map(({ name, value, unit }) => [keyOf(name, unit), exact(value)])),
    tasks: {
      listed: report.taskCount,
      largest: report.tasks.map(({ pid, name, totalVm, rss, oomScoreAdj }) => ({
        pid: exact(pid),
        name: name.text,
        total_vm: exact(totalVm),
        rss: exact(rss),
        oom_score_adj: exact(oomScoreAdj),
      })),
    },
    unreclaimable_slab: report.slabs.map(({ name, used, total }) => ({
      name: name.text,
      used_kB: exact(used),
      total_kB: exact(total),
    })),
    slub:
      report.slub === null
        ? null
        : {
            node: exact(report.slub.node),
            mask: report.slub.mask?.text ?? null,
            cache: textOf(report.slub.cache),
            ...valuesOf(report.slub.fields),
          },
    memcg: memcgJson(report),
    killed:
      report.kill === null
        ? null
        : {
            message: report.kill.message,
            pid: exact(report.kill.pid),
            name: textOf(report.kill.name),
            ...valuesOf(report.kill.fields),
          },
  };
}

function zoneJson(
  { node, name, fields, lowmemReserve, isUnreclaimable }: ZoneLine,
  lists: readonly FreeListLine[],
): object {
  const list = lists.find((one) => one.zone.text === name.text && isSameNode(one.node, node));
  return {
    node: nodeOf(node),
    name: name.text,
    line: name.place.line + 1,
    ...valuesOf(fields),
    lowmem_reserve: lowmemReserve?.map(exact) ?? null,
    all_unreclaimable: isUnreclaimable,
    free_list_line: list === undefined ? null : list.zone.place.line + 1,
  };
}

function freeListJson({ node, zone, blocks, totalKb }: FreeListLine): object {
  return {
    node: nodeOf(node),
    zone: zone.text,
    line: zone.place.line + 1,
    blocks: blocks.map(({ count, sizeKb, types }, order) => ({
      order,
      size_kB: exact(sizeKb),
      count: exact(count),
      types: textOf(types),
    })),
    total_kB: exact(totalKb),
  };
}

function memcgJson({ memcg }: KernelReport): object | null {
  if (memcg === null) return null;
  return {
    path: textOf(memcg.path),
    counters: Object.fromEntries(memcg.counters.map(({ name, fields }) => [name, valuesOf(fields)])),
    stats: valuesOf(memcg.stats),
  };
}

/** `free` in kB as `free_kB`, counts under their own name. */
function valuesOf(fields: readonly Field[]): Readonly<Record<string, number | string | null>> {
  return Object.fromEntries(fields.map(({ name, value, unit }) => [keyOf(name, unit), exact(value)]));
}

function keyOf(name: string, unit: Field["unit"]): string {
  const key = name.replace(/[ /]/g, "_");
  return unit === "kB" && !key.endsWith("_kB") ? `${key}_kB` : key;
}

/** A number that JSON's readers would round is a text. */
function exact(printed: PrintedNumber | null): number | string | null {
  if (printed === null) return null;
  return Number.isSafeInteger(printed.value) ? printed.value : printed.text;
}

function textOf(printed: { readonly text: string } | null): string | null {
  return printed?.text ?? null;
}

function nodeOf(node: NodeNumber): number | null {
  return node?.value ?? null;
}
