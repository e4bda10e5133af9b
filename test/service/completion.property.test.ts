import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedAt, parseFile, tokenize, type Wanted } from "../../grammar/index.ts";
import { file } from "../grammar/_arbitrary.ts";
import { isReadable } from "../grammar/_readable.ts";
import type { CompletionList } from "../../server/service/completion/items.ts";
import { fits } from "../../server/service/completion/offer.ts";
import { completeAt, labels } from "./_fixture.ts";

/** Where the tokens of a text begin, comments left out. */
function startsOf(text: string): readonly number[] {
  const { regions, starts } = parseFile(text);
  return regions.flatMap((region, index) =>
    tokenize(region)
      .filter(({ kind }) => kind !== "comment" && kind !== "doc")
      .map(({ start }) => start + (starts[index] ?? 0)),
  );
}

/** The beginning of a valid file, up to a token. */
const beginning = fc.tuple(file, fc.nat()).map(([text, at]) => {
  const starts = startsOf(text);
  return { text, offset: starts[at % Math.max(1, starts.length)] ?? 0 };
});

/** What the parser wants at the end of a text. A last region without an item is white space behind the one before. */
function wantedBehind(text: string): readonly Wanted[] {
  const { regions } = parseFile(text);
  const last = regions.at(-1)?.item === null ? 2 : 1;
  const declaration = regions
    .slice(-last)
    .map((region) => region.text)
    .join("");
  return expectedAt(declaration, declaration.length)?.wanted ?? [];
}

/** What a request has already, or its function does not take, is wanted by the parser and not offered. */
const LEFT_OUT = new Set(["property", "waiver", "kernelHeader", "configHeader"]);

/** What only the author can name, or what no file of the test declares. */
const OWN_NAMES = new Set([
  "declared",
  "rest",
  "subject",
  "request",
  "policy",
  "memory",
  "fact-value",
  "effect-value",
  "option-value",
]);

describe("Completion in every beginning of a valid file", () => {
  test("offers each keyword that the parser takes there", () => {
    fc.assert(
      fc.property(beginning, ({ text, offset }) => {
        // A space, so that what stands before is whole and a new word begins.
        const before = `${text.slice(0, offset)} `;
        const offered = labels(completeAt(before));
        for (const { kind, text: word, rule } of wantedBehind(before))
          if (kind === "keyword" && !LEFT_OUT.has(rule)) expect(offered, before).toContain(word);
      }),
      { seed: 401, numRuns: 300 },
    );
  });

  test("offers something wherever a name or a number is wanted, asked by a space too", () => {
    fc.assert(
      fc.property(beginning, ({ text, offset }) => {
        const before = `${text.slice(0, offset)} `;
        const wanted = wantedBehind(before).filter(
          ({ kind, role, rule, begins, optional }) =>
            (kind === "name" || kind === "number") &&
            !begins &&
            !optional &&
            !OWN_NAMES.has(role ?? "") &&
            (rule !== "version" || role === "version"),
        );
        if (wanted.length > 0) expect(completeAt(before, {}, " ").items.length, before).toBeGreaterThan(0);
      }),
      { seed: 403, numRuns: 300 },
    );
  });

  test("offers nothing twice, and no word that a key which accepts it would change once it is written", () => {
    fc.assert(
      fc.property(beginning, ({ text, offset }) => {
        const { items } = completeAt(`${text.slice(0, offset)} `);
        expect(new Set(items.map(({ label }) => label)).size).toBe(items.length);
        for (const { label, insert, snippet, kind } of items)
          if (kind !== "snippet" && kind !== "keyword" && !insert.startsWith("{"))
            expect([insert, snippet]).toEqual([label, null]);
      }),
      { seed: 404, numRuns: 200 },
    );
  });

  test("offers nothing that the parser would not take there", () => {
    fc.assert(
      fc.property(beginning, ({ text, offset }) => {
        const before = text.slice(0, offset);
        const { start, items } = completeAt(before);
        for (const { insert } of items.slice(0, 40)) {
          const written = `${before.slice(0, start)} ${insert}`;
          expect(isReadable(written), written).toBe(true);
        }
      }),
      { seed: 402, numRuns: 200 },
    );
  });
});

/** What is left of a list in a client that filters it itself: what has the letters, examples only for none. */
function filtered({ items }: CompletionList, typed: string): readonly string[] {
  return items
    .filter(({ example, label }) => (example ? typed === "" : fits(label, typed.toLowerCase())))
    .map(({ label }) => label)
    .sort();
}

/** The word itself is the first choice of every client; to take it, or nothing, changes nothing. */
function acceptable(labelled: readonly string[], typed: string): readonly string[] {
  return labelled.some((label) => label.toLowerCase() === typed.toLowerCase()) ? [] : labelled;
}

/** Names of which one begins another, or has its letters. */
const NESTED = ["one", "one_more", "one_more_x", "oxnye", "size", "__GFP_HIGH"] as const;

/** Places in a declaration of such a name, before what others of such names declare. */
const nested = fc
  .record({
    own: fc.constantFrom(...NESTED),
    others: fc.subarray([...NESTED]),
    place: fc.constantFrom(
      (own: string) => `request ${own} like `,
      (own: string) => `request ${own} {\n  api kmalloc\n  size 1 B\n  fallback `,
      (own: string) => `request ${own} {\n  api kmalloc\n  size 1 B\n  `,
      (own: string) => `request ${own} {\n  api kmalloc\n  `,
      (own: string) => `context ${own} like `,
      (own: string) => `context ${own} { scope nofs, `,
      (own: string) => `scope ${own} { }\ncontext c { scope `,
      (own: string) => `flags ${own} = __GFP_HIGH | `,
      (own: string) => `transform ${own}(gfp) = gfp | __GFP_HIGH | `,
      (own: string) => `policy ${own} like `,
      (own: string) => `memory ${own} like `,
      (own: string) => `expect ${own} { oom never }\nexpect `,
    ),
  })
  .map(({ own, others, place }) => ({
    before: place(own),
    rest: others
      .map((name) => `\n${["flags", "context", "request", "policy"].map((kind) => declared(kind, name)).join("\n")}`)
      .join(""),
  }));

const declared = (kind: string, name: string): string =>
  `${kind} ${name}${kind === "flags" ? " = GFP_KERNEL" : kind === "policy" ? " for kmalloc { }" : " { }"}`;

const anywhere = fc.record({ at: beginning, isBefore: fc.boolean() }).map(({ at: { text, offset }, isBefore }) => ({
  before: `${text.slice(0, offset)} `,
  rest: isBefore ? ` ${text.slice(offset)}` : "",
}));

/** Words that fit to a place or nearly: those offered, those of the text, and longer ones. */
const chosen = fc.record({
  from: fc.nat(),
  more: fc.constantFrom("", "s", "_MORE", "-x", "1"),
  trigger: fc.constantFrom(null, " "),
});

describe("A list of completions that a client filters while a word is typed on", () => {
  test.each([
    ["in every beginning of a valid file", anywhere, 406],
    ["where one name begins another", nested, 407],
  ] as const)("%s has what a list has that is asked for then, or is incomplete", (_, places, seed) => {
    fc.assert(
      fc.property(places, chosen, ({ before, rest }, { from, more, trigger }) => {
        const own = `${before}${rest}`.match(/[A-Za-z_]\w*/g) ?? [];
        const offered = labels(completeAt(`${before}$0${rest}`)).filter((one) => /^\w/.test(one));
        const words = [...new Set([...offered, ...own])];
        const word = `${words[from % Math.max(1, words.length)] ?? "x"}${more}`.slice(0, 20);
        const lists = Array.from({ length: word.length + 1 }, (_each, length) =>
          completeAt(`${before}${word.slice(0, length)}$0${rest}`, {}, length === 0 ? trigger : null),
        );
        for (const [length, older] of lists.entries()) {
          if (older.incomplete || older.items.length === 0) continue;
          for (const [later, fresh] of lists.entries()) {
            if (later <= length || fresh.start !== older.start) continue;
            const typed = word.slice(0, later);
            expect(
              acceptable(filtered(older, typed), typed),
              `${before}${typed}$0${rest}: the list of '${word.slice(0, length)}'`,
            ).toEqual(acceptable(filtered(fresh, typed), typed));
          }
        }
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe("Completion where names stand", () => {
  /** One place for each role that a name can have, with the first words of what is offered there. */
  test.each([
    ["an API", "request a { api $0", "kmalloc"],
    ["the APIs of a policy", "policy p for kmalloc, $0", "vmalloc"],
    ["a context", "request a { context $0", "softirq"],
    ["a context in a condition", "policy p { forbid in $0", "softirq"],
    ["a context that one is like", "context c like $0", "softirq"],
    ["a lock", "context c { holds $0", "mutex"],
    ["a scope", "context c { scope nofs, $0", "noio"],
    ["a zone", "request a { zone $0", "DMA32"],
    ["a zone of memory", "memory m { node 0 { zone $0", "Normal"],
    ["a watermark", "memory m { node 0 { zone Normal { watermarks min 1 MiB, $0", "low"],
    ["a build option", "config { $0", "PREEMPT_RT"],
    ["the value of an option", "config { PREEMPT_RT $0", "off"],
    ["a page size", "config { page $0", "64 KiB"],
    ["a version", "kernel 6.12 .. $0", "6.12"],
    ["a rule", "request a { waive $0", "sleep-in-atomic"],
    ["a fact", "expect a { oom never, $0", "fails"],
    ["a fact's value", "expect a { oom $0", "never"],
    ["an effect", "policy p { mode m otherwise { $0", "drain"],
    ["an effect's value", "policy p { mode m otherwise { drain lru | $0", "pcp"],
    ["a flag", "flags A = ~(GFP_KERNEL & $0", "__GFP_ZERO"],
    ["a unit", "request a { size 4 $0", "KiB"],
    ["nothing inherited", "request a { fallback $0", "none"],
  ])("offers %s", (_, marked, label) => {
    expect(labels(completeAt(marked))).toContain(label);
  });

  test("offers every property in an empty request", () => {
    const text = "request r {\n  ";
    const wanted = wantedBehind(text).flatMap(({ kind, text: word }) => (kind === "keyword" ? [word] : []));
    expect([...labels(completeAt(text))].sort()).toEqual([...wanted].sort());
  });
});
