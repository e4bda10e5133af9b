/** What the grammar floor costs: `npm run bench grammar` prints a table. CPU of this thread, medians. */
const started = process.cpuUsage();
const { editFile, format, parseFile } = await import("../../grammar/index.ts");
const loaded = process.cpuUsage(started);
const { hostileTexts } = await import("../grammar/_hostile.ts");

function cpuMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function policyText(lines: number): string {
  const parts: string[] = ["kernel 6.1 .. 6.12\n"];
  for (let i = 0, count = 2; count < lines; i++, count += 15) {
    parts.push(`/// Refills ring ${i}.
request rx_refill_${i} {
  api      alloc_pages
  order    ${i % 4}
  flags    GFP_ATOMIC | __GFP_NOWARN & ~__GFP_HIGH
  context  softirq
  handles  null
}

policy driver_${i} for alloc_pages {
  forbid has __GFP_NOFAIL because "a driver can report -ENOMEM"
  mode fast when has __GFP_NORETRY { drain none, retries 0 }
}
expect rx_refill_${i} { sleeps never, oom never }
`);
  }
  return parts.join("\n");
}

const first = cpuMs(() => {
  parseFile("flags A = B\n");
});
console.log(
  `load modules ${((loaded.user + loaded.system) / 1000).toFixed(1)} ms, first parse (makes the parser) ${first.toFixed(1)} ms`,
);
console.log("lines    bytes      parse   edit     format (ms)");
for (const lines of [1_000, 10_000, 50_000]) {
  const text = policyText(lines);
  const rounds = lines > 10_000 ? 9 : 40;
  const parse = median(
    Array.from({ length: rounds }, () =>
      cpuMs(() => {
        parseFile(text);
      }),
    ),
  );
  let file = parseFile(text);
  const at = text.indexOf("GFP_ATOMIC", text.length >> 1);
  const edits = 400;
  const edit =
    cpuMs(() => {
      for (let i = 0; i < edits / 2; i++) {
        file = editFile(file, { start: at, end: at, text: "@" });
        file = editFile(file, { start: at, end: at + 1, text: "" });
      }
    }) / edits;
  const formatting = median(
    Array.from({ length: 5 }, () =>
      cpuMs(() => {
        format(text);
      }),
    ),
  );
  console.log(
    `${String(lines).padEnd(8)} ${String(text.length).padEnd(10)} ${parse.toFixed(2).padEnd(7)} ${edit.toFixed(3).padEnd(8)} ${formatting.toFixed(1)}`,
  );
}

/**
 * A pass that is quadratic takes a hundred times as long over ten times the text; caches that no longer hold it make it
 * up to twenty.
 */
const MOST_GROWTH = 40;
/** Under this a measurement is noise. */
const SHORTEST_MS = 20;

console.log("\nhostile text                            0.5 MB  5 MB    growth (ms)");
const longer = hostileTexts(5_000_000);
for (const [index, { what, text }] of hostileTexts(500_000).entries()) {
  const long = longer[index]?.text ?? "";
  if (long.length <= text.length) continue;
  const read = (each: string) => (): number =>
    cpuMs(() => {
      parseFile(each);
    });
  const short = median(Array.from({ length: 3 }, read(text)));
  const tenfold = read(long)();
  const growth = tenfold / Math.max(short, SHORTEST_MS);
  console.log(`${what.padEnd(40)}${short.toFixed(0).padEnd(8)}${tenfold.toFixed(0).padEnd(8)}${growth.toFixed(1)}`);
  if (growth > MOST_GROWTH) {
    console.error(`${what}: ten times the text takes ${growth.toFixed(1)} times as long; ${MOST_GROWTH} is the most.`);
    process.exitCode = 1;
  }
}

export {};
