// Any text is read: cut, doubled and swapped tokens, bytes of any kind, nests of #if. Nothing crashes or hangs, and
// what is broken in one function is not reported in another.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCFile } from "../../server/c-source/functions/c-file.ts";
import { tokensOf } from "../../server/c-source/text/lexer.ts";
import { readHeader } from "../../server/c-source/functions/headers.ts";
import { judgeC } from "../../server/c-source/judge/judge.ts";
import { readModule } from "../../server/c-source/functions/module.ts";
import { kernelNamed } from "../rules/_subject.ts";
import { findingsIn } from "./_c.ts";

const GUILTY = `static int guilty(struct nic *nic)
{
	unsigned long flags;
	void *p;

	spin_lock_irqsave(&nic->lock, flags);
	if (nic->full) {
		spin_unlock_irqrestore(&nic->lock, flags);
		return -EBUSY;
	}
	p = kmalloc(sizeof(*nic->ring) * nic->size, GFP_KERNEL | __GFP_ZERO);
	switch (nic->mode) {
	case MODE_A:
		list_for_each_entry(r, &nic->rings, list)
			r->p = kmemdup(p, 64, nic->atomic ? GFP_ATOMIC : GFP_KERNEL);
		break;
	default:
		goto out;
	}
out:
	spin_unlock_irqrestore(&nic->lock, flags);
	return p ? 0 : -ENOMEM;
}
`;

const INNOCENT = `static int innocent(struct nic *nic)
{
	void *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	nic->p = p;
	return 0;
}
`;

/** The tokens of a text, with what stands between them. */
function piecesOf(text: string): readonly string[] {
  const tokens = tokensOf(text, { options: null });
  return Array.from({ length: tokens.count }, (_, token) =>
    text.slice(token === 0 ? 0 : (tokens.ends[token - 1] ?? 0), tokens.ends[token] ?? 0),
  );
}

const PIECES = piecesOf(GUILTY);

type Damage = (pieces: readonly string[], at: number, other: number) => readonly string[];

const DAMAGES: Readonly<Record<string, Damage>> = {
  cut: (pieces, at) => pieces.slice(0, at),
  lost: (pieces, at) => pieces.toSpliced(at, 1),
  doubled: (pieces, at) => pieces.toSpliced(at, 0, pieces[at] ?? ""),
  swapped: (pieces, at, other) => pieces.with(at, pieces[other] ?? "").with(other, pieces[at] ?? ""),
};

const damaged = fc
  .record({
    how: fc.constantFrom(...Object.values(DAMAGES)),
    at: fc.nat({ max: PIECES.length - 1 }),
    other: fc.nat({ max: PIECES.length - 1 }),
  })
  .map(({ how, at, other }) => how(PIECES, at, other).join(""));

describe("a damaged function", () => {
  test("has no finding in another function, and takes none from it", () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const code = `${text}\n\n${INNOCENT}\n${GUILTY.replace("guilty", "later")}`;
        const findings = findingsIn(code);
        const [begin, end] = [code.indexOf("static int innocent"), code.lastIndexOf("static int later")];
        for (const { start, proof } of findings)
          for (const at of [start, ...proof.map((step) => step.start)]) expect(at < begin || at >= end).toBe(true);
        // The same function further on is found whole, but where the damage takes its name or its braces with it.
        const names = readCFile(code).functions.map(({ read }) => read.name);
        expect(names).toContain("later");
        expect(findings.filter(({ function: name }) => name === "later").map(({ rule }) => rule)).toEqual([
          "sleep-in-atomic",
        ]);
      }),
      { numRuns: 400 },
    );
  });

  test("is read again as if nothing had been there before", () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const [before, after] = [`${GUILTY}\n${INNOCENT}`, `${text}\n${INNOCENT}`];
        expect(readCFile(after, undefined, readCFile(before))).toEqual(readCFile(after));
      }),
      { numRuns: 100 },
    );
  });
});

describe("damage in a header, or in another file of the module,", () => {
  const HELPERS = `static inline void nic_lock(struct nic *nic)
{
	spin_lock(&nic->lock);
}

static inline void nic_unlock(struct nic *nic)
{
	spin_unlock(&nic->lock);
}

#define nic_name(nic) kstrdup((nic)->name, GFP_KERNEL)

static inline void *nic_alloc(struct nic *nic, size_t n, gfp_t gfp)
{
	gfp_t flags = nic ? gfp | __GFP_ZERO : gfp;

	return kmalloc(n * 2, flags & ~__GFP_FS);
}
`;
  const USER = `static int opened(struct nic *nic)
{
	nic_lock(nic);
	nic->a = nic_name(nic);
	nic->b = nic_alloc(nic, 32, GFP_KERNEL);
	nic->c = kmalloc(64, GFP_KERNEL);
	nic_unlock(nic);
	return nic->a && nic->b && nic->c ? 0 : -ENOMEM;
}
`;
  const pieces = piecesOf(HELPERS);
  const harmed = fc
    .record({
      how: fc.constantFrom(...Object.values(DAMAGES)),
      at: fc.nat({ max: pieces.length - 1 }),
      other: fc.nat({ max: pieces.length - 1 }),
    })
    .map(({ how, at, other }) => how(pieces, at, other).join(""));
  const options = { build: { options: null }, wrappers: new Map(), allocators: new Map() };
  const kernel = kernelNamed("6.12");
  const told = (header: string, others: readonly string[]) => {
    const texts = [`${USER}\n${INNOCENT}`, ...others].map((text, index) => ({
      path: `${index}.c`,
      text,
      header: readHeader(header, options, "nic.h"),
    }));
    const files = readModule(texts, options).map((file, index) => ({ path: `${index}.c`, file }));
    return { texts, findings: judgeC(files, { kernel, confidence: "possible" }) };
  };

  test("is no finding of a function that uses none of it, and every place of a finding lies in its file", () => {
    fc.assert(
      fc.property(fc.oneof(harmed, fc.string({ unit: "binary", maxLength: 200 })), fc.boolean(), (text, isHeader) => {
        const shared = text.replaceAll("static inline ", "");
        const { texts, findings } = told(isHeader ? text : "", isHeader ? [] : [shared]);
        for (const { file, function: name, start, end, proof } of findings) {
          expect(name === "innocent").toBe(false);
          for (const at of [{ file, start, end }, ...proof]) {
            const length = texts[at.file]?.text.length ?? -1;
            expect(0 <= at.start && at.start <= at.end && at.end <= length).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is read in time that grows as its functions do, however they call each other", () => {
    const chain = Array.from(
      { length: 300 },
      (_, at) => `static void *own_${at + 1}(size_t n, gfp_t gfp)\n{\n\treturn own_${at}(n * n, gfp | gfp);\n}\n`,
    ).join("");
    const first = "static void *own_0(size_t n, gfp_t gfp)\n{\n\treturn kmalloc(n, gfp);\n}\n";
    const { findings } = told(`${first}${chain}`, [`${first}${chain}`.replaceAll("static ", "")]);
    expect(findings.length).toBeLessThan(100);
  });

  test("leaves what is whole as it was: the same header read again says the same", () => {
    fc.assert(
      fc.property(harmed, (text) => {
        expect(readHeader(text, options, "nic.h")).toEqual(readHeader(text, options, "nic.h"));
        const whole = told(HELPERS, []).findings.map(({ rule, start }) => `${rule} ${start}`);
        expect(whole.length).toBeGreaterThan(0);
        const both = told(HELPERS, [text.replaceAll("nic_", "other_")]).findings.filter(({ file }) => file === 0);
        expect(both.map(({ rule, start }) => `${rule} ${start}`)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });
});

describe("any text", () => {
  const bits = fc.constantFrom(
    ..."(){}[];,#\\\"'/*\n \t|&~?:=-><!",
    "if",
    "for",
    "case",
    "spin_lock",
    "kmalloc",
    "GFP_KERNEL",
    "#if 0\n",
    "#endif\n",
    "f",
    "0x",
    "static int f(void)\n{\n",
    "\n}\n",
  );

  test("is read, and its functions and calls lie in it", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(bits, { maxLength: 120 }).map((all) => all.join("")),
          fc.string({ unit: "binary", maxLength: 300 }),
        ),
        (text) => {
          for (const { start, read } of readCFile(text).functions) {
            expect(start + read.length).toBeLessThanOrEqual(text.length);
            for (const call of read.calls) expect(text.slice(start + call.start).startsWith(call.name)).toBe(true);
          }
          findingsIn(text);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("is read in time that grows as the text does, however deep it nests", () => {
    const deep = (open: string, close: string, many: number): string =>
      `static int f(void)\n{\n${open.repeat(many)}x();${close.repeat(many)}\n}\n`;
    for (const [open, close] of [
      ["{", "}"],
      ["(", ")"],
      ["if (a) ", ""],
      ["if (a) x(); else ", ""],
      ["do ", " while (0);"],
      ["kmalloc(", ", GFP_KERNEL)"],
      ["p = a ? GFP_KERNEL : ", ""],
      ["kmalloc(1, ~", ")"],
      ["#if A\n", "\n#endif\n"],
      ["({ ", " })"],
      ["switch (a) { case 1: ", "}"],
      ["kmalloc(a + a, b | ", "GFP_KERNEL)"],
      ["kmalloc(a, a, ", "a)"],
    ] as const) {
      const text = deep(open, close, 3000);
      expect(
        readCFile(`${text}\n${INNOCENT}`).functions.map(({ read }) => read.name),
        open,
      ).toContain("innocent");
      findingsIn(text);
    }
  });
});

describe("nests of #if", () => {
  interface Branch {
    readonly body: readonly Node[];
  }
  type Node = { readonly kind: "call" } | { readonly kind: "if"; readonly branches: readonly Branch[] };
  const { node } = fc.letrec<{ node: Node; body: readonly Node[] }>((tie) => ({
    body: fc.array(tie("node"), { maxLength: 3 }),
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constant<Node>({ kind: "call" }),
      fc
        .array(
          tie("body").map((body): Branch => ({ body })),
          { minLength: 1, maxLength: 3 },
        )
        .map((branches): Node => ({ kind: "if", branches })),
    ),
  }));

  test("whose branches close what they open keep every call, in order", () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 4 }), (nodes) => {
        let calls = 0;
        const write = (all: readonly Node[]): string =>
          all
            .map((one) =>
              one.kind === "call"
                ? `\tcall${calls++}();\n`
                : `#if A\n${one.branches.map(({ body }) => write(body)).join("#elif B\n")}#endif\n`,
            )
            .join("");
        const code = `static void f(void)\n{\n${write(nodes)}}\n\n${INNOCENT}`;
        const [f, other] = readCFile(code).functions;
        expect(f?.read.calls.map(({ name }) => name)).toEqual(
          Array.from({ length: calls }, (_, index) => `call${index}`),
        );
        expect(other?.read.name).toBe("innocent");
      }),
    );
  });

  test("that open a block in one branch and close it in another leave the next function alone", () => {
    const openers = fc.constantFrom("\tif (a) {\n", "\tfor (;;) {\n", "\tg(\n", "\t}\n", "\tcall();\n");
    fc.assert(
      fc.property(fc.array(fc.tuple(openers, openers), { maxLength: 5 }), (pairs) => {
        const code = `static void f(void)\n{\n${pairs.map(([one, other]) => `#ifdef A\n${one}#else\n${other}#endif\n`).join("")}}\n\n${INNOCENT}`;
        expect(readCFile(code).functions.map(({ read }) => read.name)).toContain("innocent");
      }),
    );
  });
});
