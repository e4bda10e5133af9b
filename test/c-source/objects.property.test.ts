import fc from "fast-check";
import { expect, test } from "vitest";
import { ALLOCATE_INSIDE } from "../../server/c-source/tables/inside.ts";
import { findingsIn } from "./_c.ts";

const f = (...lines: readonly string[]): string =>
  `static int f(struct gadget *dev)\n{\n${lines.map((line) => `\t${line}\n`).join("")}}\n`;
const said = (code: string): readonly string[] =>
  findingsIn(code).flatMap(({ rule }) => (rule === "unchecked-object" ? [rule] : []));

test("whatever makes an object is told where it is used unseen, and is quiet behind its own test", () => {
  const makers = [...ALLOCATE_INSIDE].flatMap(([name, { makes }]) => (makes === null ? [] : [{ name, makes }]));
  fc.assert(
    fc.property(fc.constantFrom(...makers), fc.constantFrom("p", "dev->p", "own[2].p"), ({ name, makes }, pointer) => {
      const make = `${pointer} = ${name}(dev->own, 1);`;
      const test = makes.fails === "NULL" ? `if (!${pointer})` : `if (IS_ERR(${pointer}))`;
      expect(said(f(make, `${pointer}->n = 1;`, "return 0;"))).toHaveLength(1);
      expect(said(f(make, test, "\treturn -ENOMEM;", `${pointer}->n = 1;`, "return 0;"))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
