import { setFlagsFromString } from "node:v8";
import { defineConfig } from "vitest/config";

// A worker keeps what its files share, some hundred MiB. Left alone it collects no garbage before it has a quarter of the
// machine: two of them took 5 GB. A worker takes no flags of V8 of its own, but those that hold when it starts.
setFlagsFromString("--max-old-space-size=2000");

// The editor suite runs inside VS Code (scripts/editor/suite.ts); test/package takes what has been built and packed.
const elsewhere = ["test/editor/**", "test/bench/**", "test/package/**"];
const isolated = ["test/**/*.isolated.test.ts"];

export default defineConfig({
  test: {
    // Against a test that hangs; no test is about time.
    testTimeout: 120_000,
    pool: "threads",
    projects: [
      {
        // Files share the modules that they load, so that the kernels and the parser are made once. That is sound as
        // long as no test changes what another sees: test/house.test.ts allows it to isolated tests alone.
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: [...elsewhere, ...isolated], isolate: false },
      },
      { extends: true, test: { name: "isolated", include: isolated, exclude: elsewhere } },
    ],
  },
});
