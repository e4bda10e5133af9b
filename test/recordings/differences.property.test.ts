import fc from "fast-check";
import { expect, test } from "vitest";
import type { Row } from "../../conformance/row.ts";
import { compareRecordings, type Differences } from "../../recordings/differences/compare.ts";

const hex = (value: number): string => `0x${value.toString(16)}`;
const attempt = fc.record({
  g: fc.integer({ min: 0, max: 0xff }),
  order: fc.integer({ min: 0, max: 2 }),
  times: fc.integer({ min: 1, max: 2 }),
});

const call = fc
  .record({
    g: fc.integer({ min: 0, max: 15 }),
    ctx: fc.constantFrom("process", "nofs"),
    out: fc.constantFrom("ok", "NULL", "died"),
    nid: fc.integer({ min: 0, max: 1 }),
    warn: fc.array(fc.constantFrom("mm/a.c:1 f", "mm/a.c:2 f", "mm/a.c:3 g"), { maxLength: 2 }),
    wake: fc.integer({ min: 0, max: 1 }),
    tries: fc.array(attempt, { maxLength: 3 }),
  })
  .map(
    ({ g, tries, wake, ...rest }): Row => ({
      kind: "pressure",
      api: "alloc_pages",
      n: hex(g),
      g: hex(g),
      zone: 2,
      ...rest,
      ev: { wake },
      attempts: tries.map((one) => [hex(one.g), one.order, "0x40", 2, 0, one.times]),
    }),
  );
const recording = fc.array(call, { maxLength: 12 });

test("a recording beside itself: nothing changed, and every row was compared", () => {
  fc.assert(
    fc.property(recording, (rows) => {
      const { compared, changedRows, groups, only } = compareRecordings(rows, rows);
      expect({ compared, changedRows, groups, only }).toEqual({
        compared: rows.length,
        changedRows: 0,
        groups: [],
        only: [{}, {}],
      });
    }),
  );
});

test("two recordings beside each other either way round: the same rows are compared, and the same number changed", () => {
  const rowsByAspect = ({ groups }: Differences): ReadonlyMap<string, number> => {
    const sums = new Map<string, number>();
    for (const { aspect, rows } of groups) sums.set(aspect, (sums.get(aspect) ?? 0) + rows);
    return new Map([...sums].sort());
  };
  fc.assert(
    fc.property(recording, recording, (a, b) => {
      const [there, back] = [compareRecordings(a, b), compareRecordings(b, a)];
      expect(back.compared).toBe(there.compared);
      expect(back.changedRows).toBe(there.changedRows);
      expect(back.only).toEqual([there.only[1], there.only[0]]);
      expect(rowsByAspect(back)).toEqual(rowsByAspect(there));
    }),
  );
});

test("every changed row is in a group, and none is in more groups than it has rows to give", () => {
  fc.assert(
    fc.property(recording, recording, (a, b) => {
      const { changedRows, groups, compared } = compareRecordings(a, b);
      expect(groups.length > 0).toBe(changedRows > 0);
      for (const { rows, of, examples } of groups) {
        expect(rows).toBeLessThanOrEqual(changedRows);
        expect(rows).toBeLessThanOrEqual(of);
        expect(of).toBeLessThanOrEqual(compared);
        expect(examples.length).toBeGreaterThan(0);
      }
    }),
  );
});
