// Functions that are not called by their names: through members, parameters, registrations, releases of a count.
import { describe, expect, test } from "vitest";
import { findingsIn } from "./_c.ts";

const GROW = `static void grow(struct gadget *dev)
{
	dev->p = kmalloc(64, GFP_KERNEL);
}
`;

const sleeps = (code: string | Readonly<Record<string, string>>) =>
  findingsIn(code).filter(({ rule }) => rule === "sleep-in-atomic");

const REGISTERED: readonly (readonly [what: string, code: string])[] = [
  [
    "with a cast",
    `static void start(struct gadget *dev)
{
	usb_fill_bulk_urb(dev->urb, dev->udev, 1, dev->buf, 64, (usb_complete_t)grow, dev);
}
`,
  ],
  [
    "kept with a cast",
    `static void start(struct gadget *dev)
{
	dev->req->complete = (void *)grow;
	usb_ep_queue(dev->ep, dev->req, GFP_ATOMIC);
}
`,
  ],
  [
    "one of two",
    `static void start(struct gadget *dev, bool fast)
{
	timer_setup(&dev->timer, fast ? slow : grow, 0);
}
`,
  ],
  [
    "by a function that is given it",
    `static void add(struct gadget *dev, void (*poll)(struct gadget *))
{
	netif_napi_add(dev->netdev, &dev->napi, poll);
}

static void start(struct gadget *dev)
{
	add(dev, grow);
}
`,
  ],
  [
    "by a function that keeps it",
    `static void queue(struct gadget *dev, void (*done)(struct gadget *))
{
	dev->req->complete = done;
	usb_ep_queue(dev->ep, dev->req, GFP_ATOMIC);
}

static void start(struct gadget *dev)
{
	queue(dev, grow);
}
`,
  ],
  [
    "from a member",
    `static const struct gadget_ops ops = { .fill = grow };

static void start(struct gadget *dev)
{
	timer_setup(&dev->timer, dev->ops->fill, 0);
}
`,
  ],
  [
    "as an element of an array",
    `static irq_handler_t handlers[] = { grow, [RX] = grow };

static void start(struct gadget *dev)
{
	request_irq(dev->irq, handlers[dev->n], 0, "x", dev);
}
`,
  ],
  [
    "in a notifier block without names",
    `static struct notifier_block nb = { grow, NULL };

static void start(struct gadget *dev)
{
	register_inet6addr_notifier(&nb);
}
`,
  ],
  [
    "in a notifier block that is a member",
    `static void start(struct gadget *dev)
{
	dev->fib_nb.notifier_call = grow;
	register_fib_notifier(&init_net, &dev->fib_nb, NULL, NULL);
}
`,
  ],
];

test.each(REGISTERED)("a handler is one when it is registered %s", (_what, code) => {
  expect(sleeps(GROW + code)).toMatchObject([{ function: "grow", severity: "error", confidence: "likely" }]);
});

const CALLED: readonly (readonly [what: string, code: string])[] = [
  [
    "a member",
    `static void setup(struct gadget *dev)
{
	dev->fill = grow;
}

static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	(*dev->fill)(dev);
	spin_unlock(&dev->lock);
}
`,
  ],
  [
    "a member that is written from a parameter",
    `static void prepare(struct gadget *dev, void (*fill)(struct gadget *))
{
	dev->fill = fill;
}

static void setup(struct gadget *dev)
{
	prepare(dev, grow);
}

static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	dev->fill(dev);
	spin_unlock(&dev->lock);
}
`,
  ],
  [
    "an element of an array",
    `static void (* const fills[])(struct gadget *) = { [RX] = grow };

static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	fills[dev->n](dev);
	spin_unlock(&dev->lock);
}
`,
  ],
  [
    "a parameter",
    `static void each(struct gadget *dev, void (*fill)(struct gadget *))
{
	spin_lock(&dev->lock);
	fill(dev);
	spin_unlock(&dev->lock);
}

static void f(struct gadget *dev)
{
	each(dev, grow);
}
`,
  ],
];

describe("a function is reached through", () => {
  test.each(CALLED)("%s", (_what, code) => {
    const [finding, ...more] = sleeps(GROW + code);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ function: "grow", severity: "error", confidence: "likely" });
    expect(finding?.proof.at(-1)?.text).toMatch(/calls grow\(\) through/);
  });
});

test("of a parameter that is given both, each way has the function that it was given", () => {
  const code = `${GROW}
static void shrink(struct gadget *dev)
{
	dev->p = kmalloc(8, GFP_KERNEL);
}

static void each(struct gadget *dev, void (*fill)(struct gadget *))
{
	fill(dev);
}

static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	each(dev, grow);
	spin_unlock(&dev->lock);
	each(dev, shrink);
}
`;
  expect(sleeps(code).map((finding) => finding.function)).toEqual(["grow"]);
});

test.each([
  ["a member of a table, of which others have members by the same name", "dev->ops->fill(dev);"],
  ["the release of a count, which is seldom the last", "kref_put(&dev->count, grow);"],
  ["a function of another module, which may call it at once", "walk_gadgets(dev, 3, grow);"],
])("what is reached through %s, is worth knowing, and no more", (_what, call) => {
  const code = `static const struct gadget_ops ops = { .fill = grow };

static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	${call}
	spin_unlock(&dev->lock);
}
`;
  expect(sleeps(GROW + code)).toMatchObject([{ function: "grow", severity: "information", confidence: "possible" }]);
});

test("a member that several functions stand in is worth knowing, and no more", () => {
  const code = `${GROW}
static void shrink(struct gadget *dev)
{
	dev->p = NULL;
}

static const struct gadget_ops slow = { .fill = grow };
static const struct gadget_ops fast = { .fill = shrink };

static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	dev->ops->fill(dev);
	spin_unlock(&dev->lock);
}
`;
  expect(sleeps(code)).toMatchObject([{ function: "grow", severity: "information", confidence: "possible" }]);
});

test.each(["INIT_WORK(&dev->work, grow);", "own_register(dev, grow);", "own_call_later(dev, &grow);"])(
  "what is called later is not called there: %s",
  (call) => {
    const code = `static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	${call}
	spin_unlock(&dev->lock);
}
`;
    expect(sleeps(GROW + code)).toEqual([]);
  },
);

test("a member is no function of that name, and what takes other arguments does not stand in it", () => {
  const code = `${GROW.replaceAll("grow", "fill")}
static const struct other_ops others = { .wipe = fill };

static void f(struct gadget *dev)
{
	spin_lock(&dev->lock);
	dev->ops->fill(dev);
	dev->ops->wipe(dev, 3);
	spin_unlock(&dev->lock);
}
`;
  expect(sleeps(code)).toEqual([]);
});

test("what is proven is said, though a convention leads there as well by a shorter way", () => {
  const code = `${GROW}
static int write(struct gadget *dev)
{
	grow(dev);
	return 0;
}

static const struct tty_operations ops = { .write = write };

static void inner(struct gadget *dev)
{
	grow(dev);
}

static void outer(struct gadget *dev)
{
	inner(dev);
}

static void start(struct gadget *dev)
{
	timer_setup(&dev->timer, outer, 0);
}
`;
  expect(sleeps(code)).toMatchObject([{ function: "grow", severity: "error", confidence: "likely" }]);
});

describe("a member that many tables have", () => {
  const served = (tables: readonly string[]): string => `${GROW}
static irqreturn_t irq(int nr, void *data)
{
	struct gadget *dev = data;

	dev->ops->serve(dev);
	return IRQ_HANDLED;
}

static int probe(struct gadget *dev)
{
	return request_irq(dev->irq, irq, 0, "own", dev);
}
${tables
  .map(
    (type, index) => `
static void serve_${index}(struct gadget *dev)
{
	${index === 0 ? "grow(dev);" : "dev->served++;"}
}

static const struct ${type} ops_${index} = { .serve = serve_${index} };
`,
  )
  .join("")}`;
  const of = (count: number, ...types: readonly string[]): readonly string[] =>
    Array.from({ length: count }, (_, index) => types[index % types.length] ?? "");

  test.each([
    ["six of several types", of(6, "own_ops", "other_ops")],
    ["twelve of one type", of(12, "own_ops")],
  ])("is followed to %s", (_, tables) => {
    expect(sleeps(served(tables))).toMatchObject([
      { function: "grow", severity: "information", confidence: "possible" },
    ]);
  });

  test.each([
    ["seven of several types", of(7, "own_ops", "other_ops")],
    ["thirteen of one type", of(13, "own_ops")],
  ])("is not followed to %s", (_, tables) => {
    expect(sleeps(served(tables))).toEqual([]);
  });
});

describe("a handler that is chosen before it is registered", () => {
  const RESUBMITS = ["static void first(struct urb *urb)", "static void second(struct urb *urb)"]
    .map((head) => `${head}\n{\n\tusb_submit_urb(urb, GFP_KERNEL);\n}\n\n`)
    .join("");
  const found = (...lines: readonly string[]): readonly string[] =>
    findingsIn(
      `${RESUBMITS}static int start(struct reel *reel, bool back)\n{\n\t${lines.join("\n\t")}\n\treturn 0;\n}\n`,
    )
      .filter(({ rule, confidence }) => rule === "sleep-in-atomic" && confidence === "likely")
      .map((one) => one.function);

  test.each([
    [
      "into a variable, by branches",
      ["void (*done)(struct urb *);", "if (back)", "\tdone = &first;", "else", "\tdone = second;"],
      "usb_fill_bulk_urb(reel->urb, reel->usb, 0, reel->buf, 8, done, reel);",
    ],
    [
      "into a variable of its type, at once",
      ["usb_complete_t done;", "done = back ? first : second;"],
      "usb_fill_bulk_urb(reel->urb, reel->usb, 0, reel->buf, 8, done, reel);",
    ],
    [
      "into the member",
      [],
      "reel->urb->complete = back ? first : second;\n\treturn usb_submit_urb(reel->urb, GFP_KERNEL);",
    ],
    ["in the argument", [], "usb_fill_bulk_urb(reel->urb, reel->usb, 0, reel->buf, 8, back ? first : second, reel);"],
  ])("%s", (_, lines, registers) => {
    expect(found(...lines, registers)).toEqual(["first", "second"]);
  });

  test("is none where the variable holds no function", () => {
    expect(
      found("int done;", "done = back;", "usb_fill_bulk_urb(reel->urb, reel->usb, 0, reel->buf, 8, done, reel);"),
    ).toEqual([]);
  });
});

describe("a handler that is called under RCU", () => {
  const handler = (
    before: string,
    after: string,
  ): string => `static int get(struct sk_buff *skb, const struct nfnl_info *info)
{
	void *p;

${before}	p = kmalloc(64, GFP_KERNEL);
${after}	return p ? 0 : -ENOMEM;
}

static const struct nfnl_callback callbacks[] = {
	[OWN_MSG_GET] = { .call = get, .type = NFNL_CB_RCU },
};
`;

  test("may not sleep there", () => {
    expect(sleeps(handler("", ""))).toMatchObject([{ function: "get", severity: "error", confidence: "likely" }]);
  });

  test("may where it has left it", () => {
    expect(sleeps(handler("\trcu_read_unlock();\n", "\trcu_read_lock();\n"))).toEqual([]);
    expect(sleeps(handler("\trcu_read_lock();\n\trcu_read_unlock();\n", ""))).toHaveLength(1);
  });
});
