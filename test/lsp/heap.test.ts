import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const HEAP = fileURLToPath(new URL("../../server/lsp/heap.ts", import.meta.url));

/** What a process of its own says: what is set is set for the whole of it. */
function said(script: string): unknown {
  const begin = `import { boundHeap, sweepHeap, unboundHeap } from ${JSON.stringify(HEAP)};
import { cachedDataVersionTag, getHeapSpaceStatistics } from "node:v8";
const young = () => getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size / 1024 / 1024;
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
async function fill() {
  for (let round = 0; round < 100; round += 1) {
    const kept = Array.from({ length: 20_000 }, (_, at) => ({ at }));
    await turn();
    kept.length = 0;
  }
}
`;
  const args = ["--no-warnings", "--input-type=module", "-e", begin + script];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

test("the young generation grows to two halves of 8 MiB and no further", () => {
  expect(said("boundHeap(); await fill(); await fill(); console.log(young())")).toBe(16);
});

test("what was compiled while the heap was bound is good for a process that begins", () => {
  expect(
    said(`const before = cachedDataVersionTag(); boundHeap(); await fill(); const bound = cachedDataVersionTag();
unboundHeap(); console.log(JSON.stringify([bound === before, cachedDataVersionTag() === before]))`),
  ).toEqual([false, true]);
});

test("what the start left behind is swept, and what is compiled then is good for a process that begins", () => {
  expect(
    said(`const before = cachedDataVersionTag(); const used = () => process.memoryUsage().heapUsed / 1024 / 1024;
const kept = Array.from({ length: 100_000 }, (_, at) => ({ at })); const full = used(); kept.length = 0;
sweepHeap(); console.log(JSON.stringify([full - used() > 2, cachedDataVersionTag() === before]))`),
  ).toEqual([true, true]);
});

test("what is left when the start is swept may become nearly twice as much before anything is collected", () => {
  expect(
    said(`import { PerformanceObserver, constants } from "node:perf_hooks";
let collected = 0;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collected += 1;
}).observe({ entryTypes: ["gc"] });
const kept = [];
async function grown(mib) {
  for (let eighth = 0; eighth < mib * 8; eighth += 1) {
    kept.push(Array.from({ length: 16 }, () => new Array(1024).fill(eighth)));
    if (eighth % 4 === 0) await turn();
  }
  return collected;
}
boundHeap(); await grown(40); sweepHeap(); for (let i = 0; i < 4; i += 1) await turn();
collected = 0; console.log(JSON.stringify([await grown(35), await grown(35)]))`),
  ).toEqual([0, 1]);
});
