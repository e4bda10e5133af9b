// All tests, through `npm test`: build, types, package, the unit tests, and the extension in a real editor. The last
// line is the sum; a stage that breaks down counts as a failed test.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { findChromium, HOW_TO_INSTALL } from "./editor/browser.ts";
import { countTests, runSuite, type Counts } from "./editor/suite.ts";
import { countPageTests, runInWebWorker } from "./editor/web.ts";
import { inRoot } from "./paths.ts";
import { capture, step } from "./progress.mjs";

/** `late`: how many of the failed ones only came to a limit of time. */
interface Sum extends Counts {
  readonly late?: number;
}

const NOTHING: Sum = { passed: 0, failed: 0, skipped: 0, late: 0 };
const ONE_PASSED: Sum = { ...NOTHING, passed: 1 };
const ONE_FAILED: Sum = { ...NOTHING, failed: 1 };

/** As vitest, mocha and the suite's own runner say it. */
const OUT_OF_TIME = /timed out in \d+ ?ms|Timeout of \d+ms exceeded|reported no exit code in/;

const isCi = !["", "0", "false", undefined].includes(process.env.CI);

const add = (a: Sum, b: Sum): Sum => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  late: (a.late ?? 0) + (b.late ?? 0),
});

/** Runs one stage; what it throws is printed and counts as one failure. */
async function stage(run: () => Promise<Sum>): Promise<Sum> {
  try {
    return await run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(message);
    return { ...ONE_FAILED, late: OUT_OF_TIME.test(message) ? 1 : 0 };
  }
}

/** A program that has no tests of its own: it works or it does not. */
async function program(title: string, args: readonly string[]): Promise<Counts> {
  await step(title, () => capture(process.execPath, args, { cwd: inRoot() }));
  return ONE_PASSED;
}

interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages?: readonly string[] }[];
  }[];
}

/**
 * The tests of one configuration of vitest. A file that cannot be loaded, or an error outside of any test, counts as a
 * failure as well.
 */
async function vitest(config: string): Promise<Sum> {
  const file = inRoot("out/vitest.json");
  rmSync(file, { force: true });
  const exitCode = await new Promise<number>((resolve, reject) => {
    const args = [
      inRoot("node_modules/vitest/vitest.mjs"),
      "run",
      `--config=${config}`,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
    ];
    const child = spawn(process.execPath, args, { cwd: inRoot(), stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
  if (!existsSync(file)) throw new Error(`vitest ended with code ${exitCode} and without a report`);
  const report: VitestReport = JSON.parse(readFileSync(file, "utf8"));
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((one) => one.status === "failed"),
  ).length;
  const failed = report.numFailedTests + broken;
  const late = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ failureMessages = [] }) => failureMessages.some((message) => OUT_OF_TIME.test(message))).length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    late,
  };
}

/** Tests in a real editor: skipped where Chromium is missing, but not in CI. */
async function editorTests(title: string, tests: number, run: () => Promise<Counts | null>): Promise<Counts> {
  console.log(`\n${title}`);
  const counts = await run();
  if (counts !== null) return counts;
  console.log(
    `Chromium is missing: ${tests} tests are ${isCi ? "failures, because this is CI" : "skipped"}. ${HOW_TO_INSTALL}`,
  );
  return isCi ? { ...NOTHING, failed: tests } : { ...NOTHING, skipped: tests };
}

/** What the tests in the editor need: without it they are not begun, and fail. */
async function editorStages(isBuilt: boolean): Promise<Sum> {
  if (!isBuilt) {
    const tests = 2 * countTests() + countPageTests();
    console.log(`\nThe program could not be built and packed: the ${tests} tests in VS Code fail without being run.`);
    return { ...NOTHING, failed: tests };
  }
  return inTurn([
    () => editorTests("In VS Code, the extension from its folder", countTests(), () => runSuite("folder")),
    () => editorTests("In VS Code, the extension as packed", countTests(), () => runSuite("package")),
    () => editorTests("In VS Code without Node, the extension as web workers", countPageTests(), runInWebWorker),
  ]);
}

async function inTurn(stages: readonly (() => Promise<Sum>)[]): Promise<Sum> {
  let sum = NOTHING;
  for (const run of stages) sum = add(sum, await stage(run));
  return sum;
}

async function all(): Promise<Sum> {
  mkdirSync(inRoot("out"), { recursive: true });
  const built = await inTurn([
    () => program("Bundling the program", ["scripts/build.ts"]),
    () => program("Packing the extension", ["scripts/package.ts"]),
  ]);
  const isBuilt = built.failed === 0;
  const checked = await inTurn([
    () => program("Checking the types", ["node_modules/typescript/bin/tsc", "-b"]),
    () => vitest("vitest.config.ts"),
    ...(isBuilt ? [() => vitest("vitest.package.config.ts")] : []),
  ]);
  return [checked, await editorStages(isBuilt)].reduce(add, built);
}

const { passed, failed, skipped, late = 0 } = await all();
if (!isCi && findChromium() === null)
  console.log(`\nThe tests in the editor were skipped, because Chromium is missing. ${HOW_TO_INSTALL}`);
if (late > 0)
  console.log(
    `\n${late} of the failed tests came to a limit of time and to no other end: this machine is too slow or too busy (load ${loadavg()[0]?.toFixed(1)}, cores ${availableParallelism()}).`,
  );
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
