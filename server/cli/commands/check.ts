import { parseArgs } from "node:util";
import type { Severity } from "../../rules/finding.ts";
import { DEFAULT_SETTINGS } from "../../documents/settings.ts";
import { FOUND, OK, UsageError, type Command } from "../command.ts";
import { wantedFiles } from "../files.ts";
import { kernelList } from "../kernels.ts";
import { SEVERITIES, type FileReport } from "../report.ts";
import { githubReport } from "../reporters/github.ts";
import { jsonReport } from "../reporters/json.ts";
import { sarifReport } from "../reporters/sarif.ts";
import { textReport } from "../reporters/text.ts";
import { checkFiles } from "../workspace.ts";

const REPORTERS: Readonly<Record<string, (reports: readonly FileReport[]) => string>> = {
  text: textReport,
  json: jsonReport,
  sarif: sarifReport,
  github: githubReport,
};

export const check: Command = {
  name: "check",
  usage: "[PATH…] [--format text|json|sarif|github] [--kernel V[,V…]] [--fail-on error|warning|information]",
  summary:
    "check policy files: a file, every .allocpolicy file below a folder, - for standard input, or the current folder",
  run: async (args, io) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: "string", default: "text" },
        kernel: { type: "string" },
        "fail-on": { type: "string", default: "error" },
      },
    });
    const reporter = Object.hasOwn(REPORTERS, values.format) ? REPORTERS[values.format] : undefined;
    if (reporter === undefined)
      throw new UsageError(`there is no format '${values.format}': use ${Object.keys(REPORTERS).join(", ")}`);
    const failing = failingSeverities(values["fail-on"]);
    const forcedKernel = values.kernel === undefined ? null : kernelList(values.kernel).join(", ");
    const reports = checkFiles(await wantedFiles(io, positionals), { ...DEFAULT_SETTINGS, forcedKernel }, io.cwd);
    await io.write(reporter(reports));
    const fails = reports.some(({ findings }) =>
      findings.some(({ severity, source }) => failing.has(severity) || source === "expectation"),
    );
    return fails ? FOUND : OK;
  },
};

function failingSeverities(least: string): ReadonlySet<Severity> {
  const index = SEVERITIES.findIndex((severity) => severity === least && severity !== "hint");
  if (index < 0) throw new UsageError(`--fail-on takes error, warning or information, not '${least}'`);
  return new Set(SEVERITIES.slice(0, index + 1));
}
