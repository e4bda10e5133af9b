import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The editor suite runs inside VS Code: scripts/editor/suite.ts.
    exclude: ["test/editor/**", "test/bench/**"],
    testTimeout: 30_000,
  },
});
