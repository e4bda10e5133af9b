import { BUILD_SWITCHES, isPageSize, type BuildOptions, type BuildSwitch } from "../../model/kernels/build-options.ts";
import { kernelOf } from "../../model/kernels/kernels.ts";
import type { Kernel } from "../../model/kernels/kernel.ts";
import { printedVersion } from "../../model/kernels/printed-version.ts";
import type { Build } from "./scan.ts";

/**
 * The version that the Makefile at the root of a kernel tree sets, as `make kernelversion` prints it: `6.12.117`,
 * `7.4.0-rc2`. Null: it is the Makefile of something else.
 */
export function versionOfMakefile(text: string): string | null {
  const [version, patchlevel, sublevel] = ["VERSION", "PATCHLEVEL", "SUBLEVEL"].map((name) => numberOf(text, name));
  if (version == null || patchlevel == null) return null;
  const extra = /^EXTRAVERSION[ \t]*=[ \t]*(-rc\d+)[ \t]*$/m.exec(text)?.[1] ?? "";
  return `${version}.${patchlevel}.${sublevel ?? "0"}${extra}`;
}

const numberOf = (text: string, name: string): string | null =>
  new RegExp(`^${name}[ \\t]*=[ \\t]*(\\d{1,4})[ \\t]*$`, "m").exec(text)?.[1] ?? null;

/** What a `.config` or `include/config/auto.conf` says. */
export interface TreeConfig {
  /** What the model asks for; an option that is off or not named is off. */
  readonly options: Partial<BuildOptions>;
  /** Every option that is on or a module, without `CONFIG_`: what `#ifdef` asks for. */
  readonly build: Build;
}

/** Reads a `.config`; null where the text sets no option: then nothing is known. */
export function treeConfig(text: string): TreeConfig | null {
  const set = new Map<string, string>();
  for (const match of text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)) set.set(match[1] ?? "", (match[2] ?? "").trim());
  if (set.size === 0) return null;
  const isOn = (name: string): boolean => set.get(name) === "y" || set.get(name) === "m";
  const switches: Partial<Record<BuildSwitch, boolean>> = {};
  for (const name of BUILD_SWITCHES) if (name !== "SLAB_OBJ_EXT") switches[name] = isOn(name);
  const pageBytes = pageBytesOf(set, isOn);
  const options = pageBytes === null ? switches : { ...switches, pageBytes };
  return { options, build: { options: new Set([...set.keys()].filter(isOn)) } };
}

/** arch/Kconfig: PAGE_SHIFT, from 6.9 on; arch/arm64/Kconfig before that. Null: not told. */
function pageBytesOf(set: ReadonlyMap<string, string>, isOn: (name: string) => boolean): number | null {
  const shift = /^\d{1,2}$/.exec(set.get("PAGE_SHIFT") ?? "")?.[0];
  if (shift !== undefined) return isPageSize(2 ** Number(shift)) ? 2 ** Number(shift) : null;
  const named = [4, 16, 64].find((kib) => isOn(`ARM64_${kib}K_PAGES`) || isOn(`PAGE_SIZE_${kib}KB`));
  return named === undefined ? null : named * 1024;
}

/**
 * The kernel that a tree is: its version with its options.
 * @param makefile the text of the Makefile at its root
 * @param config the text of its `.config`; null: it has none, and the usual options count
 * @returns a sentence in place of a kernel when the Makefile is none of a kernel, or its version is not known
 */
export function kernelOfTree(makefile: string, config: string | null): Kernel | { readonly unknown: string } {
  const version = versionOfMakefile(makefile);
  if (version === null) return { unknown: "The Makefile sets no VERSION and PATCHLEVEL, as that of a kernel does." };
  const options = config === null ? {} : (treeConfig(config)?.options ?? {});
  const known = kernelOf(version, options);
  if (!("unknown" in known)) return known;
  return kernelOf(printedVersion(version)?.version ?? version, options);
}

const ALLOCATORS = /^[ \t]*#[ \t]*include[ \t]*<linux\/(?:gfp|gfp_types|slab|vmalloc|mm|skbuff|mempool)\.h>/m;

/** Whether a C file includes a header of the kernel's allocators: kernel code, in whatever folder it stands. */
export const includesAllocators = (text: string): boolean => ALLOCATORS.test(text);
