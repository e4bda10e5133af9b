// The way in for VS Code: it loads the bundle of this file into the extension host and calls run().
import Mocha from "mocha";
import { Reporter } from "./reporter.ts";

const TEST_LIMIT_MS = 120_000;

/** Runs all suites. Rejects, so that VS Code ends with code 1, when a test fails or none ran. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "tdd", timeout: TEST_LIMIT_MS, reporter: Reporter });
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  await import("./findings.suite.ts");
  await import("./reading.suite.ts");
  await import("./writing.suite.ts");
  await import("./typing.suite.ts");
  await import("./files.suite.ts");
  await import("./commands.suite.ts");
  await import("./views.suite.ts");
  await import("./kernel-c.suite.ts");
  await import("./kernel-log.suite.ts");
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) => {
      if (failures > 0) reject(new Error(`${failures} tests failed`));
      else if (runner.total === 0) reject(new Error("no test ran"));
      else resolve();
    });
  });
}
