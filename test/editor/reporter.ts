import Mocha from "mocha";
import { writeFileSync } from "node:fs";

/**
 * Begins each line of the suite, so that who reads the workbench's log can tell it from the rest; as in
 * scripts/editor/suite.ts.
 */
const TAG = "[suite] ";
/** Names the file for the closing line; as in scripts/editor/suite.ts. */
const RESULT_VARIABLE = "ALLOCPOLICY_SUITE_RESULT";

function say(text: string): void {
  for (const line of text.split("\n")) console.log(TAG + line);
}

/** A mocha reporter for the extension host: what it says goes through the workbench's log, the sum into a file. */
export class Reporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    let depth = 0;
    let passed = 0;
    let skipped = 0;
    const failures: { readonly title: string; readonly error: Error }[] = [];
    const indent = (): string => "  ".repeat(depth);
    runner.on("suite", (suite) => {
      if (suite.root) return;
      say(indent() + suite.title);
      depth += 1;
    });
    runner.on("suite end", (suite) => {
      if (!suite.root) depth -= 1;
    });
    runner.on("pass", (test) => {
      passed += 1;
      say(`${indent()}ok    ${test.title} (${test.duration ?? 0} ms)`);
    });
    runner.on("pending", (test) => {
      skipped += 1;
      say(`${indent()}skip  ${test.title}`);
    });
    runner.on("fail", (test, error: Error) => {
      failures.push({ title: test.fullTitle(), error });
      say(`${indent()}FAIL  ${test.title}`);
    });
    runner.on("end", () => {
      for (const { title, error } of failures) say(`\nFAIL ${title}\n${error.stack ?? error.message}`);
      const closing = `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
      say(closing);
      const file = process.env[RESULT_VARIABLE];
      if (file !== undefined) writeFileSync(file, closing);
    });
  }
}
