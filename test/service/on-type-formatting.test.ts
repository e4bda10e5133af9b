import { describe, expect, test } from "vitest";
import { parseFile } from "../../grammar/index.ts";
import { onTypeFormattingOf } from "../../server/service/on-type-formatting.ts";
import { applied } from "./_fixture.ts";

/** The text once the brace before `$0` was typed. */
function typed(marked: string): string {
  const text = marked.replace("$0", "");
  return applied(text, onTypeFormattingOf(parseFile(text), marked.indexOf("$0")));
}

describe("A closing brace that is typed", () => {
  test("takes the place of the one that the editor wrote on the next line", () => {
    expect(typed("context c {\n  in softirq\n}$0\n}\n")).toBe("context c {\n  in softirq\n}\n");
    expect(typed("memory m {\n  node 0 {\n    zone DMA {\n    }$0\n    }\n  }\n}\n")).toBe(
      "memory m {\n  node 0 {\n    zone DMA {\n    }\n  }\n}\n",
    );
  });

  test("takes the place of all that the editor wrote while nobody answered", () => {
    expect(typed("node {\n  zone {\n    }\n  }$0\n  }\n}\n")).toBe("node {\n  zone {\n    }\n  }\n");
    expect(typed("memory m {\n  node 0 {\n  }\n}$0\n  }\n}\n")).toBe("memory m {\n  node 0 {\n  }\n}\n");
  });

  test("leaves those that are needed", () => {
    const text = "memory m {\n  node 0 {\n    zone DMA {\n    }$0\n  }\n}\n";
    expect(typed(text)).toBe(text.replace("$0", ""));
  });

  test("formats the declaration of several lines that it closes, and no other", () => {
    expect(typed("flags  A=GFP_KERNEL\nrequest r {\napi kmalloc\n size 4  KiB\nflags GFP_KERNEL\n}$0\n")).toBe(
      "flags  A=GFP_KERNEL\nrequest r {\n  api   kmalloc\n  size  4 KiB\n  flags GFP_KERNEL\n}\n",
    );
  });

  test("formats it where the one that the editor wrote goes, too", () => {
    expect(
      typed("flags  A=GFP_KERNEL\n\nrequest r {\n    api kmalloc\n    size 4 KiB\n    flags GFP_KERNEL\n}$0\n}\n"),
    ).toBe("flags  A=GFP_KERNEL\n\nrequest r {\n  api   kmalloc\n  size  4 KiB\n  flags GFP_KERNEL\n}\n");
  });

  test("leaves one line as it was written", () => {
    const text = "request r {api kmalloc size 4 KiB  flags GFP_KERNEL}$0\n";
    expect(typed(text)).toBe(text.replace("$0", ""));
  });

  test("means nothing in a comment, a string or a damaged file", () => {
    for (const text of ["// }$0\n}\n", 'context c { holds mutex "}$0\n}\n', "request r {\napi\n}$0\n"])
      expect(typed(text)).toBe(text.replace("$0", ""));
  });
});

describe("The end of a line that is typed behind a closing brace", () => {
  test("stands for the brace, where what the editor wrote is still there", () => {
    expect(typed("context c {\nin softirq\n  }\n  $0\n}\n")).toBe("context c {\n  in softirq\n}\n\n");
    expect(typed("memory m {\n  node 0 {\n    zone DMA {\n    }\n    $0\n    }\n  }\n}")).toBe(
      "memory m {\n  node 0 {\n    zone DMA {\n    }\n    \n  }\n}",
    );
  });

  test("means nothing else", () => {
    for (const text of [
      "context c {\nin softirq\n  }\n  $0",
      "context c {\n  $0\n}",
      "// }\n$0\n}\n",
      "flags X = 0\n$0\n}",
    ])
      expect(typed(text)).toBe(text.replace("$0", ""));
  });
});

describe("A closing parenthesis that is typed", () => {
  test("takes the place of the one that the editor wrote, which went to the next line with the cursor", () => {
    expect(typed("transform n(gfp) = (gfp |\n  __GFP_ZERO)$0)\n")).toBe("transform n(gfp) = (gfp |\n  __GFP_ZERO)\n");
    expect(typed("flags X = ~(A & (B | C)$0)\n")).toBe("flags X = ~(A & (B | C))\n");
    expect(typed("flags X = ~(A & (B | C))$0)\n")).toBe("flags X = ~(A & (B | C))\n");
  });

  test("means nothing in a comment", () => {
    expect(typed("// (a)$0)\n")).toBe("// (a))\n");
  });
});
