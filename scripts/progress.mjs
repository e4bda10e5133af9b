// What a person sees while a step runs. Plain JavaScript: run.mjs uses it before anything is installed.
import { spawn } from "node:child_process";

/** Where nothing can be written over, a line so often says that the step still runs. */
const LINE_EACH_MS = 10_000;

/**
 * Runs one step of work under a title. On a terminal the seconds count up from the first second on, elsewhere a line
 * every ten seconds says how long it has taken; `look` tells how far it is. Everything goes to standard error, so that
 * standard output keeps the results.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @param {() => string} [look]
 * @returns {Promise<T>}
 */
export async function step(title, work, look = () => "") {
  const begun = performance.now();
  const seconds = () => ((performance.now() - begun) / 1000).toFixed(1);
  const live = process.stderr.isTTY === true;
  if (!live) process.stderr.write(`${title} …\n`);
  const tell = () => {
    const far = look();
    const text = `${title} … ${seconds()} s${far === "" ? "" : `, ${far}`}`;
    process.stderr.write(live ? `\r${text}\u001b[K` : `${text}\n`);
  };
  const ticker = setInterval(tell, live ? 1000 : LINE_EACH_MS);
  let end = "failed";
  try {
    const value = await work();
    end = "done";
    return value;
  } finally {
    clearInterval(ticker);
    process.stderr.write(
      live ? `\r${title} … ${end} in ${seconds()} s\u001b[K\n` : `${title} … ${end} in ${seconds()} s\n`,
    );
  }
}

/** A program that ended with something else than 0; `output` is all that it printed. */
export class ProgramFailed extends Error {
  /**
   * @param {string} program
   * @param {string} how
   * @param {string} output
   */
  constructor(program, how, output) {
    super(`${program} ${how}${output === "" ? "" : `:\n${output}`}`);
    this.name = "ProgramFailed";
    this.output = output;
  }
}

/**
 * Runs a program to its end and gives what it printed on both streams.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} rejects with ProgramFailed
 */
export function capture(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", (error) => reject(new ProgramFailed(program, `could not be started: ${error.message}`, "")));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new ProgramFailed(
            program,
            signal === null ? `ended with code ${code}` : `was ended by ${signal}`,
            output.trim(),
          ),
        );
    });
  });
}
