import { defineConfig } from "vitest/config";

// The tests of what `npm run package` has written.
export default defineConfig({ test: { include: ["test/package/**/*.test.ts"] } });
