import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelOf } from "../../server/model/kernels/kernels.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { applyTo, kernelScope, type MaskScope } from "../../server/model/masks/mask-scope.ts";
import { maskValue, type MaskValue } from "../../server/model/masks/evaluation/mask-value.ts";
import { namedMask } from "../../server/model/masks/evaluation/named-mask.ts";
import type { MaskExpression } from "../../server/model/masks/expression.ts";
import { mask } from "../../server/model/masks/mask.ts";
import { parseMask } from "../../server/model/masks/parse.ts";

function known(): Kernel {
  const kernel = kernelOf("6.12");
  if ("unknown" in kernel) throw new Error(kernel.unknown);
  return kernel;
}
const kernel = known();
const { bits, gfp } = kernel;

function read(text: string): MaskExpression {
  const expression = parseMask(text);
  if ("wrong" in expression) throw new Error(expression.wrong);
  return expression;
}

const worth = (text: string, scope: MaskScope = kernelScope(kernel)): MaskValue => maskValue(scope, read(text));

interface Written {
  readonly text: string;
  readonly value: bigint;
}
/** A mask in C and what C makes of it, with as few parentheses as C's precedence allows. */
const written: fc.Arbitrary<Written> = fc.letrec<{
  choice: Written;
  condition: Written;
  conjunction: Written;
  comparison: Written;
  or: Written;
  and: Written;
  unary: Written;
}>((tie) => ({
  choice: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    tie("or"),
    fc.tuple(tie("condition"), tie("choice"), tie("choice")).map(([condition, yes, no]) => ({
      text: `${condition.text} ? ${yes.text}: ${no.text}`,
      value: condition.value === 0n ? no.value : yes.value,
    })),
  ),
  condition: fc.oneof(
    tie("or"),
    fc.array(tie("conjunction"), { minLength: 2, maxLength: 3 }).map((all) => ({
      text: all.map(({ text }) => text).join(" || "),
      value: all.some(({ value }) => value !== 0n) ? 1n : 0n,
    })),
  ),
  conjunction: fc.oneof(
    tie("comparison"),
    fc.array(tie("comparison"), { minLength: 2, maxLength: 3 }).map((all) => ({
      text: all.map(({ text }) => text).join("&&"),
      value: all.every(({ value }) => value !== 0n) ? 1n : 0n,
    })),
  ),
  comparison: fc.oneof(
    tie("or"),
    fc.tuple(tie("unary"), fc.constantFrom("==", "!="), tie("unary")).map(([left, sign, right]) => ({
      text: `${left.text} ${sign} ${right.text}`,
      value: (left.value === right.value) === (sign === "==") ? 1n : 0n,
    })),
    tie("unary").map(({ text, value }) => ({ text: `!${text}`, value: value === 0n ? 1n : 0n })),
  ),
  or: fc.array(tie("and"), { minLength: 1, maxLength: 3 }).map((all) => ({
    text: all.map(({ text }) => text).join("|"),
    value: all.reduce((sum, { value }) => sum | value, 0n),
  })),
  and: fc.array(tie("unary"), { minLength: 1, maxLength: 3 }).map((all) => ({
    text: all.map(({ text }) => text).join(" & "),
    value: all.reduce((sum, { value }) => sum & value, 0xffffffffn),
  })),
  unary: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc
      .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom("", "u", "UL", "ull", "L"))
      .map(([value, suffix]) => ({ text: `0x${value.toString(16)}${suffix}`, value: BigInt(value) })),
    fc.integer({ min: 0, max: 0xffffffff }).map((value) => ({ text: String(value), value: BigInt(value) })),
    tie("choice").map(({ text, value }) => ({ text: `( ${text} )`, value })),
    tie("unary").map(({ text, value }) => ({ text: `~${text}`, value: ~value & 0xffffffffn })),
  ),
})).choice;

const CONDITION = "a condition gives 1 or 0 and no mask: write it before `?`, and join masks with |, & and ~";

describe("a mask as text", () => {
  test("is worth what C makes of it", () => {
    fc.assert(
      fc.property(written, ({ text, value }) => {
        expect(worth(text).mask, text).toBe(Number(value));
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  test("every place is that of its text", () => {
    fc.assert(
      fc.property(written, ({ text }) => {
        for (const part of worth(text).parts)
          if (part.kind !== "complement") expect(text.slice(part.span.start, part.span.end)).toBe(part.text);
      }),
      { numRuns: 200, seed: 12 },
    );
  });

  test.each([
    ["GFP_KERNEL & ~__GFP_FS", gfp.NOFS],
    ["GFP_KERNEL|__GFP_ZERO & ~__GFP_ZERO", gfp.KERNEL],
    ["(GFP_KERNEL|__GFP_ZERO) & ~(__GFP_ZERO | __GFP_FS)", gfp.NOFS],
    ["  0xcc0UL\n", gfp.KERNEL],
    ["~~__GFP_ZERO", bits.ZERO],
    ["(gfp_t)0xcc0", gfp.KERNEL],
    ["(__force gfp_t) (GFP_KERNEL) & ~(unsigned int)__GFP_FS", gfp.NOFS],
    ["1u << 6 | BIT(7)", mask((1 << 6) | (1 << 7))],
    ["GFP_KERNEL & __GFP_FS ? GFP_NOFS : GFP_NOIO", gfp.NOFS],
    ["(GFP_NOFS & __GFP_FS ? GFP_NOFS : GFP_NOIO) | __GFP_ZERO", mask(gfp.NOIO | bits.ZERO)],
    ["0 ? 1 : 0 ? 2 : 4", mask(4)],
    ["1 ? 0 ? 1 : 2 : 4", mask(2)],
    ["1 ? 1 ? 1 : 2 : 4", mask(1)],
    ["GFP_NOFS ?: GFP_KERNEL", gfp.NOFS],
    ["0 ?: GFP_KERNEL", gfp.KERNEL],
    ["GFP_KERNEL == 0xcc0 && !(GFP_NOFS & __GFP_FS) ? 1 : 2", mask(1)],
    ["GFP_KERNEL != 0xcc0 || 0 ? 1 : 2", mask(2)],
    ["1 | 2 == 2 ? 4 : 8", mask(4)],
  ])("%s", (text, expected) => {
    expect(worth(text)).toMatchObject({ mask: expected, certain: true });
  });

  test.each([
    ["", "a name is missing", 0],
    ["GFP_KERNEL |", "a name is missing", 12],
    ["GFP_KERNEL || __GFP_ZERO", CONDITION, 0],
    ["GFP_KERNEL & !__GFP_FS", CONDITION, 13],
    ["GFP_KERNEL == __GFP_FS ? 1 : !2", CONDITION, 29],
    ["GFP_KERNEL ? 1", "a `?` has no `:`", 11],
    ["(GFP_KERNEL ? 1) | 2", "a `?` has no `:`", 12],
    ["GFP_KERNEL : 1", "a `:` has no `?`", 11],
    ["GFP_KERNEL ? : ", "a name is missing", 15],
    ["GFP_KERNEL == | 2", "a name is missing", 14],
    ["GFP_KERNEL << 2", "`<<` shifts numbers only: write `1 << 3`, or the flag by its name", 11],
    ["~1 << 2", "`<<` shifts numbers only: write `1 << 3`, or the flag by its name", 3],
    ["GFP_KERNEL & | 1", "a name is missing", 13],
    ["(", "a name is missing", 1],
    ["()", "a name is missing before )", 1],
    ["(GFP_KERNEL", "a `(` has no `)`", 0],
    ["GFP_KERNEL)", "a `)` has no `(`", 10],
    ["GFP_KERNEL __GFP_ZERO", "an operator is missing before __GFP_ZERO", 11],
    ["GFP_KERNEL ~__GFP_ZERO", "an operator is missing before ~", 11],
    ["GFP_KERNEL + 1", "`+` means nothing in a mask: write names and numbers with |, & and ~", 11],
    ["0xgfp", "0xgfp is no number", 0],
    ["1 | 0x10uu", "0x10uu is no number", 4],
    ["0100", "C reads 0100 as octal: write it in hexadecimal", 0],
  ])("%j is none: %s", (text, wrong, at) => {
    expect(parseMask(text)).toEqual({ wrong, at });
  });

  test("any text is a mask, or is told why not and where", () => {
    const piece = fc.constantFrom(
      "GFP_KERNEL",
      "__GFP_FS",
      "0xcc0",
      "7u",
      "|",
      "&",
      "~",
      "(",
      ")",
      " ",
      "f(",
      "?",
      ":",
      "==",
      "!=",
      "!",
      "&&",
      "||",
      "<<",
      "(gfp_t)",
      "BIT(",
      "\n",
      "é",
      "09",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join("")),
        ),
        (text) => {
          const expression = parseMask(text);
          if ("wrong" in expression) {
            expect(expression.wrong).not.toBe("");
            expect(expression.at).toBeGreaterThanOrEqual(0);
            expect(expression.at).toBeLessThanOrEqual(text.length);
          } else maskValue(kernelScope(kernel), expression);
        },
      ),
      { numRuns: 2000, seed: 13 },
    );
  });

  test("is read however deep and however long it is", () => {
    const deep = 200_000;
    expect(worth(`${"(".repeat(deep)}GFP_KERNEL${")".repeat(deep)}`).mask).toBe(gfp.KERNEL);
    expect(worth(`${"~".repeat(deep)}GFP_KERNEL`).mask).toBe(gfp.KERNEL);
    expect(worth(Array.from({ length: deep }, () => "GFP_KERNEL").join("|")).mask).toBe(gfp.KERNEL);
    expect(parseMask("(".repeat(deep))).toEqual({ wrong: "a name is missing", at: deep });
  });
});

describe("names of its own", () => {
  const scope: MaskScope = {
    kernel,
    lookup: (name) =>
      name === "MINE"
        ? namedMask(kernelScope(kernel), read("GFP_NOFS | __GFP_NOWARN"), null)
        : name === "quiet"
          ? namedMask(kernelScope(kernel), read("gfp & ~__GFP_IO | __GFP_NOWARN"), "gfp")
          : null,
  };

  test("come before the kernel's, and are written as what they stand for", () => {
    expect(worth("MINE | __GFP_ZERO", scope)).toMatchObject({
      mask: gfp.NOFS | bits.NOWARN | bits.ZERO,
      written: { names: ["GFP_NOFS", "__GFP_NOWARN", "__GFP_ZERO"], cleared: [] },
      certain: true,
    });
  });

  test("with an argument are called, without one are not", () => {
    expect(worth("quiet(GFP_NOFS)", scope)).toMatchObject({
      mask: (gfp.NOFS & ~bits.IO) | bits.NOWARN,
      certain: true,
    });
    expect(worth("quiet", scope).certain).toBe(false);
    expect(worth("MINE(GFP_NOFS)", scope).certain).toBe(false);
    expect(worth("GFP_KERNEL(GFP_NOFS)", scope).certain).toBe(false);
  });
});

describe("a transform with conditions", () => {
  const at = { start: 0, end: 0 };
  const name = (text: string): MaskExpression => ({ ...at, kind: "name", text });
  /** Bodies with conditions inside of conditions, over the parameter `gfp` and a few flags. */
  const body: fc.Arbitrary<MaskExpression> = fc.letrec<{ node: MaskExpression }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: "small", withCrossShrink: true },
      fc.constantFrom("gfp", "gfp", "GFP_KERNEL", "__GFP_IO", "__GFP_ZERO", "__GFP_NOWARN").map(name),
      fc.tuple(tie("node"), tie("node")).map((operands) => ({ ...at, kind: "or" as const, operands })),
      fc.tuple(tie("node"), tie("node")).map((operands) => ({ ...at, kind: "and" as const, operands })),
      tie("node").map((operand) => ({ ...at, kind: "not" as const, operand })),
      tie("node").map((operand) => ({ ...at, kind: "zero" as const, operand })),
      fc
        .tuple(tie("node"), tie("node"), fc.boolean())
        .map(([one, other, isEqual]) => ({ ...at, kind: "equal" as const, isEqual, operands: [one, other] as const })),
      fc.tuple(tie("node"), tie("node"), tie("node")).map((operands) => ({ ...at, kind: "choice" as const, operands })),
    ),
  })).node;

  /** The body with a number for its parameter. */
  function given(node: MaskExpression, argument: number): MaskExpression {
    switch (node.kind) {
      case "name":
        return node.text === "gfp"
          ? { ...at, kind: "number", numeral: { text: String(argument), value: argument } }
          : node;
      case "or":
      case "and":
        return { ...node, operands: node.operands.map((operand) => given(operand, argument)) };
      case "equal":
        return { ...node, operands: [given(node.operands[0], argument), given(node.operands[1], argument)] };
      case "choice": {
        const [condition, yes, no] = node.operands;
        return { ...node, operands: [given(condition, argument), given(yes, argument), given(no, argument)] };
      }
      case "not":
      case "zero":
        return { ...node, operand: given(node.operand, argument) };
      default:
        return node;
    }
  }

  test("gives for every mask what the expression with that mask in it gives", () => {
    fc.assert(
      fc.property(body, fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 8 }), (expression, masks) => {
        const scope = kernelScope(kernel);
        const named = namedMask(scope, expression, "gfp");
        fc.pre(!named.hasTooManyCases);
        for (const argument of [0, 0xffffffff, bits.IO, bits.ZERO | bits.IO, gfp.KERNEL, ...masks])
          expect(applyTo(named, mask(argument))).toBe(maskValue(scope, given(expression, argument)).mask);
      }),
      { numRuns: 800, seed: 31 },
    );
  });

  test("with more cases than can be told apart says so, quickly", () => {
    const choice = (flag: string): MaskExpression => ({
      ...at,
      kind: "choice",
      operands: [{ ...at, kind: "and", operands: [name("gfp"), name(flag)] }, name(flag), name("__GFP_COMP")],
    });
    const many = Array.from({ length: 3000 }, (_, index) => choice(index % 2 === 0 ? "__GFP_IO" : "__GFP_FS"));
    const tangled = namedMask(kernelScope(kernel), { ...at, kind: "or", operands: many }, "gfp");
    expect(tangled.hasTooManyCases).toBe(true);
    expect(tangled.certain).toBe(false);
    const few = namedMask(kernelScope(kernel), { ...at, kind: "or", operands: many.slice(0, 8) }, "gfp");
    expect(few.hasTooManyCases).toBe(false);
  });
});

describe("names joined by |, as nearly all masks are written", () => {
  const names = fc.array(
    fc.constantFrom("GFP_KERNEL", "GFP_DMA", "__GFP_IO", "__GFP_NO", "__GFP_ZERO", "QUIET", "WITH"),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  const spaces = fc.constantFrom("", " ", "  ");
  const declared = new Map(
    [
      ["QUIET", "__GFP_NOWARN | 0x40 & ~__GFP_FS"],
      ["WITH", "gfp | __GFP_IO"],
    ].map(([name = "", text = ""]) => [
      name,
      namedMask(kernelScope(kernel), read(text), name === "WITH" ? "gfp" : null),
    ]),
  );
  const scope: MaskScope = { kernel, lookup: (name) => declared.get(name) ?? null };

  test("are read as any other expression", () => {
    fc.assert(
      fc.property(names, spaces, spaces, (list, before, after) => {
        const text = before + list.join(`${after}|${before}`) + after;
        const [plain, beside] = [read(text), read(`(${text})`)];
        if (beside.kind !== "paren") throw new Error("a parenthesis was read as something else");
        const moved = JSON.stringify(beside.inner, (key: string, value: unknown) =>
          (key === "start" || key === "end") && typeof value === "number" ? value - 1 : value,
        );
        expect(JSON.stringify(plain)).toBe(moved);
      }),
      { numRuns: 300, seed: 32 },
    );
  });

  test("are worth what any other expression of them is worth", () => {
    fc.assert(
      fc.property(names, (list) => {
        const plain = read(list.join(" | "));
        expect(maskValue(scope, plain)).toEqual(maskValue(scope, { kind: "paren", inner: plain, start: 0, end: 0 }));
      }),
      { numRuns: 300, seed: 33 },
    );
  });
});
