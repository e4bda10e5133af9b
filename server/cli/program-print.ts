import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let known: string | null = null;

/**
 * A hash of the program with all of its tables: another program has another. It stands in a bundle, and then that is
 * hashed; or in the sources, and then those are.
 */
export function programPrint(): string {
  known ??= printNow();
  return known;
}

function printNow(): string {
  const own = fileURLToPath(import.meta.url);
  const folders = own.endsWith(".ts")
    ? [join(dirname(own), ".."), join(dirname(own), "../../grammar")]
    : [dirname(own)];
  const hash = createHash("sha256");
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
      if (/\.(?:ts|mjs)$/.test(name)) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex");
}
