import type { Diagnosis } from "./diagnosis.ts";

const COLUMNS = 80;

/**
 * Breaks a text at blanks into lines of at most 80 columns; `indent` before each but the first, `first` before that.
 */
function wrapped(text: string, first: string, indent: string): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join("\n");
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : ["", title, ...items.map((item) => wrapped(item, "  - ", "    "))];
}

/** A diagnosis for people, in lines of 80 columns. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { report, zones, tried, remedies, shares, missing, memory } = diagnosis;
  const place = (zone: (typeof zones)[number]): string =>
    hasNodes(diagnosis) ? `node ${zone.node} ${zone.zone}` : zone.zone;
  const lines = [
    wrapped(diagnosis.first, "", ""),
    "",
    wrapped(diagnosis.because, "", ""),
    ...list("Asked for", askedFor(diagnosis)),
    ...list(
      "Zone by zone",
      zones.map((zone) => `${place(zone)}: ${zone.text}`),
    ),
    ...list("What the allocator did", tried),
    ...list(
      "What would have helped",
      remedies.map(({ text }) => text),
    ),
    ...list(
      "What the memory is",
      report.kind === "oom" || diagnosis.blame === "machine"
        ? shares.slice(0, 6).map(({ name, text }) => `${name}: ${text}`)
        : [],
    ),
    ...list("Whom the OOM killer found", tasksText(diagnosis)),
    ...list("The model", [diagnosis.agreement, ...(memory?.gaps ?? [])]),
    ...list("Taken for granted", diagnosis.kernel.assumed),
    ...list("Not in the report", missing),
  ];
  return `${lines.join("\n")}\n`;
}

function hasNodes({ zones }: Diagnosis): boolean {
  return new Set(zones.map(({ node }) => node)).size > 1;
}

function askedFor({ report, maskNames, caller, context, kernel }: Diagnosis): readonly string[] {
  const { order, mask, sizeBytes } = report;
  const api = caller?.api == null ? "" : `, through ${caller.api}()`;
  const module = caller?.module == null ? "" : ` of the module ${caller.module}`;
  return [
    ...(mask === null ? [] : [`Mask ${mask.text}: ${maskNames ?? ""}`]),
    ...(order === null || order.value < 0 || order.value > 63
      ? []
      : [`Order ${order.text}: ${2 ** order.value} ${order.value === 0 ? "page" : "pages in a row"}`]),
    ...(sizeBytes === null ? [] : [`Size ${sizeBytes.text} bytes`]),
    ...(caller === null ? [] : [`By ${caller.symbol.text}()${module}${api}`]),
    ...(context.words === null ? [] : [`Called ${context.words}`]),
    `Kernel ${report.kernel?.text ?? `not told, read as ${kernel.version}`}`,
  ];
}

function tasksText({ report }: Diagnosis): readonly string[] {
  if (report.kind !== "oom") return [];
  const { kill, tasks, taskCount } = report;
  const killed =
    kill?.fields.map(({ name, value, unit }) => `${name} ${value.text}${unit === "kB" ? " kB" : ""}`) ?? [];
  return [
    ...(kill?.name == null
      ? []
      : [`Killed ${kill.pid?.text ?? ""} (${kill.name.text})${killed.length > 0 ? `: ${killed.join(", ")}` : ""}`]),
    ...(taskCount === 0
      ? []
      : [
          `Of ${taskCount} ${taskCount === 1 ? "task" : "tasks"} the largest: ${tasks
            .slice(0, 3)
            .map(
              ({ name, pid, rss, oomScoreAdj }) =>
                `${name.text} (${pid.text}, ${rss.text} pages, oom_score_adj ${oomScoreAdj.text})`,
            )
            .join(", ")}`,
        ]),
  ];
}
