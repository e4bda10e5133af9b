import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { BootLog } from "./boot-log.ts";
import type { Image } from "./build.ts";
import { Problem } from "./problem.ts";
import type { Work } from "./work.ts";

export interface Machine {
  readonly image: Image;
  readonly work: Work;
  /** A machine that writes no row for so long is ended. */
  readonly patienceSeconds: number;
  readonly signal: AbortSignal;
}

/** What the machine is booted for. */
export interface Boot {
  readonly part: string;
  /** What its logs are called: machines that run side by side have logs of their own. */
  readonly log: string;
  readonly kernelArguments: readonly string[];
}

const POLL_MS = 300;

interface Files {
  readonly rows: string;
  readonly console: string;
  readonly serial: string;
}

/** 512 MiB, most of them above 4 GiB so that ZONE_NORMAL is populated, in two nodes; two CPUs, each translated by a thread. */
function qemuArguments({ image }: Machine, files: Files, kernelArguments: readonly string[]): readonly string[] {
  const port = (id: string, file: string, address: string): readonly string[] => [
    ...["-chardev", `file,id=${id},path=${file}`],
    ...["-device", `isa-debugcon,iobase=${address},chardev=${id}`],
  ];
  const append = [
    ...["console=gfpcap", "earlyprintk=ttyS0", "panic=-1", "oops=panic", "reboot=t", "rdinit=/init", "numa=fake=2"],
    // On a busy host the kernel finds no timer interrupt in time, and panics (arch/x86/kernel/apic/io_apic.c, check_timer).
    "no_timer_check",
    ...kernelArguments,
  ];
  return [
    ...["-nographic", "-no-reboot", "-nodefaults", "-monitor", "none", "-serial", `file:${files.serial}`],
    ...["-machine", "pc,max-ram-below-4g=128M", "-m", "512M", "-smp", "2,sockets=2"],
    ...["-cpu", "qemu64", "-accel", "tcg,thread=multi"],
    ...["-kernel", image.kernel, "-initrd", image.initrd],
    ...port("rows", files.rows, "0xe9"),
    ...port("console", files.console, "0xe8"),
    ...["-append", append.join(" ")],
  ];
}

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);
const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "latin1") : "");

/**
 * Boots the image once and lets it run until it is switched off, starts anew, or writes no row for too long.
 * @param start from which row on
 * @throws Problem when QEMU cannot run; the signal's reason when that ended it
 */
export async function bootOnce(
  machine: Machine,
  { part, log, kernelArguments }: Boot,
  start: number,
): Promise<BootLog> {
  const { work, signal, patienceSeconds } = machine;
  const files: Files = {
    rows: join(work.logs, `${log}.rows`),
    console: join(work.logs, `${log}.console`),
    serial: join(work.logs, `${log}.serial`),
  };
  for (const file of Object.values(files)) rmSync(file, { force: true });
  const args = qemuArguments(machine, files, [`oracle=${part}`, `ostart=${start}`, ...kernelArguments]);
  const child = spawn("qemu-system-x86_64", args, { stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(new Problem(`qemu-system-x86_64 could not be started: ${error.message}`)));
    child.on("close", resolve);
  });
  const end = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", end);
  try {
    const silent = await watch(files.rows, exited, patienceSeconds, end);
    const code = await exited;
    signal.throwIfAborted();
    if (!silent && code !== 0)
      throw new Problem(`qemu-system-x86_64 ended with code ${code}:\n    ${complaint.trim()}`);
    const console = textOf(files.console);
    return {
      rows: textOf(files.rows),
      console: console === "" ? textOf(files.serial) : console,
      end: silent ? "silent" : "exited",
    };
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

/** Waits for the end, and brings it about when the rows do not grow. @returns whether it did */
async function watch(
  rows: string,
  exited: Promise<unknown>,
  patienceSeconds: number,
  end: () => void,
): Promise<boolean> {
  let size = -1;
  let grewAt = performance.now();
  const isOver = exited.then(() => true);
  for (;;) {
    if (await Promise.race([isOver, pause(POLL_MS, false)])) return false;
    const now = sizeOf(rows);
    if (now !== size) {
      size = now;
      grewAt = performance.now();
    } else if (performance.now() - grewAt > patienceSeconds * 1000) {
      end();
      return true;
    }
  }
}
