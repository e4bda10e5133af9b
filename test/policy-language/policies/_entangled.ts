/**
 * Policies of at most 200 lines whose rules hang together in as many ways as we could think of: what an analysis over
 * all masks must get through, or say that it does not.
 */
import { FLAG_NAMES } from "../../../server/model/masks/mask.ts";

const FLAGS = FLAG_NAMES.map((name) => `__GFP_${name}`);
const ONE_RELEASE = "6.12";
const ALL_RELEASES = "4.19 .. 7.3";
const MOST_RULES = 180;
const CONTEXTS: readonly string[] = [
  "softirq",
  "hardirq",
  "rcu_read",
  "spinlock",
  "raw_spinlock",
  "reclaim",
  "oom_victim",
  "rt_task",
  "nmi",
  "irqs_off",
  "bh_off",
];
const DECLARED: readonly (readonly [string, string])[] = [
  ["mtx", "holds mutex"],
  ["fsl", "holds fs_lock"],
  ["iol", "holds io_lock"],
  ["dma", "holds dma_fence"],
  ["nfs", "scope nofs"],
  ["nio", "scope noio"],
  ["nrc", "scope noreclaim"],
  ["mem", "scope memalloc"],
  ["pn", "scope pin"],
];

/** Flags that every release of the range has. */
const COMMON = FLAGS.filter(
  (flag) => !/ATOMIC$|ZEROTAGS|SKIP_|NO_OBJ_EXT|NOLOCKDEP|ACCOUNT|OLD|RESERVE|COLD|NOTRACK|OTHER/.test(flag),
);

function flag(index: number): string {
  return COMMON[index % COMMON.length] ?? "__GFP_DMA";
}

function repeat(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `  ${line(index)}\n`).join("");
}

function policy(kernel: string, body: string, head = "policy p", before = ""): string {
  return `kernel ${kernel}\n${before}${head} {\n${body}}\n`;
}

/** Numbers that look random and are always the same. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const contexts = DECLARED.map(([name, holds]) => `context ${name} { in process ${holds} }\n`).join("");
const everyContext = [...CONTEXTS, ...DECLARED.map(([name]) => name)];

function contextAt(index: number): string {
  return everyContext[index % everyContext.length] ?? "softirq";
}

function soup(kernel: string, seed: number, rules: number, modes: number): string {
  const next = sequence(seed);
  const pick = <T>(list: readonly T[], otherwise: T): T => list[next() % list.length] ?? otherwise;
  const test = (): string => {
    switch (next() % 6) {
      case 0:
        return `size ${pick(["<", ">", "==", "<=", ">="], "<")} ${(next() % 4096) + 1} B`;
      case 1:
        return `in ${pick(everyContext, "softirq")}`;
      case 2:
        return `order >= ${next() % 10}`;
      default:
        return `${pick(["has", "lacks", "any"], "has")} ${flag(next())}${next() % 3 === 0 ? ` | ${flag(next())}` : ""}`;
    }
  };
  const predicate = (): string =>
    Array.from({ length: 2 + (next() % 3) }, () => (next() % 4 === 0 ? `(${test()} or ${test()})` : test())).join(
      " and ",
    );
  const rule = (): string =>
    next() % 5 === 0 ? `require ${test()} when ${predicate()}` : `${pick(["forbid", "warn"], "forbid")} ${predicate()}`;
  return policy(
    kernel,
    repeat(rules, rule) +
      repeat(modes, (i) => `mode m${i} when ${predicate()} { sleeps may, oom never }`) +
      "  mode rest otherwise { fails may }\n",
    "policy p for kmalloc",
    contexts,
  );
}

export interface Entangled {
  readonly name: string;
  readonly text: string;
}

function entangledIn(kernel: string): readonly Entangled[] {
  const named = (name: string, text: string): Entangled => ({ name: `${name}, ${kernel}`, text });
  const sizes = (count: number): string => repeat(count, (i) => `forbid has ${flag(i)} and size == ${64 * (i + 1)} B`);
  return [
    named("flag per size, 11", policy(kernel, sizes(11))),
    named("flag per size, 22", policy(kernel, sizes(22))),
    named(`flag per size, ${MOST_RULES}`, policy(kernel, sizes(MOST_RULES))),
    named(
      "flag per order",
      policy(
        kernel,
        repeat(MOST_RULES, (i) => `forbid has ${flag(i)} | ${flag(i * 5 + 1)} and order == ${i % 11}`),
      ),
    ),
    named(
      "flag per order, alloc_pages",
      policy(
        kernel,
        repeat(MOST_RULES, (i) => `forbid has ${flag(i)} | ${flag(i * 3 + 1)} and order == ${i % 11}`),
        "policy p for alloc_pages",
      ),
    ),
    named(
      "flag above a size",
      policy(
        kernel,
        repeat(MOST_RULES, (i) => `forbid has ${flag(i)} and lacks ${flag(i * 7 + 3)} and size > ${32 * i + 1} B`),
      ),
    ),
    named(
      "mode per size",
      policy(
        kernel,
        repeat(MOST_RULES, (i) => `mode m${i} when has ${flag(i)} and size == ${64 * (i + 1)} B { sleeps may }`) +
          "  mode rest otherwise { sleeps may }\n",
      ),
    ),
    named(
      "mode per size, for kmalloc",
      policy(
        kernel,
        repeat(100, (i) => `mode m${i} when has ${flag(i)} and size == ${64 * (i + 1)} B { sleeps may, oom never }`) +
          "  mode rest otherwise { fails may }\n",
        "policy p for kmalloc",
      ),
    ),
    named(
      "flag per context",
      policy(
        kernel,
        repeat(20, (i) => `forbid has ${flag(i)} and in ${contextAt(i)}`),
        "policy p",
        contexts,
      ),
    ),
    named(
      "flags and contexts, all with all",
      policy(
        kernel,
        repeat(MOST_RULES, (i) => `forbid has ${flag(i * 3)} and in ${contextAt(i * 7 + (i >> 3))}`),
        "policy p",
        contexts,
      ),
    ),
    named(
      "required in contexts",
      policy(
        kernel,
        repeat(
          MOST_RULES,
          (i) => `require has ${flag(i * 5)} when in ${contextAt(i * 3)} and lacks ${flag(i * 7 + 1)}`,
        ),
        "policy p",
        contexts,
      ),
    ),
    named(
      "pairs of flags",
      policy(
        kernel,
        repeat(MOST_RULES, (i) => `forbid has ${flag(i)} and lacks ${flag(i * i + 3 * i + 5)}`),
      ),
    ),
    named(
      "triples of flags, everywhere",
      policy(
        kernel,
        repeat(
          MOST_RULES,
          (i) => `forbid has ${flag(i)} | ${flag(i * 7 + 3)} and lacks ${flag(i * 11 + 5)} and order < ${1 + (i % 9)}`,
        ),
      ),
    ),
    named(
      "nested",
      policy(
        kernel,
        repeat(
          60,
          (i) =>
            `forbid not (has ${flag(i)} or not (in ${contextAt(i)} and (size > ${100 * i + 1} B or lacks ${flag(i * 3 + 1)})))`,
        ) +
          repeat(
            20,
            (i) =>
              `mode m${i} when (has ${flag(i)} or in ${contextAt(i)}) and size <= ${1000 * (i + 1)} B { oom never }`,
          ) +
          "  mode rest otherwise { }\n",
        "policy p",
        contexts,
      ),
    ),
    named("a chain of policies", chain(kernel)),
    named(
      "50 rules, 10 modes",
      policy(
        kernel,
        repeat(
          50,
          (i) => `forbid has ${flag(i)} | ${flag(i * 3 + 2)} and lacks ${flag(i * 5 + 7)} because "rule ${i}"`,
        ) +
          repeat(
            10,
            (i) => `mode m${i} when has ${flag(i)} and lacks ${flag(i + 9)} { sleeps may, oom never, fails may }`,
          ) +
          "  mode rest otherwise { sleeps may }\n",
        "policy p for kmalloc, alloc_pages",
      ),
    ),
    named(
      "what the kernel does",
      policy(
        kernel,
        repeat(20, (i) => `forbid sleeps and has ${flag(i)} and size > ${1 << (i % 20)} B`) +
          repeat(20, (i) => `forbid may_fail and not may_oom and has ${flag(i * 3)} and order == ${i % 11}`) +
          repeat(10, (i) => `mode m${i} when has ${flag(i)} and order > ${i} { sleeps never, oom never }`),
        "policy p for kmalloc, kvmalloc, alloc_pages",
      ),
    ),
    ...[1, 2, 3, 4].map((seed) => named(`soup ${seed}`, soup(kernel, seed * 7919, 40 * seed, 10))),
  ];
}

/** Sixty policies, each like the one before. */
function chain(kernel: string): string {
  const parts = Array.from(
    { length: 60 },
    (_, i) =>
      `policy p${i} ${i === 0 ? "" : `like p${i - 1} `}{\n  forbid has ${flag(i)} and size == ${64 * (i + 1)} B\n}\n`,
  );
  return `kernel ${kernel}\n${parts.join("")}`;
}

export const ENTANGLED: readonly Entangled[] = [ONE_RELEASE, ALL_RELEASES].flatMap(entangledIn);
