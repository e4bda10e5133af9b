import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { Problem } from "./problem.ts";

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Watched {
  /** Takes everything that the program prints, on both streams. */
  readonly log: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program. */
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end, all that it prints in a file.
 * @throws Problem when it cannot be started; the signal's reason when that ended it
 */
export async function run(program: string, args: readonly string[], watched: Watched): Promise<Ended> {
  const { log, signal, ...place } = watched;
  signal.throwIfAborted();
  const output = openSync(log, "w");
  try {
    const child = spawn(program, args, { ...place, stdio: ["ignore", output, output] });
    const end = (): void => void child.kill("SIGTERM");
    signal.addEventListener("abort", end);
    const ended = await new Promise<Ended>((resolve, reject) => {
      child.on("error", (error) => reject(new Problem(`${program} could not be started: ${error.message}`)));
      child.on("close", (code, killed) => resolve({ code, signal: killed }));
    }).finally(() => signal.removeEventListener("abort", end));
    signal.throwIfAborted();
    return ended;
  } finally {
    closeSync(output);
  }
}

/** The last lines of a file, indented. */
export function tailOf(file: string, lines: number): string {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join("\n");
}

/** What a program prints, or null when it cannot be started or fails. */
export function output(program: string, args: readonly string[], input = ""): string | null {
  const { status, stdout } = spawnSync(program, args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  return status === 0 ? stdout : null;
}
