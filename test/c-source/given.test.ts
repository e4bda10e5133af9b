// A function that asks what it was given does on each way what that call gave it.
import { describe, expect, test } from "vitest";
import { toldIn } from "./_c.ts";

/** A function that allocates where its parameter says so, called under a lock with an argument. */
const given = (condition: string, argument: string, type = "int"): readonly string[] =>
  toldIn(`static int fill(struct nic *nic, ${type} how)
{
	if (${condition})
		nic->p = kmalloc(64, GFP_KERNEL);
	return 0;
}

static void refill(struct nic *nic)
{
	spin_lock(&nic->lock);
	fill(nic, ${argument});
	spin_unlock(&nic->lock);
}
`);
const SLEEPS = ["sleep-in-atomic fill: GFP_KERNEL"];

describe("under a lock, where a function allocates only if its parameter", () => {
  test.each([
    ["is true", "how", ["true", "1", "0x10"], ["false", "0", "0x0", "NULL"]],
    ["is false", "!how", ["false", "0"], ["true", "7"]],
    ["is a constant", "how == NIC_SLOW", ["NIC_SLOW"], ["NIC_FAST", "3"]],
    ["is another than a constant", "how != NIC_FAST", ["NIC_SLOW", "NIC_ANY"], ["NIC_FAST"]],
    ["has a bit", "how & NIC_SLOW", ["NIC_SLOW", "NIC_RX | NIC_SLOW"], ["0", "NIC_RX", "NIC_RX | NIC_TX"]],
    ["lacks a bit", "!(how & NIC_FAST)", ["0", "NIC_RX | NIC_TX"], ["NIC_FAST", "NIC_RX | NIC_FAST"]],
  ])("%s", (_what, condition, sleeping, quiet) => {
    for (const argument of sleeping) expect([argument, given(condition, argument)]).toEqual([argument, SLEEPS]);
    for (const argument of quiet) expect([argument, given(condition, argument)]).toEqual([argument, []]);
  });

  test("is what nobody knows, it may be so", () => {
    for (const [condition, argument] of [
      ["how", "nic->how"],
      ["how == NIC_SLOW", "nic->how"],
      ["how & NIC_SLOW", "0x13"],
      ["!(how & NIC_SLOW)", "0x13"],
    ] as const)
      expect([condition, given(condition, argument)]).toEqual([condition, SLEEPS]);
  });

  test("says whether sleeping is allowed, and nobody knows what it is, nothing is said", () => {
    const asked = (name: string): readonly string[] =>
      toldIn(
        `static int fill(struct nic *nic, bool ${name})\n{\n\tif (${name})\n\t\tnic->p = kmalloc(64, GFP_KERNEL);\n\treturn 0;\n}\n\nstatic void refill(struct nic *nic)\n{\n\tspin_lock(&nic->lock);\n\tfill(nic, nic->how);\n\tspin_unlock(&nic->lock);\n}\n`,
      );
    expect(asked("can_sleep")).toEqual([]);
    expect(asked("first")).toEqual(SLEEPS);
  });
});
