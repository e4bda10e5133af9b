import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const from = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../${path}`, import.meta.url)));

/** A file of some 100 KB, each declaration of which is edited once and asked about; what lives before and after. */
const SCRIPT = `
import { editFile, parseFile } from ${from("grammar/index.ts")};
import { DEFAULT_SETTINGS } from ${from("server/documents/settings.ts")};
import { emptyWorkspace, withDocument } from ${from("server/documents/workspace.ts")};
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
  because_nobody_knows  "\${"x".repeat(100)}"
}
\`);
let file = parseFile("kernel 6.12\\n" + requests.join(""));
let workspace = withDocument(emptyWorkspace(DEFAULT_SETTINGS), uri, file);
const living = () => { gc(); return process.memoryUsage().heapUsed; };
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
for (let i = 0; i < 10; i += 1) { edit(i, "{"); edit(i, "1"); }
const before = living();
for (let i = 0; i < 400; i += 1) { edit(i, "{"); edit(i, "2"); }
console.log(JSON.stringify({ characters: file.text.length, bytes: living() - before }));
`;

test("what lives does not grow with the edits that were made: no declaration keeps the text that it was typed in", () => {
  const args = ["--no-warnings", "--expose-gc", "--input-type=module", "-e", SCRIPT];
  const { characters, bytes }: { characters: number; bytes: number } = JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8" }),
  );
  expect(characters).toBeGreaterThan(80_000);
  // 800 texts were made; so many would be 60 MB.
  expect(bytes).toBeLessThan(60 * characters);
});
