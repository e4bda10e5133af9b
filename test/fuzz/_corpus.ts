import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "../../scripts/paths.ts";

const pathOf = (target: string): string => inRoot(`test/fuzz/corpus/${target}.jsonl`);

/** The inputs that are kept for a target: each reached something that none before it did, or broke something once. */
export function corpusOf(target: string): readonly string[] {
  const path = pathOf(target);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): string => JSON.parse(line));
}

/** Writes the corpus: one JSON string a line, so that it stays text whatever it holds. */
export function keepCorpus(target: string, inputs: readonly string[]): void {
  const lines = inputs.map((input) =>
    JSON.stringify(input).replace(
      /[\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
  writeFileSync(pathOf(target), `${lines.join("\n")}\n`);
}
