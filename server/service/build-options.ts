import { type BuildOptions, type BuildSwitch, isBuildSwitch, isPageSize } from "../model/kernels/build-options.ts";

/** Build options from names as in the language (`PREEMPT_RT`, `page` in bytes); what is no option is left out. */
export function buildOptionsOf(given: Readonly<Record<string, boolean | number>>): Partial<BuildOptions> {
  const options: Partial<Record<BuildSwitch, boolean>> & { pageBytes?: number } = {};
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "boolean" && isBuildSwitch(name)) options[name] = value;
    else if (typeof value === "number" && name === "page" && isPageSize(value)) options.pageBytes = value;
  }
  return options;
}
