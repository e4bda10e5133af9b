import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTaken, judge, type Judgement } from "../../server/policy-language/policies/judgement.ts";
import { resolvePolicy } from "../../server/policy-language/policies/resolved-policy.ts";
import { environmentOf } from "../../server/policy-language/analysis/file-analysis.ts";
import { contextOf } from "../../server/model/contexts.ts";
import { EMPTY, mask, type FlagName, type Mask } from "../../server/model/masks/mask.ts";
import { flagText } from "../../server/model/masks/names.ts";
import { toMarkdown } from "../../server/service/matrix/markdown.ts";
import { toSvg } from "../../server/service/matrix/svg.ts";
import { matrixOf, policiesOf } from "../../server/service/matrix.ts";
import type { Matrix, MatrixCell } from "../../server/service/matrix/spans.ts";
import { fixture } from "./_fixture.ts";

/** The matrix of the policy at `$0`, or of the first one. */
function matrixIn(
  text: string,
  others: Readonly<Record<string, string>> = {},
): { readonly matrix: Matrix; readonly text: string } {
  const made = fixture(text, others);
  const answer = matrixOf(made.workspace, made.uri, { offset: text.includes("$0") ? made.offset : 0 });
  if (answer?.kind !== "matrix") throw new Error(`no matrix: ${JSON.stringify(answer)}`);
  return { matrix: answer.matrix, text: made.text };
}

/**
 * The cells of some rows, as `kind` with `!` where every mask has it, `?` where it depends and `~` where a warning is
 * given.
 */
function tableOf(matrix: Matrix, names: readonly string[]): readonly string[] {
  const rows = matrix.groups.flatMap((group) => group.rows);
  return names.map(
    (name) =>
      `${name}: ${
        rows
          .find((row) => row.name === name)
          ?.cells.map(textOf)
          .join(" ") ?? "no such row"
      }`,
  );
}

const textOf = ({ kind, always, conditional, warned }: MatrixCell): string =>
  `${kind}${always ? "!" : ""}${conditional ? "?" : ""}${warned ? "~" : ""}`;

function cellOf(matrix: Matrix, row: string, column: string): MatrixCell {
  const index = matrix.columns.findIndex(({ name }) => name === column);
  const cell = matrix.groups.flatMap(({ rows }) => rows).find(({ name }) => name === row)?.cells[index];
  if (cell === undefined) throw new Error(`no cell ${row}, ${column}`);
  return cell;
}

/** The text that a cell leads to. */
function ruleText(text: string, { rule }: MatrixCell): string | null {
  return rule === null ? null : text.slice(rule.start, rule.end);
}

const RANGE = `kernel 5.10

policy contig_range for alloc_contig_range {
  forbid has __GFP_NOFAIL because "one pinned page would hold the caller for ever"
  forbid lacks __GFP_DIRECT_RECLAIM
  forbid has __GFP_NORETRY | __GFP_RETRY_MAYFAIL because "they ask for opposite efforts"
  allow only GFP_KERNEL | __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOWARN | __GFP_THISNODE
  ignore __GFP_THISNODE because "the range decides"

  mode fast   when has __GFP_NORETRY       { retries 0, oom never }
  mode hard   when has __GFP_RETRY_MAYFAIL { retries 5 }
  mode normal otherwise                    { drain lru | pcp }
}
`;

describe("the matrix of a policy", () => {
  test("is that of the newest kernel, also where older ones look the same to the policy", () => {
    for (const newest of ["6.10", "6.11", "6.12", "6.18"]) {
      const made = fixture(`kernel 6.1 .. ${newest}\npolicy p { forbid has __GFP_NOFAIL }\n`);
      const answer = matrixOf(made.workspace, made.uri, { offset: 0 });
      expect(answer).toMatchObject({ kind: "matrix", matrix: { kernel: newest, kernels: `6.1 .. ${newest}` } });
    }
  });

  test("has the modes across and says for each flag what it is to each mode", () => {
    const { matrix } = matrixIn(RANGE);
    expect(matrix.columns).toMatchObject([
      { name: "fast", selectedBy: "has __GFP_NORETRY", reachable: true },
      { name: "hard", selectedBy: "has __GFP_RETRY_MAYFAIL", reachable: true },
      { name: "normal", selectedBy: "otherwise", reachable: true },
    ]);
    expect(
      tableOf(matrix, [
        "__GFP_NORETRY",
        "__GFP_RETRY_MAYFAIL",
        "__GFP_NOFAIL",
        "__GFP_DIRECT_RECLAIM",
        "__GFP_IO",
        "__GFP_ZERO",
        "__GFP_THISNODE",
        "GFP_KERNEL",
      ]),
    ).toEqual([
      "__GFP_NORETRY: selects! forbidden forbidden",
      "__GFP_RETRY_MAYFAIL: forbidden selects! forbidden",
      "__GFP_NOFAIL: forbidden forbidden forbidden",
      "__GFP_DIRECT_RECLAIM: required! required! required!",
      "__GFP_IO: allowed allowed allowed",
      "__GFP_ZERO: forbidden forbidden forbidden",
      "__GFP_THISNODE: ignored ignored ignored",
      "GFP_KERNEL: allowed allowed allowed",
    ]);
  });

  test("names for each cell the clause that decides it, and the author's reason", () => {
    const { matrix, text } = matrixIn(RANGE);
    const decided = (row: string, column: string): readonly (string | null)[] => [
      ruleText(text, cellOf(matrix, row, column)),
      cellOf(matrix, row, column).reason,
    ];
    expect(decided("__GFP_NOFAIL", "hard")).toEqual([
      "has __GFP_NOFAIL",
      "a mask with it is forbidden: “one pinned page would hold the caller for ever”",
    ]);
    expect(decided("__GFP_DIRECT_RECLAIM", "fast")).toEqual([
      "lacks __GFP_DIRECT_RECLAIM",
      "a mask without it is forbidden",
    ]);
    expect(decided("__GFP_RETRY_MAYFAIL", "fast")).toEqual([
      "has __GFP_NORETRY | __GFP_RETRY_MAYFAIL",
      "a mask with it is forbidden: “they ask for opposite efforts”",
    ]);
    expect(decided("__GFP_NORETRY", "normal")).toEqual(["has __GFP_NORETRY", "a mask with it selects `fast` instead"]);
    expect(decided("__GFP_NORETRY", "fast")).toEqual(["has __GFP_NORETRY", "every mask of this mode has it"]);
    expect(decided("__GFP_ZERO", "fast")[1]).toBe("a mask with it is outside of `allow`");
    expect(decided("__GFP_THISNODE", "fast")).toEqual([
      "__GFP_THISNODE",
      "accepted and without effect: “the range decides”",
    ]);
  });

  test("has a row for every flag of the newest kernel in force, each once, by group", () => {
    const { matrix } = matrixIn("kernel 5.10 .. 6.12\npolicy p { forbid has __GFP_NOFAIL }\n");
    expect(matrix).toMatchObject({ kernel: "6.12", kernels: "5.10 .. 6.12" });
    const kernel = environmentOf(fixture("kernel 6.12\n").workspace, fixture("").uri)?.kernels.at(-1);
    const flags = matrix.groups
      .filter(({ title }) => title !== "Composites")
      .flatMap(({ rows }) => rows.map(({ name }) => name));
    const named = Object.entries(kernel?.bits ?? {}).flatMap(([flag, bit]) => (bit === 0 ? [] : [`__GFP_${flag}`]));
    expect([...flags].sort()).toEqual(named.sort());
    expect(matrix.groups.map(({ title }) => title)).toEqual([
      "Zone modifiers",
      "Mobility and placement",
      "Watermarks",
      "Reclaim modifiers",
      "Action modifiers",
    ]);
  });

  test("has one column where there are no modes, and then everything that no rule is against is allowed", () => {
    const { matrix } = matrixIn("kernel 6.12\npolicy p { forbid has __GFP_NOFAIL }\n");
    expect(matrix.columns).toMatchObject([{ name: "any mode", selectedBy: "", span: null }]);
    expect(tableOf(matrix, ["__GFP_NOFAIL", "__GFP_ZERO"])).toEqual(["__GFP_NOFAIL: forbidden", "__GFP_ZERO: allowed"]);
    expect(cellOf(matrix, "__GFP_ZERO", "any mode")).toMatchObject({ reason: "no rule speaks of it", rule: null });
  });

  test("says with what a flag cannot go, and what it cannot do without", () => {
    const { matrix } = matrixIn(
      "kernel 6.12\npolicy p {\n  forbid has __GFP_NORETRY | __GFP_RETRY_MAYFAIL\n  require has __GFP_DIRECT_RECLAIM when has __GFP_NOFAIL\n}\n",
    );
    expect(cellOf(matrix, "__GFP_NORETRY", "any mode").reason).toBe(
      "depends on `forbid has __GFP_NORETRY | __GFP_RETRY_MAYFAIL`; not with __GFP_RETRY_MAYFAIL",
    );
    expect(cellOf(matrix, "__GFP_NOFAIL", "any mode").reason).toBe(
      "depends on `require has __GFP_DIRECT_RECLAIM when has __GFP_NOFAIL`; only with __GFP_DIRECT_RECLAIM",
    );
  });

  test("says on what else of the request a flag depends, and leads to that rule", () => {
    const { matrix, text } = matrixIn(
      'kernel 6.12\npolicy p {\n  forbid has __GFP_DIRECT_RECLAIM and in softirq because "polling"\n  require has __GFP_NOWARN when order > 0\n  allow lacks __GFP_HIGH\n  allow size < 4 KiB\n}\n',
    );
    expect(tableOf(matrix, ["__GFP_DIRECT_RECLAIM", "__GFP_NOWARN", "__GFP_HIGH", "__GFP_ZERO"])).toEqual([
      "__GFP_DIRECT_RECLAIM: allowed?",
      "__GFP_NOWARN: allowed?",
      "__GFP_HIGH: allowed?",
      "__GFP_ZERO: allowed",
    ]);
    const decided = (row: string): readonly (string | null)[] => [
      ruleText(text, cellOf(matrix, row, "any mode")),
      cellOf(matrix, row, "any mode").reason,
    ];
    expect(decided("__GFP_DIRECT_RECLAIM")).toEqual([
      "has __GFP_DIRECT_RECLAIM and in softirq",
      "depends on `forbid has __GFP_DIRECT_RECLAIM and in softirq`: “polling”",
    ]);
    expect(decided("__GFP_NOWARN")).toEqual([
      "has __GFP_NOWARN",
      "depends on `require has __GFP_NOWARN when order > 0`",
    ]);
    expect(decided("__GFP_HIGH")).toEqual(["lacks __GFP_HIGH", "depends on `allow lacks __GFP_HIGH`"]);
    expect(decided("__GFP_ZERO")[1]).toBe("some masks have it");
    expect(toMarkdown(matrix)).toContain("| `__GFP_NOWARN` | ◐ depends [c] |");
    expect(toMarkdown(matrix)).toContain("- [c] `require has __GFP_NOWARN when order > 0`\n");
    expect(toSvg(matrix)).toContain("◐ depends c");
  });

  test("marks what a warn rule takes", () => {
    const { matrix, text } = matrixIn(
      'kernel 6.12\npolicy p {\n  warn has __GFP_HIGH because "reserves are for others"\n}\n',
    );
    expect(tableOf(matrix, ["__GFP_HIGH", "__GFP_ZERO"])).toEqual(["__GFP_HIGH: allowed~", "__GFP_ZERO: allowed"]);
    expect(ruleText(text, cellOf(matrix, "__GFP_HIGH", "any mode"))).toBe("has __GFP_HIGH");
  });

  test("says where two ways lead into a mode that neither is required", () => {
    const { matrix } = matrixIn(
      "kernel 6.12\npolicy p {\n  allow only __GFP_NORETRY | __GFP_NOWARN | __GFP_ZERO\n  mode quiet when any __GFP_NORETRY | __GFP_NOWARN { }\n  mode loud otherwise { }\n}\n",
    );
    expect(tableOf(matrix, ["__GFP_NORETRY", "__GFP_NOWARN", "__GFP_ZERO"])).toEqual([
      "__GFP_NORETRY: selects forbidden",
      "__GFP_NOWARN: selects forbidden",
      "__GFP_ZERO: allowed allowed",
    ]);
  });

  test("says that a mode is never selected", () => {
    const { matrix } = matrixIn(
      "kernel 6.12\npolicy p {\n  allow only __GFP_ZERO\n  mode never_so when has __GFP_HIGH { }\n  mode all otherwise { }\n}\n",
    );
    expect(matrix.columns.map(({ reachable }) => reachable)).toEqual([false, true]);
    expect(cellOf(matrix, "__GFP_ZERO", "never_so")).toMatchObject({
      kind: "forbidden",
      reason: "no mask that the policy takes selects this mode",
    });
  });

  test("shows what each mode promises and where the kernel does something else", () => {
    const { matrix, text } = matrixIn(RANGE);
    expect(matrix.promises.map(({ effect, cells }) => [effect, ...cells.map((cell) => cell?.text ?? null)])).toEqual([
      ["retries", "0", "5", null],
      ["oom", "never", null, null],
      ["drain", null, null, "lru | pcp"],
    ]);
    const [retries] = matrix.promises;
    expect(retries?.cells[0]?.kernel).toMatch(/alloc_contig_range\(\) tries to migrate up to 5 times/);
    expect(retries?.cells[1]?.kernel).toBeNull();
    const span = retries?.cells[0]?.span;
    expect(text.slice(span?.start, span?.end)).toBe("retries 0");
  });

  test("compares inherited promises with the kernel as well, over the masks that the refined policy takes", () => {
    const text =
      "kernel 6.12\npolicy base for alloc_pages {\n  mode all otherwise { sleeps never }\n}\n$0policy calm like base { forbid has __GFP_DIRECT_RECLAIM }\n\npolicy same like base { forbid has __GFP_ZERO }\n";
    const promised = (name: string): string | null | undefined => {
      const { workspace, uri } = fixture(text);
      const answer = matrixOf(workspace, uri, { name });
      return answer?.kind === "matrix" ? answer.matrix.promises[0]?.cells[0]?.kernel : undefined;
    };
    expect(promised("base")).toMatch(/alloc_pages\(\) may sleep/);
    expect(promised("same")).toMatch(/alloc_pages\(\) may sleep/);
    expect(promised("calm")).toBeNull();
  });

  test("marks flags that the policy takes and the kernel does not honour, and those that it says are ignored and are not", () => {
    const { matrix } = matrixIn(
      "kernel 6.12\npolicy p for kmalloc {\n  allow only GFP_KERNEL | __GFP_ZERO | __GFP_HIGHMEM\n  ignore __GFP_ZERO\n}\n",
    );
    expect(cellOf(matrix, "__GFP_HIGHMEM", "any mode").kernel).toMatch(
      /^kmalloc\(\) (clears|refuses|ignores).* __GFP_HIGHMEM \(6\.12\)\.$/,
    );
    expect(cellOf(matrix, "__GFP_ZERO", "any mode").kernel).toBe("kmalloc() honours __GFP_ZERO (6.12).");
    expect(cellOf(matrix, "__GFP_IO", "any mode").kernel).toBeNull();
    expect(cellOf(matrix, "__GFP_DMA32", "any mode")).toMatchObject({ kind: "forbidden", kernel: null });
  });

  test("shows inherited clauses, and leads to where they are written", () => {
    const { matrix } = matrixIn(
      'kernel 6.12\nimport "base.allocpolicy"\n$0policy p like base { forbid has __GFP_ZERO }\n',
      { "base.allocpolicy": "policy base { forbid has __GFP_NOFAIL }\n" },
    );
    expect(cellOf(matrix, "__GFP_NOFAIL", "any mode")).toMatchObject({
      kind: "forbidden",
      rule: { uri: "file:///policies/base.allocpolicy" },
    });
    expect(cellOf(matrix, "__GFP_ZERO", "any mode")).toMatchObject({
      kind: "forbidden",
      rule: { uri: "file:///policies/main.allocpolicy" },
    });
  });

  test("is that of the policy at the cursor, else of the one before it, else of the first", () => {
    const text =
      "kernel 6.12\n\npolicy one { forbid has __GFP_ZERO }\n\nrequest r { api kmalloc }\n\npolicy two { forbid has __GFP_HIGH }\n";
    const at = (part: string): string => matrixIn(text.replace(part, `$0${part}`)).matrix.policy;
    expect([at("kernel"), at("has __GFP_ZERO"), at("request"), at("has __GFP_HIGH")]).toEqual([
      "one",
      "one",
      "one",
      "two",
    ]);
    const { workspace, uri } = fixture(text);
    expect(policiesOf(workspace, uri).map(({ name }) => name)).toEqual(["one", "two"]);
    expect(matrixOf(workspace, uri, { name: "two" })).toMatchObject({ kind: "matrix", matrix: { policy: "two" } });
    expect(matrixOf(workspace, uri, { name: "three" })).toBeNull();
    expect(matrixOf(workspace, "file:///gone", { name: "one" })).toBeNull();
  });

  test.each([
    ["syntax errors", "kernel 6.12\npolicy p { forbid has }\n", /syntax errors/],
    ["unknown names", "kernel 6.12\npolicy p { forbid has __GFP_NOSUCH }\n", /names something/],
    ["no known kernel", "kernel 2.4\npolicy p { forbid has __GFP_ZERO }\n", /no version/],
    [
      "a damaged base",
      "kernel 6.12\npolicy q { forbid }\n$0policy p like q { forbid has __GFP_ZERO }\n",
      /refines has syntax errors/,
    ],
  ])("is not made up where it cannot be read: %s", (_what, text, reason) => {
    const { workspace, uri, offset } = fixture(text);
    expect(matrixOf(workspace, uri, { offset: text.includes("$0") ? offset : 0 })).toMatchObject({
      kind: "unreadable",
      reason: expect.stringMatching(reason),
    });
  });

  // Against trying every mask ----------------------------------------------------------------------------------------

  const FLAGS: readonly FlagName[] = ["ZERO", "HIGH", "NOWARN", "NORETRY", "DIRECT_RECLAIM"];
  const flags = fc
    .uniqueArray(fc.constantFrom(...FLAGS), { minLength: 1, maxLength: 3 })
    .map((names) => names.map(flagText).join(" | "));
  const simple = fc
    .tuple(fc.constantFrom("has", "any", "lacks", "only", "is"), flags)
    .map(([word, names]) => `${word} ${names}`);
  const predicate = fc.oneof(
    simple,
    fc.tuple(simple, fc.constantFrom("and", "or"), simple).map((parts) => parts.join(" ")),
    simple.map((inner) => `not (${inner})`),
  );
  const rule = fc.oneof(
    predicate.map((inner) => `forbid ${inner}`),
    predicate.map((inner) => `warn ${inner}`),
    fc.tuple(predicate, predicate).map(([needs, when]) => `require ${needs} when ${when}`),
    flags.map((names) => `ignore ${names}`),
  );
  const policy = fc.record({
    rules: fc.array(rule, { maxLength: 4 }),
    modes: fc.array(predicate, { maxLength: 2 }),
    rest: fc.boolean(),
  });

  test("agrees with trying every mask of a few flags, cell by cell", () => {
    fc.assert(
      fc.property(policy, ({ rules, modes, rest }) => {
        const clauses = [
          ...rules,
          ...modes.map((when, index) => `mode m${index} when ${when} { }`),
          ...(rest && modes.length > 0 ? ["mode rest otherwise { }"] : []),
        ];
        const text = `kernel 6.12\npolicy p {\n  allow only ${FLAGS.map(flagText).join(" | ")}\n${clauses.map((clause) => `  ${clause}\n`).join("")}}\n`;
        const { matrix } = matrixIn(text);
        expect(
          byTrying(
            text,
            matrix.columns.map(({ name }) => name),
          ),
        ).toEqual(tableOf(matrix, [...FLAGS, "COMP" as const].map(flagText)));
      }),
      { seed: 4, numRuns: 150 },
    );
  });

  /** The same table from every mask of the flags, by the ordinary evaluation. */
  function byTrying(text: string, columns: readonly string[]): readonly string[] {
    const { workspace, uri } = fixture(text);
    const environment = environmentOf(workspace, uri);
    const kernel = environment?.kernels.at(-1);
    const binding = environment?.lookup("subject", "p") ?? null;
    const resolved = environment === null || binding === null ? null : resolvePolicy(environment, binding);
    if (environment === null || kernel === undefined || resolved === null) throw new Error("no policy");
    const all = Array.from(
      { length: 2 ** FLAGS.length },
      (_, number): Mask =>
        FLAGS.reduce<Mask>((sum, flag, bit) => ((number >>> bit) & 1 ? mask(sum | kernel.bits[flag]) : sum), EMPTY),
    );
    const judged = all.map((value) => ({
      value,
      says: judge(environment, kernel, resolved, {
        mask: value,
        sizeBytes: 4096,
        context: contextOf("process"),
        sleeps: null,
        mayOom: null,
        mayFail: null,
      }),
    }));
    const selects = (says: Judgement, column: string): boolean =>
      column === "any mode" || says.modes.some(({ clause }) => clause.name?.text === column);
    const isInMode = (value: Mask, column: string): boolean =>
      judged.some((entry) => entry.value === value && selects(entry.says, column));
    const warnings = resolved.clauses.filter(({ clause }) => clause.kind === "warn").map(({ clause }) => clause);
    const linesWith = (start: string, flag: FlagName): boolean =>
      text.split("\n").some((line) => line.trim().startsWith(start) && line.split(/\W+/).includes(flagText(flag)));
    return [...FLAGS, "COMP" as const].map((flag) => {
      const bit = kernel.bits[flag];
      const cells = columns.map((column) => {
        const members = judged.filter(({ says }) => selects(says, column) && isTaken(says));
        const having = members.filter(({ value }) => (value & bit) !== 0);
        if (having.length === 0) return "forbidden";
        const always = having.length === members.length;
        const decides =
          linesWith(`mode ${column} when`, flag) && having.some(({ value }) => !isInMode(mask(value & ~bit), column));
        const ignored = linesWith("ignore", flag);
        const isWarned = warnings.some((clause) => {
          const warns = ({ says }: { readonly says: Judgement }): boolean =>
            says.warned.some((entry) => entry.clause === clause);
          return having.every(warns) && (always || !members.every(warns));
        });
        const kind = decides ? "selects" : ignored ? "ignored" : always ? "required" : "allowed";
        const takes = (value: Mask): boolean => judged.some((entry) => entry.value === value && isTaken(entry.says));
        const depends =
          kind === "allowed" &&
          all.some((value) => {
            const [without, withIt] = [mask(value & ~bit), mask(value | bit)];
            return isInMode(without, column) && isInMode(withIt, column) && takes(without) !== takes(withIt);
          });
        return `${kind}${always ? "!" : ""}${depends ? "?" : ""}${isWarned ? "~" : ""}`;
      });
      return `${flagText(flag)}: ${cells.join(" ")}`;
    });
  }

  test("answers for composites as for the flags in them together", () => {
    const { matrix } = matrixIn(
      "kernel 6.12\npolicy p {\n  forbid has GFP_KERNEL\n  allow only GFP_KERNEL | GFP_ATOMIC\n  mode atomic when has GFP_ATOMIC { }\n  mode other otherwise { }\n}\n",
    );
    expect(tableOf(matrix, ["GFP_KERNEL", "GFP_ATOMIC", "__GFP_IO"])).toEqual([
      "GFP_KERNEL: forbidden forbidden",
      "GFP_ATOMIC: selects! forbidden",
      "__GFP_IO: allowed? allowed?",
    ]);
  });
});

describe("the matrix as a file", () => {
  const { matrix } = matrixIn(RANGE);

  test("is a Markdown table with notes on where the kernel differs", () => {
    const text = toMarkdown(matrix);
    expect(text).toContain("| `__GFP_NORETRY` | ▶ selects ⚠ [");
    expect(text).toContain("| `__GFP_NOFAIL` | ✕ forbidden | ✕ forbidden | ✕ forbidden |");
    expect(text).toContain("| `drain` |  |  | lru \\| pcp |");
    expect(text).toMatch(/Where the kernel differs:\n\n1\. alloc\\_contig\\_range\(\) /);
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    const width = matrix.columns.length + 1;
    for (const row of rows) expect(row.replace(/\\\|/g, "").split("|").length - 2, row).toBe(width);
    const notes = text.match(/^\d+\. /gm)?.length ?? 0;
    for (const [, number] of text.matchAll(/⚠ \[(\d+)\]/g)) expect(Number(number)).toBeLessThanOrEqual(notes);
  });

  test("is an SVG picture of its own, for light and dark, with every row and nothing unescaped", () => {
    const hostile = matrixIn(
      'kernel 6.12\npolicy p {\n  forbid has __GFP_NOFAIL because "a < b && \\"c\\" > d <script>"\n  mode m when order < 3 { }\n  mode n otherwise { }\n}\n',
    ).matrix;
    const svg = toSvg(hostile);
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg).not.toContain("<script>");
    expect(svg).toContain("&lt;script&gt;");
    expect(svg).toContain("order &lt; 3");
    for (const { rows } of hostile.groups) for (const { name } of rows) expect(svg).toContain(`>${name}</text>`);
    expect(svg).not.toMatch(/(href|src)=|url\(|@import/);
    const tags = [...svg.replace(/<style>[\s\S]*?<\/style>/, "").matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)];
    const open: string[] = [];
    for (const [, closing, name, empty] of tags) {
      if (empty === "/") continue;
      if (closing === "/") expect(open.pop()).toBe(name);
      else open.push(name ?? "");
    }
    expect(open).toEqual([]);
  });
});
