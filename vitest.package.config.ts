import { defineConfig } from "vitest/config";

// The tests of what `npm run package` has written. The limit is against a test that hangs; no test is about time.
export default defineConfig({ test: { include: ["test/package/**/*.test.ts"], testTimeout: 120_000 } });
