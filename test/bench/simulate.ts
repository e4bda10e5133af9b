/**
 * How much time of the processor simulations take, from the text of a file to the last outcome:
 *
 *   npm run bench simulate
 *
 * 1,000 requests on 10 states, and 10,000 runs of a range of 128 MiB under pins that pass. Prints both, and fails above
 * one second, and above two.
 */
import { readFileSync } from "node:fs";
import { parseFile } from "../../grammar/index.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import type { Environment } from "../../server/policy-language/analysis/environment.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { compareModes, runMode } from "../../server/policy-language/simulation/mode-runs.ts";
import { simulateAll } from "../../server/policy-language/simulation/simulated.ts";

const REQUESTS = 1000;
const STATES = 10;
const RUNS = 10_000;

function environment(text: string): Environment {
  const uri = "file:///bench/bench.allocpolicy";
  const found = environmentOf(withDocument(emptyWorkspace(DEFAULT_SETTINGS), uri, parseFile(text)), uri);
  if (found === null) throw new Error("the file cannot be judged");
  return found;
}

function manyRequests(): string {
  const calls = [
    "api alloc_pages order 3 flags GFP_KERNEL",
    "api kmalloc size 4 KiB flags GFP_ATOMIC",
    "api kvmalloc size 1 MiB flags GFP_KERNEL | __GFP_NOWARN",
    "api alloc_pages order 9 flags GFP_TRANSHUGE",
  ];
  const requests = Array.from({ length: REQUESTS }, (_, i) => `request r${i} { ${calls[i % calls.length] ?? ""} }`);
  const states = Array.from(
    { length: STATES },
    (_, i) =>
      `memory m${i} { node 0 { zone Normal { managed 4 GiB free order 0: ${i * 9000}, order 3: ${i * 40} reclaimable ${i * 50} MiB movable 1 GiB } } }`,
  );
  return ["kernel 6.12", ...requests, ...states, ""].join("\n");
}

function timed(what: string, most: number, work: () => unknown): void {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  const milliseconds = (user + system) / 1000;
  console.log(`${what.padEnd(56)}${milliseconds.toFixed(0).padStart(8)} ms   at most ${most} ms`);
  if (milliseconds > most) process.exitCode = 1;
}

const many = environment(manyRequests());
timed(`${REQUESTS} requests on ${STATES} states`, 1000, () =>
  simulateAll(many, { request: null, memory: null, steps: false }),
);
const example = environment(readFileSync(new URL("../../examples/hard-mode.allocpolicy", import.meta.url), "utf8"));
const kernel = example.kernels.at(-1);
if (kernel === undefined) throw new Error("the example names no kernel");
for (const memory of ["quiet", "short_pins", "long_pins"])
  timed(`${RUNS} runs of 128 MiB on ${memory}`, 2000, () =>
    runMode(example, "unplug", memory, kernel, null, { runs: RUNS, seed: 1 }),
  );
timed(`${RUNS} runs in each of 4 modes on short_pins`, 8000, () =>
  compareModes(example, "unplug", "short_pins", kernel, { runs: RUNS, seed: 1 }),
);
