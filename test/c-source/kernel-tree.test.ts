import { describe, expect, test } from "vitest";
import { kernelOfTree, treeConfig, versionOfMakefile } from "../../server/c-source/text/kernel-tree.ts";

const makefile = (version: string, patch: string, sub: string, extra = ""): string =>
  `# SPDX-License-Identifier: GPL-2.0\nVERSION = ${version}\nPATCHLEVEL = ${patch}\nSUBLEVEL = ${sub}\nEXTRAVERSION =${extra}\nNAME = Some Animal\n\nall:\n`;

function named(text: string, config: string | null = null): string {
  const kernel = kernelOfTree(text, config);
  return "unknown" in kernel ? kernel.unknown : kernel.name;
}

describe("the kernel of a tree", () => {
  test("is the version that its Makefile sets", () => {
    expect(named(makefile("6", "12", "117"))).toBe("6.12.117");
    expect(named(makefile("6", "1", "192"))).toBe("6.1.192");
    expect(versionOfMakefile(makefile("6", "18", "0", " -rc3"))).toBe("6.18.0-rc3");
  });

  test("is the release that a candidate leads to", () => {
    expect(named(makefile("6", "18", "0"))).toMatch(/^6\.18/);
    expect(named(makefile("6", "18", "0", " -rc3"))).toMatch(/^6\.18/);
  });

  test("is not told by a driver's own Makefile", () => {
    expect(named("obj-m := foo.o\nVERSION = $(shell git describe)\n")).toMatch(/no VERSION and PATCHLEVEL/);
  });

  test("takes the options of .config, where what is not set is off", () => {
    const kernel = kernelOfTree(
      makefile("6", "12", "117"),
      "CONFIG_PREEMPT_RT=y\n# CONFIG_NUMA is not set\nCONFIG_PAGE_SHIFT=14\n",
    );
    if ("unknown" in kernel) throw new Error(kernel.unknown);
    expect([kernel.options.PREEMPT_RT, kernel.options.NUMA, kernel.options.pageBytes]).toEqual([true, false, 16_384]);
  });

  test("of an empty .config nothing is taken", () => {
    expect(treeConfig("#\n# Automatically generated\n")).toBeNull();
    const kernel = kernelOfTree(makefile("6", "12", "117"), "");
    expect("unknown" in kernel ? null : kernel.options.NUMA).toBe(true);
  });

  test("modules are on for #ifdef too", () => {
    expect([...(treeConfig('CONFIG_E1000=m\nCONFIG_NET=y\nCONFIG_LOCALVERSION="-x"\n')?.build.options ?? [])]).toEqual([
      "E1000",
      "NET",
    ]);
  });
});
