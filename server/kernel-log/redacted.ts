import type { PrintedText } from "./printed.ts";
import type { KernelReport } from "./report.ts";

/** What stands for a name that is left out. */
const LEFT_OUT = "[left out]";

/** The part of a kernel's version that every builder of it has, or a distribution: no names of machines or people. */
const PUBLIC_VERSION =
  /^\d+\.\d+(?:\.\d+)?(?:-rc\d+)?(?:-next-\d{8})?(?:-\d+(?:\.\d+)*(?:\.el\d+(?:_\d+)?|\.fc\d+|\.amzn\d+|-generic|-lowlatency|-amd64|-arm64|-686|-686-pae)(?:\.\w+)?)?/;

/**
 * The report without what may be personal: names of processes, cgroups and slab caches, and what a builder added to the
 * version. Host names, hardware and addresses are never read. The numbers are kept.
 */
export function redacted(report: KernelReport): KernelReport {
  const { kernel, kill, memcg, slub } = report;
  return {
    ...report,
    command: hidden(report.command),
    cpuset: hidden(report.cpuset),
    kernel: kernel === null ? null : { ...kernel, text: PUBLIC_VERSION.exec(kernel.text)?.[0] ?? LEFT_OUT },
    tasks: report.tasks.map((task) => ({ ...task, name: hidden(task.name) ?? task.name })),
    slabs: report.slabs.map((slab) => ({ ...slab, name: hidden(slab.name) ?? slab.name })),
    kill: kill === null ? null : { ...kill, name: hidden(kill.name) },
    memcg: memcg === null ? null : { ...memcg, path: hidden(memcg.path) },
    slub: slub === null ? null : { ...slub, cache: hidden(slub.cache) },
    damage: report.damage,
  };
}

function hidden(text: PrintedText | null): PrintedText | null {
  return text === null ? null : { ...text, text: LEFT_OUT };
}
