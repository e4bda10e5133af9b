import { PAGE_SIZES } from "../../model/kernels/build-options.ts";
import { CONFIG_OPTIONS } from "../../policy-language/analysis/checked-kernels.ts";
import { type Completion, item } from "./items.ts";

/** Each build option with a value, in the braces that open with it. */
export function optionsInBraces(): readonly Completion[] {
  return CONFIG_OPTIONS.map((name) =>
    item(name, "property", {
      insert: `{ ${name} ${valuesOfOption(name)[0] ?? ""} }`,
      topic: `option:${name}`,
    }),
  );
}

/** What an option may be set to. */
export function valuesOfOption(option: string): readonly string[] {
  return option === "page" ? PAGE_SIZES.map((bytes) => `${bytes / 1024} KiB`) : ["on", "off"];
}
