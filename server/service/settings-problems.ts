import { kernelOf } from "../model/kernels/kernels.ts";
import { versionNamed } from "../model/kernels/named.ts";
import { CONFIG_OPTIONS, parseVersions } from "../policy-language/analysis/checked-kernels.ts";
import { catalogue } from "../policy-language/catalogue.ts";
import { didYouMean } from "../policy-language/findings/report.ts";
import { nearest } from "../policy-language/names/suggest.ts";

const LEVELS: ReadonlySet<unknown> = new Set(["off", "hint", "information", "warning", "error"]);

/** What is wrong with the settings as an editor has them, a sentence each: such a setting has no effect. */
export function settingsProblems(given: unknown): readonly string[] {
  if (!isRecord(given)) return [];
  const problems: string[] = [];
  const { kernel, rules, config } = given;
  if (typeof kernel === "string" && kernel.trim() !== "") {
    for (const version of parseVersions(kernel).versions) {
      const known = kernelOf(versionNamed(version).version);
      if ("unknown" in known) problems.push(`allocpolicy.kernel: ${known.unknown}`);
    }
  }
  const ids = catalogue().map(({ id }) => id);
  if (isRecord(rules))
    for (const [rule, level] of Object.entries(rules)) {
      if (!ids.includes(rule))
        problems.push(`allocpolicy.rules: there is no rule '${rule}'${didYouMean(nearest(rule, ids)) || "."}`);
      else if (!LEVELS.has(level))
        problems.push(
          `allocpolicy.rules: '${rule}' takes off, hint, information, warning or error, not '${String(level)}'.`,
        );
    }
  if (isRecord(config))
    for (const option of Object.keys(config))
      if (!CONFIG_OPTIONS.some((known) => known === option))
        problems.push(
          `allocpolicy.config: there is no option '${option}'${didYouMean(nearest(option, CONFIG_OPTIONS)) || "."}`,
        );
  return problems;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
