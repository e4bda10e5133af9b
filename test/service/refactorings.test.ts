import { describe, expect, test } from "vitest";
import { format } from "../../grammar/index.ts";
import { hierarchyItemAt, incomingCalls, outgoingCalls } from "../../server/service/call-hierarchy.ts";
import { importChanges } from "../../server/service/file-renames.ts";
import { lensesOf, lensUses } from "../../server/service/lenses.ts";
import { linkedRangesAt } from "../../server/service/linked-editing.ts";
import { refactoringsAt } from "../../server/service/refactorings.ts";
import { usesAt } from "../../server/service/references.ts";
import { signatureAt } from "../../server/service/signature-help.ts";
import { check } from "../../server/policy-language/check/check.ts";
import { applied, fixture, placed, URI } from "./_fixture.ts";

function refactored(marked: string, title: RegExp): string {
  const { workspace, uri, text, offset } = fixture(marked);
  const made = refactoringsAt(workspace, uri, offset, offset);
  const found = made.find((one) => title.test(one.title));
  if (found === undefined) throw new Error(`offered: ${made.map((one) => one.title).join("; ")}`);
  const after = applied(text, found.changes);
  // What comes out is valid, and in the house style but for what stands in columns.
  const narrow = (whole: string): string => whole.replace(/ +/g, " ");
  const formatted = format(after);
  expect(formatted.kind === "formatted" ? narrow(formatted.text) : formatted).toBe(narrow(after));
  return after;
}

const REQUEST =
  "request rx {\n  api     kmalloc\n  size    64 B\n  flags   GFP_KERNEL | __GFP_NOWARN\n  context softirq\n}\n";
const at = (text: string, place: string): string => text.replace(place, `${place.slice(0, 1)}$0${place.slice(1)}`);

describe("refactorings", () => {
  test("extract a mask to flags, before the documentation of the request", () => {
    expect(refactored(at(`kernel 6.12\n\n/// Receives.\n${REQUEST}`, "GFP_KERNEL"), /^Extract/)).toBe(
      `kernel 6.12\n\nflags RX_FLAGS = GFP_KERNEL | __GFP_NOWARN\n\n/// Receives.\n${REQUEST.replace("GFP_KERNEL | __GFP_NOWARN", "RX_FLAGS")}`,
    );
  });

  test("extract only the flags that are selected, where they are several", () => {
    const { workspace, uri, text } = fixture(
      `kernel 6.12\n\n${REQUEST.replace("GFP_KERNEL", "GFP_KERNEL | __GFP_ZERO")}`,
    );
    const start = text.indexOf("GFP_KERNEL");
    const made = (selected: string): string => {
      const [first] = refactoringsAt(workspace, uri, start, start + selected.length);
      return first === undefined ? "" : `${first.title}: ${applied(text, first.changes)}`;
    };
    expect(made("GFP_KERNEL | __GFP_ZERO")).toBe(
      `Extract GFP_KERNEL | __GFP_ZERO to flags RX_FLAGS: kernel 6.12\n\nflags RX_FLAGS = GFP_KERNEL | __GFP_ZERO\n\n${REQUEST.replace("GFP_KERNEL", "RX_FLAGS")}`,
    );
    for (const all of ["GFP", "GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN"]) expect(made(all)).toMatch(/^Extract the mask/);
  });

  test("inline a declared mask wherever it is used, on its own name", () => {
    const text =
      "kernel 6.12\n\n/// Quiet.\nflags A$0 = GFP_KERNEL | __GFP_ZERO\n\nflags B = A | __GFP_NOWARN\nflags C = ~A\n";
    expect(refactored(text, /^Inline A everywhere/)).toBe(
      "kernel 6.12\n\nflags B = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN\nflags C = ~(GFP_KERNEL | __GFP_ZERO)\n",
    );
    const { workspace, uri, offset } = fixture(text, {
      "other.allocpolicy": 'import "main.allocpolicy"\nflags D = A\n',
    });
    expect(refactoringsAt(workspace, uri, offset, offset)).toEqual([]);
  });

  test("inline no mask everywhere that names itself", () => {
    const { workspace, uri, offset } = fixture("kernel 6.12\nflags A$0 = A | __GFP_ZERO\nflags B = A\n");
    expect(refactoringsAt(workspace, uri, offset, offset)).toEqual([]);
  });

  test("inline a declared mask, in parentheses where they are needed", () => {
    expect(refactored("flags A = GFP_KERNEL | __GFP_ZERO\nflags B = A$0 | __GFP_NOWARN\n", /^Inline/)).toBe(
      "flags A = GFP_KERNEL | __GFP_ZERO\nflags B = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN\n",
    );
    const choice = "(GFP_NOIO == 0) ? GFP_KERNEL : GFP_ATOMIC";
    expect(refactored(`flags A = ${choice}\nflags B = A$0 | __GFP_NOWARN\n`, /^Inline/)).toBe(
      `flags A = ${choice}\nflags B = (${choice}) | __GFP_NOWARN\n`,
    );
    expect(refactored("flags A = GFP_KERNEL | __GFP_ZERO\nflags B = ~A$0\n", /^Inline/)).toBe(
      "flags A = GFP_KERNEL | __GFP_ZERO\nflags B = ~(GFP_KERNEL | __GFP_ZERO)\n",
    );
  });

  test("name a context", () => {
    expect(refactored(at(`kernel 6.12\n\n${REQUEST}`, "softirq"), /^Name/)).toBe(
      `kernel 6.12\n\ncontext rx_context {\n  in softirq\n}\n\n${REQUEST.replace("softirq", "rx_context")}`,
    );
  });

  test("split a request into a first try and a fallback", () => {
    const text = "kernel 6.12\n\nrequest plug {\n  api   alloc_pages\n  order 4\n  flags GFP_KERNEL\n}\n";
    const after = refactored(at(text, "plug"), /^Split/);
    expect(after).toContain(
      "  order    4\n  flags    GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN\n  fallback plug_hard\n}",
    );
    expect(after).toContain("request plug_hard like plug {\n  flags    GFP_KERNEL\n  fallback none\n}\n");
    expect(
      check(fixture(after).workspace, URI)
        .regions.flat()
        .filter(({ severity }) => severity === "error"),
    ).toEqual([]);
  });

  test("put a mask that is more than names in parentheses before a first try adds to it", () => {
    const text = "kernel 6.12\n\nrequest plug {\n  api   alloc_pages\n  order 4\n  flags GFP_KERNEL & ~__GFP_FS\n}\n";
    const after = refactored(at(text, "plug"), /^Split/);
    expect(after).toContain("  flags    (GFP_KERNEL & ~__GFP_FS) | __GFP_NORETRY | __GFP_NOWARN\n");
    expect(after).toContain("{\n  flags    GFP_KERNEL & ~__GFP_FS\n");
  });

  test("split no request that has its fallback, or gives up early already, and none but by its name", () => {
    const split = (properties: string, place = "plug"): readonly string[] => {
      const text = `kernel 6.12\n\nrequest plug {\n  api   alloc_pages\n  order 4\n${properties}}\n`;
      const { workspace, uri, offset } = fixture(at(text, place));
      return refactoringsAt(workspace, uri, offset, offset).flatMap(({ title }) => title.match(/^Split/) ?? []);
    };
    expect(split("  flags GFP_KERNEL\n")).toHaveLength(1);
    expect(split("  flags GFP_KERNEL\n", "order")).toEqual([]);
    expect(split("  flags GFP_KERNEL\n  fallback none\n")).toEqual([]);
    expect(split("  flags GFP_KERNEL | __GFP_NORETRY\n")).toEqual([]);
  });

  test("are not offered where there is nothing to make", () => {
    for (const marked of [REQUEST.replace("64", "6$04"), "flags A = GFP_$0KERNEL\n", "// $0\n"]) {
      const { workspace, uri, offset } = fixture(marked);
      expect(refactoringsAt(workspace, uri, offset, offset)).toEqual([]);
    }
  });
});

const CHAIN =
  "kernel 6.12\nrequest a { api kmalloc size 1 B flags GFP_KERNEL fallback b }\nrequest b like c { flags GFP_NOWAIT }\nrequest c { api kmalloc size 1 B flags GFP_NOFS }\nexpect a { sleeps may }\n";

describe("the call hierarchy", () => {
  test("goes along fallback and like, both ways", () => {
    const { workspace, uri, text } = fixture(CHAIN);
    const nameAt = (name: string): number => text.indexOf(`request ${name} `) + "request ".length;
    const names = (calls: ReturnType<typeof outgoingCalls>): readonly string[] =>
      calls.flatMap(({ item, from }) => from.map(({ start, end }) => `${item.name} by ${text.slice(start, end)}`));
    expect(hierarchyItemAt(workspace, uri, nameAt("a"))).toMatchObject({ name: "a", detail: "kmalloc" });
    expect(names(outgoingCalls(workspace, uri, nameAt("a")))).toEqual(["b by b"]);
    expect(names(outgoingCalls(workspace, uri, nameAt("b")))).toEqual(["c by c"]);
    expect(names(incomingCalls(workspace, uri, nameAt("b")))).toEqual(["a by b"]);
    expect(names(incomingCalls(workspace, uri, nameAt("c")))).toEqual(["b by c"]);
    expect(incomingCalls(workspace, uri, nameAt("a"))).toEqual([]);
  });

  test("has nothing for what is no request", () => {
    const { workspace, uri, offset } = fixture("flags A$0 = GFP_KERNEL\n");
    expect(hierarchyItemAt(workspace, uri, offset)).toBeNull();
  });
});

describe("signature help", () => {
  const signature = (marked: string): string | null => {
    const { workspace, uri, offset } = fixture(marked);
    const found = signatureAt(workspace, uri, offset);
    if (found === null) return null;
    const active = found.active === null ? undefined : found.parameters[found.active];
    return `${found.label}: ${active === undefined ? "none" : found.label.slice(active.start, active.end)}`;
  };

  test("shows a transform while its argument is written", () => {
    expect(signature("transform nested(gfp) = gfp\nflags A = nested($0)\n")).toBe("nested(gfp): gfp");
    expect(signature("transform nested(gfp) = gfp\nflags A = nested((GFP_KERNEL) | $0")).toBe("nested(gfp): gfp");
    expect(signature("transform nested(gfp) = gfp\nflags A = (nested(GFP_KERNEL) | $0)\n")).toBeNull();
  });

  test("shows the function of a request, with the parameter that a property stands for", () => {
    const text = "request r {\n  api kmalloc\n  size 6$04 B\n  flags GFP_KERNEL\n}\n";
    expect(signature(text)).toBe("void *kmalloc(size_t size, gfp_t flags): size_t size");
    expect(signature(text.replace("$0", "").replace("GFP_", "GFP_$0"))).toMatch(/: gfp_t flags$/);
    expect(signature("request r {\n  api kmalloc\n  handles nu$0ll\n}\n")).toMatch(/: none$/);
    expect(signature("request r {\n  flags GFP_$0KERNEL\n}\n")).toBeNull();
  });
});

describe("names", () => {
  test("of the kernel are found in every file", () => {
    const { workspace, uri, offset } = fixture("flags A = GFP_KERNEL | __GFP_NO$0WARN\n", {
      "other.allocpolicy": '// __GFP_NOWARN\npolicy p { forbid has __GFP_NOWARN because "__GFP_NOWARN" }\n',
    });
    expect(usesAt(workspace, uri, offset).map(({ uri: file }) => file.slice(file.lastIndexOf("/") + 1))).toEqual([
      "main.allocpolicy",
      "other.allocpolicy",
    ]);
  });

  test("of a parameter change together", () => {
    const { workspace, uri, text, offset } = fixture("transform t(g$0fp) = gfp | (gfp & __GFP_ZERO)\n");
    expect(linkedRangesAt(workspace, uri, offset).map(({ start, end }) => text.slice(start, end))).toEqual([
      "gfp",
      "gfp",
      "gfp",
    ]);
    const other = fixture("flags A$0 = GFP_KERNEL\nflags B = A\n");
    expect(linkedRangesAt(other.workspace, other.uri, other.offset)).toEqual([]);
  });
});

describe("imports", () => {
  test("follow a file that gets another name, and one that goes elsewhere takes its own along", () => {
    const { workspace, text } = fixture('import "contexts.allocpolicy"\nimport "net/rx.allocpolicy"\n', {
      "contexts.allocpolicy": "context a { in softirq }\n",
      "net/rx.allocpolicy": 'import "../contexts.allocpolicy"\n',
    });
    const base = "file:///policies";
    const changes = importChanges(workspace, [
      { oldUri: `${base}/contexts.allocpolicy`, newUri: `${base}/lib/places.allocpolicy` },
    ]);
    expect(applied(text, changes.get(URI) ?? [])).toBe(
      'import "lib/places.allocpolicy"\nimport "net/rx.allocpolicy"\n',
    );
    expect(changes.get(`${base}/net/rx.allocpolicy`)?.map((change) => change.text)).toEqual([
      '"../lib/places.allocpolicy"',
    ]);
    const moved = importChanges(workspace, [{ oldUri: `${base}/net`, newUri: `${base}/drivers/net` }]);
    expect(applied(text, moved.get(URI) ?? [])).toContain('import "drivers/net/rx.allocpolicy"');
    expect(moved.get(`${base}/net/rx.allocpolicy`)?.map((change) => change.text)).toEqual([
      '"../../contexts.allocpolicy"',
    ]);
    expect(importChanges(workspace, [{ oldUri: `${base}/x.allocpolicy`, newUri: `${base}/y.allocpolicy` }]).size).toBe(
      0,
    );
  });
});

describe("lenses", () => {
  test("stand over declarations, with their uses counted", () => {
    const { workspace, uri, text } = fixture(`${CHAIN}policy p { }\n`);
    expect(
      placed(lensesOf(workspace, uri, 100)).map(({ command, start, end }) => `${command} ${text.slice(start, end)}`),
    ).toEqual([
      "explain a",
      "compare a",
      "uses a",
      "explain b",
      "compare b",
      "uses b",
      "explain c",
      "compare c",
      "uses c",
      "run a",
      "matrix p",
      "uses p",
    ]);
    expect(lensUses(workspace, uri, text.indexOf("request b") + 8)).toHaveLength(1);
    expect(placed(lensesOf(workspace, uri, 2))).toHaveLength(2);
  });
});
