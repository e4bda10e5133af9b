/**
 * Fuzzing led by coverage: `npm run bench fuzz`. For each target inputs are made from those that are kept; one that
 * reaches a piece of the program that none before it did joins them. Prints for each target how many inputs, how many
 * pieces, and what broke. By variables: FUZZ_INPUTS (for each target; 2000), FUZZ_SEED (the day), FUZZ_TARGET (one of
 * them), FUZZ_KEEP=1 (writes what was found to test/fuzz/corpus).
 */
import { Session } from "node:inspector/promises";
import { readdirSync, readFileSync } from "node:fs";
import { ALL_RULES, SOURCE_RULES } from "../../server/rules/catalogue.ts";
import { allApis } from "../../server/model/apis.ts";
import { inRoot } from "../../scripts/paths.ts";
import { SURROUNDINGS } from "../fuzz/_beside.ts";
import { corpusOf, keepCorpus } from "../fuzz/_corpus.ts";
import { mutated } from "../fuzz/_mutate.ts";
import { Random } from "../fuzz/_random.ts";
import type { Target } from "../fuzz/_target.ts";
import { TARGETS } from "../fuzz/_targets.ts";

const INPUTS = Number(process.env.FUZZ_INPUTS ?? 2000);
const SEED = Number(process.env.FUZZ_SEED ?? 20261128);
const ONE = process.env.FUZZ_TARGET;
const KEEP = process.env.FUZZ_KEEP === "1";
/** More are not kept: each is run again by every test run. */
const MOST_KEPT: Readonly<Record<string, number>> = {
  policy: 400,
  model: 300,
  server: 150,
  "kernel-c": 130,
  "kernel-log": 100,
  "command-line": 150,
  beside: 100,
};

const LOCKED_C = `#include <linux/slab.h>
static int refill(struct nic *nic)
{
	unsigned long flags;
	void *p;

	spin_lock_irqsave(&nic->lock, flags);
	p = kmalloc(sizeof(*nic->ring) * nic->size, GFP_KERNEL | __GFP_ZERO);
	list_for_each_entry(r, &nic->rings, list)
		r->p = kmemdup(p, 64, nic->atomic ? GFP_ATOMIC : GFP_KERNEL);
	spin_unlock_irqrestore(&nic->lock, flags);
	return p ? 0 : -ENOMEM;
}
static void poll(struct timer_list *t)
{
	refill(from_timer(nic, t, timer));
}
static DEFINE_TIMER(poller, poll);
`;

/** Where there is no corpus yet: examples of rules, files of examples/, and a line for each function. */
function beginnings(target: string): readonly string[] {
  const examples = readdirSync(inRoot("examples")).map((name) =>
    readFileSync(inRoot("examples", name), "utf8").slice(0, 1200),
  );
  switch (target) {
    case "policy":
      return [...examples, ...ALL_RULES.flatMap(({ examples: { bad, good } }) => [bad, good])];
    case "model":
      return allApis().map(
        ({ name }, at) =>
          `{"kernel":"6.12","api":"${name}","flags":"GFP_KERNEL","${at % 2 === 0 ? "size" : "order"}":${at % 9}}`,
      );
    case "kernel-c":
      return [...SOURCE_RULES.flatMap(({ examples: { bad, good } }) => [bad, good]), LOCKED_C];
    case "kernel-log":
      return examples.filter((text) => text.includes("page allocation failure"));
    case "beside":
      return Object.entries(SURROUNDINGS).map(([name, text]) => `${name}\n${text}`);
    case "command-line":
      return [
        "check\na.allocpolicy",
        "check\n--format\nsarif\nb.c",
        "decode\n0xcc0",
        "dmesg\nc.log",
        "explain\nkmalloc\nGFP_KERNEL\n--size\n64",
        "diff\n6.1\n6.12",
        "simulate\na.allocpolicy\n--request\nr\n--memory\nm",
        "rules\nsleep-in-atomic",
        "fmt\na.allocpolicy",
        "lift\nb.c",
      ];
    default:
      return ['{"textDocument":{"uri":"file:///fuzz/a.allocpolicy"},"position":{"line":2,"character":12}}'];
  }
}

interface Executed {
  readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
}

/** Tells whether something was reached for the first time. */
class Reached {
  readonly #session = new Session();
  /** By function: its blocks that no input has come to. */
  readonly #missed = new Map<string, Set<string>>();
  #pieces = 0;

  async begin(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });
  }

  /**
   * How many functions and blocks were reached since the last time that had never been.
   * @param isNoted from now on they have been
   */
  async fresh(isNoted = true): Promise<number> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    let found = 0;
    for (const { url, functions } of result)
      if (/\/(?:grammar|server)\//.test(url)) for (const one of functions) found += this.#freshIn(url, one, isNoted);
    if (isNoted) this.#pieces += found;
    return found;
  }

  #freshIn(url: string, { ranges }: Executed, isNoted: boolean): number {
    const [all] = ranges;
    if (all === undefined || all.count === 0) return 0;
    const missed = ranges.filter(({ count }) => count === 0);
    const key = `${url} ${all.startOffset}`;
    const before = this.#missed.get(key);
    const names = new Set(missed.map(({ startOffset, endOffset }) => `${startOffset} ${endOffset}`));
    if (before === undefined) {
      if (isNoted) this.#missed.set(key, names);
      return 1;
    }
    let found = 0;
    for (const name of before) {
      const [start = 0, end = 0] = name.split(" ").map(Number);
      if (missed.some(({ startOffset, endOffset }) => startOffset <= start && end <= endOffset)) continue;
      if (isNoted) before.delete(name);
      found += 1;
    }
    return found;
  }

  get pieces(): number {
    return this.#pieces;
  }
}

/** Asking what was reached is dear: so many inputs are asked about at once, and one by one where that is worth it. */
const BATCH = 16;

async function fuzz({ name, words, begin }: Target, reached: Reached): Promise<void> {
  const before = performance.now();
  const random = new Random(SEED);
  const kept = [...corpusOf(name)];
  const take = begin();
  const broken: string[] = [];
  const run = async (input: string): Promise<void> => {
    try {
      await take(input);
    } catch (error) {
      kept.push(input);
      broken.push(
        `${JSON.stringify(input)}\n    ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
      );
    }
  };
  if (kept.length === 0) {
    for (const input of beginnings(name)) {
      await run(input);
      if ((await reached.fresh()) > 0) kept.push(input);
    }
  } else for (const input of kept) await run(input);
  await reached.fresh();
  const [pieces, from] = [reached.pieces, kept.length];
  for (let count = 0; count < INPUTS; count += BATCH) {
    const batch = Array.from({ length: BATCH }, () => {
      // What was found last leads on.
      const latest = kept[kept.length - 1 - random.below(Math.min(20, kept.length))];
      return mutated((random.below(3) === 0 ? latest : random.of(kept)) ?? "", kept, words, random);
    });
    for (const input of batch) await run(input);
    if ((await reached.fresh(false)) === 0) continue;
    for (const input of batch) {
      await (async () => take(input))().catch(() => undefined);
      if ((await reached.fresh()) > 0 && kept.length < (MOST_KEPT[name] ?? 0)) kept.push(input);
    }
  }
  const seconds = (performance.now() - before) / 1000;
  console.log(
    `${name.padEnd(8)} ${String(INPUTS).padStart(8)} inputs  ${String(reached.pieces - pieces).padStart(6)} new pieces  ${String(kept.length - from).padStart(5)} kept  ${String(broken.length).padStart(5)} broken  ${seconds.toFixed(0).padStart(5)} s`,
  );
  for (const one of broken.slice(0, 10)) console.log(`  ${one}`);
  if (broken.length > 0) process.exitCode = 1;
  if (KEEP) keepCorpus(name, kept);
}

const reached = new Reached();
await reached.begin();
for (const target of TARGETS) if (ONE === undefined || ONE === target.name) await fuzz(target, reached);
process.exit();
