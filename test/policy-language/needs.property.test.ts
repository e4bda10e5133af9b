import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceOf } from "../../grammar/difference.ts";
import { editFile, parseFile } from "../../grammar/index.ts";
import type { Region, SourceFile } from "../../grammar/source-file.ts";
import { carryUsers, isNeeded, usersKept, usersOf } from "../../server/policy-language/analysis/need-users.ts";
import { indexOf, type FileIndex } from "../../server/policy-language/analysis/file-index.ts";
import { needsOf } from "../../server/policy-language/analysis/needs.ts";
import { namesOf } from "../../server/policy-language/analysis/region-names.ts";
import { anyText, file, wildFile } from "../grammar/_arbitrary.ts";
import { declaration, headers } from "./_arbitrary.ts";

const policyFile = fc
  .tuple(headers, fc.array(declaration, { maxLength: 8 }))
  .map(([first, rest]) => `${first}\n${rest.join("\n")}`);

const WORDS = ["rx", "none", "nofs", "m", "pin", "alloc_pages", "B", "KiB", "flags", "GFP_KERNEL"];

/** A text whose words are others of a few: declarations of the same types of tokens, with names that mean something. */
const renamed = fc
  .tuple(fc.oneof(file, policyFile), fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 40 }))
  .map(([text, words]) => {
    let next = 0;
    return text.replace(/\b(?:rx|tx_ring|driver|none|nofs|process|m|[a-d])\b/g, (word) => {
      next += 1;
      return next % 2 === 0 ? word : (words[next % words.length] ?? word);
    });
  });

describe("What a declaration needs", () => {
  test("is told without its tree as its tree tells it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(file, policyFile, wildFile, anyText, renamed), { minLength: 2, maxLength: 4 }),
        (texts) => {
          for (const region of parseFile([...texts, ...texts].join("\n")).regions)
            expect([...needsOf(region)].toSorted(), region.text).toEqual([...namesOf(region).needs].toSorted());
        },
      ),
      { seed: 31, numRuns: 300 },
    );
  });

  test("is told where a name means something by what it is", () => {
    const forms = [
      (name: string) => `request r${name} { api kmalloc fallback ${name} }`,
      (name: string) => `context c${name} { in process scope ${name} }`,
      (name: string) => `transform t(${name}) = m | ${name} | x`,
      (name: string) => `transform t(m) = m | ${name} | x`,
      (name: string) => `transform t(${name}) = m(${name}) | x(m)`,
      (name: string) => `transform t(m) = ${name}(m) | x`,
      (name: string) => `expect ${name} gives has m`,
    ];
    for (const form of forms) {
      for (const name of ["other", "none", "nofs", "m", "x", "noio", "other"]) {
        for (const region of parseFile(`${form(name)}\n${form("again")}\n`).regions)
          expect([...needsOf(region)].toSorted(), region.text).toEqual([...namesOf(region).needs].toSorted());
      }
    }
  });
});

const edit = fc.record({
  at: fc.nat(2000),
  length: fc.oneof(fc.nat(3), fc.nat(200)),
  text: fc.oneof(fc.constantFrom("", "x", "\n", "}", "/*"), declaration),
});

describe("Who needs a name", () => {
  test("is known of each text after edits as of one that is listed anew", () => {
    fc.assert(
      fc.property(policyFile, fc.array(edit, { minLength: 1, maxLength: 12 }), (text, edits) => {
        let source = parseFile(text);
        for (const { at, length, text: inserted } of edits) {
          const start = at % (source.text.length + 1);
          const before = source;
          isNeeded(before, "any");
          source = editFile(before, { start, end: Math.min(start + length, before.text.length), text: inserted });
          carryUsers(before, source);
          for (const key of new Set([...before.regions, ...source.regions].flatMap(needsOf))) {
            const all = source.regions.flatMap((region, i) => (needsOf(region).includes(key) ? [i] : []));
            expect(usersOf(source, key).toSorted((one, other) => one - other)).toEqual(all);
            const others = all.filter((i) => source.regions[i]?.kind !== "request");
            expect(usersOf(source, key, "all but requests").toSorted((one, other) => one - other)).toEqual(others);
            expect(isNeeded(source, key)).toBe(all.length > 0);
          }
        }
      }),
      { seed: 32, numRuns: 300 },
    );
  });
});

describe("Who stays and needs a name", () => {
  const expectKept = (before: SourceFile, after: SourceFile): void => {
    const { start, newEnd } = differenceOf(before.regions, after.regions);
    for (const key of new Set([...before.regions, ...after.regions].flatMap(needsOf))) {
      const kept = (isAsked: (region: Region) => boolean): readonly number[] =>
        after.regions.flatMap((region, i) =>
          (i < start || i >= newEnd) && isAsked(region) && needsOf(region).includes(key) ? [i] : [],
        );
      expect(usersKept(before, after, key).toSorted((one, other) => one - other)).toEqual(kept(() => true));
      const others = kept(({ kind }) => kind !== "request");
      expect(usersKept(before, after, key, "all but requests").toSorted((one, other) => one - other)).toEqual(others);
    }
  };

  test("is told after any edit", () => {
    fc.assert(
      fc.property(policyFile, edit, (text, { at, length, text: inserted }) => {
        const before = parseFile(text);
        const start = at % (text.length + 1);
        expectKept(before, editFile(before, { start, end: Math.min(start + length, text.length), text: inserted }));
      }),
      { seed: 34, numRuns: 200 },
    );
  });

  test.each([0, 4, 40])("is told where an edit changes hundreds between %i on either side", (stay) => {
    const one = (i: number): string => `request r${i} like r${(i * 7) % 400} { api kmalloc flags M${i % 3} }\n`;
    const ends = Array.from({ length: stay }, (_, i) => `flags M${i} = M${i + 1}\nexpect r${i} { sleeps never }\n`);
    const end = ends.join("");
    const middle = Array.from({ length: 400 }, (_, i) => one(i)).join("");
    const before = parseFile(`kernel 6.12\n${end}${middle}${end}`);
    const start = before.text.indexOf("request");
    const edited = middle.replaceAll("M1", "MASK");
    expectKept(before, editFile(before, { start, end: start + middle.length, text: edited }));
  });
});

describe("What a text declares", () => {
  test("is known of each text after edits as of one that is read anew", () => {
    const known = (index: FileIndex): unknown => ({
      ...index,
      file: null,
      first: [...index.first].toSorted(),
      damagedWords: null,
    });
    fc.assert(
      fc.property(policyFile, fc.array(edit, { minLength: 1, maxLength: 12 }), (text, edits) => {
        let index = indexOf(parseFile(text), null);
        for (const { at, length, text: inserted } of edits) {
          const { file: before } = index;
          const start = at % (before.text.length + 1);
          const end = Math.min(start + length, before.text.length);
          index = indexOf(editFile(before, { start, end, text: inserted }), index);
          expect(known(index)).toEqual(known(indexOf(parseFile(index.file.text), null)));
        }
      }),
      { seed: 33, numRuns: 500 },
    );
  });
});
