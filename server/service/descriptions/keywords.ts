import { MEMORY_FACTS, REQUEST_PROPERTIES } from "../../../grammar/index.ts";
import { CACHE_FACTS, CLAUSES, DECLARATIONS, HEADERS, PREDICATES, SCOPE_ITEMS, type Word } from "./words.ts";

type Words = Readonly<Record<string, Word>>;

const because: Word = {
  syntax: 'because "one pinned page would hold the caller for ever"',
  meaning: "The reason, quoted in the finding.",
};
const MODE_WHEN: Word = {
  syntax: "mode fast when has __GFP_NORETRY { … }",
  meaning: "The masks that select the mode. Every mask that the policy takes should select exactly one.",
};
const CONTEXT_IN: Word = {
  syntax: "in softirq",
  meaning:
    "Where the call is made from: a built-in place, one by the kernel's name, or another context of the file. Several hold together. No `holds` is needed with it: `in softirq` alone forbids sleeping.",
};

/** Keywords, and the mark `..`, that stand in one rule of the grammar and have no table of their own. */
const OWN: Readonly<Record<string, Words>> = {
  amount: { pages: { syntax: "pinned 3 pages", meaning: "An amount in pages instead of bytes." } },
  configHeader: {
    on: { syntax: "config { PREEMPT_RT on }", meaning: "The option is set." },
    off: { syntax: "config { NUMA off }", meaning: "The option is not set." },
  },
  kernelHeader: {
    "..": {
      syntax: "kernel 6.1 .. 6.18",
      meaning: "From the first release to the last, both included, and each between them that the model knows.",
    },
  },
  contextDeclaration: {
    like: { syntax: "context B like A { … }", meaning: "Starts from another context and adds to it." },
  },
  contextItem: {
    in: CONTEXT_IN,
    holds: {
      syntax: 'holds spinlock "rx ring"',
      meaning:
        "A lock or section that is held around the call, by a word of the language or the kernel's own name for it; the text names it for readers. It adds to `in`: a spinlock forbids sleeping, `fs_lock` and `io_lock` keep reclaim out of what could take that lock, a mutex has no effect.",
    },
    for: {
      syntax: 'for "drivers/net/foo.c:foo_tx_done", bar_complete',
      meaning:
        "Functions in C that run in this context, by name or with their file, from the root of the tree: evidence for the calls in them, as a lock is.",
    },
    between: {
      syntax: "between foo_lock and foo_unlock",
      meaning: "Functions in C that open and close this context: what stands between their calls holds what it holds.",
    },
    and: {
      syntax: "between foo_lock and foo_unlock",
      meaning: "The function that gives back what the one before it took.",
    },
    scope: {
      syntax: "scope nofs",
      meaning:
        "An allocation scope that the task is in (memalloc_nofs_save() and its kin): it changes the mask of every request that is made inside.",
    },
  },
  requestDeclaration: {
    like: {
      syntax: "request hard like plug { flags … }",
      meaning: "Starts from another request: what is not written here is taken from there.",
    },
  },
  property: {
    any: { syntax: "node any", meaning: "Whichever node is nearest: NUMA_NO_NODE." },
    null: { syntax: "handles null", meaning: "The caller looks at the result and goes on without the memory." },
    nothing: { syntax: "handles nothing", meaning: "The caller does not look: a failure is a bug of its own." },
  },
  sizeValue: { unknown: { syntax: "size unknown", meaning: "The call says a size, and it could not be read." } },
  numberValue: { unknown: { syntax: "order unknown", meaning: "The call says a number, and it could not be read." } },
  waiver: { waive: REQUEST_PROPERTIES.waive, because: { ...because, meaning: "Why the rule is silenced: required." } },
  policyDeclaration: {
    like: { syntax: "policy B like A { … }", meaning: "Refines another policy: its clauses hold too." },
    for: {
      syntax: "policy p for kmalloc, kzalloc { … }",
      meaning:
        "The functions that the policy belongs to: their requests are judged by it without naming it, and its modes are laid beside what the kernel does in them.",
    },
  },
  clause: {
    when: {
      syntax: "require has __GFP_NOWARN when order > 3",
      meaning: "The requests of which the rule asks it.",
    },
    honours: {
      syntax: "stage isolation honours __GFP_NORETRY",
      meaning: "The flags that this step reads. One that is allowed and that no stage honours is dead.",
    },
    internal: {
      syntax: "stage migration_target honours GFP_KERNEL internal",
      meaning: "The step is a detail of the implementation: a flag that only it reads should not be the caller's.",
    },
  },
  reason: { because },
  mode: {
    when: MODE_WHEN,
    otherwise: {
      syntax: "mode normal otherwise { … }",
      meaning: "Selected by every mask that the policy takes and no other mode does.",
    },
  },
  fact: {
    in: {
      syntax: "expect plug on crowded { succeeds in 95 % }",
      meaning: "In at least that share of the runs, which differ by what chance decides.",
    },
  },
  duration: {
    ever: { syntax: "pinned 3 pages for ever", meaning: "The pages are held for longer than any call waits." },
    about: {
      syntax: "pinned 40 pages for about 20 ms",
      meaning: "A time by chance, with this mean: each run draws its own.",
    },
    "..": {
      syntax: "pinned mapping 8 pages for 1 ms .. 5 ms",
      meaning: "A time by chance between the two, each as likely as the other: each run draws its own.",
    },
  },
  nodeItem: {
    awake: { syntax: "kswapd awake", meaning: "kswapd of the node is running already." },
    asleep: { syntax: "kswapd asleep", meaning: "kswapd of the node sleeps until it is woken." },
  },
  returning: {
    returning: {
      syntax: "percpu 512 pages returning 2 %",
      meaning: "The share of them that is back on the lists by the next try.",
    },
  },
  zoneFact: {
    for: {
      syntax: "pinned 40 pages for about 20 ms",
      meaning: "How long someone holds the pages. Left out: for ever.",
    },
  },
  memoryDeclaration: {
    like: { syntax: "memory tight like roomy { … }", meaning: "Starts from another state and changes it." },
    from: {
      syntax: 'memory report from "page-allocation-failure.log"',
      meaning: "Takes the state from a kernel log: a page allocation failure or an OOM report, as dmesg prints it.",
    },
    report: {
      syntax: 'memory second from "console.log" report 2',
      meaning: "Which of the log's reports, from 1. Left out: the first.",
    },
  },
  nodeBlock: { node: { syntax: "node 0 { zone Normal { … } }", meaning: "A NUMA node, by number, with its zones." } },
  zoneBlock: { zone: { syntax: "zone Normal { managed 4 GiB … }", meaning: "A zone of the node and what is in it." } },
  freeBlocks: { order: { syntax: "order 3: 20", meaning: "So many free blocks of 2^order pages." } },
  expectForm: {
    on: {
      syntax: "expect refill on fragmented { succeeds }",
      meaning: "Decided by running the request on that state of memory.",
    },
    as: {
      syntax: "expect plug on crowded as hard { succeeds }",
      meaning: "Worked in that mode of its policy, whatever mode the mask selects.",
    },
    forbids: { syntax: "expect driver forbids __GFP_NOFAIL", meaning: "The policy refuses this mask." },
    allows: { syntax: "expect driver allows GFP_KERNEL | __GFP_NOWARN", meaning: "The policy takes this mask." },
    within: {
      syntax: "expect strict within driver",
      meaning: "Every mask that the first policy takes, the second takes too. Decided over all masks.",
    },
    when: {
      syntax: "expect nested when lacks __GFP_DIRECT_RECLAIM gives …",
      meaning: "The masks that go in, as far as the belief is about them. Left out: all.",
    },
    gives: {
      syntax: "expect nested gives has __GFP_NOWARN",
      meaning:
        "What is true of every mask that comes out. Decided over all masks; the smallest that breaks it is shown.",
    },
  },
};

const cacheFacts: Words = Object.fromEntries(
  Object.entries(CACHE_FACTS).map(([word, meaning]) => [word, { syntax: `cache { ${word} }`, meaning }]),
);

/** The tables of whole families of keywords, by the rule of the grammar that reads them. */
const FAMILIES: Readonly<Record<string, Words>> = {
  property: REQUEST_PROPERTIES,
  clause: CLAUSES,
  cacheFact: cacheFacts,
  memoryItem: MEMORY_FACTS,
  nodeItem: MEMORY_FACTS,
  zoneFact: MEMORY_FACTS,
  scopeItem: SCOPE_ITEMS,
  predicate: PREDICATES,
  condition: PREDICATES,
  maskTest: PREDICATES,
  measureTest: PREDICATES,
};

/** What a keyword or `..` means in a rule of the grammar; null for one that the rule does not have. */
export function keywordMeaning(rule: string, word: string): Word | null {
  for (const words of [OWN[rule], FAMILIES[rule]])
    if (words !== undefined && Object.hasOwn(words, word)) return words[word] ?? null;
  if (!/(?:Declaration|Header)$/.test(rule)) return null;
  const heads: Words = { ...HEADERS, ...DECLARATIONS };
  return Object.hasOwn(heads, word) ? (heads[word] ?? null) : null;
}
