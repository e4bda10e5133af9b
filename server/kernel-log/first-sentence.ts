import { kbText, pagesToKb } from "./amounts.ts";
import type { Blame } from "./blame.ts";
import type { ReportedKernel } from "./reported-kernel.ts";
import type { KernelReport } from "./report.ts";

/** What happened, for somebody who has never seen such a report. `short`: why, in a few words. */
export function firstSentence(report: KernelReport, { kernel }: ReportedKernel, blame: Blame, short: string): string {
  const who = report.command === null ? "A task" : `A task called ${report.command.text}`;
  const { pageBytes } = kernel.options;
  switch (report.kind) {
    case "oom":
      return oomSentence(report, who, blame);
    case "vmalloc":
      return `${who} asked vmalloc() for ${report.sizeBytes === null ? "memory" : `${report.sizeBytes.text} bytes`}, and did not get it: ${short}.`;
    case "stall":
      return `${who} has waited for ${wanted(report, pageBytes)} for a long time; the request has not failed, it goes on.`;
    case "page-allocation":
      return `${who} asked the kernel for ${wanted(report, pageBytes)}, and did not get ${report.order?.value === 0 ? "it" : "them"}: ${short}.`;
  }
}

function wanted({ order }: KernelReport, pageBytes: number): string {
  if (order === null || order.value < 0 || order.value > 63) return "memory";
  const kb = kbText(pagesToKb(2 ** order.value, pageBytes));
  if (order.value === 0) return `one page (${kb})`;
  return `${2 ** order.value} pages in a row (${kb}, order ${order.value})`;
}

/** What became of it where no process was killed. */
const NOT_KILLED: Readonly<Record<string, string>> = {
  nobody: ", and there was no process left that the kernel could kill",
  panic_on_oom: ", and the kernel stopped, as it was told to do then (panic_on_oom)",
};

function oomSentence({ memcg, kill, constraint, order }: KernelReport, who: string, blame: Blame): string {
  const victim =
    kill?.name == null
      ? (NOT_KILLED[kill?.message ?? ""] ?? "")
      : `, so that the kernel killed process ${kill.pid?.text ?? ""} (${kill.name.text})`;
  if (blame === "cgroup") {
    const path = memcg?.path == null ? "A memory cgroup" : `The memory cgroup ${memcg.path.text}`;
    return `${path} reached its limit when ${who.charAt(0).toLowerCase()}${who.slice(1)} needed memory${victim}.`;
  }
  if (order !== null && order.value < 0) return `Somebody had the OOM killer called (SysRq f)${victim}.`;
  const where =
    constraint?.text === "CONSTRAINT_CPUSET" || constraint?.text === "CONSTRAINT_MEMORY_POLICY" || blame === "placement"
      ? "The nodes that it may use ran out of memory"
      : blame === "watermark"
        ? "The kernel took the machine for full, by a wrong watermark,"
        : "The machine ran out of memory";
  return `${where} when ${who.charAt(0).toLowerCase()}${who.slice(1)} needed some${victim}.`;
}
