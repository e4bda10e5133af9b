import { isSwitch, type SwitchName } from "../policy-language/checked-kernels.ts";
import type { BuildOptions } from "../model/kernels/kernel.ts";

/** Build options from names as in the language (`PREEMPT_RT`, `page` in bytes); what is no option is left out. */
export function buildOptionsOf(given: Readonly<Record<string, boolean | number>>): Partial<BuildOptions> {
  const options: Partial<Record<SwitchName, boolean>> & { pageBytes?: number } = {};
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "boolean" && isSwitch(name)) options[name] = value;
    else if (typeof value === "number" && name === "page" && isPageSize(value)) options.pageBytes = value;
  }
  return options;
}

function isPageSize(bytes: number): boolean {
  return bytes >= 4096 && bytes <= 65536 && Number.isInteger(Math.log2(bytes));
}
