import { describe, expect, test } from "vitest";
import { foldsOf } from "../../server/service/folding.ts";
import { formattingOf } from "../../server/service/formatting.ts";
import { inlayHintsOf } from "../../server/service/inlay-hints.ts";
import { linksOf } from "../../server/service/links.ts";
import { selectionsAt } from "../../server/service/selection.ts";
import { semanticTokensOf, TOKEN_MODIFIERS, TOKEN_TYPES } from "../../server/service/semantic-tokens.ts";
import { matches, symbolsOf, type FileSymbol } from "../../server/service/symbols.ts";
import { parseFile } from "../../grammar/index.ts";
import { upTo } from "../../server/service/runs.ts";
import { applied, fixture, placed } from "./_fixture.ts";

const outline = (symbols: readonly FileSymbol[]): unknown =>
  symbols.map(({ name, kind, detail, children }) => [
    kind,
    name,
    detail,
    ...(children.length === 0 ? [] : [outline(children)]),
  ]);

describe("symbols", () => {
  test("are the declarations, with what is named inside of them", () => {
    const file = parseFile(
      "kernel 6.12\nflags RING = GFP_KERNEL\npolicy p for alloc_pages { mode fast otherwise { } }\nmemory m { node 0 { zone Normal { managed 1 GiB } } }\nrequest r { api kmalloc }\nexpect r { sleeps may }\n",
    );
    expect(outline(symbolsOf(file, upTo(100)).flatMap(({ items }) => items))).toEqual([
      ["flags", "RING", ""],
      ["policy", "p", "alloc_pages", [["mode", "fast", ""]]],
      ["memory", "m", "", [["node", "node 0", "", [["zone", "Normal", ""]]]]],
      ["request", "r", "kmalloc"],
    ]);
  });

  test("stop at the limit", () => {
    expect(symbolsOf(parseFile("flags A = 0\nflags B = 0\nflags C = 0\n"), upTo(2))).toHaveLength(2);
  });

  test("are found by letters in their order, in any case", () => {
    expect(matches("rx_refill", "RXF")).toBe(true);
    expect(matches("rx_refill", "fr")).toBe(false);
    expect(matches("rx_refill", "")).toBe(true);
  });
});

describe("folding", () => {
  const folded = (text: string): string[] =>
    placed(foldsOf(parseFile(text), upTo(100))).map(
      ({ start, end, kind }) => `${kind}: ${text.slice(start, end).replace(/\s+/g, " ")}`,
    );

  test("folds blocks, comments and imports", () => {
    expect(folded('import "a"\nimport "b"\n\n// one\n// two\nrequest r {\n  api kmalloc\n}\n').sort()).toEqual([
      "block: { api kmalloc }",
      "comment: // one // two",
      'imports: import "a" import "b"',
    ]);
  });

  test("folds what is damaged too", () => {
    expect(folded("request r {\n  api\n  flags (\n")).toEqual(["block: { api flags ( "]);
  });

  test("is not fooled by braces in strings and comments", () => {
    expect(
      folded('request r {\n  waive x because "{"\n  /* { */\n}\n').filter((fold) => fold.startsWith("block")),
    ).toHaveLength(1);
  });
});

describe("selection", () => {
  test("grows from the word over the mask and the property to the file", () => {
    const text = "kernel 6.12\nrequest r {\n  flags (GFP_KERNEL | __GFP_ZERO)\n}\n";
    const grown = selectionsAt(parseFile(text), text.indexOf("__GFP_ZERO") + 3).map(({ start, end }) =>
      text.slice(start, end),
    );
    expect(grown[0]).toBe("__GFP_ZERO");
    expect(grown).toContain("GFP_KERNEL | __GFP_ZERO");
    expect(grown).toContain("flags (GFP_KERNEL | __GFP_ZERO)");
    expect(grown.at(-1)).toBe(text);
    for (let i = 1; i < grown.length; i += 1) expect(grown[i]?.length).toBeGreaterThan(grown[i - 1]?.length ?? 0);
  });
});

describe("semantic tokens", () => {
  const coloured = (text: string): readonly string[] => {
    const { workspace, uri } = fixture(text);
    return placed(semanticTokensOf(workspace, uri, 0, text.length)).map(({ start, end, type, modifiers }) =>
      [
        text.slice(start, end),
        TOKEN_TYPES[type],
        ...TOKEN_MODIFIERS.filter((_, bit) => (modifiers & (1 << bit)) !== 0),
      ].join(" "),
    );
  };

  test("tell declared names from built-in ones", () => {
    expect(coloured("kernel 6.12\nflags RING = GFP_KERNEL | __GFP_ZERO\ncontext rx { in softirq }\n")).toEqual([
      "6.12 number",
      "RING variable declaration",
      "GFP_KERNEL enumMember defaultLibrary",
      "__GFP_ZERO enumMember defaultLibrary",
      "rx type declaration",
      "softirq type defaultLibrary",
    ]);
  });

  test("mark flags that a kernel in force does not have", () => {
    expect(coloured("kernel 6.1 .. 6.6\nflags M = __GFP_ATOMIC\n")).toContain(
      "__GFP_ATOMIC enumMember deprecated defaultLibrary",
    );
    expect(coloured("kernel 6.1\nflags M = __GFP_ATOMIC\n")).toContain("__GFP_ATOMIC enumMember defaultLibrary");
  });

  test("come in the order of the text", () => {
    const text =
      "kernel 6.12\npolicy p for alloc_pages {\n  require has __GFP_NOWARN when order > 0\n  mode fast when has __GFP_NORETRY { drain lru | pcp, retries 2 }\n}\nexpect p forbids __GFP_NOFAIL\n";
    const { workspace, uri } = fixture(text);
    const starts = placed(semanticTokensOf(workspace, uri, 0, text.length)).map(({ start }) => start);
    expect([...starts].sort((a, b) => a - b)).toEqual(starts);
    expect(starts.length).toBeGreaterThan(10);
  });

  test("of a part are those of the declarations that it meets", () => {
    const text = "kernel 6.12\nflags A = __GFP_ZERO\nflags B = __GFP_COMP\nflags C = __GFP_HIGH\n";
    const { workspace, uri } = fixture(text);
    const at = text.indexOf("B =");
    expect(
      placed(semanticTokensOf(workspace, uri, at, at + 1)).map(({ start, end }) => text.slice(start, end)),
    ).toEqual(["B", "__GFP_COMP"]);
  });
});

describe("links", () => {
  test("lead from imports to files and from waived rules to their pages", () => {
    const text =
      'kernel 6.12\nimport "contexts.allocpolicy"\nrequest r { api kmalloc waive sleep-in-atomic because "x" }\n';
    const { workspace, uri } = fixture(text);
    expect(
      placed(linksOf(workspace, uri, upTo(10))).map(({ start, end, target }) => [
        text.slice(start, end),
        target.kind === "file" ? target.uri : target.url.replace(/.*\//, ""),
      ]),
    ).toEqual([
      ["contexts.allocpolicy", "file:///policies/contexts.allocpolicy"],
      ["sleep-in-atomic", "sleep-in-atomic.md"],
    ]);
  });
});

describe("inlay hints", () => {
  const hinted = (text: string): string => {
    const { workspace, uri } = fixture(text);
    return applied(
      text,
      inlayHintsOf(workspace, uri, 0, text.length, 100).map(({ offset, text: hint }) => ({
        start: offset,
        end: offset,
        text: `‹${hint}›`,
      })),
    );
  };

  test("say in a few words what the kernel may do, and convert sizes", () => {
    expect(hinted("kernel 6.12\nrequest r {\n  api alloc_pages\n  order 3\n  flags GFP_ATOMIC\n}\n")).toBe(
      "kernel 6.12\nrequest r {‹never sleeps; may fail; may use the reserves›\n  api alloc_pages\n  order 3‹= 32 KiB›\n  flags GFP_ATOMIC\n}\n",
    );
    expect(hinted("kernel 6.12\nrequest r {\n  api kmalloc\n  size 64 KiB\n  flags GFP_KERNEL\n}\n")).toContain(
      "size 64 KiB‹= 16 pages, order 4›",
    );
  });

  test("name the kernel that they speak of where the answers differ", () => {
    expect(
      hinted("kernel 5.10 .. 6.12\nrequest r {\n  api kvmalloc\n  size 96 KiB\n  flags GFP_KERNEL | __GFP_NOFAIL\n}\n"),
    ).toMatch(/\(6\.12\)›/);
  });

  test("say no verdict of a request with a mask or context that is not known", () => {
    expect(hinted("kernel 6.12\nrequest r {\n  api alloc_pages\n  order 0\n  flags GFP_KERNAL\n}\n")).not.toContain(
      "‹",
    );
    expect(
      hinted("kernel 6.12\nrequest r {\n  api alloc_pages\n  order 0\n  flags GFP_KERNEL\n  context nowhere\n}\n"),
    ).not.toContain("‹");
  });

  test("say nothing without an API", () => {
    expect(hinted("kernel 6.12\nrequest r {\n  flags GFP_KERNEL\n}\n")).not.toContain("‹");
  });
});

describe("formatting", () => {
  const MESSY =
    "kernel 6.12\nrequest   r{api kmalloc\n      size 64 B\n  // kept\n flags GFP_KERNEL|__GFP_NOWARN   }\n\n\n\nflags   A=0\nflags B = 0\n";

  test("changes only lines that differ, and gives what the formatter gives", () => {
    const changes = formattingOf(parseFile(MESSY), 0, MESSY.length);
    const after = applied(MESSY, changes);
    expect(after).toContain("request r {\n");
    expect(after).toContain("flags B = 0\n");
    expect(formattingOf(parseFile(after), 0, after.length)).toEqual([]);
    for (const { start, end } of changes) expect(MESSY.slice(start, end)).not.toContain("kernel 6.12");
  });

  test("of a part leaves the rest alone", () => {
    const after = applied(
      MESSY,
      formattingOf(parseFile(MESSY), MESSY.indexOf("flags   A"), MESSY.indexOf("flags   A") + 3),
    );
    expect(after).toContain("flags A = 0");
    expect(after).toContain("request   r{api kmalloc");
  });

  test("gives no edits for a damaged file", () => {
    expect(formattingOf(parseFile("request   r{api\nflags   A=0\n"), 0, 99)).toEqual([]);
  });
});
