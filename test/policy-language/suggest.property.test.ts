// The names that may have been meant are those of a plain comparison with every name.
import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../server/policy-language/names/suggest.ts";

const plain = (name: string): string => name.toLowerCase().replace(/^_+/, "").replace(/^gfp_/, "");

/** Insertions, deletions, replacements and swaps of neighbours, by the whole table. */
function edits(one: string, other: string): number {
  const rows: number[][] = [];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 0; row <= one.length; row++) {
    rows.push([]);
    for (let column = 0; column <= other.length; column++) {
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const cost =
        row === 0 || column === 0
          ? row + column
          : Math.min(
              at(row - 1, column) + 1,
              at(row, column - 1) + 1,
              at(row - 1, column - 1) + (one[row - 1] === other[column - 1] ? 0 : 1),
              isSwap ? at(row - 2, column - 2) + 1 : Infinity,
            );
      rows[row]?.push(cost);
    }
  }
  return at(one.length, other.length);
}

function nearestPlainly(name: string, candidates: readonly string[]): readonly string[] {
  const wanted = plain(name);
  if (wanted.length > 64) return [];
  const limit = Math.min(3, Math.floor(wanted.length / 3));
  const near = [...new Set(candidates)]
    .filter((candidate) => candidate !== name && plain(candidate).length <= 64)
    .map((candidate) => ({ candidate, distance: edits(wanted, plain(candidate)) }))
    .filter(({ distance }) => distance <= limit)
    .sort(
      (a, b) =>
        a.distance - b.distance ||
        Math.abs(a.candidate.length - name.length) - Math.abs(b.candidate.length - name.length) ||
        (a.candidate < b.candidate ? -1 : 1),
    );
  return near
    .filter(({ distance }) => distance <= (near[0]?.distance ?? 0) + 1)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

const letters = (characters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength });
/** Few letters, so that many are near; now and then long, or with what does not count. */
const name = fc.oneof(
  letters("ab", 7),
  letters("abc", 12),
  fc
    .tuple(fc.constantFrom("ring_0000", "__GFP_", "GFP_", "_", "a".repeat(58)), letters("0Ab", 9))
    .map((all) => all.join("")),
);

test("the names that may have been meant are those of a plain comparison with every name", () => {
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 40 }),
      fc.array(name, { maxLength: 10 }),
      fc.array(name, { minLength: 1, maxLength: 5 }),
      (some, more, wanted) => {
        for (const each of wanted) expect(nearest(each, some, more)).toEqual(nearestPlainly(each, [...some, ...more]));
      },
    ),
    { numRuns: 2000, seed: 20261128 },
  );
});
