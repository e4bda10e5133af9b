import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS } from "./checks.ts";
import { RECORDED_KERNELS } from "./kernels/index.ts";
import { fixtureOf, readRecording } from "./recording.ts";
import { conformancePage, conformanceText } from "./report.ts";
import type { KindCheck } from "./kind-check.ts";
import type { Row } from "./row.ts";
import { failures, runConformance, shareOf } from "./runner.ts";

const PAGE = join(import.meta.dirname, "../docs/conformance.md");

interface Arguments {
  readonly files: readonly string[];
  readonly kind: string | null;
  readonly minima: readonly { readonly kind: string; readonly field: string | null; readonly share: number }[];
  readonly show: number;
  readonly doc: boolean;
}

class UsageError extends Error {}

function parseArguments(words: readonly string[]): Arguments {
  const files: string[] = [];
  const minima: { kind: string; field: string | null; share: number }[] = [];
  let kind: string | null = null;
  let show = 1;
  let doc = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const value = (): string => {
      const next = words[++at];
      if (next === undefined) throw new UsageError(`${word} needs a value.`);
      return next;
    };
    switch (word) {
      case "--kind":
        kind = value();
        break;
      case "--min":
        minima.push(minimum(value()));
        // `--min a=1 b=1`: more of them may follow.
        while (/^[\w.*]+=/.test(words[at + 1] ?? "")) minima.push(minimum(value()));
        break;
      case "--show":
        show = wholeNumber(value());
        break;
      case "--doc":
        doc = true;
        break;
      default:
        if (word.startsWith("--")) throw new UsageError(`There is no option ${word}.`);
        files.push(word);
    }
  }
  return { files, kind, minima, show, doc };
}

function minimum(text: string): { kind: string; field: string | null; share: number } {
  const match = /^(\w+)(?:\.(\w+))?=([\d.]+)(%?)$/.exec(text);
  const share = match === null ? Number.NaN : Number(match[3]) / (match[4] === "%" ? 100 : 1);
  if (match === null || !(share >= 0 && share <= 1))
    throw new UsageError(`--min takes KIND=SHARE or KIND.FIELD=SHARE, not "${text}".`);
  return { kind: match[1] ?? "", field: match[2] ?? null, share };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new UsageError(`"${text}" is no count.`);
  return number;
}

/** The checks with the minima of the command line. */
function withMinima(minima: Arguments["minima"]): ReadonlyMap<string, KindCheck> {
  const checks = new Map(CHECKS);
  for (const { kind, field, share } of minima) {
    const check = checks.get(kind);
    if (check === undefined) throw new UsageError(`Nothing checks rows of the kind "${kind}".`);
    const changed =
      field === null
        ? Object.fromEntries(Object.keys(check.minima).map((name) => [name, share]))
        : { ...check.minima, [field]: share };
    checks.set(kind, { ...check, minima: changed });
  }
  return checks;
}

/**
 * Runs the command line of scripts/conformance.ts.
 * @param words the arguments, without program and script
 * @param print takes whole lines
 * @returns the exit code: 1 when a share is too low or a row's kernel is not described
 * @throws for a wrong call, or a file that cannot be read
 */
export function conformanceCommand(words: readonly string[], print: (lines: string) => void): 0 | 1 {
  const given = parseArguments(words);
  const files = given.files.length === 0 ? RECORDED_KERNELS.map(fixtureOf) : given.files;
  const rows: Row[] = [];
  for (const file of files) {
    // No spread: a recording has too many rows for an argument list.
    for (const row of readRecording(readFileSync(file))) rows.push(row);
  }
  const started = performance.now();
  const result = runConformance(rows, withMinima(given.minima), given.kind);
  const seconds = (performance.now() - started) / 1000;
  if (given.doc) {
    writeFileSync(PAGE, conformancePage(result));
    print(`Wrote ${PAGE}.`);
  }
  print(conformanceText(result, given.show));
  print(`${rows.length} rows of ${files.length} files in ${seconds.toFixed(1)} s.`);
  const failed = failures(result);
  for (const { release, kind, field } of failed) {
    print(
      `FAILED ${release} ${kind}.${field.field}: ${(shareOf(field) * 100).toFixed(2)} % is below ${((field.minimum ?? 0) * 100).toFixed(2)} %.`,
    );
  }
  for (const [v, count] of result.unknown)
    print(`FAILED ${count} rows of ${v === "" ? "no kernel" : v}: no file of conformance/kernels describes it.`);
  return failed.length === 0 && result.unknown.size === 0 ? 0 : 1;
}
