import type { Environment } from "../analysis/environment.ts";
import type { UnplacedFinding } from "../analysis/unplaced-finding.ts";

/** Severities as the settings want them. */
export function withLevels(environment: Environment, findings: readonly UnplacedFinding[]): readonly UnplacedFinding[] {
  if (findings.length === 0) return findings;
  const { ruleLevels } = environment;
  return findings.flatMap((finding) => {
    const level = Object.hasOwn(ruleLevels, finding.rule) ? ruleLevels[finding.rule] : undefined;
    if (level === undefined) return [finding];
    return level === "off" ? [] : [{ ...finding, severity: level }];
  });
}
