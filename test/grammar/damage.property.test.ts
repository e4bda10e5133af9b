import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editFile, parseFile, parseMask } from "../../grammar/index.ts";
import { anyText, file } from "./_arbitrary.ts";

/**
 * Every construct of the language, as people write it; in short declarations, because each edit reads one of them
 * again.
 */
const SAMPLE = `/// A driver's policy.
kernel 6.1 .. 6.12
config { PREEMPT_RT on  page 4 KiB }
import "contexts.allocpolicy"

// where calls come from
context napi { in softirq  holds spinlock "rx" }
context journal like napi {
  in    process
  holds mutex "j"  // a note
  scope nofs, noio
}

flags RING = GFP_KERNEL | __GFP_NOWARN & ~__GFP_ZERO
transform nested(gfp) = gfp & (GFP_KERNEL | 0x100) | __GFP_NOWARN

policy driver for alloc_pages, kmalloc {
  forbid has __GFP_NOFAIL and in softirq
    because "a driver can report -ENOMEM"
  require has __GFP_NOWARN when order > 0 or not (size <= 4 KiB)
}

policy modes {
  ignore __GFP_COLD, __GFP_ZERO because "no effect"
  mode fast   when has __GFP_NORETRY { drain none, retries 0, fails often }
  mode normal otherwise              { drain lru | pcp, retries 5 }
}

policy stages for alloc_contig_range {
  stage isolation honours __GFP_NORETRY, GFP_KERNEL  internal
}

/* the hot path */
request rx_page {
  api      kmem_cache_alloc
  size     192 B
  flags    nested(GFP_ATOMIC) | RING
  context  napi
  cache    { ctor  size 256 }
}

request tx_page {
  node     any
  policy   driver
  expect   { sleeps never, oom never }
  waive    sleep-in-atomic because "tested"
  fallback none
}

request ring like rx_page {
  flags   RING
  handles null
}

memory rough {
  node 0 {
    zone Normal {
      managed    4 GiB
      free       order 0: 51200, order 1: 300
      watermarks min 45 MiB, low 56 MiB, high 67 MiB
      pinned     3 pages
    }
  }
}
memory report from "oops.log"

expect rx_page on rough { succeeds, retries 3 }
expect driver forbids __GFP_NOFAIL
expect driver within other
expect nested when lacks __GFP_DIRECT_RECLAIM gives lacks __GFP_NOFAIL
`;

const CHARACTERS = [
  "",
  "{",
  "}",
  "(",
  ")",
  '"',
  "|",
  "=",
  ",",
  ";",
  "@",
  "x",
  "7",
  " ",
  "\n",
  "/",
  "*",
  ".",
  "-",
  "&",
  "~",
  "<",
  "!",
  "?",
  ":",
  "é",
  "\u0000",
  "\ud800",
];

function found(text: string): string[] {
  return parseFile(text).regions.flatMap((region) =>
    region.problems.map((problem) => `${region.text.slice(problem.start, problem.end)}: ${problem.message}`),
  );
}

function only(text: string): string {
  const all = found(text);
  expect(all.length).toBe(1);
  return all[0] ?? "";
}

/** What an editor writes behind a text whose brackets and quotes are open. */
function closing(text: string): string {
  const code = text.replace(/\/\/.*/g, "");
  const open: string[] = [];
  let quoted = false;
  for (const char of code) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && "{(".includes(char)) open.push(char === "{" ? "}" : ")");
    else if (!quoted && "})".includes(char)) open.pop();
  }
  return `${quoted ? '"' : ""}${open.reverse().join("")}\n`;
}

describe("One wrong character", () => {
  // Edited, not read afresh: that both come to the same file is proved in edit.property.test.ts, and an edit costs a
  // tenth.
  const sample = parseFile(SAMPLE);
  const inSample = new Set(sample.regions.map((region) => region.text));

  test("gives at most one problem, and touches at most two declarations, wherever it stands in a file with every construct", () => {
    const wrong: unknown[] = [];
    for (let at = 0; at <= SAMPLE.length; at++) {
      for (const character of CHARACTERS) {
        for (const length of [0, 1]) {
          const end = Math.min(at + length, SAMPLE.length);
          const { regions } = editFile(sample, { start: at, end, text: character });
          const problems = regions.flatMap((region) => region.problems);
          const kept = regions.filter((region) => inSample.has(region.text)).length;
          if (problems.length > 1 || sample.regions.length - kept > 2)
            wrong.push({ at, character, length, problems: problems.map(({ message }) => message), kept });
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("that is not there yet, behind any word, is missed there and is at most one problem", () => {
    for (const { index, 0: word } of SAMPLE.matchAll(/\S+/g)) {
      const typed = SAMPLE.slice(0, index + word.length);
      const text = typed + closing(typed);
      const problems = parseFile(text).regions.flatMap((region) =>
        region.problems.map(({ start, end, message }) => `${region.text.slice(start, end)}: ${message}`),
      );
      expect(problems.length).toBeLessThanOrEqual(1);
      for (const problem of problems) expect(problem, text).not.toMatch(/something else|found (?:`[})]`|the end)|^}: /);
    }
  });

  test("in a request leaves its other properties in the tree", () => {
    const [region] = parseFile(
      "request a {\n  api kmalloc\n  size 4 @@ KiB\n  flags GFP_KERNEL || __GFP_ZERO\n  order\n  context process\n}\n",
    ).regions;
    expect(region?.item?.kind === "request" ? region.item.properties.map((property) => property.kind) : null).toEqual([
      "api",
      "size",
      "flags",
      "order",
      "context",
    ]);
  });
});

describe("Problems", () => {
  test("are none exactly where a region is a valid item, on any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const region of parseFile(text).regions) {
          const alone = parseFile(region.text).regions;
          expect(alone.flatMap((one) => one.problems).length === 0).toBe(region.problems.length === 0);
        }
      }),
      { seed: 7, numRuns: 1500 },
    );
  });
  test("are the same, and so is all else, when the shapes of a torn file are known", () => {
    const read = (text: string) => {
      const { regions, starts, reaches } = parseFile(text);
      const plain = regions.map(({ text, kind, name, item, problems }) => ({ text, kind, name, item, problems }));
      return { regions: plain, starts, reaches };
    };
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(60), fc.boolean(), (whole, at, length, cutsEnd) => {
        const start = at % (whole.length + 1);
        const text = whole.slice(0, start) + (cutsEnd ? "" : whole.slice(start + length));
        expect(read(text)).toEqual(read(text));
      }),
      { numRuns: 300 },
    );
  });

  test("lie within their region", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const region of parseFile(text).regions) {
          for (const { start, end } of region.problems)
            expect(0 <= start && start <= end && end <= region.text.length).toBe(true);
        }
      }),
      { seed: 8, numRuns: 1500 },
    );
  });
  test("that offer a fix are gone with it", () => {
    fc.assert(
      fc.property(
        file,
        fc.constantFrom(["|", "||"], ["&", "&&"], ["~", "!"], ["KiB", "kB"], ["GFP_KERNEL", "(gfp_t)GFP_KERNEL"]),
        (text, [right = "", wrong = ""]) => {
          const at = text.indexOf(` ${right}`);
          fc.pre(at >= 0);
          const damaged = text.slice(0, at + 1) + wrong + text.slice(at + 1 + right.length);
          const parsed = parseFile(damaged);
          const i = parsed.regions.findIndex((region) => region.problems.length > 0);
          const fix = parsed.regions[i]?.problems[0]?.fix;
          fc.pre(fix !== undefined);
          const start = (parsed.starts[i] ?? 0) + (fix?.start ?? 0);
          const mended =
            damaged.slice(0, start) + (fix?.text ?? "") + damaged.slice((parsed.starts[i] ?? 0) + (fix?.end ?? 0));
          expect(found(mended)).toEqual([]);
        },
      ),
      { seed: 9, numRuns: 300 },
    );
  });

  test("of conditions that nothing joins, and of words of other languages, offer what the policy is whole with", () => {
    const conditions = ["has A", "lacks A | B", "order > 3", "in softirq", "not only A", "sleeps"];
    for (const [first, second] of conditions.flatMap((one) => conditions.map((two) => [one, two] as const))) {
      for (const clause of [
        `forbid ${first} ${second}`,
        `allow ${first}, ${second} because "x"`,
        `warn ${first} if ${second}`,
        `require ${first} if ${second}`,
        `require ${first} when ${second}, ${first}`,
        `mode m if ${first} ${second} { oom never }`,
      ]) {
        let text = `policy p { ${clause} }`;
        for (let fixes = 0; fixes < 2 && found(text).length > 0; fixes++) {
          const { fix } = parseFile(text).regions[0]?.problems[0] ?? {};
          expect(fix, text).toBeDefined();
          text = text.slice(0, fix?.start) + (fix?.text ?? "") + text.slice(fix?.end);
        }
        expect(found(text), text).toEqual([]);
      }
    }
  });

  test("of a condition without its word, or with another, offer one that the policy is whole with", () => {
    const words = ["", "hsa ", "anny ", "lack ", "onyl ", "iss ", "!"];
    const masks = ["__GFP_NOFAIL", "GFP_KERNEL | __GFP_ZERO", "RX_FLAGS"];
    const clauses = [
      "allow C",
      "forbid C",
      "warn order > 3 and C",
      "allow in c or C",
      "forbid (C)",
      "require C when C",
    ];
    for (const clause of [...clauses, "mode m when C { oom never }"]) {
      for (const condition of words.flatMap((word) => masks.map((mask) => word + mask))) {
        let text = `policy p { ${clause.replaceAll("C", condition)} }`;
        for (let left = clause.split("C").length - 1; left > 0; left--) {
          const { fix } = parseFile(text).regions[0]?.problems[0] ?? {};
          expect(fix, text).toBeDefined();
          text = text.slice(0, fix?.start) + (fix?.text ?? "") + text.slice(fix?.end);
        }
        expect(found(text), text).toEqual([]);
      }
    }
  });

  for (const [text, problem] of [
    ["flags A = B || C", "||: `||` is not a mask operator: write `|`."],
    ["flags A = B && C", "&&: `&&` is not a mask operator: write `&`, or `and` between conditions."],
    ["policy p { forbid !has A }", "!: `!` is not used here: write `not` before the condition."],
    ["policy p { forbid !A }", "!: `!` is not used here: write `lacks` before the mask."],
    [
      "policy p { forbid A }",
      "A: A mask alone is no condition: write `has`, `any`, `lacks`, `only` or `is` before `A`; before a context, `in`.",
    ],
    ["policy p { forbid hsa A }", "hsa: `hsa` is no condition: write `has`."],
    [
      "policy p { forbid contains A }",
      "contains: `contains` is no condition: before a mask stands `has`, `any`, `lacks`, `only` or `is`.",
    ],
    [
      "policy p { forbid A if in c }",
      "A: A mask alone is no condition: write `has`, `any`, `lacks`, `only` or `is` before `A`; before a context, `in`.",
    ],
    ["policy p { require has A if lacks B }", "if: `if` is not used here: write `when`."],
    ["policy p { require has A unless has B }", "unless: `unless` is not used here: write `when not (…)`."],
    ["policy p { mode m if has B { oom never } }", "if: `if` is not used here: write `when`."],
    ["policy p { forbid has A has B }", "has: Conditions are joined by `and` or `or`: write one of them before this."],
    [
      "policy p { forbid in c order > 3 }",
      "order: Conditions are joined by `and` or `or`: write one of them before this.",
    ],
    ["policy p { forbid has A, order > 3 }", ",: `,` joins no conditions: write `and` or `or`."],
    ["request r { flags A in c }", "in: Expected a property such as `api` or `flags`, or `}`, found `in`."],
    [
      "memory m { node 0 { zone Normal { free order 0: 1 order 3: 2 } } }",
      "order: Blocks are separated by commas: write `, order`.",
    ],
    ["request r { size 2*1024 }", "*: `*` computes nothing here: write the number."],
    ["request r { size 4096 / 2 }", "/: `/` computes nothing here: write the number."],
    ["policy p { allow in { c } }", "{: Expected the name of a context, found `{`."],
    ["policy p { forbid order != 3 }", "!=: `!=` is not a comparison here: write `not` before the condition and `==`."],
    ["flags A = (gfp_t)B", "(gfp_t): A mask takes no cast: remove it."],
    ["flags A = (__force gfp_t) 0x10u", "(__force gfp_t): A mask takes no cast: remove it."],
    ["flags A = B ? C", "C: `:` is missing after `C`."],
    ["request r { flags A, B }", ",: `,` joins no flags: write `|`."],
    ["request r { api kmalloc, flags A }", ",: Nothing stands between these: leave the `,` out."],
    ["request r { flags A, }", ",: Nothing stands between these: leave the `,` out."],
    ["policy p { forbid has A, require has B }", ",: Nothing stands between these: leave the `,` out."],
    ["policy p { forbid has A when in softirq }", "when: `forbid` takes one condition: write `and` instead of `when`."],
    [
      "policy p { require has A }",
      "A: `require` says when: write `when` and a condition behind this. What every mask needs is a `forbid`: `forbid lacks __GFP_NOWARN`.",
    ],
    [
      "request r { context softirq, spinlock }",
      ",: A request has one context: declare `context here { in softirq in spinlock }`, and name that.",
    ],
    ["request r { flags A < B }", "<: A mask compares nothing: write the flags, joined by `|`."],
    ["flags A = B C", "C: Flags are joined by `|`: write `| C`."],
    ["flags A = (B | C", "(: This `(` is not closed: write the `)`."],
    ["flags A = B)", "): This `)` closes nothing: remove it."],
    ["flags A = B |", "|: A flag is missing after `|`."],
    ["request r { size 4 kB }", "kB: `kB` is no unit: write `KiB`."],
    ["request r { api kmalloc", "kmalloc: A `}` is missing: write it after this."],
    ["request { api kmalloc }", "request: A name is missing after `request`."],
    ["reqest r { api kmalloc }", "reqest: `reqest` begins no declaration: write `request`."],
    ["request r { holds x }", "holds: Expected a property such as `api` or `flags`, or `}`, found `holds`."],
    ['import "x', '"x: This text has no end: write `"` before the line ends.'],
    ["flags A = B /* note\n", "/* note: This comment has no end: write `*/`."],
    ["flags A = GFP_@KERNEL", "GFP_@KERNEL: A name has only letters, digits and `_`: `GFP_@KERNEL` has others."],
    ["policy p { mode a when has B { retries } }", "retries: A value is missing after `retries`."],
    ["request r {\n  api\n  size 4\n}", "api: A name is missing after `api`."],
    ["request r { api = kmalloc }", "=: Nothing stands behind `api` but what it says: leave the `=` out."],
    ["request r { order }", "order: A number or `unknown` is missing after `order`."],
    ["policy p { forbid order }", "order: `<`, `<=`, `>`, `>=` or `==` is missing after `order`."],
    ["transform t(gfp)", "): `=` is missing after `)`."],
    ["kernel 6.1,", ",: A version such as `6.12` is missing after `,`."],
    ["kernel 6.1 .. 6.6, 6.12", ",: A header has one range, `6.1 .. 6.12`, or a list of versions, `6.1, 6.6, 6.12`."],
    ["config { CMA on, NUMA off }", ",: Nothing stands between these: leave the `,` out."],
    [
      "policy p for kmalloc like q { allow has A }",
      "like: `like` stands before `for`: write `policy NAME like OTHER for FUNCTIONS`.",
    ],
    ["kernel six", "six: A version such as `6.12` is missing after `six`."],
  ] as const) {
    test(`name what is wrong in \`${text}\` and what to write`, () => {
      expect(only(text)).toBe(problem);
    });
  }

  test("of a comment that somebody begins to write are not that it computes something", () => {
    for (const text of ["request r { size 4096 }\n/", "request r { size 4096\n/ }", "flags A = B /", "flags A = 1\n/"])
      expect(found(text).join(), text).not.toContain("computes");
  });

  test("of separate properties are all reported", () => {
    expect(found("request r {\n  api\n  order 1\n  flags A || B\n  size 3\n  node x\n}\n").length).toBe(3);
  });
  test("of a mask alone are found too", () => {
    expect(parseMask("GFP_KERNEL || X").problems.length).toBe(1);
    expect(parseMask("").problems.length).toBe(1);
    expect(parseMask("GFP_KERNEL|0xc0u").problems).toEqual([]);
  });
});

describe("A commented-out declaration", () => {
  test("is a comment", () => {
    expect(found("/*\nrequest a {\n  api\n}\n*/\nflags A = B\n")).toEqual([]);
  });
  test("does not hide that an earlier comment has no end", () => {
    const parsed = parseFile("flags A = B /* note\n\nrequest r { api x }\n\n/* fine */\nflags C = D\n");
    expect(parsed.regions.map((region) => region.item?.kind)).toEqual(["flags", "request", "flags"]);
  });
});
