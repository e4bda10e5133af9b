import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const from = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../${path}`, import.meta.url)));

const BEGIN = `
import { DEFAULT_SETTINGS } from ${from("server/documents/settings.ts")};
import { emptyWorkspace, withDocument } from ${from("server/documents/workspace.ts")};
const living = () => { gc(); return process.memoryUsage().heapUsed; };
`;

/** A file of some 100 KB, of which many declarations are edited twice and asked about; what lives before and after. */
const POLICIES = `
import { editFile, parseFile } from ${from("grammar/index.ts")};
import { check } from ${from("server/policy-language/check/check.ts")};
import { hoverAt } from ${from("server/service/hover.ts")};
import { completionsAt } from ${from("server/service/completion.ts")};
import { inlayHintsOf } from ${from("server/service/inlay-hints.ts")};
import { semanticTokensOf } from ${from("server/service/semantic-tokens.ts")};
const uri = "file:///kept/a.allocpolicy";
const requests = Array.from({ length: 400 }, (_, i) => \`/// Says what it is for, in a line that is long enough.
request refill_the_ring_\${String(i).padStart(5, "0")} {
  api alloc_pages  order \${i % 3}
  flags GFP_KERNEL | __GFP_NOFAIL
  policy driver_\${i}  // \${"x".repeat(60)}
}
policy driver_\${i} { forbid has __GFP_NOFAIL }
\`);
let file = parseFile("kernel 6.12\\n" + requests.join(""));
let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), uri, file);
function ask() {
  check(workspace, uri);
  semanticTokensOf(workspace, uri, 0, file.text.length);
  inlayHintsOf(workspace, uri, 0, file.text.length, 500);
}
function edit(i, text) {
  const start = file.text.indexOf("order", file.starts[i + 1]) + 6;
  file = editFile(file, { start, end: start + 1, text });
  workspace = withDocument(workspace, uri, file);
  ask();
  hoverAt(workspace, uri, start);
  completionsAt(workspace, uri, start, "");
}
ask();
for (let i = 0; i < 10; i += 1) { edit(2 * i, "{"); edit(2 * i, "1"); }
const before = living();
for (let i = 10; i < 110; i += 1) {
  edit(2 * i, "{");
  edit(2 * i, "2");
  // What is held weakly is held until then.
  await new Promise((resolve) => setTimeout(resolve, 0));
}
console.log(JSON.stringify({ characters: file.text.length, bytes: living() - before }));
`;

/** A file in which policies are edited; how many of its texts live when all was asked. */
const TEXTS = `
import { editFile, parseFile } from ${from("grammar/index.ts")};
import { check } from ${from("server/policy-language/check/check.ts")};
const uri = "file:///kept/a.allocpolicy";
const policies = Array.from({ length: 30 }, (_, i) => \`policy driver_\${i} { forbid has __GFP_NOFAIL }\n\`);
let file = parseFile("kernel 6.12\\n" + policies.join(""));
let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), uri, file);
const texts = [];
check(workspace, uri);
for (let i = 0; i < 30; i += 1) {
  const start = file.text.indexOf("__GFP", file.starts[i + 1]);
  file = editFile(file, { start, end: start, text: "__GFP_COMP | " });
  texts.push(new WeakRef(file));
  workspace = withDocument(workspace, uri, file);
  check(workspace, uri);
  await new Promise((resolve) => setTimeout(resolve, 0));
}
gc();
console.log(texts.filter((text) => text.deref() !== undefined).length);
`;

/** As `POLICIES`, with the functions of a C file. */
const KERNEL_C = `
import { kernelC } from ${from("server/service/kinds/kernel-c.ts")};
const uri = "file:///kept/driver.c";
const functions = Array.from({ length: 300 }, (_, i) => \`static int refill_the_ring_\${i}(struct nic_of_this_driver *nic)
{
	void *pointer_to_memory_\${i};

	/* \${"x".repeat(150)} */
	spin_lock(&nic->lock_of_the_ring_\${i});
	pointer_to_memory_\${i} = kmalloc(sizeof(*nic->ring), GFP_KERNEL | __GFP_ZERO);
	spin_unlock(&nic->lock_of_the_ring_\${i});
	return pointer_to_memory_\${i} ? 0 : -ENOMEM;
}
\`);
let document = kernelC.open("#include <linux/slab.h>\\n" + functions.join(""));
let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), uri, document);
function edit(i) {
  const start = document.text.indexOf(\`pointer_to_memory_\${i} ?\`) - 7;
  document = kernelC.edit(document, { start, end: start, text: "x(); " });
  workspace = withDocument(workspace, uri, document);
  kernelC.answers.findings(workspace, uri, 1000);
}
for (let i = 0; i < 10; i += 1) edit(i);
const before = living();
for (let i = 10; i < 140; i += 1) edit(i);
console.log(JSON.stringify({ characters: document.text.length, bytes: living() - before }));
`;

test.each([
  ["declaration", POLICIES],
  ["function of C", KERNEL_C],
])("what lives does not grow with the edits that were made: no %s keeps the text that it was typed in", (_, script) => {
  const args = ["--no-warnings", "--expose-gc", "--input-type=module", "-e", BEGIN + script];
  const { characters, bytes }: { characters: number; bytes: number } = JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8" }),
  );
  expect(characters).toBeGreaterThan(80_000);
  // More than a hundred texts were made.
  expect(bytes).toBeLessThan(40 * characters);
});

test("what is kept of policies that were edited keeps no text but those that an undo may ask for", () => {
  const args = ["--no-warnings", "--expose-gc", "--input-type=module", "-e", BEGIN + TEXTS];
  const living = Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
  expect(living).toBeGreaterThan(1);
  expect(living).toBeLessThan(12);
});
