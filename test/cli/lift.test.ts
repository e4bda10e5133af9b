import { expect, test } from "vitest";
import { kernelTree } from "./_kernel-tree.ts";
import { folderWith, run } from "./_run.ts";

const DRIVER = "static void done(struct own *o)\n{\n\to->p = kmalloc(64, GFP_KERNEL);\n}\n";

test("what lift writes is checked as the C is, with the contexts that a policy declares for its functions", async () => {
  const cwd = folderWith(
    kernelTree({
      "drivers/own/own.c": DRIVER,
      "drivers/own/own.allocpolicy": "context tx_done { in softirq  for done }\n",
    }),
  );
  const { status, out, err } = await run(["lift", "drivers/own/own.c"], { cwd });
  expect([status, err]).toEqual([0, ""]);
  expect(out).toContain(
    "  in softirq  // drivers/own/own.c:1: context tx_done of drivers/own/own.allocpolicy says so of done()",
  );
  const rules = async (args: readonly string[], input = "") =>
    (await run(["check", ...args], { cwd, input: [input] })).out.match(/\[[\w-]+\]/g);
  expect(await rules(["-"], out)).toEqual(["[sleep-in-atomic]"]);
  expect(await rules(["drivers/own/own.c"])).toEqual(["[sleep-in-atomic]"]);
});

test("lift says which contexts rest on a convention, and which on what is registered", async () => {
  const text = `static void own_end_io(struct bio *bio)
{
	bio->p = kmalloc(64, GFP_KERNEL);
}

static irqreturn_t own_irq(int irq, void *data)
{
	data->p = kmalloc(64, GFP_KERNEL);
	return IRQ_HANDLED;
}

static int own_start(struct own *o, struct bio *bio)
{
	bio->bi_end_io = own_end_io;
	return request_irq(o->irq, own_irq, 0, "own", o);
}
`;
  const { out } = await run(["lift", "own.c"], { cwd: folderWith(kernelTree({ "own.c": text })) });
  expect(out).toMatch(/^ {2}in softirq {2}\/\/ by convention, own\.c:14: /m);
  expect(out).toMatch(/^ {2}in \w+ {2}\/\/ own\.c:15: /m);
});

test("lift names what is wrong with its arguments", async () => {
  const cwd = folderWith(kernelTree({}));
  expect(await run(["lift"], { cwd })).toMatchObject({ status: 2, err: expect.stringContaining("name one C file") });
  expect(await run(["lift", "gone.c"], { cwd })).toMatchObject({ status: 2, err: expect.stringContaining("gone.c") });
});
