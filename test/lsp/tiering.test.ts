import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const TIERING = fileURLToPath(new URL("../../server/lsp/tiering.ts", import.meta.url));

test("V8 knows how to optimise sparingly, for typing and for long work, or is not asked to: it says nothing on stderr", () => {
  const script = `import { asBegun, optimiseForLongWork, optimiseForTyping, optimiseSparingly } from ${JSON.stringify(TIERING)};
optimiseSparingly(); optimiseForTyping(); optimiseForLongWork(); optimiseForTyping(); asBegun(() => console.log("done"));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect([stdout, stderr]).toEqual(["done\n", ""]);
});
