import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editFile, format, formattedParts, isKeyword, parseFile } from "../../grammar/index.ts";
import { print } from "../../grammar/printer.ts";
import { anyText, file, wildFile } from "./_arbitrary.ts";

const POSITIONS = new Set(["start", "end", "keyword"]);

/** The tree without its positions. */
function treeOf(text: string): unknown {
  const bare = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(bare);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(
      Object.entries(node)
        .filter(([key]) => !POSITIONS.has(key))
        .map(([key, value]) => [key, bare(value)]),
    );
  };
  return bare(parseFile(text).regions.flatMap((region) => (region.item === null ? [] : [region.item])));
}

function formatted(text: string): string {
  const result = format(text);
  if (result.kind !== "formatted") throw new Error(`damaged: ${text}`);
  return result.text;
}

function commentsOf(text: string): string[] {
  return [...text.matchAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g)]
    .map(([match]) => match.replace(/\r/g, "").trimEnd())
    .filter((match) => match.startsWith("/"));
}

/**
 * Declarations that stand in columns where they follow each other, with any white space and comments between their
 * words.
 */
const runs: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        "context b { in process }",
        "context long_name like b { in softirq scope nofs }",
        "context c { }",
        "expect b { sleeps never , oom may }",
        "expect long_name on m { fails }",
        "expect p forbids A | __GFP_ZERO",
        "expect policy_of allows B",
        "expect p within q",
        "flags A = B | C",
        "policy p { mode x when has A { oom never } mode other otherwise { } }",
        "request r { expect { oom never } size 4 KiB }",
      ),
      fc.array(fc.constantFrom(" ", " ", " ", "  ", "\n", "\n\n", " // c\n", " /* c */ ", " /* c\n d */ "), {
        minLength: 1,
      }),
    ),
    { minLength: 2, maxLength: 5 },
  )
  .map((all) =>
    all
      .map(([text, gaps]) => text.split(" ").reduce((out, word, i) => `${out}${gaps[i % gaps.length]}${word}`, ""))
      .join("\n"),
  );

/** A valid text with the changes of its parts carried out. */
function changed(text: string): string {
  let out = "";
  for (const part of formattedParts(parseFile(text)) ?? []) {
    let at = part.start;
    for (const change of part.changes) {
      out += text.slice(at, part.start + change.start) + change.text;
      at = part.start + change.end;
    }
    out += text.slice(at, part.end);
  }
  return out;
}

describe("The formatter", () => {
  for (const [what, texts, seed] of [
    ["files laid out plainly", file, 11],
    ["files laid out wildly", wildFile, 12],
    ["declarations that follow each other", runs, 14],
  ] as const) {
    test(`keeps the tree of ${what}`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          expect(treeOf(formatted(text))).toEqual(treeOf(text));
        }),
        { seed, numRuns: 400 },
      );
    });
    test(`keeps the comments of ${what}`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          expect(commentsOf(formatted(text))).toEqual(commentsOf(text));
        }),
        { seed, numRuns: 400 },
      );
    });
    test(`leaves what it made of ${what} alone`, () => {
      fc.assert(
        fc.property(texts, (text) => {
          const once = formatted(text);
          expect(formatted(once)).toBe(once);
        }),
        { seed, numRuns: 400 },
      );
    });
  }

  test("prints declaration by declaration what it prints of the whole", () => {
    const texts = fc.oneof(
      wildFile,
      runs,
      fc.tuple(file, runs, wildFile).map((all) => all.join("\n")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { regions, starts } = parseFile(text);
        const items = regions.flatMap(({ item }, i) => (item === null ? [] : [{ item, base: starts[i] ?? 0 }]));
        expect(formatted(text).replace(/\r\n/g, "\n")).toBe(print(text, items, true).text);
      }),
      { seed: 15, numRuns: 400 },
    );
  });

  test("prints a file as it is alone when one was printed before that differs in names and numbers of the same length", () => {
    let alike = 0;
    const letters = fc.array(fc.constantFrom(..."abcxyzABCXYZ_"), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(file, wildFile, runs), fc.boolean(), letters, (text, isFormatted, names) => {
        const first = isFormatted ? formatted(text) : text;
        let at = 0;
        const letter = (): string => names[at++ % names.length] ?? "a";
        const other = first.replace(/\b(?:[A-Za-z_]\w*|[1-9]\d*\b)/g, (word) =>
          isKeyword(word)
            ? word
            : word.replace(/./g, (one) => (/^\d/.test(word) ? String((Number(one) % 9) + 1) : letter())),
        );
        formatted(first);
        const { regions, starts } = parseFile(other);
        // A name may have become a word of the language.
        if (regions.some(({ problems }) => problems.length > 0)) return;
        const items = regions.flatMap(({ item }, i) => (item === null ? [] : [{ item, base: starts[i] ?? 0 }]));
        const alone = print(other, items, true).text;
        alike++;
        expect(formatted(other).replace(/\r\n/g, "\n")).toBe(alone);
        expect(changed(other)).toBe(formatted(other));
      }),
      { seed: 16, numRuns: 500 },
    );
    expect(alike).toBeGreaterThan(200);
  });

  test("prints after an edit what it prints of the text", () => {
    fc.assert(
      fc.property(runs, runs, fc.nat(), (text, inserted, at) => {
        const before = parseFile(text);
        formattedParts(before);
        const start = before.starts[at % before.starts.length] ?? 0;
        const after = editFile(before, { start, end: start, text: `${inserted}\n` });
        const parts = formattedParts(after);
        expect(parts === null ? null : parts.map((part) => part.text).join("")).toBe(
          parts === null ? null : formatted(after.text),
        );
        if (parts !== null) expect(changed(after.text)).toBe(formatted(after.text));
        parts?.forEach((part, i) => {
          expect(part.start).toBe(i === 0 ? 0 : parts[i - 1]?.end);
        });
      }),
      { seed: 16, numRuns: 400 },
    );
  });

  test("leaves a text with syntax problems alone", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const damaged = parseFile(text).regions.some((region) => region.problems.length > 0);
        expect(format(text).kind).toBe(damaged ? "damaged" : "formatted");
      }),
      { seed: 13, numRuns: 400 },
    );
  });

  test("sets the values of a request in one column and one property on each line", () => {
    expect(formatted("request a like b{api kmalloc size 4KiB;flags GFP_KERNEL|__GFP_ZERO fallback none}")).toBe(
      "request a like b {\n  api      kmalloc\n  size     4 KiB\n  flags    GFP_KERNEL | __GFP_ZERO\n  fallback none\n}\n",
    );
  });
  test("sets one-line contexts, modes, stages and expectations that follow each other in columns", () => {
    expect(
      formatted(
        'context a { in process holds mutex "m" }\ncontext longer{in softirq}\n\npolicy p {\nmode x when has A {fails often}\nmode longer otherwise { drain lru|pcp, retries 5 }\nstage s honours A,B internal\n}\nexpect a{oom never}\nexpect longer { }\n',
      ),
    ).toBe(
      'context a      { in process  holds mutex "m" }\ncontext longer { in softirq }\n\npolicy p {\n  mode x      when has A { fails often }\n  mode longer otherwise  { drain lru | pcp, retries 5 }\n  stage s honours A, B  internal\n}\nexpect a      { oom never }\nexpect longer { }\n',
    );
  });
  test("keeps at most one blank line, none at the ends of a block", () => {
    expect(formatted("\n\nflags A = B\n\n\n\nrequest a {\n\n  api x\n\n\n  order 1\n\n}\nflags C = D")).toBe(
      "flags A = B\n\nrequest a {\n  api   x\n\n  order 1\n}\nflags C = D\n",
    );
  });
  test("keeps the author's line breaks in a mask, set under its first flag", () => {
    expect(formatted("request a {\n api x\n flags GFP_KERNEL |\n __GFP_ZERO\n | __GFP_NOWARN\n}\n")).toBe(
      "request a {\n  api   x\n  flags GFP_KERNEL |\n        __GFP_ZERO\n        | __GFP_NOWARN\n}\n",
    );
  });
  test("keeps `because` on its own line, indented", () => {
    expect(formatted('policy p {\nforbid has X\nbecause "y"\n}\n')).toBe(
      'policy p {\n  forbid has X\n    because "y"\n}\n',
    );
  });
  test("keeps comments beside what they stand beside, in a column", () => {
    expect(formatted('context a {\n in process // one\n holds mutex "m"    // two\n // three\n}\n// four\n')).toBe(
      'context a {\n  in    process    // one\n  holds mutex "m"  // two\n  // three\n}\n// four\n',
    );
  });
  test("keeps CRLF", () => {
    expect(formatted("flags A = B\r\nflags   C = D\r\n")).toBe("flags A = B\r\nflags C = D\r\n");
  });
  test("writes versions and rule names without spaces and a range with them", () => {
    expect(formatted('kernel 6.1..android-6.18\nrequest a { waive sleep-in-atomic because "x" }')).toBe(
      'kernel 6.1 .. android-6.18\nrequest a {\n  waive sleep-in-atomic because "x"\n}\n',
    );
  });
  test("makes nothing of an empty text", () => {
    expect(formatted("")).toBe("");
  });
});
