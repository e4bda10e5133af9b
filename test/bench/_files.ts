/** What the editor is measured with: five-line requests, the language as the examples mix it, and mistakes. */

function upTo(
  lines: number,
  kernel: string,
  block: (index: number) => readonly string[],
  head: readonly string[],
): string {
  const text = [`kernel ${kernel}`, ...head];
  for (let index = 0; text.length < lines; index += 1) text.push(...block(index));
  return `${text.join("\n")}\n`;
}

function id(index: number): string {
  return String(index).padStart(6, "0");
}

const MASKS = [
  "GFP_KERNEL | __GFP_ZERO",
  "GFP_KERNEL",
  "GFP_KERNEL | __GFP_NOWARN",
  "GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN",
];

/** Requests of five lines; nothing is wrong with them. `before`: declarations in front. */
export function requests(lines: number, before: readonly string[] = [], context = "process", mask?: string): string {
  return upTo(
    lines,
    "6.12",
    (i) => [
      `request req_${id(i)} {`,
      `  api alloc_pages  order ${i % 3}`,
      `  flags ${mask ?? "GFP_KERNEL | __GFP_ZERO"}`,
      `  context ${context}`,
      "}",
    ],
    before,
  );
}

/** Requests, contexts, aliases, policies, transforms and expectations; nothing is wrong with them. */
export function tidy(lines: number, kernel = "6.12"): string {
  return upTo(lines, kernel, (i) => tidyBlock(i), []);
}

function tidyBlock(i: number): readonly string[] {
  const name = id(i);
  return [
    `context rx_${name} { in softirq }`,
    `flags RING_${name} = ${MASKS[i % MASKS.length] ?? "GFP_KERNEL"}`,
    "",
    `/// Refills the ring, number ${i}.`,
    `request refill_${name} {`,
    "  api alloc_pages  order 0",
    "  flags GFP_ATOMIC | __GFP_NOWARN",
    `  context rx_${name}`,
    "  handles null",
    "}",
    "",
    `request setup_${name} {`,
    `  api kmalloc  size ${64 * (1 + (i % 60))} B`,
    `  flags RING_${name}`,
    `  policy driver_${name}`,
    "  handles null",
    "}",
    "",
    `policy driver_${name} {`,
    '  forbid has __GFP_NOFAIL because "a driver can report -ENOMEM"',
    "  mode fast when has __GFP_NORETRY { oom never }",
    "  mode normal otherwise { sleeps may }",
    "}",
    "",
    `transform quiet_${name}(m) = m | __GFP_NOWARN`,
    `expect quiet_${name} gives has __GFP_NOWARN`,
    `expect refill_${name} { sleeps never }`,
    "",
  ];
}

/** The same over a range of kernels, with some sixteen findings in a hundred lines. */
export function mixed(lines: number): string {
  return upTo(
    lines,
    "6.1 .. 6.12",
    (i) => [
      ...tidyBlock(i),
      `request wrong_${id(i)} {`,
      "  api kmalloc  size 64 B",
      "  flags GFP_KERNEL | __GFP_HIGH | __GFP_NOFAIL",
      `  context rx_${id(i)}`,
      `  policy driver_${id(i)}`,
      "}",
      `request lost_${id(i)} like nowhere_${i} { flags __GFP_WAIT }`,
      "",
    ],
    [],
  );
}

/** One driver's function after the other: locks, helpers, callbacks, masks of every kind. */
export function driverText(lines: number): string {
  const parts = ["#include <linux/slab.h>", "", "#define RX_GFP (GFP_ATOMIC | __GFP_NOWARN)", ""];
  for (let i = 0; parts.length + 30 <= lines; i++) {
    parts.push(
      `static int nic${i}_grow(struct nic *nic, gfp_t gfp)`,
      "{",
      "\tstruct ring *ring = kzalloc(sizeof(*ring), gfp);",
      "",
      "\tif (!ring)",
      "\t\treturn -ENOMEM;",
      "\tlist_add(&ring->list, &nic->rings);",
      "\treturn 0;",
      "}",
      "",
      `static irqreturn_t nic${i}_irq(int irq, void *data)`,
      "{",
      "\tstruct nic *nic = data;",
      "\tunsigned long flags;",
      "",
      "\tspin_lock_irqsave(&nic->lock, flags);",
      "\tswitch (nic->state) {",
      "\tcase NIC_EMPTY:",
      `\t\tnic${i}_grow(nic, RX_GFP);`,
      "\t\tbreak;",
      "\tdefault:",
      "\t\tif (nic->pending && !in_interrupt())",
      `\t\t\tnic->buffer = kmalloc(${64 << (i % 8)}, GFP_NOWAIT);`,
      "\t}",
      "\tspin_unlock_irqrestore(&nic->lock, flags);",
      "\treturn IRQ_HANDLED;",
      "}",
      "",
    );
  }
  return `${parts.join("\n")}\n`;
}
