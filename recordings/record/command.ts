import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { constants, gzipSync } from "node:zlib";
import type { Row } from "../../conformance/row.ts";
import { numberOf, textOf } from "../../conformance/row.ts";
import { defaultWork, parseArguments, RECORD_HELP, type RecordArguments } from "./arguments.ts";
import { assemble, hasRows } from "./assemble.ts";
import { build, configure, instrumentCopy, type Image } from "./build.ts";
import { misfitText } from "./instrument.ts";
import { bootOnce, type Boot, type Machine } from "./machine.ts";
import { kernelArguments, type Part } from "./parts.ts";
import { Problem } from "./problem.ts";
import { recordPart } from "./record-part.ts";
import { checkTools, THIS_HOST } from "./toolchain.ts";
import { treeAt, type Tree } from "./tree.ts";
import { variantRows } from "./variants.ts";
import { keepPart, keepPartsOf, linesOf, lock, recordedPart, workIn, type Work } from "./work.ts";

/** Where the person stands, and how to speak to them. */
export interface Terminal {
  /** What relative paths are relative to. */
  readonly cwd: string;
  readonly print: (lines: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs the command line of scripts/record.ts.
 * @throws Problem in words for the person; the signal's reason when that ended it
 */
export async function recordCommand(words: readonly string[], terminal: Terminal): Promise<void> {
  const given = parseArguments(words, terminal.cwd);
  if (given === null) {
    terminal.print(RECORD_HELP.trimEnd());
    return;
  }
  const begun = performance.now();
  const tree = treeAt(given.tree);
  checkTools(THIS_HOST);
  const name = given.name ?? tree.release;
  const work = workIn(given.work ?? defaultWork(tree.path));
  const out = given.out ?? resolve(terminal.cwd, `linux-${name}.jsonl.gz`);
  refuseForeign(out, work);
  const unlock = lock(work);
  try {
    terminal.print(`Linux ${tree.release} of ${tree.path}, in ${work.folder}`);
    const image = await makeImage(tree, work, given, terminal);
    const recorded = await recordAll(tree, work, given, image, terminal);
    const rows = [...recorded, ...variantRows(tree, work)];
    write(out, rows, work);
    terminal.print(`${out}: ${rows.length} rows of ${given.parts.length} parts, in ${since(begun)}.`);
  } finally {
    unlock();
  }
}

const since = (begun: number): string => {
  const seconds = Math.round((performance.now() - begun) / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

const written = (work: Work): string => join(work.folder, "written");

/** A file that was not written from this folder is somebody's, and is told before a quarter of an hour has passed. */
function refuseForeign(out: string, work: Work): void {
  const own = existsSync(written(work)) ? readFileSync(written(work), "utf8").split("\n") : [];
  if (existsSync(out) && !own.includes(out))
    throw new Problem(`${out} is there already and was not recorded in ${work.folder}: give --out or --name.`);
}

function write(out: string, rows: readonly Row[], work: Work): void {
  const text = linesOf(rows);
  const bytes = out.endsWith(".gz") ? gzipSync(text, { level: constants.Z_BEST_COMPRESSION }) : text;
  writeFileSync(`${out}.new`, bytes);
  renameSync(`${out}.new`, out);
  const own = existsSync(written(work)) ? readFileSync(written(work), "utf8").split("\n") : [];
  writeFileSync(written(work), [...new Set([...own, out])].join("\n"));
}

async function makeImage(tree: Tree, work: Work, given: RecordArguments, { print, signal }: Terminal): Promise<Image> {
  const copied = performance.now();
  const changed = instrumentCopy(tree, work, (misfit) => print(`Does not fit this tree: ${misfitText(misfit)}`));
  if (changed > 0) print(`Copied ${changed} files in ${since(copied)}.`);
  const building = performance.now();
  print(`Building with ${given.jobs} jobs; what make says is in ${work.logs}.`);
  await configure(work, signal);
  const image = await build(work, given.jobs, signal);
  print(`Built in ${since(building)}.`);
  if (keepPartsOf(work, image.hash)) print("The kernel is another one than before: every part is recorded again.");
  return image;
}

/** Records what is not recorded yet, as many parts side by side as there are pairs of jobs, and puts all of it together. */
async function recordAll(
  tree: Tree,
  work: Work,
  given: RecordArguments,
  image: Image,
  { print, signal }: Terminal,
): Promise<readonly Row[]> {
  const failed = new AbortController();
  const machine: Machine = {
    image,
    work,
    patienceSeconds: given.patienceSeconds,
    signal: AbortSignal.any([signal, failed.signal]),
  };
  const rounds = given.twice ? [0, 1] : [0];
  const waiting = given.parts.flatMap((part) => rounds.map((round) => ({ part, round })));
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await recordOne(tree, machine, next.part, next.round, print);
  };
  try {
    // Each machine has two CPUs.
    await Promise.all(Array.from({ length: Math.max(1, Math.floor(given.jobs / 2)) }, worker));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  const again = (part: Part): readonly Row[] | null => (given.twice ? recordedPart(work, part.name, 1) : null);
  return assemble(
    given.parts.map((part) => ({
      part: part.name,
      rows: recordedPart(work, part.name, 0) ?? [],
      again: again(part),
    })),
  );
}

async function recordOne(
  tree: Tree,
  machine: Machine,
  part: Part,
  round: number,
  print: Terminal["print"],
): Promise<void> {
  const title = `${part.name.padEnd(5)} ${round === 0 ? "" : "again, "}`;
  const known = recordedPart(machine.work, part.name, round);
  if (known !== null) {
    print(`${title}${known.length} rows, recorded before`);
    return;
  }
  const begun = performance.now();
  const boot: Boot = {
    part: part.name,
    log: round === 0 ? part.name : `${part.name}.again`,
    kernelArguments: kernelArguments(part, tree.cmaWantsPlace),
  };
  const { rows, boots } = await recordPart(part.name, tree.v, (start) => bootOnce(machine, boot, start));
  keepPart(machine.work, part.name, round, rows);
  if (hasRows(rows)) print(`${title}${rows.length} rows in ${since(begun)}${boots === 1 ? "" : `, ${boots} boots`}`);
  else print(`${title}nothing: this kernel does not have it`);
  for (const row of rows)
    if (textOf(row, "kind") === "probe" && numberOf(row, "ok") === 0 && part.name === "const")
      print(`      This kernel has no ${textOf(row, "sym")}(): ev.${textOf(row, "key")} is not counted.`);
}
