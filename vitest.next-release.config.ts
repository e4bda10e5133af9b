// The unit tests as they would be with the next kernels: npx vitest run --config vitest.next-release.config.ts (npm run
// test:next-release) A mainline release after the newest and a point release of it, which change nothing, join the
// model while it is loaded. A test that turns red names a release where it means the newest one, or lists the releases
// by hand.
import { defineConfig, mergeConfig, type Plugin } from "vitest/config";
import { newestRelease } from "./server/model/kernels/kernels.ts";
import unit from "./vitest.config.ts";

const [major = 0, minor = 0] = newestRelease().split(".").map(Number);
const TRIAL = [`${newestRelease()}.9`, `${major}.${minor + 1}`];

const trialReleases: Plugin = {
  name: "trial-releases",
  transform(code, id) {
    if (!id.endsWith("/server/model/kernels/releases/index.ts")) return null;
    const added = TRIAL.map((name) => `{ name: "${name}", features: {}, source: "A trial." }`);
    return { code: code.replace(/(export const ALL[^[]*= \[)/, `$1 ${added.join(", ")},`), map: null };
  },
};

export default mergeConfig(unit, defineConfig({ plugins: [trialReleases] }));
