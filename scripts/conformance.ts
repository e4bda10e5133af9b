import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { CHECKS } from "../test/conformance/checks.ts";
import { runConformance, shareOf } from "../test/conformance/runner.ts";
const rows = process.argv.slice(2).flatMap((file) => { const raw = readFileSync(file); return (file.endsWith(".gz") ? gunzipSync(raw) : raw).toString("utf8").split("\n").filter((l) => l !== "").map((l) => JSON.parse(l)); });
const t = Date.now();
const result = runConformance(rows, CHECKS);
console.log(Date.now() - t, "ms");
for (const kind of result.kinds.values()) {
  console.log(kind.kind, kind.rows);
  for (const f of kind.fields.values()) console.log("   ", f.field, f.rows, f.agreeing, (100 * shareOf(f)).toFixed(2), f.unstable);
  for (const d of [...kind.disagreements.values()].sort((a, b) => b.count - a.count).slice(0, 8)) console.log("      ", d.count, d.field, d.recorded.slice(0, 300), "||", d.modelled.slice(0, 300), "||", d.examples[0]?.id, d.examples[0]?.v, d.examples[0]?.n, d.examples[0]?.ctx, d.examples[0]?.state, d.examples[0]?.order);
}
