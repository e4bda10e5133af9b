import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyWorkspace, withDocument } from "../../server/documents/workspace.ts";
import { DEFAULT_SETTINGS } from "../../server/documents/settings.ts";
import { hoverAt } from "../../server/service/hover.ts";
import { callExplained } from "../../server/service/kernel-c/hover.ts";
import { kernelC } from "../../server/service/kinds/kernel-c.ts";
import { code, escaped } from "../../server/service/markdown.ts";
import { fixture } from "./_fixture.ts";

const URI = "file:///tree/drivers/net/rx.c";

/** Each would be more than text in Markdown. */
const MARKED = [
  "*zq*",
  "**zq**",
  "_zq_",
  "~~zq~~",
  "`zq`",
  "``zq",
  "[zq](command:zq)",
  "![zq](https://example.org/zq.png)",
  "<zq>",
  "<img src=zq>",
  "&lt;zq",
  "\\zq",
  "# zq",
  "| zq |",
];
const marked = fc.array(fc.constantFrom(...MARKED), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" "));
const runs = { seed: 20261129, numRuns: 25 };

/** What is no code and not escaped: what a renderer of Markdown may take for more than text. */
function active(markdown: string): string {
  const outside = markdown.replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, "");
  let left = "";
  for (let at = 0; at < outside.length; at += 1) {
    const character = outside[at] ?? "";
    const [mark = ""] = character === "`" ? (/^`+/.exec(outside.slice(at)) ?? []) : [];
    const end = mark === "" ? -1 : outside.slice(at + mark.length).search(new RegExp(`(?<!\`)${mark}(?!\`)`));
    if (character === "\\") {
      left += " ";
      at += 1;
    } else if (end >= 0) at += mark.length + end + mark.length - 1;
    else left += character;
  }
  return left;
}

/** A mark that stands beside the word of the texts above. */
const MEANT = /[*_~`[\]<>(#&]zq|zq[*_~`\](>]/;

/** @returns what hovers everywhere in a text say */
const everyHover = (text: string, at: (offset: number) => string | null): readonly string[] => [
  ...new Set([...Array(text.length).keys()].map((offset) => at(offset) ?? "")),
];

describe("no text of a file is Markdown that was not meant", () => {
  test("as code, or escaped", () => {
    fc.assert(
      fc.property(marked, (text) => {
        expect(active(`before ${code(text)} after`)).toBe("before  after");
        expect(active(escaped(text))).not.toMatch(MEANT);
      }),
      runs,
    );
  });

  test("in a hover on C, wherever it is", () => {
    fc.assert(
      fc.property(marked, (lock) => {
        const text = `#include <linux/slab.h>
static void __zq__inner(struct rx *rx, gfp_t gfp)
{
	rx->buf = kmalloc(64, gfp);
}
void outer(struct rx *rx)
{
	spin_lock(&rx->a*zq*b["${lock.replaceAll("\\", "\\\\")}"]);
	__zq__inner(rx, GFP_KERNEL);
	rx->more = kmalloc(64, GFP_KERNEL);
	spin_unlock(&rx->a*zq*b["${lock.replaceAll("\\", "\\\\")}"]);
}
`;
        const workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), URI, kernelC.open(text));
        const said = everyHover(text, (offset) => kernelC.answers.hover?.(workspace, URI, offset)?.markdown ?? null);
        const explained = callExplained(workspace, URI, text.indexOf("kmalloc")) ?? "";
        expect(explained).toContain("outer() calls \\_\\_zq\\_\\_inner()");
        expect(explained).toContain(`&rx->a*zq*b["`);
        for (const markdown of [...said, explained]) expect(active(markdown)).not.toMatch(MEANT);
      }),
      runs,
    );
  });

  test("in a hover on a policy file, wherever it is", () => {
    fc.assert(
      fc.property(marked, marked, (label, reason) => {
        const [inLabel, because] = [label, reason].map((one) => one.replaceAll(/["\\]/g, ""));
        const { workspace, uri, text } = fixture(`kernel 6.12
import "${inLabel}.allocpolicy"
context tx { in softirq holds spinlock "${inLabel}" }
policy p {
  forbid has __GFP_NOFAIL because "${because}"
  mode m when has __GFP_NORETRY { fails may }
}
memory m from "${inLabel}.log"
request r {
  api kmalloc size 64 flags GFP_ATOMIC | __GFP_NOFAIL context tx policy p
  waive nofail-without-reclaim because "${because}"
}
expect r { sleeps never }
$0`);
        for (const markdown of everyHover(text, (offset) => hoverAt(workspace, uri, offset)?.markdown ?? null))
          expect(active(markdown)).not.toMatch(MEANT);
      }),
      runs,
    );
  });
});
