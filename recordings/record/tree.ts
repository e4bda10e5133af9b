import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./problem.ts";

/** A kernel source tree, which is read and never written to. */
export interface Tree {
  readonly path: string;
  /** `6.12.117`, with the Makefile's EXTRAVERSION: `7.3.0-rc2`. */
  readonly release: string;
  /** What rows have as their `v`: `6.12`. */
  readonly v: string;
  /** mm/cma.c puts CMA at the end of memory by itself (before cma_declare_contiguous_nid() began at SZ_4G, 5.12). */
  readonly cmaWantsPlace: boolean;
}

const PLACES = ["Makefile", "Kconfig", "mm/page_alloc.c", "arch/x86/Makefile", "include/linux/gfp.h"] as const;

/**
 * Reads what a tree is.
 * @throws Problem when the folder holds no kernel source
 */
export function treeAt(path: string): Tree {
  if (!existsSync(path)) throw new Problem(`${path} is not there.`);
  const missing = PLACES.find((place) => !existsSync(join(path, place)));
  if (missing !== undefined)
    throw new Problem(`${path} is no Linux source tree: it has no ${missing}. Give the folder that holds MAINTAINERS.`);
  const versions = versionsOf(readFileSync(join(path, "Makefile"), "utf8"));
  if (versions === null) throw new Problem(`${join(path, "Makefile")} does not begin with VERSION and PATCHLEVEL.`);
  const cma = join(path, "mm/cma.c");
  return { path, ...versions, cmaWantsPlace: !existsSync(cma) || !readFileSync(cma, "utf8").includes("SZ_4G") };
}

/** The release of a top Makefile, or null when it names none. */
export function versionsOf(makefile: string): Pick<Tree, "release" | "v"> | null {
  const value = (name: string): string => new RegExp(`^${name} *= *(\\S*) *$`, "m").exec(makefile)?.[1] ?? "";
  const v = `${value("VERSION")}.${value("PATCHLEVEL")}`;
  if (!/^\d+\.\d+$/.test(v)) return null;
  return { v, release: `${v}.${value("SUBLEVEL") || "0"}${value("EXTRAVERSION")}` };
}
