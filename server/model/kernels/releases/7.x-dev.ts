import type { Release } from "./release.ts";

export const v7_xDev: Release = {
  name: "7.x-dev",
  source:
    "What follows the newest release. Nothing that was not merged is claimed of it: it does what that release does.",
  features: {},
};
