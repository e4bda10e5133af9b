// npm run places -- 6.12.117 TREE: looks up in a kernel's source what the model names as proof for that
// kernel, says what is not there, and writes what is to test/model/seen-places.json, which a test holds the model to.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kernelOf } from "../server/model/kernels/kernels.ts";
import { placesSaid } from "../test/model/_places-said.ts";
import { inRoot } from "./paths.ts";

const SEEN = inRoot("test/model/seen-places.json");
const [version = "", tree = ""] = process.argv.slice(2);
const kernel = kernelOf(version);
if ("unknown" in kernel || !existsSync(join(tree, "Kbuild")))
  throw new Error("usage: npm run places -- VERSION KERNEL-TREE");

const texts = new Map<string, string>();
const seen = new Map<string, string[]>();
for (const place of [...placesSaid(kernel)].sort()) {
  const [file = "", name = ""] = place.split(":");
  const path = join(tree, file);
  const text = texts.get(file) ?? (existsSync(path) ? readFileSync(path, "utf8") : "");
  texts.set(file, text);
  if (new RegExp(`\\b${name}(?:_noprof)?\\b`).test(text)) seen.set(file, [...(seen.get(file) ?? []), name]);
  else console.log(`${version} has no ${place}`);
}
const all: Record<string, unknown> = existsSync(SEEN) ? JSON.parse(readFileSync(SEEN, "utf8")) : {};
const named = Object.fromEntries([...seen].map(([file, names]) => [file, names.join(" ")]));
writeFileSync(SEEN, `${JSON.stringify({ ...all, [version]: named }, null, 2)}\n`);
