// Every line of the tables does what it says, in both kernels that they were read in.
import { describe, expect, test } from "vitest";
import { KEPT, MEMBERS, REGISTRATIONS, type Handler } from "../../server/c-source/tables/callbacks.ts";
import { isScope } from "../../server/c-source/functions/state.ts";
import { contextWith } from "../../server/c-source/evidence.ts";
import { GUARDS, LOCK_CALLS } from "../../server/c-source/tables/locks.ts";
import { kernelNamed } from "../rules/_subject.ts";
import { findingsIn } from "./_c.ts";

const kept = [...KEPT].flatMap(([member, handlers]) => handlers.map((handler) => [member, handler] as const));

const GROW = `static int grow(struct gadget *dev)
{
	dev->p = kmalloc(64, GFP_KERNEL);
	return 0;
}
`;

/** A function that names the words that a line of a table asks a file for. */
const naming = ({ decidedBy = [], onlyWith = [], alsoWith = [] }: Handler): string =>
  `static void others(void)\n{\n${[...decidedBy, ...onlyWith, ...alsoWith].map((word) => `\tuse(${word});\n`).join("")}}\n`;

/** What is said of a handler: each of its contexts forbids to sleep, or reclaim. */
function saidOf(code: string, { confidence }: Handler): void {
  for (const kernel of ["6.1", "6.12"]) {
    const found = findingsIn(GROW + code, { kernel });
    expect(found.map((finding) => finding.function)).toContain("grow");
    for (const { rule, proof, ...finding } of found) {
      expect(finding).toMatchObject({ function: "grow", confidence });
      expect(rule).toMatch(
        /^(?:sleep-in-atomic|(?:fs|io)-reclaim-under-lock|reclaim-in-fence-signalling|alloc-in-nmi|rt-.*)$/,
      );
      expect(proof[0]?.text).toMatch(/has grow\(\) called$/);
    }
  }
}

describe("a handler is one by", () => {
  test.each([...MEMBERS].filter(([, { beside }]) => beside !== undefined))(
    "%s is none beside another value, or in another entry than it",
    (key, { beside = ["", ""] }) => {
      const [type, member] = key.split(".");
      const table = (first: string, second: string): string =>
        `static const struct ${type ?? ""} table[] = { [A] = { .${member ?? ""} = grow, ${first} }, [B] = { .${member ?? ""} = rest, ${second} } };\n`;
      const own = `.${beside.join(" = ")}`;
      const other = `.${beside[0]} = OTHER`;
      expect(findingsIn(GROW + table(own, other))).toHaveLength(1);
      expect(findingsIn(GROW + table(other, own))).toEqual([]);
      expect(findingsIn(GROW + table(".n = 1", own))).toEqual([]);
    },
  );

  test.each([...REGISTRATIONS])("%s()", (name, registration) => {
    const given = Array.from({ length: registration.argument + 2 }, (_, index) =>
      index === registration.argument ? "grow" : index === 0 && registration.onlyFor ? "OWN_STARTING" : `a${index}`,
    );
    saidOf(`static void start(void)\n{\n\t${name}(${given.join(", ")});\n}\n${naming(registration)}`, registration);
  });

  test.each([...MEMBERS])("%s of a table", (key, handler) => {
    const [type = "", member = ""] = key.split(".");
    const beside = handler.beside === undefined ? "" : `, .${handler.beside.join(" = ")}`;
    const table = `static struct ${type === "*" ? "own_template" : type} table = { .${member} = grow${beside} };\n`;
    saidOf(`${table}${naming(handler)}`, handler);
  });

  test.each([...kept])(".%s", (member, handler) => {
    saidOf(`static void start(struct x *x)\n{\n\tx->${member} = grow;\n}\n${naming(handler)}`, handler);
  });
});

test.each([...REGISTRATIONS, ...MEMBERS, ...kept].filter(([, handler]) => handler.alsoWith !== undefined))(
  "%s is none with one of its words alone",
  (name, handler) => {
    const registering = `static void start(void)\n{\n\t${name}(a, grow);\n}\n`;
    for (const words of [handler.onlyWith, handler.alsoWith])
      expect(findingsIn(`${GROW}${registering}${naming({ ...handler, onlyWith: words ?? [], alsoWith: [] })}`)).toEqual(
        [],
      );
  },
);

test.each([...MEMBERS, ...kept].filter(([, { unless }]) => unless !== undefined))(
  "%s is none, or another, where the file says that it may sleep",
  (key, handler) => {
    const [type, member] = key.split(".");
    const table = `static struct ${type ?? ""} table = { .${member ?? ""} = grow };\n`;
    const word = `static void word(void)\n{\n\tuse(${handler.unless ?? ""});\n}\n`;
    const rules = findingsIn(`${GROW}${table}${naming(handler)}${word}`).map(({ rule }) => rule);
    expect(rules).toEqual(handler.otherwise === undefined ? [] : ["io-reclaim-under-lock"]);
  },
);

test.each([...MEMBERS, ...kept].filter(([, { onlyWith }]) => onlyWith !== undefined))(
  "%s is none in a file that names nothing of what it belongs to",
  (key) => {
    const [type, member] = key.includes(".") ? key.split(".") : ["own", key];
    const table = `static struct ${type ?? ""} table = { .${member ?? ""} = grow };\n`;
    const kept = `static void start(struct x *x)\n{\n\tx->${member ?? ""} = grow;\n}\n`;
    expect(findingsIn(`${GROW}${table}${kept}`)).toEqual([]);
  },
);

test("a handler is one in a value that a function makes on its way", () => {
  const code = `${GROW}static void start(struct table *t)
{
	t->ops = (struct own_ops) {
		.unmap_pages = grow,
		.other = start,
	};
}
`;
  const [found] = findingsIn(code);
  expect(found?.proof[0]?.text).toBe(".unmap_pages has grow() called");
});

test.each([
  "static const struct net_device_ops own_ops = { .ndo_init = rest, .ndo_set_rx_mode = grow };\n\tuse(&own_ops);",
  "struct net_device_ops own_ops[] = { [0] = { .ndo_set_rx_mode = grow } };\n\tuse(own_ops);",
  "dev->ops = (struct net_device_ops){ .ndo_init = rest, .ndo_set_rx_mode = grow };",
])("a handler is one in a table that a function has of its own: %s", (table) => {
  const code = `${GROW}static void start(struct gadget *dev)\n{\n\t${table}\n}\n`;
  expect(findingsIn(code).map(({ rule, proof: [first] }) => [rule, first?.text])).toEqual([
    ["sleep-in-atomic", "net_device_ops.ndo_set_rx_mode has grow() called"],
  ]);
  expect(findingsIn(code.replaceAll("net_device_ops", "own_device_ops"))).toEqual([]);
});

test.each([
  ["uart_port_lock_irqsave(&dev->port, &flags);", "uart_port_unlock_irqrestore(&dev->port, flags);", "error"],
  ["kernel_fpu_begin();", "kernel_fpu_end();", "error"],
  ["snd_pcm_stream_lock_irq(dev->stream);", "snd_pcm_stream_unlock_irq(dev->stream);", "information"],
  ["guard(uart_port_lock)(&dev->port);", "", "error"],
])("memory is taken under %s", (takes, gives, severity) => {
  const code = `static int f(struct gadget *dev)\n{\n\tunsigned long flags;\n\n\t${takes}\n\tdev->p = kmalloc(64, GFP_KERNEL);\n\t${gives}\n\treturn 0;\n}\n`;
  expect(findingsIn(code).map(({ rule, severity: as }) => [rule, as])).toEqual([["sleep-in-atomic", severity]]);
});

/** What is said of an allocation in full between two statements. */
const between = (takes: string, gives: string): readonly string[] =>
  findingsIn(
    `int f(struct gadget *dev)\n{\n\t${takes}\n\tdev->p = kmalloc(64, GFP_KERNEL);\n\t${gives}\n\treturn 0;\n}\n`,
  ).map(({ rule }) => rule);

const LOCKS = [...LOCK_CALLS].filter(([, { does, family }]) => does !== "-" && !isScope(family));

test.each(LOCKS)("whoever takes %s() may not do all it could", (name, { does, family, isBare }) => {
  const call = isBare ? `${name}()` : `${name}(&dev->a, &dev->b, &dev->c, &dev->d)`;
  const rule =
    family === "journal" ? "fs-reclaim-under-lock" : family === "frozen" ? "io-reclaim-under-lock" : "sleep-in-atomic";
  expect(between(does === "?" ? `if (!${call})\n\t\treturn 1;` : `${call};`, "")).toContain(rule);
});

test.each([...GUARDS].filter(([, { family }]) => !isScope(family)))(
  "guard(%s) forbids to sleep until its block ends",
  (name) => {
    expect(between(`guard(${name})(&dev->a);`, "")).toContain("sleep-in-atomic");
    expect(between(`{\n\t\tguard(${name})(&dev->a);\n\t}`, "")).toEqual([]);
  },
);

test.each([
  ["lock_sock_fast(sk)", "unlock_sock_fast(sk, slow)"],
  ["lock_task_sighand(task, &flags)", "unlock_task_sighand(task, &flags)"],
  ["serio_pause_rx(serio)", "serio_continue_rx(serio)"],
  ["dma_fence_lock_irqsave(fence, flags)", "dma_fence_unlock_irqrestore(fence, flags)"],
  ["rcu_read_lock_dont_migrate()", "rcu_read_unlock_migrate()"],
  ["local_lock_nested_bh(&own.lock)", "local_unlock_nested_bh(&own.lock)"],
])("%s holds until %s", (takes, gives) => {
  expect(between(`if (!${takes})\n\t\treturn 1;\n\t${gives};`, "")).toEqual([]);
  expect(between(`${takes};\n\t${gives};`, "")).toEqual([]);
});

test.each([...LOCK_CALLS, ...GUARDS])(
  "%s is read as it is written, with a context of the model",
  (name, { context }) => {
    expect(name).toMatch(/^\w+$/);
    const kernel = kernelNamed("6.12", {});
    if (context !== null) expect(contextWith(kernel, [context])).not.toEqual(contextWith(kernel, []));
  },
);
