// Two kinds of site that the project does not have: a call in C, and an entry of a kernel log. They are made up here,
// and judged by the real rules: what one kind of site needs must not be known to rules or judge.
import { describe, expect, test } from "vitest";
import { contextOf, type Context, type ContextName } from "../../server/model/contexts.ts";
import type { Kernel } from "../../server/model/kernels/kernel.ts";
import { maskValue } from "../../server/model/masks/evaluation/mask-value.ts";
import { namedMask } from "../../server/model/masks/evaluation/named-mask.ts";
import type { MaskExpression } from "../../server/model/masks/expression.ts";
import type { MaskScope, NamedMask } from "../../server/model/masks/mask-scope.ts";
import { mask } from "../../server/model/masks/mask.ts";
import { parseMask } from "../../server/model/masks/parse.ts";
import { judge } from "../../server/rules/judge.ts";
import { maskEdits } from "../../server/rules/mask-edits.ts";
import { maskPlace } from "../../server/rules/mask-places.ts";
import type { Site } from "../../server/rules/site.ts";
import { kernelNamed } from "./_subject.ts";

const kernel = kernelNamed("6.12");

// A call in C ---------------------------------------------------------------------------------------------------------

/** Offsets in the C file, and why the call stands where it stands. */
interface CPlace {
  readonly text: string;
  readonly path: readonly string[];
}
interface CEdit {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

/** What the C around a call proves of it: null where nothing is known. */
interface Surroundings {
  readonly context: ContextName | null;
  readonly path: readonly string[];
}

const EVERY_CONTEXT: readonly ContextName[] = ["process", "softirq", "hardirq", "nmi", "reclaim"];
const DEFINE = /^#define[ \t]+(\w+)[ \t]+(.+)$/gm;
const CALL = /(\w+) = (k[mz]alloc)\((\w+), ([^;]*)\);(\s*if \(!\1\))?/;

function expressionIn(text: string): MaskExpression {
  const expression = parseMask(text);
  if ("wrong" in expression) throw new Error(expression.wrong);
  return expression;
}

/** The names that a C file defines, as masks of one kernel. */
function definesOf(code: string, forKernel: Kernel): MaskScope {
  const bodies = new Map([...code.matchAll(DEFINE)].map(([, name = "", body = ""]) => [name, body]));
  const scope: MaskScope = {
    kernel: forKernel,
    lookup: (name): NamedMask | null => {
      const body = bodies.get(name);
      return body === undefined ? null : namedMask(scope, expressionIn(body), null);
    },
  };
  return scope;
}

/** The first allocation of a C text. Its places are the text that is marked, with the path that proves the context. */
function callIn(code: string, { context, path }: Surroundings): Site<CPlace, CEdit> {
  const call = CALL.exec(code);
  if (call === null) throw new Error("no call");
  const [all, , api = "", size = "", flags = "", check] = call;
  const start = call.index + all.indexOf(`, ${flags}`) + 2;
  const expression = expressionIn(flags);
  const bytes = Number(size);
  const contexts: readonly Context[] = (context === null ? EVERY_CONTEXT : [context]).map((name) => contextOf(name));
  const valueIn = (forKernel: Kernel): ReturnType<typeof maskValue> =>
    maskValue(definesOf(code, forKernel), expression);
  const named = (text: string): CPlace => ({ text, path });
  return {
    asked: (forKernel) => {
      const value = valueIn(forKernel);
      return contexts.map((where) => ({
        request: {
          api,
          mask: value.mask,
          order: null,
          sizeBytes: Number.isInteger(bytes) ? bytes : null,
          pages: null,
          count: null,
          context: where,
          node: null,
          cache: null,
          poolEmpty: false,
        },
        written: value.written,
        isMaskKnown: value.certain,
        result: check === undefined ? "unchecked" : "checked",
        hasFallback: false,
      }));
    },
    whole: named(all),
    placeOf: (anchor, forKernel) => {
      switch (anchor.kind) {
        case "size":
        case "number":
          return named(size);
        case "api":
        case "context":
          return named(api);
        case "result-check":
          return check === undefined ? named(api) : named(check.trim());
        default: {
          const place = maskPlace(forKernel, valueIn(forKernel), anchor);
          return place === null ? null : named(place.marked?.text ?? flags);
        }
      }
    },
    saysMore: () => false,
    editsOf: (fix, forKernel) => {
      switch (fix.kind) {
        case "replace-api":
          return [{ at: call.index + all.indexOf(api), cut: api.length, put: fix.api }];
        // How a caller fails is not for an edit to say.
        case "add-result-check":
        case "remove-result-check":
        case "remove-argument":
          return null;
        default:
          return (
            maskEdits(forKernel, expression, valueIn(forKernel), fix, { text: flags, from: 0 })?.map((edit) => ({
              at: start + edit.start,
              cut: edit.end - edit.start,
              put: edit.text,
            })) ?? null
          );
      }
    },
  };
}

const withEdits = (code: string, edits: readonly CEdit[]): string =>
  edits.toReversed().reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), code);

const UNDER_LOCK: Surroundings = { context: "softirq", path: ["spin_lock_bh() in line 412", "tx_done() in line 980"] };
const NOT_PROVEN: Surroundings = { context: null, path: [] };

describe("a call in C is a site", () => {
  const code = "\tp = kmalloc(64, GFP_KERNEL);\n\tif (!p)\n\t\treturn -ENOMEM;\n";

  test("a finding marks the C text and carries the path that proves it", () => {
    const [finding] = judge(callIn(code, UNDER_LOCK), kernel).filter(({ rule }) => rule === "sleep-in-atomic");
    expect(finding?.place).toEqual({ text: "GFP_KERNEL", path: UNDER_LOCK.path });
  });

  test("a fix edits the C text", () => {
    const [finding] = judge(callIn(code, UNDER_LOCK), kernel);
    expect(finding?.fixes.map(({ changes }) => withEdits(code, changes))).toContain(
      code.replace("GFP_KERNEL", "GFP_ATOMIC"),
    );
  });

  test("edits keep the operators of C right, inside of parentheses too", () => {
    const nested = "p = kmalloc(64, (GFP_KERNEL | __GFP_HIGHMEM) & ~__GFP_FS);\nif (!p) return;";
    const fixed = judge(callIn(nested, NOT_PROVEN), kernel).flatMap(({ fixes }) =>
      fixes.map(({ changes }) => withEdits(nested, changes)),
    );
    expect(fixed).toContain(nested.replace("(GFP_KERNEL | __GFP_HIGHMEM)", "(GFP_KERNEL)"));
  });

  test("without proof of a context only what holds in every context is said", () => {
    expect(judge(callIn(code, NOT_PROVEN), kernel)).toEqual([]);
    expect(judge(callIn(code.replace("GFP_KERNEL", "GFP_ATOMIC"), NOT_PROVEN), kernel)).toEqual([]);
    const anywhere = judge(callIn(code.replace("GFP_KERNEL", "GFP_KERNEL | __GFP_HIGHMEM"), NOT_PROVEN), kernel);
    expect(anywhere.map(({ place }) => place.text)).toEqual(["__GFP_HIGHMEM"]);
  });

  test("a #define is a name of its own: it is marked where it is used, and judged by what it stands for", () => {
    const defined = `#define TX_GFP (GFP_KERNEL | __GFP_NOWARN)\n${code.replace("GFP_KERNEL", "TX_GFP")}`;
    const [finding] = judge(callIn(defined, UNDER_LOCK), kernel).filter(({ rule }) => rule === "sleep-in-atomic");
    expect(finding?.place.text).toBe("TX_GFP");
  });

  test("of a mask that is not known nothing is said", () => {
    expect(judge(callIn(code.replace("GFP_KERNEL", "GFP_KERNEL | gfp"), UNDER_LOCK), kernel)).toEqual([]);
  });

  test("a result that nobody looks at is seen, and no check is written for the author", () => {
    const unchecked = "p = kmalloc(64, GFP_ATOMIC);\np->next = 0;\n";
    const findings = judge(callIn(unchecked, UNDER_LOCK), kernel);
    expect(findings.map(({ place }) => place.text)).toContain("kmalloc");
    expect(findings.flatMap(({ fixes }) => fixes)).toEqual([]);
    for (const { advice } of findings) expect(advice).not.toBe("");
  });
});

// An entry of a kernel log --------------------------------------------------------------------------------------------

const ENTRY = /page allocation failure: order:(\d+), mode:(0x[0-9a-f]+)\(([^)]*)\)/;

/** A failure as the kernel printed it. It names places by line and column, and nothing of it can be edited. */
function entryIn(log: string): Site<string, never> {
  const line = log.split("\n").findIndex((text) => ENTRY.test(text));
  const match = ENTRY.exec(log.split("\n")[line] ?? "");
  if (match === null) throw new Error("no failure");
  const [, order = "", bits = ""] = match;
  const value = mask(Number(bits));
  const at = (text: string): string => `${line + 1}:${(log.split("\n")[line] ?? "").indexOf(text) + 1}`;
  return {
    asked: () => [
      {
        request: {
          api: "alloc_pages",
          mask: value,
          order: Number(order),
          sizeBytes: null,
          pages: null,
          count: null,
          context: contextOf("process"),
          node: null,
          cache: null,
          poolEmpty: false,
        },
        // What the kernel printed is not what the caller wrote.
        written: { names: [], hasLiteral: false, cleared: [] },
        isMaskKnown: true,
        result: null,
        hasFallback: false,
      },
    ],
    whole: at("page allocation"),
    placeOf: (anchor) => {
      switch (anchor.kind) {
        case "size":
          return at("order:");
        case "api":
        case "context":
        case "result-check":
          return null;
        default:
          return at(bits);
      }
    },
    saysMore: () => false,
    editsOf: () => null,
  };
}

describe("an entry of a kernel log is a site", () => {
  const log = (order: number, mode: string): string =>
    `[  1.0] eth0: link up\n[ 12.5] ksoftirqd/0: page allocation failure: order:${order}, mode:${mode}, nodemask=(null)\n`;

  test("its mask is judged where it is printed", () => {
    const findings = judge(entryIn(log(0, "0x818(__GFP_MOVABLE|__GFP_RECLAIMABLE)")), kernel);
    expect(findings.map(({ rule, place }) => `${rule} ${place}`)).toContain("mobility-conflict 2:61");
  });

  test("its order is judged as well, in words alone", () => {
    const findings = judge(entryIn(log(5, "0x820(GFP_ATOMIC)")), kernel);
    expect(findings).not.toEqual([]);
    for (const { fixes, advice } of findings) expect([fixes, advice === ""]).toEqual([[], false]);
  });

  test("rules about what was written stay silent", () => {
    expect(judge(entryIn(log(0, "0xcc0(GFP_KERNEL)")), kernel)).toEqual([]);
  });
});
