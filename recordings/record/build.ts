import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cpioOf } from "./cpio.ts";
import { copyTree, writeIfNew } from "./copy.ts";
import { instrument, misfitText, type Misfit } from "./instrument.ts";
import { Problem } from "./problem.ts";
import { run, tailOf } from "./run.ts";
import type { Tree } from "./tree.ts";
import type { Work } from "./work.ts";

const KERNEL = join(import.meta.dirname, "../kernel");

/** The recorder's own files, by where they stand in the copied tree. */
const RECORDER: Readonly<Record<string, string>> = {
  "mm/gfp_oracle.c": "gfp_oracle.c",
  "mm/gfp_oracle_hooks.inc": "gfp_oracle_hooks.inc",
};

/** Options of kernel.config without which nothing, or something else, would be recorded. */
const NEEDED: readonly string[] = [
  ...["SMP", "NUMA", "NUMA_EMU", "KPROBES", "PRINTK", "BUG", "PROC_FS", "BLK_DEV_INITRD", "BINFMT_ELF"],
  ...["ZONE_DMA", "ZONE_DMA32", "COMPACTION", "CMA", "DMA_CMA", "CONTIG_ALLOC", "MEMORY_ISOLATION"],
  ...["SLUB", "MEMCG", "CPUSETS", "DEBUG_VM", "DEBUG_ATOMIC_SLEEP", "DEBUG_BUGVERBOSE"],
];

/**
 * Brings the copy up to date with the tree and puts the recorder into it.
 * @param told gets what did not fit but costs only a part of what is recorded
 * @returns how many files of the copy changed
 * @throws Problem when an edit does not fit without which nothing can be recorded
 */
export function instrumentCopy(tree: Tree, work: Work, told: (misfit: Misfit) => void): number {
  const { files, misfits } = instrument((file) =>
    existsSync(join(tree.path, file)) ? readFileSync(join(tree.path, file), "utf8") : null,
  );
  const fatal = misfits.filter(({ edit }) => edit.loses === null);
  if (fatal.length > 0)
    throw new Problem(
      `The recorder does not fit this tree (${tree.release}). These edits found no place:\n` +
        `${fatal.map((misfit) => `  ${misfitText(misfit)}`).join("\n")}\n` +
        "Say in recordings/record/edits.ts how they are to be made here.",
    );
  for (const misfit of misfits) told(misfit);
  const own = new Set([...files.keys(), ...Object.keys(RECORDER)]);
  const changed = copyTree(tree.path, work.tree, work.manifest, own);
  for (const [file, text] of files) writeIfNew(join(work.tree, file), text);
  for (const [file, source] of Object.entries(RECORDER))
    writeIfNew(join(work.tree, file), readFileSync(join(KERNEL, source), "utf8"));
  return changed;
}

// The same tree gives the same image, by which recorded parts are known to be this kernel's.
const BUILD_ENV: NodeJS.ProcessEnv = {
  ...process.env,
  LC_ALL: "C",
  KBUILD_BUILD_TIMESTAMP: "Thu Jan 1 00:00:00 UTC 1970",
  KBUILD_BUILD_USER: "recorder",
  KBUILD_BUILD_HOST: "recorder",
  KBUILD_BUILD_VERSION: "1",
};

async function make(work: Work, target: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const log = join(work.logs, `make-${target}.log`);
  const { code } = await run("make", ["-C", work.tree, "ARCH=x86_64", "LOCALVERSION=", ...args, target], {
    log,
    env: BUILD_ENV,
    signal,
  });
  if (code !== 0) throw new Problem(`make ${target} failed; all of it is in ${log}.\n${errorsOf(log)}`);
}

/** The lines of a build's log that say what went wrong; its end when none does. */
function errorsOf(log: string): string {
  const lines = readFileSync(log, "utf8").split("\n");
  const errors = lines.filter((line) =>
    /(?:\b(?:fatal )?error:|undefined reference| No rule to make target|\*\*\*)/.test(line),
  );
  return errors.length === 0
    ? tailOf(log, 15)
    : errors
        .slice(0, 15)
        .map((line) => `    ${line}`)
        .join("\n");
}

/** tinyconfig and kernel.config over it. @throws Problem when the tree does not have what the recorder needs */
export async function configure(work: Work, signal: AbortSignal): Promise<void> {
  const config = join(work.build, ".config");
  const wanted = readFileSync(join(KERNEL, "kernel.config"), "utf8");
  const stamp = join(work.build, "kernel.config");
  if (existsSync(config) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  mkdirSync(work.build, { recursive: true });
  if (existsSync(join(work.tree, ".config")) || existsSync(join(work.tree, "include/config")))
    await make(work, "mrproper", [], signal);
  await make(work, "tinyconfig", [`O=${work.build}`], signal);
  appendFileSync(config, wanted);
  await make(work, "olddefconfig", [`O=${work.build}`], signal);
  const missing = missingOptions(readFileSync(config, "utf8"));
  if (missing.length > 0)
    throw new Problem(
      `This tree cannot be configured for the recorder. Not to be had: ${missing.map((one) => `CONFIG_${one}`).join(", ")}.`,
    );
  writeFileSync(stamp, wanted);
}

/** The needed options that a .config does not have on. */
export const missingOptions = (config: string): readonly string[] =>
  NEEDED.filter((option) => !new RegExp(`^CONFIG_${option}=y$`, "m").test(config));

/** What QEMU boots. */
export interface Image {
  readonly kernel: string;
  readonly initrd: string;
  /** Of kernel and initrd: parts of another image are not this kernel's. */
  readonly hash: string;
}

/** Builds kernel and initrd. @throws Problem with the errors of the build */
export async function build(work: Work, jobs: number, signal: AbortSignal): Promise<Image> {
  const init = join(work.folder, "init");
  const log = join(work.logs, "init.log");
  const { code } = await run("gcc", ["-O2", "-static", "-w", "-o", init, join(KERNEL, "init.c")], { log, signal });
  if (code !== 0) throw new Problem(`init does not compile; all of it is in ${log}.\n${errorsOf(log)}`);
  const initrd = join(work.folder, "initrd.cpio");
  writeFileSync(initrd, cpioOf([{ name: "init", mode: 0o755, content: readFileSync(init) }]));
  await make(work, "bzImage", [`O=${work.build}`, `-j${jobs}`], signal);
  const kernel = join(work.build, "arch/x86/boot/bzImage");
  const hash = createHash("sha256").update(readFileSync(kernel)).update(readFileSync(initrd)).digest("hex");
  return { kernel, initrd, hash };
}
