import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReportReader, readReports } from "../../server/kernel-log/reader.ts";
import type { KernelReport } from "../../server/kernel-log/report.ts";
import { failureLines, failureLog, loggedMachine, oomLines, prefix, style, STYLES } from "./_logs.ts";
import { numbersOf, printedAgain } from "./_printed.ts";

const textOf = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
const isMemoryLine = (line: string): boolean =>
  /^Node \d+ \w+ free:|^lowmem_reserve|^Node \d+ (?:DMA|DMA32|Normal): /.test(line);
/** What the kernel printed of zones and free lists; `KB` is printed for one field alone. */
const memoryLines = (lines: readonly string[]): readonly string[] =>
  lines.filter(isMemoryLine).map((line) => line.replaceAll("KB", "kB"));

function onlyReport(text: string): KernelReport {
  const [report, ...more] = readReports(text);
  if (report === undefined || more.length > 0) throw new Error(`${more.length + 1} reports`);
  return report;
}

/** Where a number of the log stands, and what it is. */
const keysOf = (reports: readonly KernelReport[]): ReadonlySet<string> =>
  new Set(reports.flatMap(numbersOf).map(({ text, place }) => `${place.line}:${place.column} ${text}`));

describe("the reader of kernel logs", () => {
  test("reads every number of every zone and free list, as every family of releases prints them, behind every prefix", () => {
    fc.assert(
      fc.property(loggedMachine, style, prefix, (machine, used, put) => {
        const lines = failureLines(machine, used);
        const report = onlyReport(textOf(lines.map(put)));
        expect(printedAgain(report)).toEqual([
          ...memoryLines(lines.filter((line) => !/Normal: |DMA: |DMA32: /.test(line))),
          ...memoryLines(lines.filter((line) => /Normal: |DMA: |DMA32: /.test(line))),
        ]);
        expect(report.command?.text).toBe(machine.command);
        expect(report.order?.value).toBe(machine.order);
        expect(report.kernel?.text).toBe(used.version);
        expect(report.damage).toEqual([]);
      }),
    );
  });

  test("knows where each number stands", () => {
    fc.assert(
      fc.property(failureLog, ({ lines }) => {
        for (const { text, place } of numbersOf(onlyReport(textOf(lines))))
          expect(lines[place.line]?.slice(place.column, place.column + place.length)).toBe(text);
      }),
    );
  });

  test("puts lines together again that mail broke at blanks", () => {
    fc.assert(
      fc.property(loggedMachine, style, fc.integer({ min: 60, max: 100 }), (machine, used, width) => {
        const lines = failureLines(machine, used);
        const whole = onlyReport(textOf(lines));
        const broken = onlyReport(textOf(lines.flatMap((line) => brokenAtBlanks(line, width))));
        expect(printedAgain(broken)).toEqual(printedAgain(whole));
      }),
    );
  });

  test("puts lines together again that a terminal broke anywhere, and reads no reserve that may be two numbers", () => {
    fc.assert(
      fc.property(loggedMachine, style, fc.integer({ min: 90, max: 250 }), (machine, used, width) => {
        const lines = failureLines(machine, used).map((line, index) => `[  828.${600_000 + index}] ${line}`);
        const whole = printedAgain(onlyReport(textOf(lines)));
        const broken = printedAgain(onlyReport(textOf(lines.flatMap((line) => brokenAnywhere(line, width)))));
        const isList = (line: string): boolean => !line.startsWith("lowmem_reserve");
        expect(broken.filter(isList)).toEqual(whole.filter(isList));
        for (const line of broken) expect(whole).toContain(line);
      }),
    );
  });

  test("puts lines together again that the kernel printed piece by piece, each behind a prefix of its own", () => {
    fc.assert(
      fc.property(loggedMachine, style, prefix, (machine, used, put) => {
        const lines = failureLines(machine, used);
        const pieces = lines.flatMap(inPieces);
        // Without a prefix the pieces cannot be told from other lines.
        fc.pre(put("x", 0) !== "x");
        expect(printedAgain(onlyReport(textOf(pieces.map(put))))).toEqual(printedAgain(onlyReport(textOf(lines))));
      }),
    );
  });

  test("reads mail that is still encoded as quoted-printable", () => {
    fc.assert(
      fc.property(loggedMachine, style, (machine, used) => {
        const lines = failureLines(machine, used).map((line, index) => `[  828.${600_000 + index}] ${line}`);
        const encoded = lines.flatMap((line) => brokenSoftly(line.replaceAll("=", "=3D")));
        const report = onlyReport(textOf(encoded));
        expect(printedAgain(report)).toEqual(printedAgain(onlyReport(textOf(lines))));
        expect(report.firstLine).toBe(0);
      }),
    );
  });

  test("finds no number in a log that ends anywhere that is not in the whole log", () => {
    fc.assert(
      fc.property(failureLog, fc.nat(), ({ lines }, at) => {
        const text = textOf(lines);
        const whole = keysOf(readReports(text));
        const cut = readReports(text.slice(0, at % (text.length + 1)));
        for (const key of keysOf(cut)) expect(whole).toContain(key);
      }),
      { numRuns: 200 },
    );
  });

  test("finds only numbers that stand in the log where lines are shuffled, doubled or lost", () => {
    fc.assert(
      fc.property(failureLog, fc.infiniteStream(fc.nat({ max: 999 })), ({ lines }, dice) => {
        const mixed = lines.flatMap((line) => {
          const { value } = dice.next();
          return value < 100 ? [] : value < 200 ? [line, line] : [line];
        });
        const order = mixed.map((line) => ({ line, at: dice.next().value })).sort((a, b) => a.at - b.at);
        for (const log of [mixed, order.map(({ line }) => line)])
          for (const report of readReports(textOf(log)))
            for (const { text, place } of numbersOf(report))
              expect(log[place.line]?.slice(place.column, place.column + place.length)).toBe(text);
      }),
    );
  });

  test("gives the same whatever the chunks in which the log comes", () => {
    fc.assert(
      fc.property(failureLog, fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1 }), ({ lines }, sizes) => {
        const text = textOf(lines);
        const reports: KernelReport[] = [];
        const reader = new ReportReader((report) => reports.push(report));
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          reader.push(text.slice(at, at + size));
          at += size;
        }
        reader.end();
        expect(reports).toEqual(readReports(text));
      }),
    );
  });

  test("tells reports apart that two CPUs print at once, where the log has who prints", () => {
    fc.assert(
      fc.property(
        loggedMachine,
        loggedMachine,
        style,
        fc.infiniteStream(fc.boolean()),
        (first, second, used, coins) => {
          const a = failureLines(first, used).map((line, index) => `[  828.${600_000 + index}][ T5241] ${line}`);
          const b = oomLines(second, used).map((line, index) => `[  828.${600_000 + index}][   C3] ${line}`);
          const mixed: string[] = [];
          for (let left = [...a], right = [...b]; left.length + right.length > 0; ) {
            const fromLeft = right.length === 0 || (left.length > 0 && coins.next().value);
            mixed.push((fromLeft ? left.shift() : right.shift()) ?? "");
          }
          const read = readReports(textOf(mixed)).map(printedAgain);
          const alone = [onlyReport(textOf(a)), onlyReport(textOf(b))].map(printedAgain);
          expect(new Set(read.map((lines) => lines.join()))).toEqual(new Set(alone.map((lines) => lines.join())));
        },
      ),
      { numRuns: 50 },
    );
  });

  test("reads the lines of a report among lines of others", () => {
    fc.assert(
      fc.property(failureLog, fc.array(fc.string(), { maxLength: 20 }), ({ lines }, noise) => {
        const strange = noise.map((text) => `[    1.000000] ${text.replace(/[\r\n]/g, "").slice(0, 30)} of no report`);
        const mixed = lines.flatMap((line, index) => [line, ...(index % 3 === 0 ? strange.slice(0, 2) : [])]);
        const isPrefixed = /^\S*\[|^</.test(lines[0] ?? "");
        if (isPrefixed)
          expect(printedAgain(onlyReport(textOf(mixed)))).toEqual(printedAgain(onlyReport(textOf(lines))));
      }),
    );
  });

  test("ends on any text at all, and on any bytes", () => {
    const words = fc.constantFrom(
      "page allocation failure: order:",
      "invoked oom-killer: gfp_mask=",
      "Node 0 Normal free:",
      "kB",
      " 12",
      "\u001b[",
      "#012",
      "lowmem_reserve[]: ",
      "\n",
      "\r\n",
      "*4kB (UM) ",
      "[  1.000000] ",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ unit: "binary" })), { maxLength: 200 }), (parts) => {
        const text = parts.join("");
        const lines = text.split("\n");
        for (const report of readReports(text))
          for (const { place } of numbersOf(report)) expect(place.line).toBeLessThan(lines.length);
      }),
    );
  });

  test("keeps several reports of a file apart, and counts them", () => {
    fc.assert(
      fc.property(fc.array(failureLog, { minLength: 2, maxLength: 5 }), (logs) => {
        const reports = readReports(textOf(logs.flatMap(({ lines }) => [...lines, "", "something else", ""])));
        expect(reports.map(({ number }) => number)).toEqual(logs.map((_, at) => at + 1));
        expect(reports.map(printedAgain)).toEqual(logs.map(({ lines }) => printedAgain(onlyReport(textOf(lines)))));
      }),
      { numRuns: 30 },
    );
  });

  test("ends on lines of any length, and on numbers that no kernel prints", () => {
    const unit = fc.constantFrom(
      " ",
      "9",
      "a",
      "[<c0>] ",
      ")",
      "a:1kB ",
      "1*4kB ",
      "a+0x1/0x2 ",
      "<IRQ>",
      "#012",
      "> ",
      ", ",
      "A ",
      "= ",
    );
    const begin = fc.constantFrom(
      "CPU: 0 PID: 1 Comm: x Tainted: ",
      "Node 0 Normal free:1kB ",
      "Node 0 Normal: 1*4kB ",
      "lowmem_reserve[]: ",
      "[ ",
      "active_anon:1 ",
      "Memory cgroup stats for ",
    );
    const long = fc
      .tuple(begin, unit, fc.integer({ min: 1, max: 9000 }))
      .map(([start, text, times]) => start + text.repeat(times));
    fc.assert(
      fc.property(fc.array(long, { maxLength: 4 }), (lines) => {
        const text = textOf([
          "x: page allocation failure: order:99999999999999999999, mode:0xcc0(GFP_KERNEL)",
          ...lines,
        ]);
        for (const { value } of numbersOf(onlyReport(text))) expect(Number.isFinite(value)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("is tried in the formats of seven families of releases", () => {
    expect(new Set(STYLES.map(({ header }) => header)).size).toBe(4);
  });
});

function brokenAtBlanks(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = rest.lastIndexOf(" ", width);
    if (at <= 0) break;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...lines, rest];
}

function brokenAnywhere(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < line.length; at += width) lines.push(line.slice(at, at + width));
  return lines;
}

/** As 4.9 prints it where what goes on in a line begins a new one. */
function inPieces(line: string): readonly string[] {
  const node = /^(Node \d+) ((?:DMA|DMA32|Normal)(?: free:|: ).*)$/.exec(line);
  if (node !== null) return [`${node[1] ?? ""} `, ...inPieces(node[2] ?? "")];
  if (/^lowmem_reserve\[\]:/.test(line))
    return line.split(/(?<=:)(?= )| (?=\d)/).map((part, at) => (at === 0 ? part : ` ${part.trim()}`));
  const list = /^(\w+: )(\d+\*.*)$/.exec(line);
  if (list === null) return [line];
  return [list[1] ?? "", ...(list[2] ?? "").split(/(?<=kB|\)) (?=[\d(=])/).map((part) => `${part} `)];
}

function brokenSoftly(line: string): readonly string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > 76) {
    // The number of a sign is not broken.
    const at = /=3?$/.exec(rest.slice(0, 75))?.index ?? 75;
    lines.push(`${rest.slice(0, at)}=`);
    rest = rest.slice(at);
  }
  return [...lines, rest];
}
