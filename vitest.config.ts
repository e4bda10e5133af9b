import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The editor suite runs inside VS Code (scripts/editor/suite.ts); test/package takes what has been built and packed.
    exclude: ["test/editor/**", "test/bench/**", "test/package/**"],
    testTimeout: 30_000,
  },
});
