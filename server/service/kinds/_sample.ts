/** What a policy file may say, mostly, and three mistakes. */
const DECLARATIONS = `
context refill { in softirq  holds spinlock "ring->lock" }
flags RING = GFP_ATOMIC | __GFP_NOWARN

/// One page for the ring.
request page {
  api alloc_pages  order 0
  flags RING
  context refill
  handles null
}

request buffer {
  api kmalloc  size 512 B
  flags GFP_KERNEL | __GFP_ZERO
  policy driver
}

request wrong like buffer {
  context refill
}

request forced {
  api kmalloc  size 2 KiB
  flags GFP_KERNEL | __GFP_NOFAIL
  context refill
  policy driver
}

request lost like nowhere { flags __GFP_WAIT }

policy driver {
  forbid has __GFP_NOFAIL because "a driver can report -ENOMEM"
  mode fast when has __GFP_NORETRY { oom never }
  mode normal otherwise { sleeps may }
}

transform quiet(m) = m | __GFP_NOWARN
expect quiet gives has __GFP_NOWARN
expect page { sleeps never }
`;

/** So often that declarations are alike, as they are in long files, and enough to be looked at as those of one. */
const BLOCKS = ["_a", "_b", "_c", "_d"];
const NAMES = /\b(?:refill|RING|page|buffer|wrong|forced|lost|nowhere|driver|quiet)\b/g;

/** What makes the findings of this makes those of a first file. */
export const SAMPLE = `kernel 6.1 .. 6.12
${BLOCKS.map((block) => DECLARATIONS.replace(NAMES, `$&${block}`)).join("")}`;
