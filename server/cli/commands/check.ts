import { parseArgs } from "node:util";
import type { Severity } from "../../rules/finding.ts";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import { FOUND, OK, USAGE, UsageError, type Command } from "../command.ts";
import { wantedFiles } from "../files.ts";
import { kernelList } from "../kernels.ts";
import { SEVERITIES } from "../report.ts";
import { ALL_REPORTERS } from "../reporters/index.ts";
import { checkFiles } from "../workspace.ts";

const DEFAULT_FORMAT = "text";
const FORMATS = ALL_REPORTERS.map(({ name }) => name);

export const check: Command = {
  name: "check",
  usage: `[PATH…] [--format ${FORMATS.join("|")}] [--kernel V[,V…]] [--fail-on error|warning|information]`,
  summary:
    "check policy files: a file, every .allocpolicy file below a folder, - for standard input, or the current folder",
  run: async (args, io) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: "string", default: DEFAULT_FORMAT },
        kernel: { type: "string" },
        "fail-on": { type: "string", default: "error" },
      },
    });
    const reporter = ALL_REPORTERS.find(({ name }) => name === values.format);
    if (reporter === undefined)
      throw new UsageError(`there is no format '${values.format}': use ${FORMATS.join(", ")}`);
    const failing = failingSeverities(values["fail-on"]);
    const forcedKernel = values.kernel === undefined ? null : kernelList(values.kernel).join(", ");
    const wanted = await wantedFiles(io, positionals);
    const reports = checkFiles(wanted, { ...DEFAULT_SETTINGS, forcedKernel }, io.cwd);
    await io.write(reporter.print(reports));
    const fails = reports.some(({ findings }) =>
      findings.some(({ severity, source }) => failing.has(severity) || source === "expectation"),
    );
    if (wanted.incomplete) return USAGE;
    return fails ? FOUND : OK;
  },
};

function failingSeverities(least: string): ReadonlySet<Severity> {
  const index = SEVERITIES.findIndex((severity) => severity === least && severity !== "hint");
  if (index < 0) throw new UsageError(`--fail-on takes error, warning or information, not '${least}'`);
  return new Set(SEVERITIES.slice(0, index + 1));
}
