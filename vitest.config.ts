import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The editor suite runs inside VS Code (scripts/editor/suite.ts); test/package takes what has been built and packed.
    exclude: ["test/editor/**", "test/bench/**", "test/package/**"],
    // Files share the modules that they load, so that the kernels and the parser are made once. That is sound as long as no
    // test changes what another sees: test/house.test.ts forbids it.
    isolate: false,
    pool: "threads",
    // Against a test that hangs; no test is about time.
    testTimeout: 120_000,
  },
});
