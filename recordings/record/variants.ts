import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../conformance/row.ts";
import { output } from "./run.ts";
import type { Tree } from "./tree.ts";
import type { Work } from "./work.ts";

/** Build options that give or move bits. */
const OPTIONS = ["LOCKDEP", "KASAN_HW_TAGS", "SLAB_OBJ_EXT"] as const;
const CONFIGS: readonly (readonly string[])[] = [[], ...OPTIONS.map((one) => [one]), OPTIONS];

/** Printed as a number where the tree has it; the flags are macros. */
const NAMES = [
  ...["__GFP_NOLOCKDEP", "__GFP_BITS_MASK", "__GFP_SKIP_ZERO", "__GFP_ZEROTAGS", "__GFP_SKIP_KASAN"],
  ...["__GFP_SKIP_KASAN_POISON", "__GFP_SKIP_KASAN_UNPOISON", "__GFP_NO_OBJ_EXT"],
  ...["GFP_HIGHUSER_MOVABLE", "GFP_TRANSHUGE", "GFP_TRANSHUGE_LIGHT"],
] as const;

/** The part of the headers that gives the flags their values: a file of its own since 6.1, before that the middle of gfp.h. */
export function valuesHeader(types: string | null, gfp: string): string {
  const values = types ?? /^\/\* Plain integer GFP[\s\S]*?(?=^\/\* Convert GFP flags)/m.exec(gfp)?.[0] ?? "";
  return values.replace(/^#include .*$/gm, "");
}

function source(header: string): string {
  const print = NAMES.map((name) => `#ifdef ${name}\n\tprintf("${name} %#x\\n", (unsigned)(${name}));\n#endif`);
  return [
    "#include <stdio.h>",
    "#define __force",
    "#define BIT(n) (1UL << (n))",
    // IS_ENABLED(CONFIG_X) as the C compiler sees it: a macro for each option, defined on the command line.
    "#define IS_ENABLED(option) IS_ENABLED_##option",
    "typedef unsigned int gfp_t;",
    header,
    "int main(void)\n{",
    ...print,
    "\treturn 0;\n}",
    "",
  ].join("\n");
}

const defines = (on: readonly string[]): readonly string[] =>
  OPTIONS.flatMap((option) =>
    on.includes(option)
      ? [`-DCONFIG_${option}=1`, `-DIS_ENABLED_CONFIG_${option}=1`]
      : [`-DIS_ENABLED_CONFIG_${option}=0`],
  );

/**
 * The values of flags under other build options, from the header alone: rows of the kind `const_variant`. None when the header
 * does not compile by itself.
 */
export function variantRows(tree: Tree, work: Work): readonly Row[] {
  const types = join(tree.path, "include/linux/gfp_types.h");
  const gfp = readFileSync(join(tree.path, "include/linux/gfp.h"), "utf8");
  const file = join(work.folder, "flag-values.c");
  const program = join(work.folder, "flag-values");
  writeFileSync(file, source(valuesHeader(existsSync(types) ? readFileSync(types, "utf8") : null, gfp)));
  return CONFIGS.flatMap((on): readonly Row[] => {
    if (output("gcc", ["-w", ...defines(on), "-o", program, file]) === null) return [];
    return rowsOf(output(program, []) ?? "", tree.v, on.length === 0 ? "none" : on.join(" "));
  });
}

/** `NAME 0x1` lines as rows. */
export function rowsOf(printed: string, v: string, config: string): readonly Row[] {
  return printed
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([name = "", hex = ""]) =>
      name === "" ? [] : [{ kind: "const_variant", v, config, name, hex: shown(hex) }],
    );
}

// C's %#x prints a bare 0.
const shown = (hex: string): string => (hex === "0" ? "0x0" : hex);
